-- readings.lua: what a script reads of a call's results: values as text, and tables that tell what is read of them.

local cjson = require "cjson"
local errno = require "netlab.core.errno"

local readings = {}

local next = next -- the real one: readings.next may stand in its place later

local LONGEST = 200 -- bytes of a text that is kept; of a longer one only the length is

---A value as text; nil for what cannot be written: tables, functions, sockets.
---@param v any
---@return table? { kind: string, value: string?, length: integer? }
function readings.encode(v)
  if errno.is(v) then
    local number = v.number
    return { kind = "errno", value = ("%d"):format(number) }
  elseif type(v) == "number" then
    return { kind = "number", value = math.type(v) == "integer" and ("%d"):format(v) or ("%a"):format(v) }
  elseif type(v) == "boolean" then
    return { kind = "boolean", value = tostring(v) }
  elseif type(v) == "string" then
    return { kind = "text", value = #v <= LONGEST and utf8.len(v) and v or nil, length = #v }
  elseif v == nil then
    return { kind = "nil" }
  end
  return nil
end

local decoders = {
  errno = function(given) return errno.value(math.tointeger(tonumber(given.value))) end,
  number = function(given) return math.tointeger(tonumber(given.value)) or tonumber(given.value) end,
  boolean = function(given) return given.value == "true" end,
  text = function(given) return given.value end,
  ["nil"] = function() return nil end,
}

---The value of readings.encode.
---@param given table
---@return any
function readings.decode(given)
  return decoders[given.kind](given)
end

---Whether a value is the one that was written. Of a text that was too long for that only the length is compared.
---@param v any
---@param given table of readings.encode
---@return boolean
function readings.is(v, given)
  local now = readings.encode(v)
  return now ~= nil and now.kind == given.kind and now.value == given.value and now.length == given.length
end

local function extended(path, key)
  local longer = table.move(path, 1, #path, 1, {})
  longer[#longer + 1] = key
  return longer
end

---A table that reads like `source` and tells what of it is read: each value once, and once that its length counts.
---@param source table
---@param path any[] how one comes to it
---@param tell fun(path: any[], value: any, is_length: boolean?)
---@return table
function readings.watch(source, path, tell)
  local inner, told = {}, {}
  local function length()
    if not told["#"] then
      told["#"] = true
      tell(path, #source, true)
    end
  end
  local function read(key, v)
    if type(v) == "table" then
      inner[key] = inner[key] or readings.watch(v, extended(path, key), tell)
      return inner[key]
    elseif v == nil and math.type(key) == "integer" then
      length()
    elseif v ~= nil and not told[key] then
      told[key] = true
      tell(extended(path, key), v)
    end
    return v
  end
  local meta = {
    __index = function(_, key) return read(key, source[key]) end,
    __newindex = function(_, key, v) source[key] = v end,
    __len = function()
      length()
      return #source
    end,
    __pairs = function()
      if source[1] ~= nil or next(source) == nil then
        length()
      end
      return function(_, key)
        local name, v = next(source, key)
        return name, read(name, v)
      end
    end,
  }
  local shown = getmetatable(source)
  if shown and shown.__tostring then
    meta.__tostring = function(self)
      for name, v in next, source do
        read(name, v)
      end
      return shown.__tostring(source, self)
    end
  end
  return setmetatable({}, meta)
end

---next() for tables of readings.watch as well.
---@param list table
---@param key any
---@return any key
---@return any value
function readings.next(list, key)
  local meta = getmetatable(list)
  if meta and meta.__pairs then
    return meta.__pairs(list)(list, key)
  end
  return next(list, key)
end

---As text for the recording.
---@param fields table
---@return string json
function readings.text(fields)
  return cjson.encode(fields)
end

return readings
