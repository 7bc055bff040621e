-- tcp_states.lua: the states of TCP's ends, deduced from the segments that they sent and received (RFC 9293 3.3.2).
-- The wire sees what an end does, not what it is told: LISTEN, and a change without a segment (the end of TIME-WAIT, a
-- time-out), cannot be deduced.

local by_time = require "netlab.view.by_time"

local tcp_states = {}

---@class netlab.StateChange
---@field time number
---@field host string
---@field state string
---@field packet integer id of the segment that changed it
---@field sent boolean by sending it; otherwise by receiving it

-- What a segment that is sent changes, by the control bit that decides: the first one in this order that it has.
local order = { "RST", "SYN", "FIN" }
local by_sending = {
  RST = { default = "CLOSED" },
  SYN = { CLOSED = "SYN-SENT" },
  FIN = { ["SYN-RECEIVED"] = "FIN-WAIT-1", ESTABLISHED = "FIN-WAIT-1", ["CLOSE-WAIT"] = "LAST-ACK" },
}

local has_acked_fin = { ["FIN-WAIT-1"] = "FIN-WAIT-2", CLOSING = "TIME-WAIT", ["LAST-ACK"] = "CLOSED" }
local has_fin = {
  ["SYN-RECEIVED"] = "CLOSE-WAIT", ESTABLISHED = "CLOSE-WAIT", ["FIN-WAIT-1"] = "CLOSING", ["FIN-WAIT-2"] = "TIME-WAIT",
}

-- The control bits of segments as sets, by their text; each is made once.
local function sets()
  return setmetatable({}, { __index = function(known, flags)
    local bits = {}
    for bit in flags:gmatch "[^,]+" do
      bits[bit] = true
    end
    known[flags] = bits
    return bits
  end })
end

local function extent(tcp, bits)
  return tcp.len + (bits.SYN and 1 or 0) + (bits.FIN and 1 or 0)
end

-- Of what is sent, this alone changes anything.
local function tells(bits)
  return bits.RST or bits.SYN or bits.FIN
end

local function send(ending, tcp, bits)
  if bits.SYN and bits.ACK then
    return (ending.state == "CLOSED" or ending.state == "SYN-SENT") and "SYN-RECEIVED" or nil
  end
  if bits.FIN then
    ending.fin = tcp.seq + extent(tcp, bits)
  end
  for _, bit in ipairs(order) do
    if bits[bit] then
      local to = by_sending[bit]
      return ending.state ~= "CLOSED" and to.default or to[ending.state]
    end
  end
  return nil
end

-- A RST is believed when it acknowledges the SYN, or is exactly at the next number (RFC 9293 3.10.7.3 and .4).
local function reset(ending, tcp, bits)
  local believed = tcp.seq == ending.next
  if ending.state == "SYN-SENT" then
    believed = bits.ACK and tcp.ack == 1
  end
  return believed and ending.state ~= "CLOSED" and "CLOSED" or nil
end

local function receive(ending, tcp, bits)
  if bits.RST then
    return reset(ending, tcp, bits)
  end
  local state = ending.state
  local fresh = ending.next == nil or tcp.seq == ending.next
  if fresh then
    ending.next = tcp.seq + extent(tcp, bits)
  end
  if bits.SYN then
    return state == "SYN-SENT" and bits.ACK and "ESTABLISHED"
      or state == "SYN-RECEIVED" and bits.ACK and tcp.ack == 1 and "ESTABLISHED" or nil
  elseif bits.ACK and state == "SYN-RECEIVED" and tcp.ack == 1 then
    state = "ESTABLISHED"
  end
  if bits.ACK and tcp.ack == ending.fin then
    state = has_acked_fin[state] or state
  end
  if bits.FIN and fresh then
    state = has_fin[state] or state
  end
  return state
end

local function at_same_time(a, b)
  return a.item.id < b.item.id or a.item.id == b.item.id and a.sent and not b.sent
end

-- When each segment was received, and when it was sent, if that tells anything.
local function moments(items, known)
  local list = {}
  for _, item in ipairs(items) do
    local tcp = item.kind == "packet" and item.tcp
    if tcp and tcp.src and item.from == tcp.src and tells(known[tcp.flags]) then
      list[#list + 1] = { time = item.time, item = item, host = tcp.src, sent = true }
    end
    if tcp and tcp.dst and item.to == tcp.dst and item.received and item.fate == "delivered" then
      list[#list + 1] = { time = item.received, item = item, host = tcp.dst, sent = false }
    end
  end
  return by_time.sorted(list, at_same_time)
end

-- An end of a connection: a port of a host in a flow.
local function ending_of(hosts, moment)
  local tcp, endings = moment.item.tcp, hosts[moment.host] or {}
  local key = tcp.flow << 16 | (moment.sent and tcp.sport or tcp.dport)
  hosts[moment.host] = endings
  endings[key] = endings[key] or { state = "CLOSED" }
  return endings[key]
end

---The changes of state in a run.
---@param items netlab.StoryItem[]
---@return netlab.StateChange[] in the order of time
function tcp_states.changes(items)
  local hosts, changes, known = {}, {}, sets()
  for _, moment in ipairs(moments(items, known)) do
    local tcp, ending = moment.item.tcp, ending_of(hosts, moment)
    local state = (moment.sent and send or receive)(ending, tcp, known[tcp.flags])
    if state and state ~= ending.state then
      ending.state = state
      changes[#changes + 1] = {
        time = moment.time, host = moment.host, state = state, packet = moment.item.id, sent = moment.sent,
      }
    end
  end
  return changes
end

return tcp_states
