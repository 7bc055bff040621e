-- experiments/: every script says in the same form what it is about, is short, and has titles of its own; together they
-- cover the documented cases.

local test = require "harness"

-- The documented cases: how many there are of each letter.
local cases = { A = 16, N = 15, P = 7, U = 10, D = 12, F = 11, L = 2, R = 8 }
local lines_max = 66
local tags = " connect listen accept close reset states timers nonblocking signals udp icmp routing loopback options "
  .. "send receive crash keepalive urgent firewall simultaneous "
local verdicts = { confirmed = true, refuted = true, depends = true }

local function list(v)
  return type(v) == "table" and v or { v }
end

-- What a script declares: title and fields, in order. Its constants are some numbers here.
local function declared(path)
  local known, found = {}, {}
  local function constant(_, name)
    known[name] = known[name] or #path + #name
    return rawget(_G, name) or known[name]
  end
  local function experiment(title)
    return function(fields)
      found[#found + 1] = { title = title, fields = fields }
    end
  end
  assert(loadfile(path, "t", setmetatable({ experiment = experiment }, { __index = constant })))()
  return found
end

local files = {}
for path in test.run("ls experiments/*.lua").out:gmatch "[^\n]+" do
  files[#files + 1] = { path = path, declared = declared(path) }
end

test("every experiment says what it is about, in the words of the others", function(t)
  for _, file in ipairs(files) do
    t.ok(#file.declared > 0, file.path .. " declares nothing")
    for _, entry in ipairs(file.declared) do
      local fields, name = entry.fields, file.path .. ": " .. entry.title
      for _, field in ipairs { "case", "source", "claim", "verdict", "look", "tags" } do
        t.ok(fields[field] and #fields[field] > 0, name .. " has no " .. field)
      end
      t.ok(verdicts[fields.verdict], name .. " has another verdict")
      t.ok(fields.verdict ~= "depends" or (fields.claim .. fields.look):find "depend",
        name .. " does not say on what it depends")
      for _, tag in ipairs(list(fields.tags)) do
        t.ok(tags:find(" " .. tag .. " ", 1, true), name .. " has the unknown tag " .. tag)
      end
    end
  end
end)

test("the fields of an experiment stand in one order", function(t)
  local order = { "case", "source", "claim", "verdict", "look", "tags", "families", "slow", "timeout", "limits",
    "unnoticed", "run" }
  for i, field in ipairs(order) do
    order[field] = i
  end
  for _, file in ipairs(files) do
    local last
    for line in io.lines(file.path) do
      local field = line:match "^  ([a-z]+) = " or line:match "^    ([a-z]+) = "
      last = line:find "^ *experiment" and 0 or last
      if last and order[field] then
        t.ok(order[field] > last, ("%s: %s stands behind another field"):format(file.path, field))
        last = field ~= "run" and order[field] or nil
      end
    end
  end
end)

test("no file is long, and no two titles are the same", function(t)
  local seen = {}
  for _, file in ipairs(files) do
    local lines = 0
    for _ in io.lines(file.path) do
      lines = lines + 1
    end
    t.ok(lines <= lines_max, ("%s has %d lines"):format(file.path, lines))
    for _, entry in ipairs(file.declared) do
      t.equal(seen[entry.title], nil, entry.title)
      seen[entry.title] = file.path
    end
  end
end)

test("every documented case has its experiment, and no other is named", function(t)
  local missing = {}
  for letter, count in pairs(cases) do
    for i = 1, count do
      missing[letter .. i] = true
    end
  end
  local documented = {}
  for id in pairs(missing) do
    documented[id] = true
  end
  for _, file in ipairs(files) do
    for _, entry in ipairs(file.declared) do
      for _, id in ipairs(list(entry.fields.case)) do
        t.ok(documented[id], ("%s names the case %s"):format(file.path, id))
        missing[id] = nil
      end
    end
  end
  t.equal(missing, {})
end)
