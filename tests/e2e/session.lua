-- session.lua: running netlab in the end-to-end tests, and reading its report.

local test = require "harness"

local session = {}

session.fixtures = "tests/e2e/fixtures/"

---@class session.Part  what the report says about one experiment
---@field status string  "PASS", "FAIL", "ERROR", "TIMEOUT" or "SKIP"
---@field name string    the title, or the file's name when it cannot be loaded
---@field line string    the report's line of it
---@field text string    all that the report says about it

---@class session.Run: harness.result
---@field parts session.Part[]               in the order of the report
---@field named table<string, session.Part>  the same by name
---@field summary string                     the report's last line
---@field slowest string[]                   the names of the slowest, when many ran

local statuses = { PASS = true, FAIL = true, ERROR = true, TIMEOUT = true, SKIP = true }

---Read a report.
---@param out string
---@return session.Part[] parts
---@return string summary
---@return string[] slowest  the names of the slowest
function session.read(out)
  local parts, summary, slowest = {}, "", {}
  for line in out:gmatch "[^\n]+" do
    local status, rest = line:match "^(%u+) +(.*)$"
    if statuses[status] then
      local name = rest:gsub("  %d+%.%d+ s.*$", ""):gsub("  %[[^%]]*%]$", "")
      parts[#parts + 1] = { status = status, name = name, line = line, text = line }
    elseif line:find "^slowest " or slowest[1] and line:sub(1, 1) == " " then
      slowest[#slowest + 1] = line:match "^%l* +%d+%.%d%d%d s  (.*)$"
    elseif line:sub(1, 1) == " " and #parts > 0 then
      parts[#parts].text = parts[#parts].text .. "\n" .. line
    elseif line:find " passed, " then
      summary = line
    end
  end
  return parts, summary, slowest
end

---Run netlab with these arguments (words for the shell). `before` stands before the program: variables, setpriv, cd.
---@param arguments string
---@param before string?
---@return session.Run
function session.netlab(arguments, before)
  local run = test.run(("%s \"$NETLAB\" %s"):format(before or "", arguments), 120)
  run.parts, run.summary, run.slowest = session.read(run.out)
  run.named = {}
  for _, part in ipairs(run.parts) do
    run.named[part.name] = part
  end
  return run
end

local function shown(run)
  return ("exit code %s\n%s%s"):format(run.code, run.out, run.err)
end

---The experiment has this status, and all these words stand in what the report says about it (as in t.match).
---@param t harness.t
---@param run session.Run
---@param name string
---@param status string
---@param ... string
function session.expect(t, run, name, status, ...)
  local part = t.ok(run.named[name], "no experiment '" .. name .. "' in the report:\n" .. shown(run))
  t.equal(part.status, status, part.text)
  for _, words in ipairs { ... } do
    t.match(part.text, words)
  end
end

---A test for each row {name, status, words...}: so the run reports these experiments, and no others.
---@param run session.Run
---@param rows table[]
---@param about string  stands before each test's name
function session.rows(run, rows, about)
  for _, row in ipairs(rows) do
    test(about .. ": " .. row[1], function(t)
      session.expect(t, run, table.unpack(row))
    end)
  end
  test(about .. ": nothing else is reported", function(t)
    t.equal(#run.parts, #rows, shown(run))
  end)
end

---Run a fixture whose experiments check themselves: a test for each, and one that all were run.
---@param name string  file in tests/e2e/fixtures
---@param options string?
function session.all_pass(name, options)
  local path = session.fixtures .. name
  local count = 0
  for line in io.lines(path) do
    count = count + (line:match '^experiment "' and 1 or 0)
  end
  local run = session.netlab(path .. " " .. (options or ""))
  for _, part in ipairs(run.parts) do
    test(name .. ": " .. part.name, function(t)
      t.equal(part.status, "PASS", part.text)
    end)
  end
  test(name .. ": all were run", function(t)
    t.equal(#run.parts, count, shown(run))
    t.equal(run.code, 0, run.summary)
    t.equal(run.err, "")
  end)
  return run
end

---Call a function with a new folder below /tmp that anybody may enter; it is removed afterwards.
---@param fn fun(folder: string): any
---@return any of the function
function session.in_folder(fn)
  local folder = test.run("mktemp -d /tmp/netlab-e2e.XXXXXX").out:gsub("\n", "")
  test.run("chmod 755 " .. folder)
  local results = table.pack(pcall(fn, folder))
  test.run("rm -rf " .. folder)
  if not results[1] then
    error(results[2], 0)
  end
  return table.unpack(results, 2, results.n)
end

---A test for each row {fields of an experiment, words of the error}: no experiment may have these fields.
---@param rows string[][]
function session.refused(rows)
  for _, row in ipairs(rows) do
    test("refused: " .. row[1], function(t)
      session.in_folder(function(folder)
        session.write(folder .. "/x.lua", ("experiment 'x' { %s, run = function(t) t:ok(true) end }"):format(row[1]))
        local run = session.netlab(folder .. "/x.lua")
        t.equal(run.code, 3)
        t.match(run.out, row[2])
      end)
    end)
  end
end

---Lines of values with | between them, each line as a table by these names.
---@param text string
---@param names string[]
---@return table<string, string>[]
function session.columns(text, names)
  local list = {}
  for line in text:gmatch "[^\n]+" do
    local values, at = {}, 0
    for value in (line .. "|"):gmatch "([^|]*)|" do
      at = at + 1
      values[names[at]] = value
    end
    list[#list + 1] = values
  end
  return list
end

---Run a text of the shell from a file in the folder: what it looks for among the processes is not in its own command
---line then. (A pattern in it has a letter in brackets, so that the grep that looks does not find itself.)
---@param folder string
---@param text string
---@return harness.result
function session.shell(folder, text)
  session.write(folder .. "/commands", text)
  return test.run("sh " .. folder .. "/commands")
end

---Write a file.
---@param path string
---@param text string
function session.write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
end

---The text of a file; nil when it cannot be read.
---@param path string
---@return string?
function session.text(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a"
end

---Who runs the tests.
---@return boolean
function session.is_root()
  return test.run("id -u").out == "0\n"
end

return session
