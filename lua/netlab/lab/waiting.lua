-- waiting.lua: waiting for one packet: t:wait_packet and puppet:receive.

local argument = require "netlab.lab.argument"
local explain = require "netlab.expect.explain"
local form = require "netlab.expect.form"
local grammar = require "netlab.expect.grammar"
local mutation = require "netlab.lab.mutation"
local order = require "netlab.core.order"
local outcome = require "netlab.lab.outcome"
local place = require "netlab.lab.place"
local units = require "netlab.core.units"

local waiting = {}

---What names in a text of the expectation language mean.
---@param t netlab.Test
---@return netlab.expect.Context
function waiting.context(t)
  local hosts = {}
  for name, host in pairs(t.known_hosts) do
    hosts[name] = { ip = host.ip, ip6 = host.ip6, id = host.id }
  end
  return { hosts = hosts }
end

---A packet whose fate is known: what a filter of the wire decides about now is waited for.
---@param packet netlab.Packet
---@return netlab.Packet the same
function waiting.settled(packet)
  if packet.fate == "asked" then
    order.drain()
  end
  return packet
end

local function find(t, parsed, context, from, accept)
  for packet in t.recording:packets(from) do
    waiting.settled(packet)
    if accept(packet) and form.match(parsed, packet, context, {}) then
      return packet
    end
    from = packet.id + 1
  end
  return nil, from
end

local WAIT = 2 -- seconds that an expected packet may take to come, unless the script says otherwise

---Wait for a packet that was sent since the last t:trace, and that no wait of this name for the same form has
---returned yet.
---@param t netlab.Test
---@param name string of the check
---@param text string one packet form
---@param timeout number|string?
---@param accept fun(packet: netlab.Packet): boolean which packets count at all
---@return netlab.Packet?
function waiting.packet(t, name, text, timeout, accept)
  local recording = t.recording
  local parsed = grammar.packet_form(text, place.of_text(text))
  local context = waiting.context(t)
  form.check(parsed, context)
  local key = name .. " " .. text
  local limit = recording:now() + mutation.patience(argument.pass(name, 2, units.seconds, timeout or WAIT))
  local from = math.max(t.traces.seen, t.traces.waited[key] or 0) + 1
  local packet
  repeat
    packet, from = find(t, parsed, context, from, accept)
    local left = limit - recording:now()
  until packet or left <= 0 or not recording:wait(from - 1, left)
  packet = packet or find(t, parsed, context, from, accept)
  if packet then
    t.traces.waited[key] = packet.id
    mutation.saw_packet(packet)
  end
  local message = packet and "came: " .. explain.packet(packet) or ("no packet like '%s' came"):format(text)
  outcome.check(t, name, packet and true or false, message)
  return packet
end

return waiting
