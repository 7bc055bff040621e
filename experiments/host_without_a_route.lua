experiment "a host without a route: ENETUNREACH at once, and no packet" {
  case = "A14",
  source = "RFC 1122 3.3.1.1; connect(2), ENETUNREACH; ip(7)",
  claim = "ENETUNREACH means that a router on the way has reported it",
  verdict = "depends",
  look = "It depends on who has no route. The error is the same, but here it is the host itself: connect() fails "
    .. "before a SYN is made. Only a capture shows the difference.",
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
