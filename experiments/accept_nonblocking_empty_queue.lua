experiment "accept that does not block: EAGAIN until the handshake is over" {
  case = "P2",
  source = "seed 002, accept; accept(2), EAGAIN",
  claim = "accept() on a non-blocking listener fails with EAGAIN when no connection waits",
  verdict = "confirmed",
  look = "A connection waits for accept() only when the third packet of the handshake has come. Until then it is in "
    .. "SYN-RECEIVED, and accept() says EAGAIN.",
  tags = { "accept", "nonblocking", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    local third = t.wire:hold "client -> server ACK"

    t:fails(EAGAIN, l:accept())
    t:ok(c:connect(server, 7000))
    t:state(c, "ESTABLISHED")
    t:equal(server:sockets()[2].state, "SYN-RECEIVED")
    t:fails(EAGAIN, l:accept())

    t:wait_packet "client -> server:7000 ACK"
    t:equal(third:release(), 1)
    t:equal(server:sockets()[2].state, "ESTABLISHED")
    local s, peer = t:ok(l:accept())
    t:state(s, "ESTABLISHED")
    t:equal(tostring(peer), tostring(c:getsockname()))
    t:fails(EAGAIN, l:accept())
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
    ]]
  end
}
