---@meta
-- What scripts see of lua/netlab/lab, made from its annotations: make meta.
-- luacheck: ignore 241

---@class netlab.Test what the function of an experiment gets: hosts, waiting, checks
---@field wire netlab.Wire the wire between the hosts
---@field soft netlab.Test the same checks, but a failed one does not stop the experiment
---@field family "ipv4"|"ipv6"|"mapped" the variant in which the experiment is run
---@field af integer its sockets' family: AF_INET or AF_INET6
---@field any string its wildcard address: "0.0.0.0" or "::"
---@field loopback string "127.0.0.1", "::1" or "::ffff:127.0.0.1"
local Test = {}

---Make a host on the LAN.
---@param name string
---@param options { ipv6: boolean?, sysctl: table<string, string|number>?, rto_min: number|string? }? ipv6 = true: it
---  has an IPv6 address, too; sysctl: its settings by name; rto_min: as of host:rto_min
---@return netlab.Host
function Test:host(name, options) end

---Make several hosts on the LAN.
---@param ... string|table names, and at the end options for all of them, as of t:host
---@return netlab.Host ...
function Test:hosts(...) end

---Make a puppet on the LAN: a host without a stack, whose packets the script reads and writes itself
---(docs/network.md).
---@param name string
---@param options { ipv6: boolean? }? ipv6 = true: it has an IPv6 address, too
---@return netlab.Puppet
function Test:puppet(name, options) end

---Send a packet out of a host's interface as if the host had sent it; its source may be anybody's. On "lo" it
---reaches the host itself.
---@param from netlab.Host
---@param text string a packet form, as of puppet:send
---@param options { interface: string?, more: table? }? interface: "eth0" without it; more: further fields,
---  as of a netlab.Frame
function Test:inject(from, text, options) end

---Make links, hosts with interfaces on them, and routers (docs/network.md).
---@param given table a list of links {"client 192.168.1.2/24", "gate 192.168.1.1/24", name =, mtu =, arp =}, and
---  routers = {names}, puppets = {names}
---@return table<string, netlab.Host|netlab.Wire> network hosts and links by name
function Test:network(given) end

---Wait for events on sockets: poll(2).
---@param list { [1]: netlab.Socket, [2]: integer }[] sockets with their events: {{s, POLLIN}, {c, POLLIN | POLLOUT}}
---@param timeout number|string? seconds or "50ms"; without it for ever
---@return integer? count how many are ready, 0 when the time is over
---@return table|netlab.Errno ready list of {socket =, revents =}
function Test:poll(list, timeout) end

---Wait for sockets: select(2).
---@param readers netlab.Socket[]?
---@param writers netlab.Socket[]?
---@param excepts netlab.Socket[]?
---@param timeout number|string? seconds or "50ms"; without it for ever
---@return integer? count
---@return table|netlab.Errno readers those that are ready
---@return table? writers
---@return table? excepts
function Test:select(readers, writers, excepts, timeout) end

---What a signal does to this process: sigaction(2).
---@param signal integer SIGPIPE, SIGALRM, ...
---@param handler string SIG_DFL, SIG_IGN, or "record": the handler writes into the recording, and returns
---@param flags integer? SA_RESTART or 0
---@return true? done
---@return netlab.Errno? err
function Test:sigaction(signal, handler, flags) end

---Send this process SIGALRM after a time: alarm(2), setitimer(2).
---@param time number|string seconds or "50ms"; 0 cancels it
---@return true? done
---@return netlab.Errno? err
function Test:alarm(time) end

---The signals that this process's "record" handlers have caught, in order.
---@return string[] names "SIGPIPE", ...
function Test:signals() end

---Let time pass: clock_nanosleep(2). To wait for something to happen use t:wait_packet, t:eventually or poll.
---@param time number|string seconds or "50ms"
---@return true? done
---@return netlab.Errno? err EINTR
function Test:sleep(time) end

---The time on the recording's clock.
---@return number seconds since the experiment began
function Test:now() end

---The value is truthy: for a call, that it succeeded.
---@param v any what was returned
---@param err any of a failed call: its error; otherwise a comment for the report
---@param ... any
---@return any v and everything behind it
function Test:ok(v, err, ...) end

---The call failed with this error.
---@param expected netlab.Errno a constant: ECONNREFUSED
---@param v any what the call returned: nil when it failed
---@param err netlab.Errno? its error
---@param comment string? for the report
---@return netlab.Errno err
function Test:fails(expected, v, err, comment) end

---Two values are equal; tables are compared by their contents.
---@param actual any
---@param expected any
---@param comment string? for the report
---@return any actual
function Test:equal(actual, expected, comment) end

---A number, or a time in seconds, is near another one.
---@param actual number
---@param expected number|string a number, or a time such as "50ms"
---@param tolerance number|string at the most so far away: a number, a time, or "10%" of what is expected
---@param comment string? for the report
---@return number actual
function Test:near(actual, expected, tolerance, comment) end

---The TCP state of a socket, as TCP_INFO says it (tcp(7)), in the names of RFC 9293 3.3.2.
---@param socket netlab.Socket an open TCP socket
---@param expected string "SYN-SENT", "ESTABLISHED", ...
---@param comment string? for the report
function Test:state(socket, expected, comment) end

---A function returns something true, now or before the time is over. It is asked again whenever a packet has passed,
---and every millisecond.
---@param condition fun(): any
---@param timeout number|string? seconds or "500ms"; 2 s without it
---@param comment string? for the report
---@return any what the function returned
function Test:eventually(condition, timeout, comment) end

---Write a remark into the recording and the report.
---@param text string
function Test:note(text) end

---End the experiment: it cannot be run here. It counts as skipped, whatever was checked before.
---@param reason string
function Test:skip(reason) end

---The packets since the last t:trace (or the beginning) are these, in the expectation language
---(docs/expectations.md). Waits for those that are expected, then makes sure that no other has come.
---@param text string
---@param options { timeout: number|string?, link: string? }? how long to wait for an expected packet, 2 s without it;
---  only packets on this link, instead of all where they begin their way
---@return table binds the variables of the text: $x is binds.x
function Test:trace(text, options) end

---Wait for a packet of this form that was sent since the last t:trace, and that no wait for the same form has
---returned yet. It is not taken away: the next t:trace covers it.
---@param text string one packet form: "client -> server SYN"
---@param timeout number|string? 2 s without it
---@return netlab.Packet? packet nil when none came and the check is a soft one
function Test:wait_packet(text, timeout) end

---No packet passes for a while. Background traffic (ARP, neighbour discovery, MLD, IGMP) does not count.
---@param time number|string how long: seconds or "300ms"
function Test:quiet(time) end

---Do what earns the points of one part: they are earned when the function comes to its end, something was checked
---meanwhile, and no check failed. A failed check ends the part and the experiment; with t.soft only the part.
---@param name string as the field `points` of the experiment calls it
---@param fn fun(): any
---@return any ... what the function returned; with t.soft nothing when a check failed
function Test:part(name, fn) end

---@class netlab.Rule a rule of the wire
---@field id integer as the fields rule and made_by of packets name it
---@field text string as it was written
local Rule = {}

---How many packets the rule has decided so far, and how many it holds back now.
---@return integer decided
---@return integer held
function Rule:hits() end

---Deliver packets that this rule holds: in the order in which they came, or in the order that is given.
---@param what integer|(string|integer)[]|nil at the most so many, nil: all; or a list: a packet form is the oldest held
---  packet that matches it, a number the place among the held packets
---@return integer released
function Rule:release(what) end

---The packets that this rule holds now, in the order in which they came.
---@return netlab.Packet[]
function Rule:held() end

---Take the rule out; what it holds or delays is delivered at once.
function Rule:remove() end

---@class netlab.Wire a link between hosts, and what may go wrong on it
local Wire = {}

---Lose packets.
---@param text string a packet form: "server -> client SYN,ACK", or only a direction: "client -> server"
---@param options netlab.RuleOptions|{ burst: integer }|nil chance = 0.1 is a loss of a tenth of the frames; burst: how
---  many matching packets in a row are lost when one is, 1 without it
---@return netlab.Rule
function Wire:drop(text, options) end

---Lose packets, and answer each to its sender, on behalf of the receiver, a router or a firewall. The answer is a
---packet of the interface that the rejected one was on its way to; its field made_by is this rule. What may not be
---answered (an ICMP error, a reset with "rst", a broadcast) is lost only.
---@param text string a packet form, or only a direction
---@param with string|{ type: integer, code: integer?, mtu: integer? } "rst", or the name of an ICMP error
---  ("port-unreachable", "fragmentation-needed" ...), or its type and code
---@param options netlab.RuleOptions|{ from: string, mtu: integer }|nil from: the source of the ICMP error, the address
---  that the packet was sent to without it; mtu: of the next hop
---@return netlab.Rule
function Wire:reject(text, with, options) end

---Do with packets what a function says. It is called in a process of its own, a copy of the script's made by this call,
---with one packet at a time; what it assigns stays there. It is slow (docs/network.md), and must not wait for the
---script. An error in it fails the experiment, and takes the rule out.
---@param text string a packet form, or only a direction
---@param fn fun(packet: netlab.Packet): "pass"|"drop"|"hold"|"duplicate"|{ delay: number|string }
---@param options netlab.RuleOptions?
---@return netlab.Rule
function Wire:filter(text, fn, options) end

---Deliver packets later than they were sent. Packets of one rule keep their order, also with jitter; a rule with a
---chance reorders them, since those that it does not decide about are not delayed.
---@param text string a packet form, or only a direction
---@param time number|string one way: seconds or "50ms", from the sending to the delivery
---@param options netlab.RuleOptions|{ jitter: number|string }|nil jitter: evenly up to so much earlier or later
---@return netlab.Rule
function Wire:delay(text, time, options) end

---Deliver packets twice or more often. The copies are recorded with copy_of; t:trace does not see them, since
---nobody sent them.
---@param text string
---@param options netlab.RuleOptions|{ copies: integer }|nil copies: how many more, 1 to 64, 1 without it
---@return netlab.Rule
function Wire:duplicate(text, options) end

---Deliver packets with one bit inverted. The recording has both: the packet as it was sent (fate "altered") and the
---copy.
---@param text string
---@param options netlab.RuleOptions|{ byte: integer, bit: integer }|nil byte of the frame, from 0 at the Ethernet
---  header, and
---  bit of it, from 0, the highest; without a byte a bit of the TCP, UDP or ICMP checksum
---@return netlab.Rule
function Wire:corrupt(text, options) end

---Deliver only the beginning of packets.
---@param text string
---@param bytes integer of the frame with its Ethernet header, 14 at the least
---@param options netlab.RuleOptions?
---@return netlab.Rule
function Wire:truncate(text, bytes, options) end

---Deliver packets as a line of this rate does, one after the other; those that find the queue before it full are
---lost.
---@param text string
---@param rate integer|string bits a second: 1000000 or "1M"
---@param options netlab.RuleOptions|{ queue: integer|string }|nil queue: bytes that may wait, "64K" without it
---@return netlab.Rule
function Wire:rate(text, rate, options) end

---Deliver packets behind others that were sent after them: a packet is delivered right behind the next `gap` packets of
---its direction that are delivered. The rule decides about no other packet of that direction meanwhile.
---@param text string a packet form, or only a direction
---@param options netlab.RuleOptions|{ gap: integer, limit: number|string }|nil gap: how many packets, 1 to 1000000, 1
---  without it; limit: a time after which it is delivered anyway, none without it
---@return netlab.Rule
function Wire:reorder(text, options) end

---Keep packets back until they are released.
---@param text string a packet form
---@param options netlab.RuleOptions?
---@return netlab.Rule
function Wire:hold(text, options) end

---Deliver what is held, by any rule: in the order in which it came, or in the order that is given.
---@param what integer|(string|integer)[]|nil as of rule:release
---@return integer released
function Wire:release(what) end

---Cut the cable: nothing arrives any more, until restore().
---@param text string? a direction ("client -> server"); without it all of the wire
---@return netlab.Rule
function Wire:cut(text) end

---Undo every cut.
function Wire:restore() end

---Wait until everything that was sent before has arrived (what is held or delayed aside). The checks of packets and
---states do this by themselves.
function Wire:drain() end

---Take all rules out; what they hold or delay is delivered.
function Wire:reset() end

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

---A new socket in this host: socket(2). Errors: EAFNOSUPPORT, EPROTONOSUPPORT, EMFILE.
---@param family integer AF_INET or AF_INET6
---@param type integer SOCK_STREAM, SOCK_DGRAM, SOCK_RAW; SOCK_NONBLOCK may be added with |
---@param protocol integer? IPPROTO_...; 0 without it
---@return netlab.Socket? socket
---@return netlab.Errno? err
function Host:socket(family, type, protocol) end

---All TCP and UDP sockets of this host with their states, also those without a descriptor: orphans, TIME-WAIT,
---connections that nobody has accepted: sock_diag(7).
---@return netlab.SocketInfo[]
function Host:sockets() end

---A live capture with libpcap: pcap(3pcap). Raises when the filter is wrong, and when libpcap refuses.
---@param options netlab.CaptureOptions? interface "eth0" (without it) or "lo"
---@return netlab.Capture
function Host:capture(options) end

---Read or write a setting of this host: proc_sys_net(5). An unknown or refused one raises an error.
---@param name string "net.ipv4.tcp_syn_retries"
---@param new string|number? what to set it to; nil: only read
---@return string? value when it was read
function Host:sysctl(name, new) end

---After which time at the earliest TCP sends a segment again: the least retransmission time-out (RFC 6298 2.4; 200 ms
---on Linux), and no tail loss probe before it (RFC 8985 7). So a busy machine repeats nothing that was only late. Linux
---has the time-out since 6.11; older kernels keep theirs, and only the probe is gone.
---@param time number|string seconds or "2s"
---@return boolean set false: this kernel has no such setting
function Host:rto_min(time) end

---An interface of this host.
---@param name string? "eth0" without it
---@return netlab.Interface
function Host:interface(name) end

---Give this host an interface on a link; t:network does it.
---@param link_id integer
---@param link_name string
---@param addresses string[] "192.168.1.2/24"
---@param mtu integer?
---@return netlab.Interface
function Host:attach(link_id, link_name, addresses, mtu) end

---Add a route: rtnetlink(7). A route that the kernel refuses raises an error with its words.
---@param destination string "10.1.0.0/24", or "0.0.0.0/0" and "::/0" for the default route
---@param gateway string the next router's address, on one of this host's links
function Host:route(destination, gateway) end

---Take the host away, as a power failure does: its processes die, and it sends neither FIN nor RST. The script's
---own sockets in it are closed without a trace.
function Host:crash() end

---Bring a crashed host back: empty, with the same addresses and routes, and with the settings and MTUs that the script
---set last.
function Host:reboot() end

---The kernel's own counters of this host: proc_pid_net(5), snmp, snmp6 and netstat, as nstat(8) names them:
---TcpInCsumErrors, TcpExtListenDrops, IcmpOutDestUnreachs, Ip6ReasmOKs.
---@return table<string, integer>
function Host:counters() end

---Start an actor in this host: a process of its own that runs the function (docs/scripting.md, Actors).
---@param fn function
---@param ... any its arguments
---@return netlab.Actor
---@overload fun(self: netlab.Host, name: string, fn: function, ...: any): netlab.Actor
function Host:spawn(fn, ...) end

---Run a program in this host: execve(2), looked up in PATH. Its input and output are in memory.
---@param arguments table {"program", "argument", ..., stdin = "...", env = {NAME = "value"}, timeout = "5s",
---  background = true}
---@return netlab.Exit|netlab.Process|nil result how it ended; with background = true the running process
---@return netlab.Errno? err ENOENT: no such program; EACCES; ETIMEDOUT (it is killed then)
function Host:exec(arguments) end

---@class netlab.Interface an interface of a host, and its cable
---@field name string "eth0"
---@field mac string "02:00:00:00:00:01"
---@field link string the name of its link
---@field addresses string[] "192.168.1.2/24"
local Interface = {}

---Set the interface up again (IFF_UP): netdevice(7); with its addresses, static neighbours and the routes that the
---script or t:network gave the host through it. Returns when it has its carrier.
function Interface:up() end

---Set the interface down: it sends and receives nothing, and the host knows it.
function Interface:down() end

---Pull the cable: the interface stays up, but loses its carrier.
function Interface:unplug() end

---Plug the cable in again; returns when both ends have carrier and the host sends again.
function Interface:plug() end

---Set the MTU.
---@param bytes integer 68 to the MTU that the link was made with (1500)
function Interface:mtu(bytes) end

---@class netlab.Puppet a host without a stack: the script reads and writes its packets
---@field name string as the script called it
---@field id integer as that of a host
---@field ip string? "10.0.0.2"
---@field ip6 string? "fd00::2", when it was made with ipv6 = true
---@field address string the one of the experiment's variant: ip, ip6 or mapped
---@field mapped string? "::ffff:10.0.0.2", in the variant "mapped"
---@field mac string "02:00:00:00:00:02"
local Puppet = {}

---Send a packet: a packet form, with the fields that only a sender knows (docs/network.md). Ports, seq and ack that
---it does not name are those that come next in the conversation. Checksums are right unless it says otherwise.
---@param text string "peer:80 -> client SYN,ACK mss=1460"
---@param more table? further fields, as of a netlab.Frame; they win
function Puppet:send(text, more) end

---Say what the puppet answers by itself from now on, also while the script blocks in a call: "arp" (ARP requests and
---neighbour solicitations for its addresses), "acknowledge" (it opens connections and acknowledges all that comes),
---"refuse" (a reset to TCP, port unreachable to UDP), "arp" and one of the others; "none" or nothing: not at all.
---docs/network.md has the sequence numbers.
---@param ... "arp"|"acknowledge"|"refuse"|"none"|nil
function Puppet:answer(...) end

---Wait for a packet of this form to reach the puppet, sent since the last t:trace, and not returned by an earlier
---call with the same form. It counts as a check.
---@param text string one packet form: "client -> peer:80 SYN"
---@param timeout number|string? 2 s without it
---@return netlab.Packet? packet nil when none came and the check is a soft one
function Puppet:receive(text, timeout) end

---Give the puppet an interface on a link; t:network does it.
---@param link_id integer
---@param link_name string
---@param addresses string[] "192.168.1.2/24"
---@param mtu integer?
function Puppet:attach(link_id, link_name, addresses, mtu) end

---@class netlab.Actor a process of an experiment that runs a function of the script
---@field pid integer as the lab's pid namespace counts
---@field name string for the report
local Actor = {}

---Send a signal: kill(2).
---@param signal integer SIGKILL, SIGTERM, ...
---@return true? done
---@return netlab.Errno? err ESRCH when it has ended
function Actor:kill(signal) end

---Wait until the actor has ended: waitpid(2). It may be called again.
---@param timeout number|string? seconds or "2s"; without it as long as the experiment may last
---@return netlab.Ending? ending nil when the time is over
---@return netlab.Errno? err ETIMEDOUT
function Actor:wait(timeout) end

---@class netlab.Process a program that runs in the background
---@field pid integer as the lab's pid namespace counts
local Process = {}

---Send a signal: kill(2).
---@param signal integer SIGKILL, SIGTERM, ...
---@return true? done
---@return netlab.Errno? err ESRCH when it has ended
function Process:kill(signal) end

---Wait until the program has ended: waitpid(2). It may be called again.
---@param timeout number|string? seconds or "2s"; without it as long as the experiment may last
---@return netlab.Exit? ending nil when the time is over
---@return netlab.Errno? err ETIMEDOUT
function Process:wait(timeout) end

---What the program has written so far.
---@return string stdout
---@return string stderr
function Process:output() end

---@class netlab.RuleOptions what any rule may be given
---@field count integer? it decides only so many packets; all without it
---@field skip integer? so many matching packets pass first: skip = 2, count = 1 is the third
---@field chance number|string? it decides with this probability: 0.1 or "10%"
---@field seed integer? begins its random numbers; the same seed gives the same run; 0 without it

---@class netlab.Ending how an actor ended
---@field exit integer? exit status: 0 the function returned, 1 it failed a check or raised an error
---@field signal integer? the signal that killed it: SIGPIPE, ...
---@field signal_name string? "SIGPIPE"
---@field returned any[] what the function returned, with its number in .n

---@class netlab.Exit how a program ended
---@field exit integer? exit status
---@field signal integer? that killed it
---@field signal_name string? "SIGKILL"
---@field stdout string what it wrote
---@field stderr string what it wrote there
