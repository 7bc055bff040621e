-- actor.lua: host:spawn(fn): a process of its own that goes on in Lua, in a host.
-- After fork(2) an actor has copies of all variables. Of the open sockets it keeps those that its function can reach
-- (arguments, upvalues, tables); its copies of all others are closed, or a close() elsewhere would send no FIN.

local argument = require "netlab.lab.argument"
local constants = require "netlab.core.constants"
local outcome = require "netlab.lab.outcome"
local process = require "netlab.core.process"
local record = require "netlab.core.record"
local socket = require "netlab.core.socket"
local value = require "netlab.lab.value"

local signal_names = {}
for name, number in pairs(constants) do
  if type(number) == "number" and name:match "^SIG%u+%d?$" and not name:match "^SIG_" then
    signal_names[number] = signal_names[number] or name
  end
end

local actor = {}

---The name of a signal: "SIGPIPE".
---@param number integer
---@return string
function actor.signal_name(number)
  return signal_names[number] or "signal " .. number
end

---@class netlab.Actor a process of an experiment that runs a function of the script
---@field pid integer as the lab's pid namespace counts
---@field name string for the report
local Actor = {}
Actor.__index = Actor
actor.methods = Actor
Actor.__tostring = function(self) return ("actor %s (pid %d)"):format(self.name, self.pid) end

---Send a signal: kill(2).
---@param signal integer SIGKILL, SIGTERM, ...
---@return true? done
---@return netlab.Errno? err ESRCH when it has ended
function Actor:kill(signal)
  return argument.pass("kill", 0, process.kill, self.pid, signal)
end

-- What the actor's function returned, from its record.
local function returned(self)
  for _, slot in ipairs(self.recording:slots "return") do
    if slot.pid == self.pid then
      return value.decode(slot.text)
    end
  end
  return { n = 0 }
end

---Wait until the actor has ended: waitpid(2). It may be called again.
---@param timeout number|string? seconds or "2s"; without it as long as the experiment may last
---@return netlab.Ending? ending nil when the time is over
---@return netlab.Errno? err ETIMEDOUT
function Actor:wait(timeout)
  local status, signal, err = argument.pass("wait", 0, process.wait, self.pid, timeout)
  if err then
    return nil, err
  end
  ---@class netlab.Ending how an actor ended
  ---@field exit integer? exit status: 0 the function returned, 1 it failed a check or raised an error
  ---@field signal integer? the signal that killed it: SIGPIPE, ...
  ---@field signal_name string? "SIGPIPE"
  ---@field returned any[] what the function returned, with its number in .n
  local name = signal and actor.signal_name(signal)
  return { exit = status, signal = signal, signal_name = name, returned = returned(self) }
end

-- Every socket that can be reached from these values.
local function reach(values)
  local seen, sockets = {}, {}
  local function visit(v)
    local kind = type(v)
    if kind ~= "table" and kind ~= "function" and kind ~= "userdata" or seen[v] then
      return
    end
    seen[v] = true
    if kind == "userdata" then
      sockets[v] = true
    elseif kind == "function" then
      local i = 1
      while true do
        local name, upvalue = debug.getupvalue(v, i)
        if not name then
          break
        end
        visit(upvalue)
        i = i + 1
      end
    else
      for key, item in next, v do
        visit(key)
        visit(item)
      end
    end
  end
  for i = 1, values.n do
    visit(values[i])
  end
  return sockets
end

-- The actor's life, in the actor's process. Does not return.
local function live(fn, arguments)
  socket.abandon(reach { n = 2, fn, arguments })
  local results = table.pack(xpcall(fn, outcome.describe, table.unpack(arguments, 1, arguments.n)))
  local fine, text = results[1], results[2]
  if fine then
    fine, text = pcall(value.encode, table.pack(table.unpack(results, 2, results.n)))
  end
  if fine then
    record.append("return", "return", 1, text)
  elseif text == "not enough memory" then
    record.append("script", "limit", 0, "memory: an actor needed more than the limit 'memory'")
  else
    outcome.record_error(text)
  end
  process.exit(fine and 0 or 1)
end

---Start an actor.
---@param host netlab.Host where it runs
---@param recording userdata
---@param name string for the report
---@param fn function what it does
---@param ... any arguments of the function
---@return netlab.Actor? actor
---@return netlab.Errno? err EAGAIN: the limit of processes is reached
function actor.spawn(host, recording, name, fn, ...)
  local pid, err = process.fork(host.id, name)
  if pid == 0 then
    live(fn, table.pack(...))
  elseif not pid then
    return nil, err
  end
  return setmetatable({ pid = pid, name = name, recording = recording }, Actor)
end

return actor
