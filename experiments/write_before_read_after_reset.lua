experiment "write after a reset that nobody has read: first ECONNRESET, then EPIPE" {
  case = "D10",
  source = "seed 002, SIGPIPE; send(2), ECONNRESET, EPIPE; signal(7)",
  claim = "write after a received RST raises SIGPIPE and fails with EPIPE",
  verdict = "depends",
  look = "It depends on whether the error has been reported. The reset is reported once, by whichever call comes "
    .. "first: here by send(), without a signal. Only the next one gets SIGPIPE.",
  tags = { "reset", "send", "receive", "signals", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:ok(s:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 0 }))
    t:ok(t:sigaction(SIGPIPE, "record"))

    t:ok(s:close())
    t:equal(t:poll({ { c, POLLERR } }, 5), 1)
    t:state(c, "CLOSED")
    t:fails(ECONNRESET, c:send "first")
    t:equal(t:signals(), {})
    t:fails(EPIPE, c:send "second")
    t:equal(t:signals(), { "SIGPIPE" })

    t:equal(c:recv(1), "", "a read says the end of the stream, since the error is gone")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> client  RST,ACK  seq=1 ack=1 len=0
    ]]
  end
}
