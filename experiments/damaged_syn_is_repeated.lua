experiment "a SYN that is damaged on its way is refused a second late" {
  case = "A9",
  source = "seed 003, section 3; RFC 9293 3.1, checksum, and 3.10.7.1",
  claim = "a damaged SYN gets no RST; connect() fails only after a repetition has arrived undamaged",
  verdict = "confirmed",
  look = "The wire inverts one bit of the first SYN. For the client it is as if it were lost: it tries again after 1 "
    .. "s, and then it is refused.",
  tags = { "reset", "connect", "timers" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local damage = t.wire:corrupt("client -> server SYN", { count = 1 })
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))

    t:fails(ECONNREFUSED, c:connect(server, 8888))

    t:state(c, "CLOSED")
    t:equal(damage:hits(), 1)
    t:equal(server:counters().TcpInCsumErrors, 1)
    t:trace [[
      client -> server:8888  SYN  seq=0 len=0 fate=altered
      after 900ms  client -> server:8888  SYN  seq=0 len=0 fate=delivered
      server:8888 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}
