-- altered_results.lua: one alteration of a call's results, where the script gets them.

local errno = require "netlab.core.errno"
local readings = require "netlab.lab.readings"

local altered_results = {}

-- The table that a path leads to, and the last key.
local function walk(results, path)
  local at = results
  for i = 1, #path - 1 do
    at = at[path[i]]
    if type(at) ~= "table" then
      return nil
    end
  end
  return at, path[#path]
end

local function replace_all(results, ...)
  local new = table.pack(...)
  for i = 1, math.max(results.n, new.n) do
    results[i] = new[i]
  end
  results.n = new.n
end

-- The list that a path leads to, when it is as long as it was.
local function list_at(results, alteration)
  local holder, key = walk(results, alteration.path)
  local list = holder and holder[key]
  return type(list) == "table" and #list == alteration.length and list or nil
end

-- What a function gives that waits for several sockets: how many, and lists.
local function nothing_ready(results)
  replace_all(results, 0, table.unpack({ {}, {}, {} }, 1, results.n - 1))
end

local function one_ready(results, first, second, third)
  if results.n == 2 then -- poll
    replace_all(results, 1, { { socket = first[1][1], revents = first[1][2] } })
  else
    replace_all(results, 1, first or {}, not first and second or {}, not first and not second and third or {})
  end
end

-- By kind: changes the results, and returns whether it did, and an error that it made.
local kinds = {
  fail = function(alteration, results)
    if not results[1] then
      return false
    end
    local err = errno.value(alteration.errno)
    replace_all(results, nil, err)
    return true, err
  end,
  succeed = function(_, results)
    if results[1] then
      return false
    end
    replace_all(results, true)
    return true
  end,
  set = function(alteration, results)
    local holder, key = walk(results, alteration.path)
    if not holder or not readings.is(holder[key], alteration.from) then
      return false
    end
    holder[key] = readings.decode(alteration.to)
    return true, errno.is(holder[key]) and results[1] == nil and holder[key] or nil
  end,
  longer = function(alteration, results)
    local holder, key = walk(results, alteration.path)
    if not holder or type(holder[key]) ~= "string" then
      return false
    end
    holder[key] = holder[key] .. "x"
    return true
  end,
  one_more = function(alteration, results)
    local list = list_at(results, alteration)
    if list then
      list[#list + 1] = #list > 0 and list[#list] or {}
    end
    return list ~= nil
  end,
  one_less = function(alteration, results)
    local list = list_at(results, alteration)
    if list then
      table.remove(list)
    end
    return list ~= nil
  end,
  ready = function(_, results, ...)
    if not results[1] then
      return false
    elseif results[1] > 0 then
      nothing_ready(results)
    else
      one_ready(results, ...)
    end
    return true
  end,
}

---Alter the results of a call.
---@param alteration table {kind =, path =, from =, to =, errno =, length =}
---@param results table as of table.pack; changed
---@param ... any the arguments of the call
---@return boolean altered false: they were not such that it can be done
---@return netlab.Errno? err that it made
function altered_results.apply(alteration, results, ...)
  return kinds[alteration.kind](alteration, results, ...)
end

return altered_results
