experiment "connect again on the same socket, after a refusal: it works" {
  case = "A15",
  source = "seed 001; seed 002, connect; connect(2), notes; POSIX, connect()",
  claim = "once connect() has failed, the socket is unusable: another attempt needs a new socket",
  verdict = "refuted",
  look = "Refused twice, and when somebody listens the same socket connects, from another port each time. POSIX "
    .. "leaves open what becomes of it, so portable programs do make a new socket; on Linux it is as good as new.",
  tags = { "connect", "states" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:rto_min "2s" -- a busy machine repeats nothing
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))

    t:fails(ECONNREFUSED, c:connect(server, 20000))
    t:state(c, "CLOSED")
    t:equal(c:getsockname().ip, "0.0.0.0", "the local address was given back")
    t:fails(ECONNREFUSED, c:connect(server, 20000))
    t:state(c, "CLOSED")
    local ports = t:trace [[
      client:$a -> server:20000  SYN      seq=0 len=0
      server:20000 -> client:$a  RST,ACK  seq=0 ack=1 len=0
      client:$b -> server:20000  SYN      seq=0 len=0
      server:20000 -> client:$b  RST,ACK  seq=0 ack=1 len=0
    ]]
    t:ok(ports.a ~= ports.b, "another port")

    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(20000))
    t:ok(l:listen())
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
