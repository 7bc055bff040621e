-- What the socket bindings register and what lua/netlab/meta documents: the same, in both directions.

local documents = require "documents"
local test = require "harness"

local socket = require "netlab.core.socket"

local documented, keys, read = documents.names, documents.keys, documents.read
local text = read "lua/netlab/meta/socket.lua"

local function names_of(rows)
  local names = {}
  for index, row in ipairs(rows) do names[index] = row.name end
  table.sort(names)
  return names
end

-- The lines of a class, from its name to the next empty line.
local function class(name)
  return assert(text:match("%-%-%-@class " .. name:gsub("%.", "%%.") .. "\n(.-)\n\n"), name)
end

test("every method of a socket is documented, and no other", function(t)
  local methods = debug.getregistry()["netlab.socket"].__index
  t.equal(documented(text, "\nfunction Socket:([%w_]+)%("), keys(methods))
end)

test("every function of the modules is documented, and no other", function(t)
  t.equal(documented(text, "\nfunction socket%.([%w_]+)%("), keys(socket))
  for _, name in ipairs { "errno", "units" } do
    local meta = read("lua/netlab/meta/" .. name .. ".lua")
    t.equal(documented(meta, "\nfunction " .. name .. "%.([%w_]+)%("), keys(require("netlab.core." .. name)), name)
  end
end)

test("every field of TCP_INFO is documented with its meaning, and no other", function(t)
  local fields = class "netlab.TcpInfo"
  t.equal(documented(fields .. "\n", "%-%-%-@field ([%w_]+)%?? "), names_of(socket.tcp_info_fields()))
  for _, field in ipairs(socket.tcp_info_fields()) do
    t.match(fields, field.name .. " ", field.name)
    t.match(fields, field.doc, field.name)
  end
end)

test("every field of an option is documented, every kind of value explained", function(t)
  local options = socket.options()
  t.equal(documented(class "netlab.Option", "%-%-%-@field ([%w_]+)"), keys(options[1]))
  local kinds = {}
  for _, option in ipairs(options) do kinds[option.value] = true end
  local explained = text:match "of the option's kind:(\n.-)%-%-%-@alias"
  t.equal(documented(explained:gsub("\n%-%-%- %* ([^:\n]*)[^\n]*", "\n%1"), '"([%a_ ]+)"'), keys(kinds))
end)

test("every documented function names its source, and every parameter", function(t)
  for comment, name, parameters in text:gmatch "\n\n(%-%-%-[^\n]*\n.-)function ([%w_.:]+)(%b())" do
    local is_ours = name:find "^Socket:" and not comment:find "No call%." and not name:find "nonblocking"
    if is_ours then t.match(comment, "source %w+%(%d%)", name) end
    for parameter in parameters:gmatch "[%w_]+" do t.match(comment, "@param " .. parameter .. "%f[ ?]", name) end
  end
end)

test("the constants have every option", function(t)
  local constants = require "netlab.core.constants"
  for _, option in ipairs(socket.options()) do t.equal(constants[option.name], option.option, option.name) end
end)
