experiment "connect again on the same socket, after a time-out: it works" {
  case = "A15",
  source = "seed 001; seed 002, connect; connect(2), notes; POSIX, connect()",
  claim = "once connect() has failed, the socket is unusable: another attempt needs a new socket",
  verdict = "refuted",
  look = "TCP_USER_TIMEOUT makes the time-out short: two SYNs are lost, then ETIMEDOUT. When the way is free again "
    .. "the same socket connects.",
  tags = { "connect", "states", "timers" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(20000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "1200ms"))

    t.wire:cut()
    t:fails(ETIMEDOUT, c:connect(server, 20000))
    t:state(c, "CLOSED")
    t:trace [[
      client -x server:20000  SYN  seq=0 len=0
      after 900ms  client -x server:20000  SYN  seq=0 len=0
    ]]

    t.wire:restore()
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
