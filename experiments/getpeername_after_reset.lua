experiment "getpeername does not know that a lost connection was one" {
  case = "N4",
  source = "seed 002, portability, 1; getpeername(2), ENOTCONN",
  claim = "ENOTCONN from getpeername() means that connect() has failed",
  verdict = "depends",
  look = "It depends on what came after: connect() succeeded here, then the server reset the connection. getpeername() "
    .. "says what is, not what was; SO_ERROR has the reason.",
  tags = { "connect", "nonblocking", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:state(c, "ESTABLISHED")
    t:ok(s:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 0 }))
    t:ok(s:close())

    t:state(c, "CLOSED")
    t:fails(ENOTCONN, c:getpeername())
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), ECONNRESET)
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> client  RST,ACK  seq=1 ack=1 len=0
    ]]
  end
}
