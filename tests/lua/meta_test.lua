-- lua/netlab/meta: the definitions for editors are what the program registers for scripts, in both directions. Two of
-- the files are made: with WRITE_META set (make meta) this test writes them.

local documents = require "documents"
local test = require "harness"

local constants = require "netlab.core.constants"
local environment = require "netlab.lab.environment"
local errno = require "netlab.core.errno"
local experiment = require "netlab.lab.experiment"
local meta_text = require "meta_text"
local registered = require "registered"

local keys, read = documents.keys, documents.read
local folder = "lua/netlab/meta/"

for _, name in ipairs { "lab", "constants" } do
  local path, text = folder .. name .. ".lua", meta_text[name]()
  if os.getenv "WRITE_META" then
    local file <close> = assert(io.open(path, "w"))
    file:write(text)
  end
  test(path .. " is as new; otherwise run: make meta", function(t)
    t.equal(read(path), text)
  end)
end

-- ---- what the files define ----

local all = {}
for path in test.run("ls " .. folder .. "*.lua").out:gmatch "%S+" do all[#all + 1] = read(path) end
local text = table.concat(all, "\n")

-- The block of a class: its annotations, and the name of the variable behind them.
local function class(name)
  local words
  for line in text:gmatch "[^\n]*" do
    if not words and line:match "^%-%-%-@class ([%w_.]+)" == name then
      words = ""
    elseif words and line:sub(1, 3) ~= "---" then
      return words, line:match "^local (%w+)"
    end
    words = words and words .. line .. "\n"
  end
  error("no class " .. name)
end

local function names_of(words, pattern)
  local found = {}
  for name in words:gmatch(pattern) do
    assert(not found[name], name .. " is defined twice")
    found[name] = true
  end
  return keys(found)
end

for _, row in ipairs(registered.classes) do
  test(("%s has the methods of %s, and no other"):format(row[2], row[1]), function(t)
    local _, variable = class(row[2])
    t.equal(names_of(text, "\nfunction " .. variable .. ":([%w_]+)%("), keys(row[3]))
  end)
end

test("no other class has methods", function(t)
  local variables = {}
  for _, row in ipairs(registered.classes) do variables[select(2, class(row[2]))] = true end
  for name in text:gmatch "\nfunction (%w+):" do t.ok(variables[name], name) end
end)

test("the fields of packets", function(t)
  t.equal(names_of(class "netlab.Packet", "%-%-%-@field ([%w_]+)"), keys(registered.packet_fields()))
end)

test("the fields of an experiment", function(t)
  local fields = registered.upvalue(experiment.declare, "fields")
  t.equal(names_of(class "netlab.Experiment", "%-%-%-@field ([%w_]+)"), keys(fields))
end)

test("what is global in a script: the constants with their types, and what no Lua has", function(t)
  local known, defined = {}, {}
  for name, value in pairs(constants) do
    known[name] = errno.is(value) and "netlab.Errno" or type(value) == "string" and "string" or "integer"
  end
  for kind, name in text:gmatch "\n%-%-%-@type ([%w.]+)\n([%u_%d]+) = nil\n" do defined[name] = kind end
  t.equal(defined, known)
  local globals = {}
  for name in pairs(environment.new("x.lua", print)) do
    if _G[name] == nil then globals[#globals + 1] = name end
  end
  t.equal(names_of(text, "\nfunction ([%w_]+)%("), globals)
end)

test("every type that a definition names is defined here", function(t)
  local defined = {}
  for kind, name in text:gmatch "%-%-%-@(%a+) (netlab[%w_.]*)" do
    if kind == "class" or kind == "alias" then defined[name] = true end
  end
  for line in text:gmatch "%-%-%-@%a+ ([^\n]*)" do
    for name in line:gmatch "%f[%w]netlab%.%u[%w_]*" do t.ok(defined[name], name) end
  end
end)

test("every definition file is marked as one, and is Lua", function(t)
  for path in test.run("ls " .. folder .. "*.lua").out:gmatch "%S+" do
    t.match(read(path), "^%-%-%-@meta", path)
    t.ok(loadfile(path))
  end
end)

test("the editor's settings lead to the definitions", function(t)
  local settings = require "cjson".decode(read ".luarc.json")
  t.equal(settings["workspace.library"], { "lua/netlab/meta" })
  t.equal(settings["runtime.version"], "Lua 5.4")
end)
