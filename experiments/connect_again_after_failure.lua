local claim = "once connect() has failed, the socket is unusable: another attempt needs a new socket"
local source = "seed 001; seed 002, connect; connect(2), NOTES; POSIX, connect()"

local function listen(t, server)
  local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
  t:ok(l:bind(20000))
  t:ok(l:listen())
  return l
end

-- The socket that has failed opens a connection, and carries data.
local function works(t, c, l, server)
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

experiment "connect again on the same socket, after a refusal" {
  case = "A15",
  source = source,
  claim = claim,
  verdict = "refuted",
  look = "Refused twice, and when somebody listens the same socket connects, from another port each time. POSIX "
    .. "leaves open what becomes of it, so portable programs do make a new socket; on Linux it is as good as new.",
  tags = { "connect", "states" },
  run = function(t)
    local client, server = t:hosts("client", "server")
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

    local l = listen(t, server)
    works(t, c, l, server)
  end
}

experiment "connect again on the same socket, after a time-out" {
  case = "A15",
  source = source,
  claim = claim,
  verdict = "refuted",
  look = "TCP_USER_TIMEOUT makes the time-out short: two SYNs are lost, then ETIMEDOUT. When the way is free again "
    .. "the same socket connects.",
  tags = { "connect", "states", "timers" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = listen(t, server)
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
    works(t, c, l, server)
  end
}

experiment "connect again on a non-blocking socket whose error was read with SO_ERROR" {
  case = "A15",
  source = source,
  claim = claim,
  verdict = "depends",
  look = "It depends on how the error was taken. After SO_ERROR has taken it, the next connect() fails with "
    .. "ECONNABORTED and sends nothing; only the one after it tries again.",
  tags = { "connect", "states", "nonblocking" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, c:connect(server, 20000))
    t:equal(t:poll({ { c, POLLOUT } }, 5), 1)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)
    t:state(c, "CLOSED")
    t:fails(ECONNABORTED, c:connect(server, 20000))
    t:trace [[
      client -> server:20000  SYN      seq=0 len=0
      server:20000 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]

    local l = listen(t, server)
    t:ok(c:nonblocking(false))
    works(t, c, l, server)
  end
}
