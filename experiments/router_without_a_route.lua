experiment "a router without a route: ENETUNREACH" {
  case = "A14",
  source = "seed 002, ENETUNREACH; RFC 1812 5.2.7.1; RFC 792; connect(2), ENETUNREACH",
  claim = "a router that has no route answers with ICMP net unreachable, and connect() fails with ENETUNREACH",
  verdict = "confirmed",
  look = "The client has a route (the default one), so it sends; the router has none. The socket does not block "
    .. "here: an error that arrives while connect() still works on the socket would only be remembered, and cost a "
    .. "second.",
  tags = { "connect", "routing", "icmp", "nonblocking" },
  run = function(t)
    local net = t:network {
      { "client 192.168.0.4/24", "gate 192.168.0.1/24", name = "left" },
      { "gate 10.1.0.1/24", "server 10.1.0.2/24", name = "right" },
      routers = "gate",
    }
    local client = net.client
    local late = net.left:hold "gate -> client ICMP"
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, c:connect("88.88.88.88", 20000))
    t:wait_packet "gate -> client ICMP net-unreachable"
    t:state(c, "SYN-SENT")
    t:equal(late:release(), 1)
    t:equal(t:poll({ { c, POLLOUT } }, 5), 1)

    t:fails(ENETUNREACH, c:connect("88.88.88.88", 20000)) -- reports how the first one ended
    t:state(c, "CLOSED")
    t:equal(#client:sockets(), 0)
    t:trace [[
      client -> 88.88.88.88:20000  SYN  seq=0 len=0
      gate -> client  ICMP net-unreachable quoted.src=client quoted.dst=88.88.88.88 quoted.dport=20000
    ]]
  end
}
