-- altered_packets.lua: the recording as the script of a mutated run sees it: with one packet removed, doubled, swapped
-- with the next one of its connection, or with a field changed. The packet is found again by its direction and its
-- number in that: ids may differ from run to run.

local bits = require "netlab.expect.bits"

local altered_packets = {}

---What is the same for all packets that one interface sends between the same addresses.
---@param packet netlab.Packet
---@return string
function altered_packets.direction(packet)
  return ("%s %s %s %s"):format(packet.from, packet.src or packet.arp_sha, packet.dst or packet.arp_tpa, packet.proto)
end

local ABSENT = {}

-- A packet with some fields changed.
local function changed(packet, fields)
  return setmetatable({}, {
    __index = function(_, name)
      local v = fields[name]
      if v == nil then
        return packet[name]
      end
      return v ~= ABSENT and v or nil
    end,
    __pairs = function()
      local names, i = {}, 0
      for name in pairs(packet) do
        names[#names + 1] = name
      end
      return function(self)
        i = i + 1
        return names[i], names[i] and self[names[i]]
      end
    end,
  })
end

local function with_bit(packet, name)
  local mask = bits.of_view(packet.flags) ~ bits.value[name]
  local fields = { flags = mask == 0 and "" or bits.text(mask) }
  if name == "ACK" then
    fields.ack = packet.ack and ABSENT or 0
  end
  return fields
end

local function serial(name)
  return function(packet)
    return { [name] = packet[name] + 1, ["raw" .. name] = (packet["raw" .. name] + 1) & 0xffffffff }
  end
end

-- By field: the fields of a packet in which this one is one higher.
local one_more = {
  seq = serial "seq",
  ack = serial "ack",
  len = function(packet) return { len = packet.len + 1, payload = (packet.payload or "") .. "x" } end,
  code = function(packet) return { icmp_code = packet.icmp_code + 1 } end,
  ["quoted.dport"] = function(packet)
    local quoted = {}
    for name, v in pairs(packet.quoted) do
      quoted[name] = v
    end
    quoted.dport = quoted.dport + 1
    return { quoted = quoted }
  end,
}

-- What of a packet is changed, by how the alteration is called.
local changes = {
  bit = function(packet, alteration) return with_bit(packet, alteration.field) end,
  more = function(packet, alteration) return one_more[alteration.field](packet) end,
}

---@class netlab.AlteredPackets stands for the recording's userdata
local Altered = {}

-- Look for the packet, and for the one that it is swapped with, among those that have come since.
local function catch_up(self)
  local count = self.real:packet_count()
  while self.looked < count do
    self.looked = self.looked + 1
    local packet = self.real:packet(self.looked)
    if not packet.copy_of and not self.target then
      if altered_packets.direction(packet) == self.alteration.direction then
        self.passed = self.passed + 1
        if self.passed == self.alteration.number then
          self.target, self.flow = packet.id, packet.flow
          self.reached()
        end
      end
    elseif not packet.copy_of and not self.partner and packet.flow == self.flow then
      self.partner = packet.id
    end
  end
  return count
end

-- By kind of alteration: how many packets are to be seen when `count` have come, and the packet at place `id` there.
local kinds = {
  removed = {
    count = function(_, count) return count - 1 end,
    at = function(self, id) return changed(self.real:packet(id + 1), { id = id }) end,
  },
  doubled = {
    count = function(_, count) return count + 1 end,
    at = function(self, id) return changed(self.real:packet(math.max(id - 1, self.target)), { id = id }) end,
  },
  swapped = {
    count = function(self, count) return self.partner and count or self.target - 1 end,
    at = function(self, id)
      local there = self.real:packet(id)
      local other = id == self.target and self.partner or id == self.partner and self.target
      return other and changed(self.real:packet(other), { id = id, time = there.time }) or there
    end,
  },
  field = {
    count = function(_, count) return count end,
    at = function(self, id)
      local packet, change = self.real:packet(id), changes[self.alteration.change]
      return id == self.target and changed(packet, change(packet, self.alteration)) or packet
    end,
  },
}

---How many packets the script can see by now.
---@return integer
function Altered:packet_count()
  local count = catch_up(self)
  return self.target and self.kind.count(self, count) or count
end

---The packet at a place.
---@param id integer
---@return netlab.Packet? packet nil when it has not come
function Altered:packet(id)
  if id < 1 or id > self:packet_count() then
    return nil
  end
  return self.target and id >= self.target and self.kind.at(self, id) or self.real:packet(id)
end

---Walk the packets that have come, and those that come meanwhile.
---@param first integer? 1 without it
---@param last integer?
---@return fun(): netlab.Packet?
function Altered:packets(first, last)
  local id = (first or 1) - 1
  return function()
    id = id + 1
    return id <= (last or math.huge) and self:packet(id) or nil
  end
end

---Wait until more than so many packets can be seen.
---@param count integer
---@param seconds number? for ever without it
---@return boolean there are more
function Altered:wait(count, seconds)
  local limit = seconds and self.real:now() + seconds
  while self:packet_count() <= count do
    local left = limit and limit - self.real:now()
    if left and left <= 0 or not self.real:wait(self.real:packet_count(), left) then
      return self:packet_count() > count
    end
  end
  return true
end

---The recording with an alteration.
---@param recording userdata
---@param alteration table {direction =, number =, kind =, change =, field =}
---@param reached fun() called once, when the packet has come
---@return netlab.AlteredPackets
function altered_packets.new(recording, alteration, reached)
  local self = {
    real = recording, alteration = alteration, kind = kinds[alteration.kind], looked = 0, passed = 0, reached = reached,
  }
  return setmetatable(self, {
    __index = function(_, name)
      return Altered[name] or recording[name] and function(_, ...) return recording[name](recording, ...) end
    end,
  })
end

return altered_packets
