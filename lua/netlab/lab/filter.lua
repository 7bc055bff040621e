-- filter.lua: the process of t.wire:filter: it calls the script's function for each packet, and tells the lab what it
-- says. It is a fork of the script, so that it goes on while the script blocks in a call.

local argument = require "netlab.lab.argument"
local order = require "netlab.core.order"
local outcome = require "netlab.lab.outcome"
local process = require "netlab.core.process"
local socket = require "netlab.core.socket"
local units = require "netlab.core.units"

local filter = {}

local says = { pass = true, drop = true, hold = true, duplicate = true }

-- What the function returned, as the lab is told it: a word, and a delay.
local function read(result)
  if says[result] then
    return result
  end
  if type(result) == "table" and result.delay and next(result, next(result)) == nil then
    argument.option("filter", "delay", units.nanoseconds, result.delay) -- raises an error for what is no time
    return "delay", result.delay
  end
  local shown = type(result) == "string" and ("'%s'"):format(result) or type(result)
  error("a filter returned " .. shown .. ': "pass", "drop", "hold", "duplicate" or { delay = time } is needed', 0)
end

-- Decide about packets until the rule is taken out.
local function serve(rule, recording, fn)
  local id = order.filter(rule, 0)
  while id ~= 0 do
    id = order.filter(rule, id, read(fn(recording:packet(id))))
  end
end

-- The filter's life, in its process. Does not return. The lab takes the rule out when the process ends.
local function live(rule, recording, fn)
  socket.abandon {} -- its copies would keep connections open
  local fine, err = xpcall(serve, outcome.describe, rule, recording, fn)
  if not fine then
    outcome.record_error(err)
  end
  process.exit(fine and 0 or 1)
end

---Start the process of a filter.
---@param rule integer id of the rule that asks it
---@param recording userdata
---@param fn fun(packet: netlab.Packet): string|table
---@return netlab.Errno? err EAGAIN: the limit of processes is reached
function filter.start(rule, recording, fn)
  local pid, err = process.fork(0, "filter")
  if pid == 0 then
    live(rule, recording, fn)
  end
  return err
end

return filter
