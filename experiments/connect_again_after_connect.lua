experiment "connect again: the first time it says 0, then EISCONN" {
  case = "N6",
  source = "seed 002, portability, 3, and source code, a; connect(2), EISCONN, EALREADY",
  claim = "when a non-blocking connect() has succeeded, a second connect() fails with EISCONN; otherwise it has failed",
  verdict = "refuted",
  look = "On Linux the second connect() returns 0: it reports the success of the first. Only the third fails with "
    .. "EISCONN. Who asks for EISCONN alone takes a good connection for a failure, as the author did.",
  tags = { "connect", "nonblocking" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    local answer = t.wire:hold "server -> client SYN,ACK"

    t:fails(EINPROGRESS, c:connect(server, 7000))
    t:fails(EALREADY, c:connect(server, 7000)) -- on the way
    t:wait_packet "server:7000 -> client SYN,ACK"
    t:equal(answer:release(), 1)

    t:state(c, "ESTABLISHED")
    t:ok(c:connect(server, 7000))
    t:fails(EISCONN, c:connect(server, 7000))
    t:fails(EISCONN, c:connect(server, 7000))
    t:state(c, "ESTABLISHED")
    t:trace [[ # one handshake, whatever was called
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
    ]]
  end
}

experiment "connect again after a blocking connect: EISCONN at once" {
  case = "N6",
  source = "seed 002, portability, 3; connect(2), EISCONN",
  claim = "a second connect() on a connected socket fails with EISCONN",
  verdict = "depends",
  look = "It depends on whether the success was reported before: a blocking connect() has done so.",
  tags = { "connect" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))

    t:ok(c:connect(server, 7000))
    t:fails(EISCONN, c:connect(server, 7000))

    t:state(c, "ESTABLISHED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
    ]]
  end
}
