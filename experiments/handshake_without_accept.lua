experiment "the handshake does not need accept" {
  case = "P3",
  source = "seed 002, accept; listen(2); select(2)",
  claim = "select() marks the listener readable when a client has connected; the handshake does not need accept()",
  verdict = "confirmed",
  look = "Before accept() the server's connection is ESTABLISHED, without a descriptor (inode 0), and even takes "
    .. "data. accept() sends nothing.",
  tags = { "accept", "listen", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen(5))
    local c = t:ok(client:socket(t.af, SOCK_STREAM))

    t:equal(t:select({ l }, nil, nil, 0), 0, "before connect")
    t:ok(c:connect(server, 7000))
    t:equal(t:select({ l }, nil, nil, 5), 1, "after connect")
    t:state(c, "ESTABLISHED")
    local sockets = server:sockets()
    t:equal(#sockets, 2)
    local listening, waiting = table.unpack(sockets)
    t:equal({ listening.state, listening.recv_queue }, { "LISTEN", 1 })
    t:equal({ waiting.state, waiting.inode }, { "ESTABLISHED", 0 })
    t:equal(c:send "early", 5)
    t:wait_packet "server:7000 -> client ACK ack=6"
    local a, peer = t:ok(l:accept())

    t:equal(tostring(peer), tostring(c:getsockname()))
    t:state(a, "ESTABLISHED")
    t:equal(a:recv(100), "early")
    t:equal(t:select({ l }, nil, nil, 0), 0, "after accept")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="early"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
    ]]
  end
}
