-- held.lua: the packets that rules of the wire hold, and which of them are released in a given order.

local argument = require "netlab.lab.argument"
local explain = require "netlab.expect.explain"
local form = require "netlab.expect.form"
local grammar = require "netlab.expect.grammar"
local order = require "netlab.core.order"
local place = require "netlab.lab.place"

local held = {}

---The packets that are held now, in the order in which they were sent.
---@param recording userdata
---@param rule integer? id of the rule that holds them; nil: any
---@return netlab.Packet[]
function held.list(recording, rule)
  local list = {}
  order.drain()
  for packet in recording:packets(1) do
    if packet.fate == "held" and (not rule or packet.rule == rule) then
      list[#list + 1] = packet
    end
  end
  return list
end

local function complain(list, message, ...)
  local lines = { ("release: %s; held %s:"):format(message:format(...), #list == 1 and "is" or "are") }
  for i, packet in ipairs(list) do
    lines[#lines + 1] = ("  %d: %s"):format(i, explain.packet(packet))
  end
  local text = #list > 0 and table.concat(lines, "\n") or lines[1]:gsub("held are:$", "nothing is held")
  error(text, 0)
end

-- The oldest packet of the list that has this form and was not chosen before.
local function find(list, text, context, chosen)
  local parsed = grammar.packet_form(text, place.of_text(text))
  form.check(parsed, context)
  for _, packet in ipairs(list) do
    if not chosen[packet.id] and form.match(parsed, packet, context, {}) then
      return packet
    end
  end
  return nil
end

-- The packets that an order names, each by its form or by its place in the list; an error when one is not there.
local function choose(list, wanted, context)
  local chosen, packets = {}, {}
  for i, one in ipairs(wanted) do
    local packet
    if type(one) == "string" then
      packet = find(list, one, context, chosen) or complain(list, 'number %d, "%s", is not held', i, one)
    elseif math.type(one) == "integer" then
      packet = list[one] or complain(list, "number %d: there is no held packet %d", i, one)
    else
      complain(list, "number %d is neither a packet form nor a place among the held packets", i)
    end
    if chosen[packet.id] then
      complain(list, "number %d, %s, is named twice", i, tostring(one))
    end
    chosen[packet.id] = true
    packets[i] = packet
  end
  return packets
end

---Deliver held packets: so many, in the order in which they were sent, or those that are named, in the order of their
---names.
---@param context { hosts: table<string, netlab.Host>, recording: userdata }
---@param rule integer id of the rule that holds them, 0: any
---@param what integer|(string|integer)[]|nil a count, or packet forms and places among the held packets; nil: all
---@param text string the order as it is recorded
---@return integer released
function held.release(context, rule, what, text)
  order.drain() -- a filter may have to say yet what is held
  if type(what) ~= "table" then
    return argument.pass("release", 0, order.release, rule, what or 0, text)
  end
  local hosts = {}
  for name, host in pairs(context.hosts) do
    hosts[name] = { ip = host.ip, ip6 = host.ip6, id = host.id }
  end
  local list = held.list(context.recording, rule ~= 0 and rule or nil)
  local released = 0
  for _, packet in ipairs(choose(list, what, { hosts = hosts })) do
    released = released + order.release(rule, 0, ("%s: packet %d"):format(text, packet.id), packet.id)
  end
  return released
end

return held
