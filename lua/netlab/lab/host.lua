-- host.lua: a host of the experiment, as scripts see it.

local actor = require "netlab.lab.actor"
local argument = require "netlab.lab.argument"
local capture = require "netlab.core.capture"
local diag = require "netlab.core.diag"
local interface = require "netlab.lab.interface"
local keys = require "netlab.expect.keys"
local link = require "netlab.core.link"
local order = require "netlab.core.order"
local process = require "netlab.core.process"
local program = require "netlab.lab.program"
local socket = require "netlab.core.socket"
local sysctl = require "netlab.core.sysctl"
local units = require "netlab.core.units"

---@class netlab.Host a network stack of the kernel of its own
---@field name string as the script called it
---@field id integer what socket:host() returns
---@field ip string "10.0.0.1"
---@field ip6 string? "fd00::1", when the host was made with ipv6 = true
---@field address string the one of the experiment's variant: ip, ip6 or mapped
---@field mapped string? "::ffff:10.0.0.1", in the variant "mapped"
---@field mac string "02:00:00:00:00:01"
---@field router boolean it forwards packets
---@field settings table[] that the script or t:network has set, in this order: {name=, value=}
---@field routes table[] given by the script or t:network: {destination=, gateway=, interface=}
---@field interfaces table<string, netlab.Interface> by name
local Host = {}
Host.__index = Host
Host.__tostring = function(self) return self.name end

local RTO_MIN = "net.ipv4.tcp_rto_min_us"

-- A host that has crashed has nothing that could be asked.
local function need_life(self)
  if self.crashed then
    error(("host %s has crashed; host:reboot() brings it back"):format(self.name), 3)
  end
end

---A new socket in this host: socket(2). Errors: EAFNOSUPPORT, EPROTONOSUPPORT, EMFILE.
---@param family integer AF_INET or AF_INET6
---@param type integer SOCK_STREAM, SOCK_DGRAM, SOCK_RAW; SOCK_NONBLOCK may be added with |
---@param protocol integer? IPPROTO_...; 0 without it
---@return netlab.Socket? socket
---@return netlab.Errno? err
function Host:socket(family, type, protocol)
  need_life(self)
  return argument.pass("socket", 0, socket.open, self, family, type, protocol)
end

---All TCP and UDP sockets of this host with their states, also those without a descriptor: orphans, TIME-WAIT,
---connections that nobody has accepted: sock_diag(7).
---@return netlab.SocketInfo[]
function Host:sockets()
  need_life(self)
  order.drain() -- what was sent before this has arrived
  return diag.sockets(self)
end

---A live capture with libpcap: pcap(3pcap). Raises when the filter is wrong, and when libpcap refuses.
---@param options netlab.CaptureOptions? interface "eth0" (without it) or "lo"
---@return netlab.Capture
function Host:capture(options)
  need_life(self)
  return argument.pass("capture", 0, capture.open, self, options or {})
end

-- Write a setting, and remember it for a reboot: the last one set comes last.
local function set(self, name, value)
  argument.pass("sysctl", 0, sysctl.write, self.id, name, value)
  for i, setting in ipairs(self.settings) do
    if setting.name == name then
      table.remove(self.settings, i)
      break
    end
  end
  self.settings[#self.settings + 1] = { name = name, value = value }
end

---Read or write a setting of this host: proc_sys_net(5). An unknown or refused one raises an error.
---@param name string "net.ipv4.tcp_syn_retries"
---@param new string|number? what to set it to; nil: only read
---@return string? value when it was read
function Host:sysctl(name, new)
  need_life(self)
  if new ~= nil then
    set(self, name, new)
    return nil
  end
  return argument.pass("sysctl", 0, sysctl.read, self.id, name)
end

---After which time at the earliest TCP sends a segment again: the least retransmission time-out (RFC 6298 2.4; 200 ms
---on Linux), and no tail loss probe before it (RFC 8985 7). So a busy machine repeats nothing that was only late. Linux
---has the time-out since 6.11; older kernels keep theirs, and only the probe is gone.
---@param time number|string seconds or "2s"
---@return boolean set false: this kernel has no such setting
function Host:rto_min(time)
  need_life(self)
  local seconds = argument.pass("rto_min", 0, units.seconds, time)
  set(self, "net.ipv4.tcp_early_retrans", 0)
  local known = pcall(sysctl.read, self.id, RTO_MIN)
  if known then
    set(self, RTO_MIN, math.floor(seconds * 1e6))
  end
  return known
end

---An interface of this host.
---@param name string? "eth0" without it
---@return netlab.Interface
function Host:interface(name)
  local found = self.interfaces[name or "eth0"]
  if not found then
    error(("host %s has no interface '%s'"):format(self.name, name or "eth0"), 2)
  end
  return found
end

---Give this host an interface on a link; t:network does it.
---@param link_id integer
---@param link_name string
---@param addresses string[] "192.168.1.2/24"
---@param mtu integer?
---@return netlab.Interface
function Host:attach(link_id, link_name, addresses, mtu)
  return interface.attach(self, link_id, link_name, addresses, mtu)
end

-- The interface whose network an address belongs to.
local function interface_towards(self, address)
  for _, one in pairs(self.interfaces) do
    for _, own in ipairs(one.addresses) do
      local length = own:match "/(%d+)$"
      local same_family = (own:find ":" == nil) == (address:find ":" == nil)
      if same_family and link.network(address .. "/" .. length) == link.network(own) then
        return one.name
      end
    end
  end
  return nil
end

---Add a route: rtnetlink(7). A route that the kernel refuses raises an error with its words.
---@param destination string "10.1.0.0/24", or "0.0.0.0/0" and "::/0" for the default route
---@param gateway string the next router's address, on one of this host's links
function Host:route(destination, gateway)
  if type(gateway) ~= "string" or not pcall(link.network, gateway .. "/0") then
    argument.refuse("bad argument #2 to 'route' (an IPv4 or IPv6 address expected, got %s)", tostring(gateway))
  end
  local name = interface_towards(self, gateway)
  if not name then
    error(("host %s has no interface on the network of %s"):format(self.name, gateway), 2)
  end
  argument.pass("route", -1, link.route, self.id, name, destination, gateway)
  self.routes[#self.routes + 1] = { destination = destination, gateway = gateway, interface = name }
end

---Take the host away, as a power failure does: its processes die, and it sends neither FIN nor RST. The script's
---own sockets in it are closed without a trace.
function Host:crash()
  need_life(self)
  order.crash(self.id)
  socket.vanish(self)
  self.crashed = true
end

-- The settings that a new host is made with: a router's, and those of the declaration.
local function apply_declared(self, declared)
  if self.router then
    set(self, "net.ipv4.ip_forward", 1)
    if self.ipv6 then
      set(self, "net.ipv6.conf.all.forwarding", 1)
    end
  end
  for _, name in ipairs(keys.sorted(declared)) do
    set(self, name, declared[name])
  end
end

---Bring a crashed host back: empty, with the same addresses and routes, and with the settings and MTUs that the script
---set last.
function Host:reboot()
  order.reboot(self.id)
  self.crashed = false
  for _, one in pairs(self.interfaces) do
    interface.restore(one)
  end
  for _, setting in ipairs(self.settings) do
    sysctl.write(self.id, setting.name, setting.value)
  end
  for _, route in ipairs(self.routes) do
    link.route(self.id, route.interface, route.destination, route.gateway)
  end
end

-- Two lines of /proc/net/snmp: "Tcp: Name ..." and "Tcp: 1 ...".
local function read_counters(path, counters)
  local file = io.open(path)
  local names = file and file:read "l"
  while names do
    local group, values = names:match "^(%w+):", file:read "l":gmatch "%-?%d+"
    for name in names:gsub("^%w+:", ""):gmatch "%S+" do
      counters[group .. name] = math.tointeger(tonumber(values()))
    end
    names = file:read "l"
  end
  if file then
    file:close()
  end
end

-- Lines of /proc/net/snmp6: "Ip6InReceives 1"; there is no such file without IPv6.
local function read_counters6(counters)
  local file = io.open "/proc/self/net/snmp6"
  for line in file and file:lines() or function() end do
    local name, value = line:match "^(%w+)%s+(%d+)"
    counters[name] = math.tointeger(tonumber(value))
  end
  if file then
    file:close()
  end
end

---The kernel's own counters of this host: proc_pid_net(5), snmp, snmp6 and netstat, as nstat(8) names them:
---TcpInCsumErrors, TcpExtListenDrops, IcmpOutDestUnreachs, Ip6ReasmOKs.
---@return table<string, integer>
function Host:counters()
  need_life(self)
  order.drain()
  process.enter(self.id)
  local counters = {}
  read_counters("/proc/self/net/snmp", counters)
  read_counters("/proc/self/net/netstat", counters)
  read_counters6(counters)
  return counters
end

---Start an actor in this host: a process of its own that runs the function (docs/scripting.md, Actors).
---@param fn function
---@param ... any its arguments
---@return netlab.Actor
---@overload fun(self: netlab.Host, name: string, fn: function, ...: any): netlab.Actor
function Host:spawn(fn, ...)
  need_life(self)
  local name = "actor on " .. self.name
  local made, err
  if type(fn) == "string" then
    name, fn = fn, (...)
    if type(fn) ~= "function" then
      error("bad argument #2 to 'spawn' (a function expected behind the name)", 2)
    end
    made, err = actor.spawn(self, self.recording, name, fn, select(2, ...))
  elseif type(fn) ~= "function" then
    error("bad argument #1 to 'spawn' (a function expected)", 2)
  else
    made, err = actor.spawn(self, self.recording, name, fn, ...)
  end
  if not made then
    error(("cannot start %s: %s; the limit of living processes is 'processes' in the experiment's limits")
      :format(name, err), 2)
  end
  return made
end

---Run a program in this host: execve(2), looked up in PATH. Its input and output are in memory.
---@param arguments table {"program", "argument", ..., stdin = "...", env = {NAME = "value"}, timeout = "5s",
---  background = true}
---@return netlab.Exit|netlab.Process|nil result how it ended; with background = true the running process
---@return netlab.Errno? err ENOENT: no such program; EACCES; ETIMEDOUT (it is killed then)
function Host:exec(arguments)
  need_life(self)
  return program.exec(self.id, arguments)
end

local host = { methods = Host }

local host_options = {
  ipv6 = { boolean = true }, sysctl = { table = true }, rto_min = { string = true, number = true },
}

local function check_options(options)
  for key, v in pairs(options) do
    if not (host_options[key] or {})[type(v)] then
      error(("bad option '%s' of a host: ipv6 = true, sysctl = {name = value}, rto_min = time")
        :format(tostring(key)), 4)
    end
  end
end

local function check_name(name)
  if type(name) ~= "string" or not name:match "^%a[%w_-]*$" then
    error(("bad name of a host: %s (a letter, then letters, digits, - and _)"):format(tostring(name)), 4)
  end
end

local function new(recording, name, fields)
  check_name(name)
  local made = order.host(name, fields.ipv6, fields.lone)
  made.name, made.recording, made.ipv6, made.router = name, recording, fields.ipv6, fields.router or false
  made.settings, made.routes, made.interfaces = {}, {}, {}
  setmetatable(made, Host)
  apply_declared(made, fields.settings or {})
  return made
end

---Make a host on the LAN.
---@param recording userdata
---@param name string
---@param options { ipv6: boolean?, sysctl: table<string, string|number>?, rto_min: number|string? }
---@return netlab.Host
function host.new(recording, name, options)
  check_options(options)
  local made = new(recording, name, { ipv6 = options.ipv6 or false, settings = options.sysctl })
  if options.rto_min then
    made:rto_min(options.rto_min)
  end
  local addresses = { made.ip .. "/24", made.ip6 and made.ip6 .. "/64" }
  made.interfaces.eth0 = interface.new(made, { name = "eth0", mac = made.mac, link = "lan", addresses = addresses })
  return made
end

---Make a host with loopback only; t:network gives it interfaces.
---@param recording userdata
---@param name string
---@param options { ipv6: boolean, router: boolean }
---@return netlab.Host
function host.lone(recording, name, options)
  local made = new(recording, name, { ipv6 = options.ipv6, router = options.router, lone = true })
  made.mac = nil -- of its first interface, when it has one
  return made
end

return host
