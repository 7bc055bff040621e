experiment "connected with data waiting: readable and writable, as after a failure" {
  case = "N3",
  source = "seed 002, non-blocking connect; select(2); socket(7), SO_ERROR",
  claim = "readable and writable may also mean: connected, and the server's data is there already",
  verdict = "confirmed",
  look = "select() says 2 for the connection and 2 for the failure. Who takes readable and writable for an error "
    .. "throws good connections away; SO_ERROR tells.",
  tags = { "connect", "nonblocking" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    local refused = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, c:connect(server, 7000))
    t:fails(EINPROGRESS, refused:connect(server, 9999))
    local s = t:ok(l:accept())
    t:equal(s:send "hello", 5)
    t:wait_packet "client -> server:7000 ACK ack=6"
    t:state(refused, "CLOSED")

    local count, readable, writable = t:select({ c }, { c }, nil, 0)
    t:equal({ count, #readable, #writable }, { 2, 1, 1 }, "the connection")
    count, readable, writable = t:select({ refused }, { refused }, nil, 0)
    t:equal({ count, #readable, #writable }, { 2, 1, 1 }, "the failure: the same")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:equal(refused:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)

    t:state(c, "ESTABLISHED")
    t:equal(c:recv(100), "hello")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  RST,ACK  seq=0 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=1 payload="hello"
      client -> server:7000  ACK      seq=1 ack=6 len=0
    ]]
  end
}
