-- interface.lua: an interface of a host: up and down, its cable, addresses, MTU.

local argument = require "netlab.lab.argument"
local link = require "netlab.core.link"
local order = require "netlab.core.order"

---@class netlab.Interface an interface of a host, and its cable
---@field name string "eth0"
---@field mac string "02:00:00:00:00:01"
---@field link string the name of its link
---@field addresses string[] "192.168.1.2/24"
local Interface = {}
Interface.__index = Interface
Interface.__tostring = function(self) return self.host.name .. ":" .. self.name end

---Set the interface up again (IFF_UP): netdevice(7); with its addresses, static neighbours and the routes that the
---script or t:network gave the host through it. Returns when it has its carrier.
function Interface:up()
  order.interface(self.host.id, self.name, true)
  for _, route in ipairs(self.host.routes) do
    if self.was_down and route.interface == self.name then
      link.route(self.host.id, self.name, route.destination, route.gateway)
    end
  end
  self.was_down = false
end

---Set the interface down: it sends and receives nothing, and the host knows it.
function Interface:down()
  order.interface(self.host.id, self.name, false)
  self.was_down = true
end

---Pull the cable: the interface stays up, but loses its carrier.
function Interface:unplug()
  order.cable(self.host.id, self.name, false)
end

---Plug the cable in again; returns when both ends have carrier and the host sends again.
function Interface:plug()
  order.cable(self.host.id, self.name, true)
end

---Set the MTU.
---@param bytes integer 68 to the MTU that the link was made with (1500)
function Interface:mtu(bytes)
  if math.type(bytes) == "integer" and bytes > self.largest then
    error(("the link of %s was made for an MTU of %d (t:network: mtu = %d)"):format(self, self.largest, bytes), 2)
  end
  argument.pass("mtu", -1, link.mtu, self.host.id, self.name, bytes)
  self.bytes = bytes
end

local interface = { methods = Interface }

---The object of an interface that is there already.
---@param host netlab.Host|netlab.Puppet
---@param fields table name, mac, link, addresses; largest: the MTU of the wire's end, which takes no longer frame, 1500
---  without it
---@return netlab.Interface
function interface.new(host, fields)
  fields.host, fields.largest = host, fields.largest or 1500
  return setmetatable(fields, Interface)
end

---An interface of a host that was rebooted: it is up, and has its MTU again.
---@param self netlab.Interface
function interface.restore(self)
  self.was_down = false
  if self.bytes then
    link.mtu(self.host.id, self.name, self.bytes)
  end
end

---Give a host or a puppet an interface on a link: "eth" and the next number.
---@param host netlab.Host|netlab.Puppet
---@param link_id integer
---@param link_name string
---@param addresses string[] "192.168.1.2/24"
---@param mtu integer? 1500 without it
---@return netlab.Interface
function interface.attach(host, link_id, link_name, addresses, mtu)
  if math.type(link_id) ~= "integer" then
    argument.refuse("bad argument #1 to 'attach' (the field 'link' of a link expected, got %s)", tostring(link_id))
  elseif type(addresses) ~= "table" then
    argument.refuse("bad argument #3 to 'attach' (a list of addresses expected, got %s)", type(addresses))
  end
  local name, mac = argument.pass("attach", 1, order.attach, host.id, link_id, table.concat(addresses, " "), mtu)
  for _, address in ipairs(addresses) do
    local key = address:find ":" and "ip6" or "ip"
    host[key] = host[key] or address:match "^[^/]+"
  end
  host.mac = host.mac or mac
  local fields = { name = name, mac = mac, link = link_name, addresses = addresses, largest = mtu }
  host.interfaces[name] = interface.new(host, fields)
  return host.interfaces[name]
end

return interface
