experiment "write after a reset: SIGPIPE kills the process" {
  case = "D10",
  source = "seed 002, SIGPIPE; send(2), EPIPE; signal(7)",
  claim = "after a read that failed with ECONNRESET, write raises SIGPIPE, which ends the process",
  verdict = "confirmed",
  look = "send() never returns. Nothing is sent either: the socket is CLOSED since the RST.",
  tags = { "reset", "send", "signals", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local writer = client:spawn("writer", function()
      local c = t:ok(client:socket(t.af, SOCK_STREAM))
      t:ok(c:connect(server, 7000))
      t:equal(c:send "request", 7)
      t:fails(ECONNRESET, c:recv(1))
      t:state(c, "CLOSED")
      c:send "too late"
      return "survived"
    end)

    local s = t:ok(l:accept())
    t:equal(s:recv(7), "request")
    t:ok(s:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 0 }))
    t:ok(s:close())
    local ending = t:ok(writer:wait(5))

    t:equal(ending.signal_name, "SIGPIPE")
    t:equal(ending.returned.n, 0)
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="request"
      server:7000 -> client  ACK      seq=1 ack=8 len=0
      server:7000 -> client  RST,ACK  seq=1 ack=8 len=0
    ]]
  end
}
