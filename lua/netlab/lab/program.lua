-- program.lua: host:exec{...}: any program, run in a host, with its input and output in memory.

local actor = require "netlab.lab.actor"
local argument = require "netlab.lab.argument"
local nearest = require "netlab.expect.nearest"
local process = require "netlab.core.process"
local units = require "netlab.core.units"

---@class netlab.Process a program that runs in the background
---@field pid integer as the lab's pid namespace counts
local Process = {}
Process.__index = Process

---Send a signal: kill(2).
---@param signal integer SIGKILL, SIGTERM, ...
---@return true? done
---@return netlab.Errno? err ESRCH when it has ended
function Process:kill(signal)
  return argument.pass("kill", 0, process.kill, self.pid, signal)
end

---Wait until the program has ended: waitpid(2). It may be called again.
---@param timeout number|string? seconds or "2s"; without it as long as the experiment may last
---@return netlab.Exit? ending nil when the time is over
---@return netlab.Errno? err ETIMEDOUT
function Process:wait(timeout)
  local status, signal, err = argument.pass("wait", 0, process.wait, self.pid, timeout)
  if err then
    return nil, err
  end
  ---@class netlab.Exit how a program ended
  ---@field exit integer? exit status
  ---@field signal integer? that killed it
  ---@field signal_name string? "SIGKILL"
  ---@field stdout string what it wrote
  ---@field stderr string what it wrote there
  return {
    exit = status, signal = signal, signal_name = signal and actor.signal_name(signal),
    stdout = self.program:stdout(), stderr = self.program:stderr(),
  }
end

---What the program has written so far.
---@return string stdout
---@return string stderr
function Process:output()
  return self.program:stdout(), self.program:stderr()
end

local exec_options = { "stdin", "env", "timeout", "background" }
local exec_types = { stdin = "string", env = "table", background = "boolean" } -- timeout is a time

local function check_exec(arguments)
  if type(arguments) ~= "table" then
    argument.refuse("bad argument #1 to 'exec' (a table like {\"ls\", \"-l\"} expected, got %s)", type(arguments))
  end
  for key, v in pairs(arguments) do
    local known = math.type(key) == "integer"
    for _, option in ipairs(exec_options) do
      known = known or key == option
    end
    if not known then
      argument.refuse("unknown option '%s' of exec%s", tostring(key), nearest.hint(tostring(key), exec_options))
    elseif exec_types[key] and type(v) ~= exec_types[key] then
      argument.refuse("option '%s' of exec: %s expected, got %s", key, exec_types[key], type(v))
    end
  end
  if arguments.timeout ~= nil then
    argument.option("exec", "timeout", units.seconds, arguments.timeout)
  end
end

local function environment(env)
  if not env then
    return nil
  end
  local list = {}
  for name, text in pairs(env) do
    list[#list + 1] = name .. "=" .. tostring(text)
  end
  table.sort(list)
  return list
end

local program = { methods = Process }

---Run a program: host:exec.
---@param host integer its id
---@param arguments table
---@return netlab.Exit|netlab.Process|nil result
---@return netlab.Errno? err
function program.exec(host, arguments)
  check_exec(arguments)
  local started, err =
    argument.pass("exec", 0, process.exec, host, arguments, arguments.stdin, environment(arguments.env))
  if not started then
    return nil, err
  end
  local running = setmetatable({ pid = started:pid(), program = started }, Process)
  if arguments.background then
    return running
  end
  local ending, late = running:wait(arguments.timeout)
  if not ending then
    running:kill(9)
  end
  return ending, late
end

return program
