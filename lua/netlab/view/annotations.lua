-- annotations.lua: reads LuaLS annotations: the comments with three dashes above a definition. Pure; requires nothing.
-- In a text of definitions (lua/netlab/meta) nothing but annotations stands above what is defined.

local annotations = {}

---A value that is described: a field, a parameter, something that a function returns.
---@class netlab.Described
---@field name string?  of a field or a parameter; nil of what is returned
---@field type string   "netlab.Time?"
---@field text string   what it is; "" when nothing is said

---Something that is defined.
---@class netlab.Definition
---@field kind "class"|"alias"|"function"|"value"
---@field name string        "netlab.Socket", "connect", "AF_INET"
---@field owner string?      of a method, or a function of a module: the variable that stands before its name
---@field variable string?   of a class: the variable that its methods are written with
---@field type string?       of an alias or a value
---@field text string[]      the description, line by line
---@field fields netlab.Described[]   of a class
---@field params netlab.Described[]   of a function
---@field returns netlab.Described[]  of a function
---@field overloads string[] further ways to call it: "fun(name: string): integer"

---The blocks of comments with three dashes, each with the line of code behind it.
---@param text string
---@return { text: string, behind: string }[]
function annotations.blocks(text)
  local blocks, open = {}, {}
  for line in (text .. "\n"):gmatch "(.-)\n" do
    local words = line:match "^%s*(%-%-%-.*)$"
    if words then
      open[#open + 1] = words
    elseif #open > 0 then
      blocks[#blocks + 1] = { text = table.concat(open, "\n"), behind = line }
      open = {}
    end
  end
  return blocks
end

local opening = { ["("] = true, ["{"] = true, ["<"] = true, ["["] = true }
local closing = { [")"] = true, ["}"] = true, [">"] = true, ["]"] = true }

-- Where a type that begins a text ends: at a blank outside of brackets and quotes that follows no colon of a function,
-- or at a comma.
local function type_end(text)
  local depth, at = 0, 1
  while at <= #text do
    local char = text:sub(at, at)
    if char == '"' then
      at = text:find('"', at + 1, true) or #text
    elseif opening[char] then
      depth = depth + 1
    elseif closing[char] then
      depth = depth - 1
    elseif depth == 0 and (char == "," or char:find "%s" and text:sub(at - 1, at - 1) ~= ":") then
      return at - 1
    end
    at = at + 1
  end
  return #text
end

-- "integer? bytes at most" -> "integer?", "bytes at most"
local function split_type(text)
  local last = type_end(text)
  return text:sub(1, last), (text:sub(last + 1):gsub("^%s+", ""))
end

-- Without blanks around it, and with one where there are several.
local function one_line(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""):gsub("%s+", " "))
end

-- What each tag adds to a definition. A function returns what further lines of the tag belong to, if anything.
local tags = {}

function tags.class(definition, words)
  local name, text = words:match "^(%S+)%s*(.*)$"
  definition.kind, definition.name = "class", name
  if text ~= "" then definition.text[#definition.text + 1] = text end
end

function tags.alias(definition, words)
  local name, kind = words:match "^(%S+)%s+(.*)$"
  definition.kind, definition.name, definition.type = "alias", name, kind
end

function tags.type(definition, words)
  definition.kind, definition.type = "value", words
end

local function described(list)
  return function(definition, words)
    local name, rest = words:match "^(%S+)%s+(.*)$"
    local kind, text = split_type(rest)
    local optional = name:match "^(.*)%?$"
    local one = { name = optional or name, type = optional and kind .. "?" or kind, text = text }
    definition[list][#definition[list] + 1] = one
    return one
  end
end

tags.field = described "fields"
tags.param = described "params"

-- One line may tell of several results, with commas between them: "true? ok, netlab.Errno? err".
tags["return"] = function(definition, words)
  local one
  repeat
    local kind, rest = split_type(words)
    local name, behind = rest:match "^([%w_]+),%s*(.*)$"
    one = { type = kind, text = name or one_line(rest) }
    definition.returns[#definition.returns + 1] = one
    words = behind
  until not words
  return one
end

function tags.overload(definition, words)
  definition.overloads[#definition.overloads + 1] = words
end

-- A block as a definition, nil when it defines nothing (the head of a file, a remark).
local function read_block(block)
  local definition = { text = {}, fields = {}, params = {}, returns = {}, overloads = {} }
  local open
  for line in (block.text .. "\n"):gmatch "%-%-%-(.-)\n" do
    local tag, words = line:match "^@(%w+)%s*(.*)$"
    if tag then
      open = tags[tag] and tags[tag](definition, words)
    elseif open then
      open.text = one_line(open.text .. " " .. line)
    else
      definition.text[#definition.text + 1] = line:gsub("^ (%S)", "%1")
    end
  end
  local owner, name = block.behind:match "^function ([%w_]-)[.:]?([%w_]+)%("
  if name then
    definition.kind, definition.name, definition.owner = "function", name, owner ~= "" and owner or nil
  elseif definition.kind == "value" then
    definition.name = block.behind:match "^([%w_]+) ="
  elseif definition.kind == "class" then
    definition.variable = block.behind:match "^local ([%w_]+) ="
  end
  return definition.name and definition
end

---What a text of definitions defines, in its order.
---@param text string
---@return netlab.Definition[]
function annotations.read(text)
  local found = {}
  for _, block in ipairs(annotations.blocks(text)) do found[#found + 1] = read_block(block) or nil end
  return found
end

return annotations
