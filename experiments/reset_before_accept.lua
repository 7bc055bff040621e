experiment "the client resets before accept: accept returns all the same" {
  case = "P4",
  source = "seed 002, accept; accept(2), ECONNABORTED; select(2)",
  claim = "when the client resets the connection between select() and accept(), a blocking accept() blocks",
  verdict = "refuted",
  look = "Linux leaves the dead connection in the queue: select() still says readable, accept() returns it with the "
    .. "client's address, and the data before the RST can be read. Only then does recv() say what happened. (BSD took "
    .. "such a connection out of the queue: there accept() did block.)",
  tags = { "accept", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local address = tostring(c:getsockname())
    t:equal(c:send "early", 5)
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end) -- acknowledged
    t:equal(t:select({ l }, nil, nil, 5), 1)

    t:ok(c:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 0 }))
    t:ok(c:close())
    t:wait_packet "client -> server:7000 RST,ACK"
    t:equal(#client:sockets(), 0)
    local listening = server:sockets()
    t:equal({ #listening, listening[1].state, listening[1].recv_queue }, { 1, "LISTEN", 1 }, "one waits, and is CLOSED")
    t:equal(t:select({ l }, nil, nil, 0), 1, "still readable")
    local s, peer = t:ok(l:accept()) -- it does not block

    t:equal(tostring(peer), address)
    t:state(s, "CLOSED")
    t:fails(ENOTCONN, s:getpeername())
    t:equal(s:recv(100), "early")
    t:fails(ECONNRESET, s:recv(100))
    t:equal(s:recv(100), "")
    t:state(l, "LISTEN")
    t:equal(t:select({ l }, nil, nil, 0), 0, "nothing waits any more")
    t:ok(s:close())
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="early"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
      client -> server:7000  RST,ACK  seq=6 ack=1 len=0
    ]]
  end
}
