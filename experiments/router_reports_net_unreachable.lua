experiment "a router has no route any more: ENETUNREACH, when the time is over" {
  case = "D6",
  source = "seed 002, a router finds the server unreachable; RFC 1122 4.2.3.9; RFC 792",
  claim = "when a router on the way finds the server unreachable, send and then read give ENETUNREACH or EHOSTUNREACH",
  verdict = "confirmed",
  look = "Not when the ICMP message comes: a route may come back, so TCP must go on. It repeats the segment, and "
    .. "tells the reason in place of ETIMEDOUT when it gives up.",
  tags = { "icmp", "routing", "timers", "send", "receive", "states" },
  unnoticed = {
    ["(client -> server:7000 PSH,ACK) removed"] = "how many repetitions there are is a matter of the timers",
    ["net-unreachable) swapped with"] = "the messages are alike",
  },
  run = function(t)
    local net = t:network {
      { "client 192.168.1.2/24", "gate 192.168.1.1/24" },
      { "gate 10.1.0.1/24", "server 10.1.0.2/24" },
      routers = "gate",
    }
    net.client:sysctl("net.ipv4.tcp_early_retrans", 0) -- no tail loss probe
    local l = t:ok(net.server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(net.client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "800ms"))
    t:ok(c:connect(net.server, 7000))

    net.gate:interface "eth1":down() -- and with it goes the route
    t.wire:delay("gate -> client ICMP", "5ms") -- send() shall have returned
    t:equal(c:send "hello", 5)
    t:fails(ENETUNREACH, c:recv(100))
    t:state(c, "CLOSED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="hello"
      repeat 1..9 after 70ms client -> server:7000  ACK  seq=1 ack=1 payload="hello"
      repeat 1..9 gate -> client  ICMP  net-unreachable quoted.dst=server quoted.dport=7000
    ]]
  end
}
