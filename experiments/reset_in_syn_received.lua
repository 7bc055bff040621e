experiment "the client resets while the server is in SYN-RECEIVED" {
  case = "P7",
  source = "seed 002, accept and states; RFC 9293 3.10.7.4; accept(2)",
  claim = "a RST in SYN-RECEIVED ends the connection before accept() could have it; the listener goes on",
  verdict = "confirmed",
  look = "Unlike a reset after the handshake, nothing is left: select() was never readable. The ACK of the handshake, "
    .. "overtaken by the RST, meets the listener alone and is answered with RST.",
  tags = { "accept", "reset", "states" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    local third = t.wire:hold "client -> server ACK"

    t:ok(c:connect(server, 7000))
    t:state(c, "ESTABLISHED")
    t:wait_packet "client -> server:7000 ACK"
    t:equal(server:sockets()[2].state, "SYN-RECEIVED")
    t:equal(t:select({ l }, nil, nil, 0), 0)
    t:ok(c:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 0 }))
    t:ok(c:close())
    t:wait_packet "client -> server:7000 RST,ACK"

    t:equal(#server:sockets(), 1, "the listener is left")
    t:equal(server:counters().TcpExtEmbryonicRsts, 1)
    t:equal(t:select({ l }, nil, nil, 0), 0)
    t:fails(EAGAIN, l:accept())
    t:equal(third:release(), 1)
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  RST,ACK  seq=1 ack=1 len=0
      server:7000 -> client  RST      seq=1 len=0
    ]]
    t:state(l, "LISTEN")
  end
}
