experiment "SO_RCVTIMEO does not bound connect" {
  case = "N14",
  source = "seed 004, section 2; socket(7), SO_RCVTIMEO",
  claim = "with SO_RCVTIMEO of 100 ms and a SYN,ACK that takes 110 ms, connect() fails and the client sends RST",
  verdict = "refuted",
  look = "connect() waits as a sender does: for SO_SNDTIMEO. SO_RCVTIMEO is for recv() and accept().",
  tags = { "connect", "timers", "options" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(8888))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:setsockopt(SOL_SOCKET, SO_RCVTIMEO, "100ms"))
    t.wire:delay("server -> client SYN,ACK", "110ms")

    local before = t:now()
    t:ok(c:connect(server, 8888))

    t:ok(t:now() - before >= 0.11, "longer than SO_RCVTIMEO")
    t:state(c, "ESTABLISHED")
    t:trace [[
      client -> server:8888  SYN      seq=0 len=0
      server:8888 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:8888  ACK      seq=1 ack=1 len=0
    ]]

    -- What SO_RCVTIMEO does bound.
    before = t:now()
    t:fails(EAGAIN, c:recv(1))
    t:ok(t:now() - before >= 0.05, "it has waited; at most some ticks of the kernel less")
    t:state(t:ok(l:accept()), "ESTABLISHED")
  end
}
