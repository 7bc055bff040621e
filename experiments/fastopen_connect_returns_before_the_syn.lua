experiment "a connect that does return 0 at once has not even begun" {
  case = "N9",
  source = "seed 002, source code, step 4; RFC 7413; tcp(7), TCP_FASTOPEN_CONNECT",
  claim = "a non-blocking connect() that returns 0 has made the connection",
  verdict = "depends",
  look = "It depends on TCP_FASTOPEN_CONNECT: with it connect() puts the SYN off until the first send(), which gives "
    .. "it the data to carry. Its 0 says nothing about the peer: here nobody listens.",
  tags = { "connect", "nonblocking", "loopback", "options", "reset" },
  run = function(t)
    local host = t:host "host"
    local c = t:ok(host:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, true))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, true))

    t:ok(c:connect("127.0.0.1", 20000))
    t:quiet "20ms"
    t:state(c, "SYN-SENT")
    t:fails(ENOTCONN, c:getpeername())
    t:equal(c:send "hello", 5)
    t:equal(t:poll({ { c, 0 } }, 5), 1)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)
    t:state(c, "CLOSED")

    t:trace [[
      host -> host:20000  SYN      seq=0 payload="hello"
      host:20000 -> host  RST,ACK  seq=0 ack=6 len=0
    ]]
  end
}
