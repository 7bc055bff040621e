experiment "the host's own interface is set down: ETIMEDOUT for what was never sent" {
  case = "D5",
  source = "seed 002, the network is interrupted; netdevice(7), IFF_UP",
  claim = "when the network is interrupted, who sends and then reads gets ETIMEDOUT, EHOSTUNREACH or ENETUNREACH",
  verdict = "depends",
  look = "It depends on what is asked. A new connection and a datagram fail at once, for want of a route. The old "
    .. "connection takes the data, and tries until its time is over. No packet left, so the kernel has nothing to "
    .. "repeat: it has a probe timer.",
  tags = { "timers", "send", "receive", "routing", "udp", "connect" },
  run = function(t)
    local client, server = t:hosts("client", "server", { sysctl = { ["net.ipv4.tcp_early_retrans"] = 0 } })
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "700ms"))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    client:interface():down()
    t:equal(c:send "hello", 5)
    t:equal(client:sockets()[1].timer, "probe")
    local fresh = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:fails(ENETUNREACH, fresh:connect("10.0.0.2", 7000))
    local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))
    t:fails(ENETUNREACH, u:sendto("hello", 0, "10.0.0.2", 9000))
    t:fails(ETIMEDOUT, c:recv(100))

    t:state(c, "CLOSED")
    t:state(s, "ESTABLISHED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
    ]]
  end
}
