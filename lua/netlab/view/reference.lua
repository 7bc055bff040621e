-- reference.lua: everything that a script sees, by name: from the definitions in lua/netlab/meta, as they are embedded.
-- docs/reference.md is written from it. What a script sees begins with `experiment` and its constants; a class or an
-- alias belongs to it when what belongs to it names it.

local annotations = require "netlab.view.annotations"
local library = require "netlab.core.library"
local nearest = require "netlab.expect.nearest"

local reference = {}

---One name.
---@class netlab.Entry
---@field name string       "socket.connect", "t.wire.delay", "packet.flags", "Exit.signal", "AF_INET"
---@field kind "class"|"alias"|"function"|"method"|"field"|"constant"
---@field signature string  "socket:connect(address [, port])", "packet.flags: string?"
---@field text string[]     what it is, line by line
---@field type string?      of a field, an alias or a constant
---@field params netlab.Described[]   of a function or a method
---@field returns netlab.Described[]  of a function or a method
---@field overloads string[]          further ways to call it
---@field members string[]            of a class: the names of its fields, then those of its methods

local files = { "script", "lab", "socket", "capture", "diag", "build", "constants" }

-- What documents and scripts call an object of a class. Other classes are called as they are, without "netlab.".
local objects = {
  { "experiment", "netlab.Experiment" }, { "t", "netlab.Test" }, { "t.wire", "netlab.Wire" },
  { "rule", "netlab.Rule" }, { "host", "netlab.Host" }, { "interface", "netlab.Interface" },
  { "socket", "netlab.Socket" }, { "actor", "netlab.Actor" }, { "program", "netlab.Process" },
  { "puppet", "netlab.Puppet" }, { "capture", "netlab.Capture" }, { "packet", "netlab.Packet" },
}

local object_of, is_object = {}, {}
for _, row in ipairs(objects) do object_of[row[2]], is_object[row[1]] = row[1], true end

local function called(class)
  return object_of[class] or class:gsub("^netlab%.", "")
end

-- ---- the definitions ----

local function names_in(text, found)
  for name in text:gmatch "%f[%w]netlab%.%u%w*" do found[name] = true end
end

-- The names of the classes and aliases that a definition, or one of its values, names.
local function named_by(definition)
  local found = {}
  names_in(table.concat(definition.text, "\n") .. " " .. (definition.type or ""), found)
  for _, list in ipairs { definition.fields, definition.params, definition.returns } do
    for _, one in ipairs(list) do names_in(one.type .. " " .. one.text, found) end
  end
  for _, overload in ipairs(definition.overloads) do names_in(overload, found) end
  return found
end

-- All definitions: classes and aliases by name, each class with its methods; global functions; constants.
local function read_all()
  local types, globals, constants = {}, {}, {}
  for _, file in ipairs(files) do
    local by_variable = {}
    for _, definition in ipairs(annotations.read(library.definitions(file))) do
      local class = by_variable[definition.owner]
      if definition.kind == "class" or definition.kind == "alias" then
        types[definition.name], definition.methods = definition, {}
        if definition.variable then by_variable[definition.variable] = definition end
      elseif class then
        class.methods[#class.methods + 1] = definition
      elseif definition.kind == "value" then
        constants[#constants + 1] = definition
      elseif not definition.owner then
        globals[#globals + 1] = definition
      end
    end
  end
  return types, globals, constants
end

-- The names of the classes and aliases that scripts see: those of objects first, then the others, sorted.
local function seen_types(types, globals)
  local seen, others = {}, {}
  local function visit(definition)
    for name in pairs(named_by(definition)) do
      if types[name] and not seen[name] then
        seen[name] = true
        if not object_of[name] then others[#others + 1] = name end
        visit(types[name])
        for _, method in ipairs(types[name].methods) do visit(method) end
      end
    end
  end
  for _, definition in ipairs(globals) do visit(definition) end
  table.sort(others)
  local names = {}
  for _, row in ipairs(objects) do names[#names + 1] = row[2] end
  return table.move(others, 1, #others, #names + 1, names)
end

-- ---- entries ----

-- "(address [, port])": what may be left out at the end stands in brackets.
local function arguments(params)
  local needed = #params
  while needed > 0 do
    local one = params[needed]
    if not (one.type:match "%?$" or one.type:match "|nil$" or one.name == "...") then break end
    needed = needed - 1
  end
  local text = ""
  for i, one in ipairs(params) do
    local word = (i > 1 and ", " or "") .. one.name
    text = text .. (i > needed and one.name ~= "..." and ("%s[%s]"):format(i > 1 and " " or "", word) or word)
  end
  return "(" .. text .. ")"
end

local function entry(name, kind, signature, definition)
  return { name = name, kind = kind, signature = signature, text = definition.text, type = definition.type,
    params = definition.params or {}, returns = definition.returns or {}, overloads = definition.overloads or {},
    members = {} }
end

local function add_class(definition, add)
  local object = called(definition.name)
  local class = entry(object, definition.kind, definition.name, definition)
  -- `experiment` is the function of that name; its fields follow.
  if object ~= "experiment" then add(class) end
  for _, field in ipairs(definition.fields) do
    local name = object .. "." .. field.name
    if not is_object[name] then
      add(entry(name, "field", ("%s: %s"):format(name, field.type), { text = { field.text }, type = field.type }))
    end
    class.members[#class.members + 1] = name
  end
  for _, method in ipairs(definition.methods) do
    local name = object .. "." .. method.name
    add(entry(name, "method", object .. ":" .. method.name .. arguments(method.params), method))
    class.members[#class.members + 1] = name
  end
  return class
end

-- Everything: a list in the order of the page, and by name.
local function build()
  local types, globals, constants = read_all()
  local all = { list = {}, by_name = {} }
  local function add(one)
    all.list[#all.list + 1] = one
    all.by_name[one.name] = one
  end
  for _, definition in ipairs(globals) do
    add(entry(definition.name, "function", definition.name .. arguments(definition.params), definition))
  end
  for _, name in ipairs(seen_types(types, globals)) do
    local class = add_class(types[name], add)
    if class.name == "experiment" then all.by_name.experiment.members = class.members end
  end
  for _, definition in ipairs(constants) do
    add(entry(definition.name, "constant", ("%s: %s"):format(definition.name, definition.type), definition))
  end
  return all
end

local built

local function everything()
  built = built or build()
  return built
end

-- ---- looking up ----

---All entries, in the order of docs/reference.md.
---@return netlab.Entry[]
function reference.entries()
  return everything().list
end

---All names, sorted.
---@return string[]
function reference.names()
  local names = {}
  for _, one in ipairs(everything().list) do names[#names + 1] = one.name end
  table.sort(names)
  return names
end

-- The class or alias that a type names, if it names one: "netlab.Wire?" -> "t.wire".
local function object_of_type(kind)
  local name = kind and kind:match "^(netlab%.%u%w*)%??$"
  return name and called(name)
end

-- A path in one form: "s:connect" -> "socket.connect", "t.soft.ok" -> "t.ok", "netlab.Exit" -> "Exit".
local function canonical(path)
  local all = everything()
  path = path:gsub("%(.*$", ""):gsub(":", "."):gsub("^(netlab%.%u%w*)", called):gsub("^s%f[.\0]", "socket")
  local object, rest = path:match "^([^.]*)(.*)$"
  for name in rest:gmatch "[^.]+" do
    local longer = object .. "." .. name
    local field = all.by_name[longer]
    object = field and field.kind == "field" and object_of_type(field.type) or longer
  end
  return all.by_name[path] and path or object
end

-- The names that end with a word: "connect" -> {"socket.connect"}; and all last words.
local function ending_with(word)
  local found, words = {}, {}
  for i, name in ipairs(reference.names()) do
    words[i] = name:match "[^.]+$"
    if words[i] == word then found[#found + 1] = name end
  end
  return found, words
end

-- The known names that an unknown one was probably meant to be.
local function near_names(name)
  local found = nearest.find(name, reference.names())
  if found then return { found } end
  local _, words = ending_with(name)
  return ending_with(nearest.find(name, words) or "")
end

---What is known of a name: "socket.connect", "s:connect", "t.wire.delay", "connect", "netlab.Exit", "AF_INET".
---@param name string
---@return netlab.Entry? entry nil when nothing, or more than one thing, is called so
---@return string[]? others then: the names that it may stand for, or those that are near
function reference.lookup(name)
  local all = everything()
  local found = all.by_name[canonical(name)]
  if found then
    return found
  end
  local names = ending_with(name)
  if #names == 1 then
    return all.by_name[names[1]]
  end
  return nil, #names > 0 and names or (near_names(name))
end

return reference
