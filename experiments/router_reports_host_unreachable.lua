experiment "a router finds no host behind it: EHOSTUNREACH, when the time is over" {
  case = "D6",
  source = "seed 002, a router finds the server unreachable; RFC 1122 4.2.3.9; RFC 1812 5.2.7.1",
  claim = "when a router on the way finds the server unreachable, send and then read give ENETUNREACH or EHOSTUNREACH",
  verdict = "confirmed",
  look = "The last router is the one that asks for the server's MAC. After three requests without an answer it reports "
    .. "that the host is unreachable. TCP tries again all the same, and the router asks again.",
  tags = { "icmp", "routing", "timers", "send", "receive", "crash", "states" },
  unnoticed = {
    ["(client -> server:7000 PSH,ACK) removed"] = "how many repetitions there are is a matter of the timers",
    ["swapped with"] = "ARP and ICMP have flows of their own",
  },
  run = function(t)
    local net = t:network {
      { "client 192.168.1.2/24", "gate 192.168.1.1/24", name = "left" },
      { "gate 10.1.0.1/24", "server 10.1.0.2/24", name = "right", arp = true },
      routers = "gate",
    }
    net.client:sysctl("net.ipv4.tcp_early_retrans", 0) -- no tail loss probe
    local l = t:ok(net.server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(net.client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "800ms"))
    t:ok(c:connect(net.server, 7000))
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      gate -> *              ARP      request target=server sender=10.1.0.1
      server -> gate         ARP      reply sender=server target=10.1.0.1
    ]]

    net.gate:sysctl("net.ipv4.neigh.eth1.retrans_time_ms", 10) -- between two ARP requests; instead of 1 s
    net.server:crash()
    net.gate:interface "eth1":down() -- forgets the neighbours, as time does
    net.gate:interface "eth1":up()
    t:equal(c:send "hello", 5)
    t:fails(EHOSTUNREACH, c:recv(100))

    t:state(c, "CLOSED")
    t:trace [[
      client -> server:7000  ACK   seq=1 ack=1 payload="hello"
      repeat 1..9 after 70ms client -> server:7000  ACK  seq=1 ack=1 payload="hello"
      repeat 2..9 { # as often as the segment came
        repeat 3 gate -> *   ARP   request target=server sender=10.1.0.1
        gate -> client       ICMP  host-unreachable quoted.dst=server quoted.dport=7000
      }
    ]]
  end
}
