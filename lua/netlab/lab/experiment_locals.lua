-- experiment_locals.lua: running a function, and keeping its local variables when it has ended, however it ended.

local experiment_locals = {}

-- Copy the local variables of the function at a level of the stack; the last one of a name is the visible one.
local function copy(level, into)
  local i = 1
  local name, v = debug.getlocal(level + 1, i)
  while name do
    if name:match "^[%a_][%w_]*$" then
      rawset(into, name, v)
    end
    i = i + 1
    name, v = debug.getlocal(level + 1, i)
  end
end

---Call fn(...). What its local variables are when it returns, or when an error leaves it, are fields of `into` then.
---An error is raised again as it is.
---@param fn function
---@param argument any
---@param into table
function experiment_locals.run(fn, argument, into)
  debug.sethook(function()
    local info = debug.getinfo(2, "f")
    if info and info.func == fn then
      copy(2, into)
    end
  end, "r")
  local fine, err = xpcall(fn, function(err)
    for level = 2, 200 do
      local info = debug.getinfo(level, "f")
      if not info then
        break
      elseif info.func == fn then
        copy(level, into)
        break
      end
    end
    return err
  end, argument)
  debug.sethook()
  if not fine then
    error(err, 0)
  end
end

return experiment_locals
