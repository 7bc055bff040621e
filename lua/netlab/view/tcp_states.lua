-- tcp_states.lua: the states of TCP's ends, deduced from the segments that they sent and received (RFC 9293 3.3.2).
-- The wire sees what an end does, not what it is told: LISTEN, and a change without a segment (the end of TIME-WAIT, a
-- time-out), cannot be deduced.

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

local function has(tcp, bit)
  return (","  .. tcp.flags .. ","):find("," .. bit .. ",", 1, true) ~= nil
end

local function extent(tcp)
  return tcp.len + (has(tcp, "SYN") and 1 or 0) + (has(tcp, "FIN") and 1 or 0)
end

local function send(ending, tcp)
  if has(tcp, "SYN") and has(tcp, "ACK") then
    return (ending.state == "CLOSED" or ending.state == "SYN-SENT") and "SYN-RECEIVED" or nil
  end
  if has(tcp, "FIN") then
    ending.fin = tcp.seq + extent(tcp)
  end
  for _, bit in ipairs(order) do
    if has(tcp, bit) then
      local to = by_sending[bit]
      return ending.state ~= "CLOSED" and to.default or to[ending.state]
    end
  end
  return nil
end

-- A RST is believed when it acknowledges the SYN, or is exactly at the next number (RFC 9293 3.10.7.3 and .4).
local function reset(ending, tcp)
  local believed = tcp.seq == ending.next
  if ending.state == "SYN-SENT" then
    believed = has(tcp, "ACK") and tcp.ack == 1
  end
  return believed and ending.state ~= "CLOSED" and "CLOSED" or nil
end

local function receive(ending, tcp)
  if has(tcp, "RST") then
    return reset(ending, tcp)
  end
  local state = ending.state
  local fresh = ending.next == nil or tcp.seq == ending.next
  if fresh then
    ending.next = tcp.seq + extent(tcp)
  end
  if has(tcp, "SYN") then
    return state == "SYN-SENT" and has(tcp, "ACK") and "ESTABLISHED"
      or state == "SYN-RECEIVED" and has(tcp, "ACK") and tcp.ack == 1 and "ESTABLISHED" or nil
  elseif has(tcp, "ACK") and state == "SYN-RECEIVED" and tcp.ack == 1 then
    state = "ESTABLISHED"
  end
  if has(tcp, "ACK") and tcp.ack == ending.fin then
    state = has_acked_fin[state] or state
  end
  if has(tcp, "FIN") and fresh then
    state = has_fin[state] or state
  end
  return state
end

-- Each segment twice: when it was sent, and when it was received.
local function moments(items)
  local list = {}
  for _, item in ipairs(items) do
    local tcp = item.kind == "packet" and item.tcp
    if tcp and item.from == tcp.src then
      list[#list + 1] = { time = item.time, item = item, host = tcp.src, sent = true }
    end
    if tcp and item.to == tcp.dst and item.received and item.fate == "delivered" then
      list[#list + 1] = { time = item.received, item = item, host = tcp.dst, sent = false }
    end
  end
  table.sort(list, function(a, b)
    if a.time ~= b.time then
      return a.time < b.time
    end
    return a.item.id < b.item.id or a.item.id == b.item.id and a.sent and not b.sent
  end)
  return list
end

---The changes of state in a run.
---@param items netlab.StoryItem[]
---@return netlab.StateChange[] in the order of time
function tcp_states.changes(items)
  local endings, changes = {}, {}
  for _, moment in ipairs(moments(items)) do
    local tcp = moment.item.tcp
    local key = ("%s %d %d"):format(moment.host, tcp.flow, moment.sent and tcp.sport or tcp.dport)
    local ending = endings[key] or { state = "CLOSED" }
    endings[key] = ending
    local state = (moment.sent and send or receive)(ending, tcp)
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
