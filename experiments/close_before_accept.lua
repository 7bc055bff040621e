experiment "the client closes before accept: accept returns all the same" {
  case = "P5",
  source = "seed 002, accept; RFC 9293 3.6; accept(2)",
  claim = "when the client closes the connection between select() and accept(), a blocking accept() blocks",
  verdict = "refuted",
  look = "The connection waits in CLOSE-WAIT, with all that the client has sent. The server reads it, then the end of "
    .. "the stream, as if it had been faster.",
  tags = { "accept", "close", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local address = tostring(c:getsockname())
    t:equal(c:send "early", 5)
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end) -- acknowledged
    t:equal(t:select({ l }, nil, nil, 5), 1)

    t:ok(c:close())
    t:wait_packet "server:7000 -> client ACK ack=7"
    t:eventually(function() return client:sockets()[1].state == "FIN-WAIT-2" end)
    local sockets = server:sockets()
    t:equal(#sockets, 2)
    local listening, waiting = table.unpack(sockets)
    t:equal({ listening.state, listening.recv_queue }, { "LISTEN", 1 })
    t:equal({ waiting.state, waiting.inode }, { "CLOSE-WAIT", 0 })
    t:equal(t:select({ l }, nil, nil, 0), 1, "still readable")
    local s, peer = t:ok(l:accept()) -- it does not block

    t:equal(tostring(peer), address)
    t:state(s, "CLOSE-WAIT")
    t:equal(s:recv(100), "early")
    t:equal(s:recv(100), "")
    t:equal(t:select({ l }, nil, nil, 0), 0, "nothing waits any more")
    t:ok(s:close())
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="early"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
      client -> server:7000  FIN,ACK  seq=6 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=7 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=7 len=0
      client -> server:7000  ACK      seq=7 ack=2 len=0
    ]]
    t:eventually(function() return #server:sockets() == 1 and client:sockets()[1].state == "TIME-WAIT" end)
  end
}
