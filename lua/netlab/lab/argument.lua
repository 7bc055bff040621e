-- argument.lua: what is wrong with an argument is told as of the method that the script called, at the script's line,
-- and not as of the function inside of the library that found it.

local argument = {}

-- The level of the script's own call, as error() counts from the function that asks; 0 when the script does not run.
local function script_level()
  local level = 2
  local info = debug.getinfo(level, "S")
  while info and info.source:sub(1, 1) ~= "@" do
    level = level + 1
    info = debug.getinfo(level, "S")
  end
  return info and level - 1 or 0
end

---Raise a message at the line of the script that is running.
---@param message string
---@param ... any for string.format
function argument.refuse(message, ...)
  error(message:format(...), script_level())
end

-- Hand on what a protected call returned; what it raised about an argument is said by `tell(number, what is wrong)`.
local function finish(tell, fine, ...)
  if fine then
    return ...
  end
  local number, problem = tostring((...)):match "bad argument #(%-?%d+) to '[^']*' (%b())$"
  if not number then
    error((...), 0)
  end
  argument.refuse("%s", tell(tonumber(number), problem))
end

---Call a function with arguments of a method.
---@param method string the method's name, for messages
---@param first integer which argument of the method is the function's first one; 0: the object itself, -1: the object,
---  with another one behind it that the method does not have
---@param call function
---@param ... any its arguments
---@return any ... what it returns
function argument.pass(method, first, call, ...)
  return finish(function(number, problem)
    return ("bad argument #%d to '%s' %s"):format(number + first - 1, method, problem)
  end, pcall(call, ...))
end

---Read an option of a method.
---@param method string the method's name, for messages
---@param name string the option's
---@param read fun(v: any): any
---@param v any the option as the script gave it
---@return any
function argument.option(method, name, read, v)
  return finish(function(_, problem)
    return ("option '%s' of %s: %s"):format(name, method, problem:sub(2, -2))
  end, pcall(read, v))
end

return argument
