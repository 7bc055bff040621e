experiment "a datagram that a later link cannot carry: the first send succeeds" {
  case = "U4",
  source = "seed 002, send; RFC 1191; ip(7), IP_MTU_DISCOVER, IP_MTU",
  claim = "send() of a datagram that is too large fails with EMSGSIZE",
  verdict = "depends",
  look = "It depends on what the sender knows. How narrow a link behind the router is, it cannot know: the first "
    .. "datagram is lost, without an error of send(). Only when the router has told the MTU does send() say EMSGSIZE.",
  tags = { "udp", "icmp", "send", "routing", "options" },
  run = function(t)
    local net = t:network {
      { "client 192.168.1.2/24", "gate 192.168.1.1/24", name = "left" },
      { "gate 10.1.0.1/24", "server 10.1.0.2/24", name = "right", mtu = 1400 },
      routers = "gate",
    }
    local receiver = t:ok(net.server:socket(AF_INET, SOCK_DGRAM))
    t:ok(receiver:bind(9000))
    local u = t:ok(net.client:socket(AF_INET, SOCK_DGRAM))
    t:ok(u:setsockopt(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO))
    t:ok(u:connect(net.server, 9000))
    t:equal(u:getsockopt(IPPROTO_IP, IP_MTU), 1500)

    t:equal(u:send(("a"):rep(1373)), 1373)
    t:eventually(function() return u:getsockopt(SOL_SOCKET, SO_ERROR) == EMSGSIZE end)
    t:equal(u:getsockopt(IPPROTO_IP, IP_MTU), 1400, "learned from the router")
    t:fails(EMSGSIZE, u:send(("b"):rep(1373)))
    t:equal(u:send(("c"):rep(1372)), 1372)

    t:equal(receiver:recv(2000), ("c"):rep(1372), "the first one never came")
    t:trace [[
      client:$port -> server:9000  UDP   len=1373 df
      gate -> client               ICMP  fragmentation-needed quoted.dst=server quoted.sport=$port quoted.dport=9000
      client:$port -> server:9000  UDP   len=1372 df
    ]]
  end
}
