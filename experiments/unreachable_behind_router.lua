local function client_and_gate(t)
  local net = t:network {
    { "client 192.168.0.4/24", "gate 192.168.0.1/24", name = "left" },
    { "gate 10.1.0.1/24", "server 10.1.0.2/24", name = "right" },
    routers = "gate",
  }
  return net, net.client
end

experiment "an absent host behind a router: the router says so" {
  case = "A14",
  source = "seed 001; seed 002, connect; RFC 1812 5.2.7.1; RFC 792; connect(2), EHOSTUNREACH",
  claim = "for an absent host the gateway answers with ICMP host unreachable, and connect() fails with EHOSTUNREACH",
  verdict = "confirmed",
  look = "Behind a router it is as the article says: it is the router that asks by ARP in vain, and gives up the SYN "
    .. "that it has. The error is quick only because its ARP is (1 s a request without the setting).",
  tags = { "connect", "routing", "icmp", "timers" },
  run = function(t)
    local net, client = client_and_gate(t)
    net.gate:sysctl("net.ipv4.neigh.eth1.retrans_time_ms", 100)
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))

    t:fails(EHOSTUNREACH, c:connect("10.1.0.188", 20000))

    t:state(c, "CLOSED")
    t:equal(#client:sockets(), 0)
    t:equal(net.gate:counters().IcmpOutDestUnreachs, 1)
    t:equal(client:counters().IcmpOutMsgs, 0)
    t:trace [[
      client -> 10.1.0.188:20000  SYN  seq=0 len=0
      gate -> *  ARP request target=10.1.0.188 sender=10.1.0.1
      after 90ms  gate -> *  ARP request target=10.1.0.188 sender=10.1.0.1
      after 90ms  gate -> *  ARP request target=10.1.0.188 sender=10.1.0.1
      none for 50ms
      gate -> client  ICMP host-unreachable quoted.src=client quoted.dst=10.1.0.188 quoted.dport=20000
    ]]
  end
}

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
    local net, client = client_and_gate(t)
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

experiment "a host without a route: ENETUNREACH at once, and no packet" {
  case = "A14",
  source = "connect(2), ENETUNREACH; ip(7); RFC 1122 3.3.1.1",
  claim = "ENETUNREACH means that a router on the way has reported it",
  verdict = "depends",
  look = "The same error, but here it is the host itself that has no route: connect() fails before a SYN is made. "
    .. "Only a capture shows the difference.",
  tags = { "connect", "routing" },
  run = function(t)
    local client = t:host "client" -- on its LAN alone, without a default route
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))

    t:fails(ENETUNREACH, c:connect("88.88.88.88", 20000))

    t:state(c, "CLOSED")
    t:equal(client:counters().IpOutNoRoutes, 1)
    t:equal(client:counters().TcpActiveOpens, 0)
    t:quiet "50ms"
  end
}
