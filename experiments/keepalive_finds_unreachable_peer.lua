experiment "keep-alive: a peer that cannot be reached any more is found, but with ETIMEDOUT" {
  case = "D12",
  source = "seed 002, KEEPALIVE; RFC 9293 3.8.4; RFC 5927 4.1; tcp(7), TCP_KEEPIDLE",
  claim = "SO_KEEPALIVE finds out that a connection is broken; where a router reports that the server is unreachable, "
    .. "the error is EHOSTUNREACH or ENETUNREACH",
  verdict = "refuted",
  look = "With data under way the report counts. A probe has the number before the first one that is not acknowledged: "
    .. "Linux takes an ICMP message that quotes it for a forgery, and drops it (OutOfWindowIcmps).",
  tags = { "keepalive", "timers", "icmp", "routing", "receive", "states", "reset" },
  run = function(t)
    local net = t:network {
      { "client 192.168.1.2/24", "gate 192.168.1.1/24", name = "left" },
      { "gate 10.1.0.1/24", "server 10.1.0.2/24", name = "right" },
      routers = "gate",
    }
    local l = t:ok(net.server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(net.client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(net.server, 7000))
    local s = t:ok(l:accept())
    net.gate:interface "eth1":down() -- and with it goes the route

    t:ok(c:setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 1)) -- seconds of silence before the first probe; 7200 without it
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_KEEPINTVL, 1)) -- seconds between probes; 75
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_KEEPCNT, 1)) -- probes without an answer; 9
    t:ok(c:setsockopt(SOL_SOCKET, SO_KEEPALIVE, true))
    t:wait_packet("gate -> client ICMP net-unreachable", 5)
    t:state(c, "ESTABLISHED")
    t:equal(c:getsockopt(IPPROTO_TCP, TCP_INFO).probes, 1, "probes without an answer")
    t:equal(net.client:counters().TcpExtOutOfWindowIcmps, 1)
    t:fails(ETIMEDOUT, c:recv(100))

    t:state(c, "CLOSED")
    t:state(s, "ESTABLISHED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      after 900ms client -> server:7000  ACK      seq=0 ack=1 len=0
      after 900ms client -> server:7000  RST,ACK  seq=1 ack=1 len=0
      gate -> client         ICMP     net-unreachable quoted.dst=server quoted.dport=7000
      gate -> client         ICMP     net-unreachable quoted.dst=server quoted.dport=7000
    ]]
  end
}
