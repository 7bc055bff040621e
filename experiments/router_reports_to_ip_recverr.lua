experiment "a router has no route any more: with IP_RECVERR the read fails at once" {
  case = "D6",
  source = "seed 002, a router finds the server unreachable; ip(7), IP_RECVERR; tcp(7)",
  claim = "when a router on the way finds the server unreachable, send and then read give ENETUNREACH or EHOSTUNREACH",
  verdict = "depends",
  look = "It depends on IP_RECVERR, which asks for errors as soon as they come, also for those that may pass. The "
    .. "read fails without any repetition, but the connection lives on: the segment still waits for its "
    .. "acknowledgement.",
  tags = { "icmp", "routing", "send", "receive", "options", "states" },
  run = function(t)
    local net = t:network {
      { "client 192.168.1.2/24", "gate 192.168.1.1/24" },
      { "gate 10.1.0.1/24", "server 10.1.0.2/24" },
      routers = "gate",
    }
    local client = net.client
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(net.server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "5s"))
    t:ok(c:setsockopt(IPPROTO_IP, IP_RECVERR, true))
    t:ok(c:connect(net.server, 7000))

    net.gate:interface "eth1":down() -- and with it goes the route
    t.wire:delay("gate -> client ICMP", "5ms") -- send() shall have returned
    t:equal(c:send "hello", 5)
    t:fails(ENETUNREACH, c:recv(100))
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="hello"
      gate -> client         ICMP     net-unreachable quoted.dst=server quoted.dport=7000
    ]]
    t:state(c, "ESTABLISHED")
    t:equal(c:ioctl(SIOCOUTQ), 5)
  end
}
