-- conversation.lua: what is known about a conversation from the recording: ports, the numbers that seq= and ack= count
-- from, and those that come next. For packets that the script sends itself.

local bits = require "netlab.expect.bits"

local conversation = {}

local FIRST = 1000000 -- the initial sequence number of who has not sent anything yet
local FAR = 4000      -- so many packets back are looked at

local function modulo(number)
  return number & 0xffffffff
end

-- How much of the sequence space a packet takes (RFC 9293 3.4).
local function space(packet)
  local flags = bits.of_view(packet.flags)
  return packet.len + (flags & bits.of_view "SYN" ~= 0 and 1 or 0) + (flags & bits.of_view "FIN" ~= 0 and 1 or 0)
end

local function same_ports(ends, sport, dport)
  return (not ends.sport or ends.sport == sport) and (not ends.dport or ends.dport == dport)
end

-- Take what a packet of ours (or, turned round, of the other side) says; the latest packets come first.
local function learn(flow, packet, ours)
  flow.sport = flow.sport or (ours and packet.sport or packet.dport)
  flow.dport = flow.dport or (ours and packet.dport or packet.sport)
  if packet.proto ~= "tcp" then
    return
  end
  local base, next_number = modulo(packet.rawseq - packet.seq), modulo(packet.seq + space(packet))
  local acked = packet.ack and modulo(packet.rawack - packet.ack)
  if ours then
    flow.seq_base, flow.seq = flow.seq_base or base, flow.seq or next_number
    flow.ack_base = flow.ack_base or acked
  else
    flow.ack_base, flow.ack = flow.ack_base or base, flow.ack or next_number
    flow.seq_base, flow.acked = flow.seq_base or acked, flow.acked or packet.ack
  end
end

---Looks a conversation up, as its sender sees it: the latest one between these ends.
---@param recording userdata
---@param ends netlab.compose.Ends
---@return netlab.compose.Flow
function conversation.of(recording, ends)
  local flow = {}
  local count = recording:packet_count()
  for id = count, math.max(1, count - FAR), -1 do
    local packet = recording:packet(id)
    if packet.proto == ends.proto and packet.sport and not packet.copy_of then
      local ours = packet.src == ends.src and packet.dst == ends.dst and same_ports(ends, packet.sport, packet.dport)
      local theirs = packet.src == ends.dst and packet.dst == ends.src and same_ports(ends, packet.dport, packet.sport)
      if (ours or theirs) and (not flow.id or flow.id == packet.flow) then
        flow.id = packet.flow
        learn(flow, packet, ours)
      end
    end
  end
  flow.seq_base = flow.seq_base or FIRST
  flow.seq = flow.seq or flow.acked or 0
  return flow
end

return conversation
