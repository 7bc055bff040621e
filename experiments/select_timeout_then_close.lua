experiment "close after a connect that took too long: the late SYN,ACK is answered by RST" {
  case = "N10",
  source = "seed 002, non-blocking connect; RFC 9293 3.10.7.1; connect(2)",
  claim = "when select() runs out of time, closing the socket stops the handshake",
  verdict = "confirmed",
  look = "Nothing is sent when a socket in SYN-SENT is closed. Only when the SYN,ACK comes does the peer learn that "
    .. "nobody is there any more: the RST has the number that the SYN,ACK asked for (seq=1), and no ACK bit.",
  tags = { "connect", "nonblocking", "close", "reset" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(9999))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    local answer = t.wire:hold "server -> client SYN,ACK"

    t:fails(EINPROGRESS, c:connect(server, 9999))
    t:wait_packet "server:9999 -> client SYN,ACK"
    t:equal(t:select({ c }, { c }, nil, "100ms"), 0, "select")
    t:state(c, "SYN-SENT")
    t:ok(c:close())
    t:equal(#client:sockets(), 0, "the client has forgotten the attempt")
    t:equal({ server:sockets()[1].state, server:sockets()[2].state }, { "LISTEN", "SYN-RECEIVED" })
    t:equal(answer:release(), 1)

    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9999  RST      seq=1 len=0
    ]]
    t:eventually(function() return #server:sockets() == 1 end)
    t:equal(t:select({ l }, nil, nil, 0), 0, "nothing to accept")
    t:equal(server:counters().TcpExtEmbryonicRsts, 1, "a RST in SYN-RECEIVED")
    t:state(l, "LISTEN")
  end
}
