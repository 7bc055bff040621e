experiment "with SA_RESTART a signal does not end connect" {
  case = "N12",
  source = "seed 002, interrupted connect; sigaction(2), SA_RESTART; signal(7)",
  claim = "a signal that is caught ends connect() with EINTR",
  verdict = "depends",
  look = "It depends on SA_RESTART, as the article supposes: with it the kernel calls connect() again after the "
    .. "handler, and the program notices nothing.",
  tags = { "connect", "signals" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(9999))
    t:ok(l:listen())
    local answer = t.wire:hold "server -> client ack=1"
    local process = client:spawn("client", function()
      t:ok(t:sigaction(SIGUSR1, "record", SA_RESTART))
      local c = t:ok(client:socket(t.af, SOCK_STREAM))
      t:ok(c:connect(server, 9999))
      t:state(c, "ESTABLISHED")
      t:equal(t:signals(), { "SIGUSR1" })
    end)

    t:wait_packet "client -> server:9999 SYN"
    t:ok(process:kill(SIGUSR1))
    t:wait_packet "server:9999 -> client SYN,ACK"
    t:equal(answer:release(), 1)
    t:equal(t:ok(process:wait(10)).exit, 0)
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9999  ACK      seq=1 ack=1 len=0
      client -> server:9999  FIN,ACK  seq=1 ack=1 len=0
      server:9999 -> client  ACK      seq=1 ack=2 len=0
    ]]
  end
}
