experiment "read of 0 bytes always returns 0" {
  case = "N5",
  source = "seed 002, source code, b; read(2)",
  claim = "read() of 0 bytes fails with the reason when connect() has failed",
  verdict = "refuted",
  look = "Here the author is right: on Linux it is of no use. The kernel answers read(2) of 0 bytes without asking the "
    .. "socket, whatever its state. The error stays where it was, for the next call.",
  tags = { "connect", "nonblocking", "receive" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7001))
    t:ok(l:listen())
    local connected = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    local refused = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, connected:connect(server, 7001))
    t:fails(EINPROGRESS, refused:connect(server, 7004)) -- nobody listens
    t:state(connected, "ESTABLISHED")
    t:state(refused, "CLOSED")

    t:equal(connected:read(0), "", "not EAGAIN, as recv() says")
    t:fails(EAGAIN, connected:read(1))
    t:equal(refused:read(0), "", "not ECONNREFUSED")
    t:equal(refused:read(0), "")
    t:fails(ECONNREFUSED, refused:read(1))
    t:trace [[
      client -> server:7001  SYN      seq=0 len=0
      server:7001 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7001  ACK      seq=1 ack=1 len=0

      client -> server:7004  SYN      seq=0 len=0
      server:7004 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}
