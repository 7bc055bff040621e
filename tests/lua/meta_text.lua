-- meta_text.lua: the two definition files that are made, for lua/netlab/meta: what scripts see of lua/netlab/lab, from
-- its annotations, and the constants, from the program.

local documents = require "documents"

local annotations = require "netlab.view.annotations"
local constants = require "netlab.core.constants"
local errno = require "netlab.core.errno"
local socket = require "netlab.core.socket"

local read = documents.read

local meta_text = {}

-- ---- lua/netlab/lab ----

-- The file, what its methods are called there, the class that they belong to.
local sources = {
  { "test", "Test", "netlab.Test" }, { "check", "check", "netlab.Test" }, { "trace", "trace", "netlab.Test" },
  { "part", "part", "netlab.Test" },
  { "wire", "Rule", "netlab.Rule" }, { "wire", "Wire", "netlab.Wire" }, { "host", "Host", "netlab.Host" },
  { "interface", "Interface", "netlab.Interface" }, { "puppet", "Puppet", "netlab.Puppet" },
  { "actor", "Actor", "netlab.Actor" }, { "program", "Process", "netlab.Process" },
}

local function blocks_of(name)
  return annotations.blocks(read("lua/netlab/lab/" .. name .. ".lua"))
end

-- The tables that functions take and return, with no methods: each class of these files that is not in `sources`.
local function plain_classes()
  local methods, found, seen = {}, {}, {}
  for _, row in ipairs(sources) do methods[row[3]] = true end
  for _, row in ipairs(sources) do
    for _, block in ipairs(blocks_of(row[1])) do
      local class = block.text:match "%-%-%-@class ([%w_.]+)"
      if class and not methods[class] and not seen[class] then
        seen[class], found[#found + 1] = true, block.text
      end
    end
  end
  return found
end

local function class_text(class)
  for _, row in ipairs(sources) do
    for _, block in ipairs(row[3] == class and blocks_of(row[1]) or {}) do
      if block.text:match "%-%-%-@class ([%w_.]+)" == class then return block.text end
    end
  end
  error("no annotations of " .. class)
end

---The definitions of what scripts see of lua/netlab/lab.
---@return string
function meta_text.lab()
  local out = {
    "---@meta\n-- What scripts see of lua/netlab/lab, made from its annotations: make meta.\n-- luacheck: ignore 241",
  }
  local order, variables = {}, {}
  for _, row in ipairs(sources) do
    local class = row[3]
    if not variables[class] then
      variables[class] = class:match "%.(%w+)$"
      order[#order + 1] = class
    end
  end
  for _, class in ipairs(order) do
    out[#out + 1] = ("%s\nlocal %s = {}"):format(class_text(class), variables[class])
    for _, row in ipairs(sources) do
      for _, block in ipairs(row[3] == class and blocks_of(row[1]) or {}) do
        local name, arguments = block.behind:match("^function " .. row[2] .. ":([%w_]+)(%b())")
        if name then
          out[#out + 1] = ("%s\nfunction %s:%s%s end"):format(block.text, variables[class], name, arguments)
        end
      end
    end
  end
  for _, text in ipairs(plain_classes()) do out[#out + 1] = text end
  return table.concat(out, "\n\n") .. "\n"
end

-- ---- constants ----

-- What docs/scripting.md says about a group of constants, by name.
local function groups()
  local found = {}
  local body = read "docs/scripting.md":match "<!%-%- constants %-%->\n(.-)\n\n"
  for what, names in body:gmatch "\n| ([^|]+) | ([^\n]+) |" do
    for name in names:gmatch "`([%w_]+)`" do found[name] = what end
  end
  return found
end

local function describe(name, value, options, by_group)
  local option = options[name]
  if errno.is(value) then
    return ("%s; errno(3)"):format(value.message), "netlab.Errno"
  elseif option then
    return ("option: %s%s (%s); %s"):format(option.value, option.unit ~= "" and ", " .. option.unit or "",
      option.access, option.source), "integer"
  end
  return by_group[name] or "", type(value) == "string" and "string" or "integer"
end

---The definitions of all constants.
---@return string
function meta_text.constants()
  local names, options, by_group = {}, {}, groups()
  for name in pairs(constants) do names[#names + 1] = name end
  table.sort(names)
  for _, option in ipairs(socket.options()) do options[option.name] = option end
  local out = { "---@meta\n-- The constants that scripts know, made from the program: make meta." }
  for _, name in ipairs(names) do
    local words, kind = describe(name, constants[name], options, by_group)
    out[#out + 1] = ("%s---@type %s\n%s = nil"):format(words ~= "" and "---" .. words .. "\n" or "", kind, name)
  end
  return table.concat(out, "\n\n") .. "\n"
end

return meta_text
