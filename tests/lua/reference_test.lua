-- docs/reference.md and netlab.view.reference: everything that the program registers for scripts, in both directions.
-- The page is made: with WRITE_META set (make meta) this test writes it.

local documents = require "documents"
local test = require "harness"

local annotations = require "netlab.view.annotations"
local constants = require "netlab.core.constants"
local experiment = require "netlab.lab.experiment"
local reference = require "netlab.view.reference"
local reference_text = require "reference_text"
local registered = require "registered"

local keys, names_in, read = documents.keys, documents.names, documents.read
local path = "docs/reference.md"

if os.getenv "WRITE_META" then
  local file <close> = assert(io.open(path, "w"))
  file:write(reference_text.page())
end

test(path .. " is as new; otherwise run: make meta", function(t)
  t.equal(read(path), reference_text.page())
end)

-- ---- what the page has ----

local page = read(path)

-- The part of the page below a heading, up to the next one of its level.
local function section(heading)
  local _, last = page:find("\n## " .. heading .. "\n", 1, true)
  assert(last, "no section " .. heading)
  return page:sub(last, (page:find("\n## ", last, true)))
end

-- What the page calls an object of a class.
local heading_of = {}
for name, class in page:gmatch "\n## ([%w.]+): (netlab%.%w+)" do heading_of[class] = name end

for _, class in ipairs(registered.classes) do
  test(("the page has the methods of %s, and no other"):format(class[2]), function(t)
    local object = t.ok(heading_of[class[2]], class[2])
    local text = section(object .. ": " .. class[2])
    t.equal(names_in(text, "\n### `" .. object .. ":([%w_]+)%("), keys(class[3]))
  end)
end

test("the page has the fields of packets and of experiments, and no other", function(t)
  local fields = registered.upvalue(experiment.declare, "fields")
  t.equal(names_in(section "packet: netlab.Packet", "\n| `([%w_]+)` |"), keys(registered.packet_fields()))
  t.equal(names_in(section "experiment: netlab.Experiment", "\n| `([%w_]+)` |"), keys(fields))
end)

test("the page has the constants, and no other", function(t)
  t.equal(names_in(page:match "\n## Constants\n.*", "%f[`]`([%u_%d]+)` "), keys(constants))
end)

test("every link of the page leads to a heading", function(t)
  local there = {}
  for heading in page:gmatch "\n##+ ([^\n]+)" do
    local anchor = heading:lower():gsub("[^%w%s_-]", ""):gsub("%s", "-")
    t.ok(not there[anchor], "two headings give #" .. anchor)
    there[anchor] = true
  end
  for anchor in page:gmatch "%]%(#([^)]*)%)" do t.ok(there[anchor], "#" .. anchor) end
end)

-- ---- looking up ----

test("the page has every name that can be looked up, and no other", function(t)
  local found = {}
  local object
  for line in page:gmatch "[^\n]+" do
    object = line:match "^## ([%w.]+): netlab" or line:match "^## netlab%.(%w+)" or line:match "^## (Constants)"
      or object
    if line:match "^## [%w.]+" and object ~= "Constants" and not line:match "^## Index" then found[object] = true end
    local name = line:match "^### `[%w.]+:([%w_]+)%(" or line:match "^| `([%w_]+)` |"
    if object == "Constants" then
      for constant in line:gmatch "%f[`]`([%u_%d]+)` " do found[constant] = true end
    elseif name then
      found[object .. "." .. name] = true
    end
  end
  t.equal(keys(found), reference.names())
end)

test("a name is found in each form in which it is written", function(t)
  for _, form in ipairs { "socket.connect", "socket:connect", "s:connect", "netlab.Socket.connect", "connect",
    "socket:connect(address, port)" } do
    local entry = t.ok(reference.lookup(form), form)
    t.equal(entry.signature, "socket:connect(address [, port])")
  end
  t.equal(reference.lookup "t.wire.delay".name, "t.wire.delay")
  t.equal(reference.lookup "t.soft.equal".name, "t.equal")
  t.equal(reference.lookup "t.soft.wire:drop".name, "t.wire.drop")
  t.equal(reference.lookup "t.wire".kind, "class")
  t.equal(reference.lookup "experiment".members[1], "experiment.run")
end)

test("an entry says what a name is, what it takes and what it returns", function(t)
  local entry = reference.lookup "t.wire.delay"
  t.equal(entry.kind, "method")
  t.match(table.concat(entry.text, " "), "^Deliver packets later than they were sent%.")
  t.equal(entry.params[2], { name = "time", type = "number|string",
    text = 'one way: seconds or "50ms", from the sending to the delivery' })
  t.equal(entry.returns, { { type = "netlab.Rule", text = "" } })
  t.equal(reference.lookup("socket.bind").returns, { { type = "true?", text = "ok" },
    { type = "netlab.Errno?", text = "err" } })
  t.equal(reference.lookup("Exit.signal").type, "integer?")
  t.equal(reference.lookup("ECONNREFUSED").text, { "Connection refused; errno(3)" })
end)

test("a name that several have, or that nobody has", function(t)
  local function others(name)
    local entry, names = reference.lookup(name)
    t.equal(entry, nil, name)
    return names
  end
  t.equal(others "wait", { "actor.wait", "program.wait" })
  t.equal(others "t.wire:dely", { "t.wire.delay" })
  t.equal(others "conect", { "socket.connect" })
  t.equal(others "ECONREFUSED", { "ECONNREFUSED" })
  t.equal(others "quite another thing", {})
end)

test("every class, field and constant is described", function(t)
  for _, entry in ipairs(reference.entries()) do
    t.ok(table.concat(entry.text) ~= "", entry.name)
  end
end)

-- ---- reading annotations ----

test("types with blanks, names, texts, and lines that go on", function(t)
  local found = annotations.read [[
---@meta

---What it does,
--- * a list
---@param list { [1]: integer, [2]: string }[] pairs of them:
---  two lines
---@param fn fun(a: number, b: string): "x y"|nil what to call
---@param ... any
---@return integer? count  how many, at the most 5
---@return true? ok, netlab.Errno? err
function M.call(list, fn, ...) end

---@class netlab.Thing a thing
---@field name? string optional
local Thing = {}

---@type integer
ONE = nil
]]
  t.equal(found[1], { kind = "function", name = "call", owner = "M", text = { "What it does,", "* a list" },
    fields = {}, overloads = {},
    params = { { name = "list", type = "{ [1]: integer, [2]: string }[]", text = "pairs of them: two lines" },
      { name = "fn", type = 'fun(a: number, b: string): "x y"|nil', text = "what to call" },
      { name = "...", type = "any", text = "" } },
    returns = { { type = "integer?", text = "count how many, at the most 5" }, { type = "true?", text = "ok" },
      { type = "netlab.Errno?", text = "err" } } })
  t.equal(found[2].fields, { { name = "name", type = "string?", text = "optional" } })
  t.equal({ found[2].variable, found[2].text[1], found[3].name, found[3].type, #found },
    { "Thing", "a thing", "ONE", "integer", 3 })
end)
