-- test.lua: the object `t` that an experiment's function is given: hosts, checks, the wire, the process itself.

local actor = require "netlab.lab.actor"
local check = require "netlab.lab.check"
local family = require "netlab.lab.family"
local host = require "netlab.lab.host"
local mutation = require "netlab.lab.mutation"
local network = require "netlab.lab.network"
local part = require "netlab.lab.part"
local process = require "netlab.core.process"
local puppet = require "netlab.lab.puppet"
local record = require "netlab.core.record"
local socket = require "netlab.core.socket"
local trace = require "netlab.lab.trace"
local wire = require "netlab.lab.wire"

---@class netlab.Test what the function of an experiment gets: hosts, waiting, checks
---@field wire netlab.Wire the wire between the hosts
---@field soft netlab.Test the same checks, but a failed one does not stop the experiment
---@field family "ipv4"|"ipv6"|"mapped" the variant in which the experiment is run
---@field af integer its sockets' family: AF_INET or AF_INET6
---@field any string its wildcard address: "0.0.0.0" or "::"
---@field loopback string "127.0.0.1", "::1" or "::ffff:127.0.0.1"
local Test = {}

for _, methods in ipairs { check, trace, part } do
  for name, fn in pairs(methods) do
    Test[name] = fn
  end
end
Test.new = nil

---Make a host on the LAN.
---@param name string
---@param options { ipv6: boolean?, sysctl: table<string, string|number>?, rto_min: number|string? }? ipv6 = true: it
---  has an IPv6 address, too; sysctl: its settings by name; rto_min: as of host:rto_min
---@return netlab.Host
function Test:host(name, options)
  if self.known_hosts[name] then
    error(("there is a host '%s' already"):format(name), 2)
  end
  local made = host.new(self.recording, name, family.options(self.family, options))
  self.known_hosts[name] = family.address(self.family, made)
  return made
end

---Make several hosts on the LAN.
---@param ... string|table names, and at the end options for all of them, as of t:host
---@return netlab.Host ...
function Test:hosts(...)
  local names = table.pack(...)
  local options
  if type(names[names.n]) == "table" then
    options = table.remove(names)
  end
  local made = {}
  for i, name in ipairs(names) do
    made[i] = self:host(name, options)
  end
  return table.unpack(made)
end

---Make a puppet on the LAN: a host without a stack, whose packets the script reads and writes itself
---(docs/network.md).
---@param name string
---@param options { ipv6: boolean? }? ipv6 = true: it has an IPv6 address, too
---@return netlab.Puppet
function Test:puppet(name, options)
  if self.known_hosts[name] then
    error(("there is a host '%s' already"):format(name), 2)
  end
  local made = puppet.new(self, name, { ipv6 = family.options(self.family, options).ipv6 })
  self.known_hosts[name] = family.address(self.family, made)
  return made
end

---Send a packet out of a host's interface as if the host had sent it; its source may be anybody's. On "lo" it
---reaches the host itself.
---@param from netlab.Host
---@param text string a packet form, as of puppet:send
---@param options { interface: string?, more: table? }? interface: "eth0" without it; more: further fields,
---  as of a netlab.Frame
function Test:inject(from, text, options)
  local interface = options and options.interface or "eth0"
  if interface == "lo" then -- the kernel takes foreign frames with local addresses for martians (RFC 1812 5.3.7)
    from:sysctl("net.ipv4.conf.lo.route_localnet", 1)
    from:sysctl("net.ipv4.conf.lo.accept_local", 1)
  end
  puppet.send(self, from, interface, text, options and options.more)
end

local function wire_context(t)
  return { hosts = t.known_hosts, recording = mutation.unaltered(t.recording) }
end

---Make links, hosts with interfaces on them, and routers (docs/network.md).
---@param given table a list of links {"client 192.168.1.2/24", "gate 192.168.1.1/24", name =, mtu =, arp =}, and
---  routers = {names}, puppets = {names}
---@return table<string, netlab.Host|netlab.Wire> network hosts and links by name
function Test:network(given)
  local made, links = network.build(given, function(name, options)
    if self.known_hosts[name] then
      error(("t:network: there is a host '%s' already"):format(name), 0)
    end
    self.known_hosts[name] = options.puppet and puppet.new(self, name, { ipv6 = options.ipv6, lone = true })
      or host.lone(self.recording, name, options)
    return self.known_hosts[name]
  end, family.of(self.family).ipv6)
  for _, one in pairs(self.known_hosts) do
    family.address(self.family, one)
  end
  for _, link in ipairs(links) do
    made[link.name] = wire.new(function() return wire_context(self) end, link)
  end
  return made
end

---Wait for events on sockets: poll(2).
---@param list { [1]: netlab.Socket, [2]: integer }[] sockets with their events: {{s, POLLIN}, {c, POLLIN | POLLOUT}}
---@param timeout number|string? seconds or "50ms"; without it for ever
---@return integer? count how many are ready, 0 when the time is over
---@return table|netlab.Errno ready list of {socket =, revents =}
function Test:poll(list, timeout) -- luacheck: ignore self
  return socket.poll(list, timeout)
end

---Wait for sockets: select(2).
---@param readers netlab.Socket[]?
---@param writers netlab.Socket[]?
---@param excepts netlab.Socket[]?
---@param timeout number|string? seconds or "50ms"; without it for ever
---@return integer? count
---@return table|netlab.Errno readers those that are ready
---@return table? writers
---@return table? excepts
function Test:select(readers, writers, excepts, timeout) -- luacheck: ignore self
  return socket.select(readers, writers, excepts, timeout)
end

---What a signal does to this process: sigaction(2).
---@param signal integer SIGPIPE, SIGALRM, ...
---@param handler string SIG_DFL, SIG_IGN, or "record": the handler writes into the recording, and returns
---@param flags integer? SA_RESTART or 0
---@return true? done
---@return netlab.Errno? err
function Test:sigaction(signal, handler, flags) -- luacheck: ignore self
  return process.sigaction(signal, handler, flags)
end

---Send this process SIGALRM after a time: alarm(2), setitimer(2).
---@param time number|string seconds or "50ms"; 0 cancels it
---@return true? done
---@return netlab.Errno? err
function Test:alarm(time) -- luacheck: ignore self
  return process.alarm(time)
end

---The signals that this process's "record" handlers have caught, in order.
---@return string[] names "SIGPIPE", ...
function Test:signals()
  local names = {}
  for _, slot in ipairs(self.recording:slots "signal") do
    if slot.pid == process.pid() then
      names[#names + 1] = actor.signal_name(slot.result)
    end
  end
  return names
end

---Let time pass: clock_nanosleep(2). To wait for something to happen use t:wait_packet, t:eventually or poll.
---@param time number|string seconds or "50ms"
---@return true? done
---@return netlab.Errno? err EINTR
function Test:sleep(time) -- luacheck: ignore self
  return process.sleep(time)
end

---The time on the recording's clock.
---@return number seconds since the experiment began
function Test:now()
  return self.recording:now()
end

local test = { methods = Test }

---A new `t`.
---@param variant string of the experiment: "ipv4", "ipv6", "mapped"
---@param parts { name: string, points: number }[]? as the experiment declares them
---@return netlab.Test
function test.new(variant, parts)
  local recording, row = record.recording(), family.of(variant)
  local fields = {
    hard = true, recording = recording, known_hosts = {}, traces = trace.new(),
    parts = part.new(parts),
    family = variant, af = row.af, any = row.any, loopback = row.loopback,
  }
  local t = setmetatable(fields, { __index = Test })
  t.wire = wire.new(function() return wire_context(t) end)
  t.soft = setmetatable({ hard = false }, { __index = t })
  return t
end

return test
