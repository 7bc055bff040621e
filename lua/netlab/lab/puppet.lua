-- puppet.lua: a host without a stack: the script reads and writes its packets itself, and nothing answers on its own.
-- What reaches a puppet is in the recording like everything else; what it sends reads like a line of a trace.

local argument = require "netlab.lab.argument"
local compose = require "netlab.lab.compose"
local conversation = require "netlab.lab.conversation"
local interface = require "netlab.lab.interface"
local mutation = require "netlab.lab.mutation"
local order = require "netlab.core.order"
local place = require "netlab.lab.place"
local waiting = require "netlab.lab.waiting"

---@class netlab.Puppet a host without a stack: the script reads and writes its packets
---@field name string as the script called it
---@field id integer as that of a host
---@field ip string? "10.0.0.2"
---@field ip6 string? "fd00::2", when it was made with ipv6 = true
---@field address string the one of the experiment's variant: ip, ip6 or mapped
---@field mapped string? "::ffff:10.0.0.2", in the variant "mapped"
---@field mac string "02:00:00:00:00:02"
local Puppet = {}
Puppet.__index = Puppet
Puppet.__tostring = function(self) return self.name end

local puppet = { methods = Puppet }

-- The hardware address for a network address on a link: its owner's, or the first router's there.
local function next_hop(t, link, ip)
  local router
  for _, host in pairs(t.known_hosts) do
    for _, one in pairs(host.interfaces) do
      for _, address in ipairs(one.link == link and one.addresses or {}) do
        if address:match "^[^/]+" == ip then
          return one.mac
        end
      end
      router = router or one.link == link and host.router and one.mac
    end
  end
  return router or nil
end

local LOOPBACK = { mac = "00:00:00:00:00:00", largest = 1500 }
local ETHER = 14 -- bytes of the header, which do not count for the MTU

-- The wire would lose a frame that is longer than its link carries; a script that sends one has made a mistake.
local function check_size(host, name, mtu, frame)
  local size = #frame - ETHER
  if size > mtu then
    argument.refuse("a packet of %d bytes is too long for %s:%s: the MTU of the link is %d (fragments=N in the form "
      .. "sends it in fragments, t:network makes links with another mtu)", size, host.name, name, mtu)
  end
end

---Send a packet out of an interface, whoever it says that it is from.
---@param t netlab.Test
---@param host netlab.Host|netlab.Puppet whose interface it is
---@param name string "eth0", "lo"
---@param text string a packet form
---@param more table? further fields of netlab.core.build
function puppet.send(t, host, name, text, more)
  local own = name == "lo" and LOOPBACK or host.interfaces[name]
  if not own then
    error(("host %s has no interface '%s'"):format(host.name, name), 3)
  end
  local hosts = {}
  for known, one in pairs(t.known_hosts) do
    hosts[known] = { ip = one.ip, ip6 = one.ip6, mac = one.mac }
  end
  local context = {
    hosts = hosts, where = place.of_text(text), src_mac = own.mac, six = t.family == "ipv6",
    flow = function(ends) return conversation.of(mutation.unaltered(t.recording), ends) end,
    next_hop = function(ip) return own == LOOPBACK and own.mac or next_hop(t, own.link, ip) end,
  }
  order.drain() -- what has been sent before is part of the conversation
  local frames = compose.frames(text, context, more)
  for _, frame in ipairs(frames) do
    check_size(host, name, own.largest, frame)
  end
  for _, frame in ipairs(frames) do
    order.inject(host.id, name, frame)
  end
end

---Send a packet: a packet form, with the fields that only a sender knows (docs/network.md). Ports, seq and ack that
---it does not name are those that come next in the conversation. Checksums are right unless it says otherwise.
---@param text string "peer:80 -> client SYN,ACK mss=1460"
---@param more table? further fields, as of a netlab.Frame; they win
function Puppet:send(text, more)
  puppet.send(self.test, self, "eth0", text, more)
end

local answers = { none = 0, arp = 1, acknowledge = 2, refuse = 4 } -- enum nlab_answers, runner/facts/order.h

---Say what the puppet answers by itself from now on, also while the script blocks in a call: "arp" (ARP requests and
---neighbour solicitations for its addresses), "acknowledge" (it opens connections and acknowledges all that comes),
---"refuse" (a reset to TCP, port unreachable to UDP), "arp" and one of the others; "none" or nothing: not at all.
---docs/network.md has the sequence numbers.
---@param ... "arp"|"acknowledge"|"refuse"|"none"|nil
function Puppet:answer(...)
  local bits = 0
  for i = 1, select("#", ...) do
    local name = select(i, ...) or "none"
    bits = bits | (answers[name]
      or error(("a puppet cannot answer '%s': arp, acknowledge, refuse or none"):format(tostring(name)), 2))
  end
  if bits & 6 == 6 then
    error("a puppet cannot acknowledge and refuse at once", 2)
  end
  order.answer(self.id, bits)
end

---Wait for a packet of this form to reach the puppet, sent since the last t:trace, and not returned by an earlier
---call with the same form. It counts as a check.
---@param text string one packet form: "client -> peer:80 SYN"
---@param timeout number|string? 2 s without it
---@return netlab.Packet? packet nil when none came and the check is a soft one
function Puppet:receive(text, timeout)
  return waiting.packet(self.test, "receive", text, timeout, function(packet)
    return packet.fate == "delivered" and (packet.to == self.name or packet.to == "*")
  end)
end

---Give the puppet an interface on a link; t:network does it.
---@param link_id integer
---@param link_name string
---@param addresses string[] "192.168.1.2/24"
---@param mtu integer?
function Puppet:attach(link_id, link_name, addresses, mtu)
  interface.attach(self, link_id, link_name, addresses, mtu)
end

---Make a puppet.
---@param t netlab.Test
---@param name string
---@param options { ipv6: boolean?, lone: boolean? } lone: without an interface on the LAN
---@return netlab.Puppet
function puppet.new(t, name, options)
  local made = order.puppet(name, options.ipv6 or false, options.lone or false)
  made.name, made.test, made.interfaces = name, t, {}
  setmetatable(made, Puppet)
  if options.lone then
    made.mac = nil
  else
    local addresses = { made.ip .. "/24", made.ip6 and made.ip6 .. "/64" }
    local fields = { name = "eth0", mac = made.mac, link = "lan", addresses = addresses }
    made.interfaces.eth0 = interface.new(made, fields)
  end
  return made
end

return puppet
