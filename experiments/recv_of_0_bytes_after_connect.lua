experiment "recv of 0 bytes tells a failed connect from a connection" {
  case = "N5",
  source = "seed 002, portability, 2, and source code, b; recv(2), EAGAIN",
  claim = "reading 0 bytes fails with the reason when connect() has failed, and returns 0 when it is connected",
  verdict = "depends",
  look = "With recv(2) the failure is told, once. But 0 for a connection depends on whether something has come: on a "
    .. "connection without data recv() fails, too, with EAGAIN. The author's sockets were closed by the peer: 0.",
  tags = { "connect", "nonblocking", "receive" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:rto_min "2s" -- a busy machine repeats nothing
    local function connect(port)
      local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
      t:fails(EINPROGRESS, c:connect(server, port))
      return c
    end
    local function connection(port)
      local l = t:ok(server:socket(t.af, SOCK_STREAM))
      t:ok(l:bind(port))
      t:ok(l:listen())
      return connect(port), t:ok(l:accept())
    end
    local silent = connection(7001)
    local data, sender = connection(7002)
    local closed, closer = connection(7003)
    local refused = connect(7004) -- nobody listens
    t:equal(sender:send "hello", 5)
    t:wait_packet "client -> server:7002 ACK ack=6"
    t:ok(closer:close())
    t:wait_packet "client -> server:7003 ACK ack=2"

    t:fails(EAGAIN, silent:recv(0))
    t:equal(data:recv(0), "")
    t:equal(data:recv(100), "hello", "recv of 0 bytes has taken nothing")
    t:equal(closed:recv(0), "")
    t:fails(ECONNREFUSED, refused:recv(0))
    t:equal(refused:recv(0), "", "the error is told once")

    t:state(silent, "ESTABLISHED")
    t:state(data, "ESTABLISHED")
    t:state(closed, "CLOSE-WAIT")
    t:state(refused, "CLOSED")
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
  end
}
