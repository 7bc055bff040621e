experiment "connect again when SO_ERROR has taken the error: first ECONNABORTED, then it works" {
  case = "A15",
  source = "seed 001; seed 002, connect; connect(2), notes; POSIX, connect()",
  claim = "once connect() has failed, the socket is unusable: another attempt needs a new socket",
  verdict = "depends",
  look = "It depends on how the error was taken. After SO_ERROR has taken it, the next connect() fails with "
    .. "ECONNABORTED and sends nothing; only the one after it tries again.",
  tags = { "connect", "states", "nonblocking" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:rto_min "2s" -- a busy machine repeats nothing
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, c:connect(server, 20000))
    t:equal(t:poll({ { c, POLLOUT } }, 5), 1)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)
    t:state(c, "CLOSED")
    t:fails(ECONNABORTED, c:connect(server, 20000))
    t:trace [[
      client -> server:20000  SYN      seq=0 len=0
      server:20000 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]

    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(20000))
    t:ok(l:listen())
    t:ok(c:nonblocking(false))
    t:ok(c:connect(server, 20000))
    local a, peer = t:ok(l:accept())
    t:equal(tostring(peer), tostring(c:getsockname()))
    t:state(c, "ESTABLISHED")
    t:equal(a:send "welcome", 7)
    t:equal(c:recv(100), "welcome")
    t:trace [[
      client -> server:20000  SYN      seq=0 len=0
      server:20000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:20000  ACK      seq=1 ack=1 len=0
      server:20000 -> client  ACK      seq=1 ack=1 payload="welcome"
      client -> server:20000  ACK      seq=1 ack=8 len=0
    ]]
  end
}
