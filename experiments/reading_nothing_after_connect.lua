-- Four connects that do not block: the server is silent, has sent data, has closed, or does not listen.
local function four_connects(t)
  local client, server = t:hosts("client", "server")
  local function connect(port)
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:fails(EINPROGRESS, c:connect(server, port))
    return c
  end
  local sockets, accepted = {}, {}
  for i, name in ipairs { "silent", "data", "closed" } do
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000 + i))
    t:ok(l:listen())
    sockets[name] = connect(7000 + i)
    accepted[name] = t:ok(l:accept())
  end
  sockets.refused = connect(7004)

  t:equal(accepted.data:send "hello", 5)
  t:wait_packet "client -> server:7002 ACK ack=6"
  t:ok(accepted.closed:close())
  t:wait_packet "client -> server:7003 ACK ack=2"
  t:state(sockets.silent, "ESTABLISHED")
  t:state(sockets.data, "ESTABLISHED")
  t:state(sockets.closed, "CLOSE-WAIT")
  t:state(sockets.refused, "CLOSED")
  t:trace [[
    client -> server:7001  SYN      seq=0 len=0
    server:7001 -> client  SYN,ACK  seq=0 ack=1 len=0
    client -> server:7001  ACK      seq=1 ack=1 len=0

    client -> server:7002  SYN      seq=0 len=0
    server:7002 -> client  SYN,ACK  seq=0 ack=1 len=0
    client -> server:7002  ACK      seq=1 ack=1 len=0
    server:7002 -> client  ACK      seq=1 ack=1 payload="hello"
    client -> server:7002  ACK      seq=1 ack=6 len=0

    client -> server:7003  SYN      seq=0 len=0
    server:7003 -> client  SYN,ACK  seq=0 ack=1 len=0
    client -> server:7003  ACK      seq=1 ack=1 len=0
    server:7003 -> client  FIN,ACK  seq=1 ack=1 len=0
    client -> server:7003  ACK      seq=1 ack=2 len=0

    client -> server:7004  SYN      seq=0 len=0
    server:7004 -> client  RST,ACK  seq=0 ack=1 len=0
  ]]
  return sockets
end

experiment "recv of 0 bytes tells a failed connect from a connection" {
  case = "N5",
  source = "seed 002, portability, 2, and source code, b; recv(2), EAGAIN",
  claim = "reading 0 bytes fails with the reason when connect() has failed, and returns 0 when it is connected",
  verdict = "depends",
  look = "With recv(2) the failure is told, once. But 0 for a connection depends on whether something has come: on a "
    .. "connection without data recv() fails, too, with EAGAIN. The author's sockets were closed by the peer: 0.",
  tags = { "connect", "nonblocking", "receive" },
  run = function(t)
    local sockets = four_connects(t)
    t:fails(EAGAIN, sockets.silent:recv(0))
    t:equal(sockets.data:recv(0), "")
    t:equal(sockets.data:recv(100), "hello", "recv of 0 bytes has taken nothing")
    t:equal(sockets.closed:recv(0), "")
    t:fails(ECONNREFUSED, sockets.refused:recv(0))
    t:equal(sockets.refused:recv(0), "", "the error is told once")
  end
}

experiment "read of 0 bytes always returns 0" {
  case = "N5",
  source = "seed 002, source code, b; read(2)",
  claim = "read() of 0 bytes fails with the reason when connect() has failed",
  verdict = "refuted",
  look = "Here the author is right: on Linux it is of no use. The kernel answers read(2) of 0 bytes without asking the "
    .. "socket, whatever its state. The error stays where it was: in SO_ERROR.",
  tags = { "connect", "nonblocking", "receive" },
  run = function(t)
    local sockets = four_connects(t)
    for _, name in ipairs { "silent", "data", "closed", "refused" } do
      t:equal(sockets[name]:read(0), "", name)
    end
    t:equal(sockets.data:read(100), "hello")
    t:equal(sockets.refused:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)
  end
}
