experiment "a second connect after EINTR waits for the first" {
  case = "N12",
  source = "seed 002, interrupted connect; connect(2), EALREADY, EADDRINUSE",
  claim = "after EINTR connect() must not be called again: it fails with EADDRINUSE",
  verdict = "refuted",
  look = "On Linux the second call waits on for the same handshake and returns its result: 0. Only if it must not wait "
    .. "any longer does it fail, with EALREADY. No call sends a second SYN.",
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
      t:ok(t:sigaction(SIGUSR1, "record"))
      local c = t:ok(client:socket(t.af, SOCK_STREAM))
      t:fails(EINTR, c:connect(server, 9999))
      t:ok(c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, "100ms"))
      local before = t:now()
      t:fails(EALREADY, c:connect(server, 9999))
      t:ok(t:now() - before >= 0.05, "the second call has waited")
      t:ok(c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, 0))
      t:wait_packet "server:9999 -> client SYN,ACK"
      t:equal(answer:release(), 1)
      t:ok(c:connect(server, 9999))
      t:fails(EISCONN, c:connect(server, 9999))
      t:state(c, "ESTABLISHED")
      t:equal(t:signals(), { "SIGUSR1" })
    end)

    t:wait_packet "client -> server:9999 SYN"
    t:ok(process:kill(SIGUSR1))
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
