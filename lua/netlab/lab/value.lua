-- value.lua: Lua values as text, for what an actor returns and for what checks show.

local cjson = require "cjson"
local errno = require "netlab.core.errno"

local value = {}

local is_errno = errno.is

local function pack_one(v, seen)
  local kind = type(v)
  if v == nil then
    return cjson.null
  elseif is_errno(v) then
    return { __errno = v.number }
  elseif kind == "table" then
    if seen[v] then
      error("a value that contains itself cannot be returned", 0)
    end
    seen[v] = true
    local copy = {}
    for key, item in pairs(v) do
      if type(key) ~= "string" and math.type(key) ~= "integer" then
        error("only strings and integers can be keys of a returned table", 0)
      end
      copy[tostring(key) == key and "s" .. key or "i" .. key] = pack_one(item, seen)
    end
    seen[v] = nil
    return { __table = copy }
  elseif kind == "number" then -- as text: JSON's numbers lose digits
    return math.type(v) == "float" and { __float = ("%a"):format(v) } or { __integer = ("%d"):format(v) }
  elseif kind == "string" or kind == "boolean" then
    return v
  end
  error(("a %s cannot be returned from an actor: only numbers, strings, booleans, errors and tables of them")
    :format(kind), 0)
end

local endless = { inf = math.huge, ["-inf"] = -math.huge }

local function unpack_one(v)
  if v == cjson.null then
    return nil
  elseif type(v) ~= "table" then
    return v
  elseif v.__errno then
    return errno.value(v.__errno)
  elseif v.__integer then
    return math.tointeger(tonumber(v.__integer))
  elseif v.__float then
    return tonumber(v.__float) or endless[v.__float] or 0 / 0
  end
  local copy = {}
  for key, item in pairs(v.__table) do
    local name = key:sub(2)
    copy[key:sub(1, 1) == "i" and math.tointeger(tonumber(name)) or name] = unpack_one(item)
  end
  return copy
end

---Values as text; raises a message for what cannot be carried over to another process.
---@param list table as of table.pack
---@return string json
function value.encode(list)
  local out = { n = list.n }
  for i = 1, list.n do
    out["v" .. i] = pack_one(list[i], {})
  end
  return cjson.encode(out)
end

---The values of `value.encode`.
---@param json string
---@return table list as of table.pack
function value.decode(json)
  local packed = cjson.decode(json)
  local out = { n = math.tointeger(packed.n) }
  for i = 1, out.n do
    out[i] = unpack_one(packed["v" .. i])
  end
  return out
end

local function quote(text)
  local shown = #text > 60 and text:sub(1, 57) .. "..." or text
  return '"' .. shown:gsub('[%c"\\\x80-\xff]', function(c)
    return c == "\n" and "\\n" or c == '"' and '\\"' or c == "\\" and "\\\\" or ("\\x%02x"):format(c:byte())
  end) .. '"'
end

---A value as a reader wants to see it in a message: strings quoted and cut, tables by their fields.
---@param v any
---@param depth integer? how deep tables are shown, 2 without it
---@return string
function value.show(v, depth)
  depth = depth or 2
  if type(v) == "string" then
    return quote(v)
  elseif type(v) ~= "table" or (getmetatable(v) or {}).__tostring then
    return tostring(v)
  elseif depth == 0 then
    return "{...}"
  end
  local parts = {}
  for i, item in ipairs(v) do
    parts[i] = value.show(item, depth - 1)
  end
  local names = {}
  for key in pairs(v) do
    if type(key) == "string" then
      names[#names + 1] = key
    end
  end
  table.sort(names)
  for _, key in ipairs(names) do
    parts[#parts + 1] = key .. " = " .. value.show(v[key], depth - 1)
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

---Whether two values are equal; tables are compared by their contents.
---@param a any
---@param b any
---@return boolean
function value.same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then
    return a == b
  end
  for key, item in pairs(a) do
    if not value.same(item, b[key]) then
      return false
    end
  end
  for key in pairs(b) do
    if a[key] == nil then
      return false
    end
  end
  return true
end

return value
