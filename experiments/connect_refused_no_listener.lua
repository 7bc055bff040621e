experiment "connect to a port nobody listens on" {
  case = "A1",
  source = "seed 000; seed 004, sections 1 and 7; RFC 9293 3.10.7.1; connect(2)",
  claim = "the peer's kernel answers the SYN with RST and connect fails with ECONNREFUSED: two packets in all",
  verdict = "confirmed",
  look = "The kernel of the server says no, not a program. The RST acknowledges the SYN (ack=1): otherwise the "
    .. "client would not believe it.",
  tags = { "connect", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(t.af, SOCK_STREAM))

    t:fails(ECONNREFUSED, c:connect(server, 12500))

    t:state(c, "CLOSED")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0, "connect() has taken the error")
    t:fails(ENOTCONN, c:getpeername())
    t:equal(#server:sockets(), 0, "sockets of the server")
    t:trace [[
      client -> server:12500  SYN      seq=0 len=0
      server:12500 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}
