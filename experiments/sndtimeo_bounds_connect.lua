experiment "SO_SNDTIMEO bounds connect" {
  case = "N13",
  source = "seed 002, connect time-out; socket(7), SO_SNDTIMEO",
  claim = "SO_SNDTIMEO limits how long connect() waits; when the time is over it fails with EINPROGRESS",
  verdict = "confirmed",
  look = "Only the waiting is over: the socket is still in SYN-SENT and the kernel goes on trying. A second "
    .. "connect() says so with EALREADY. To give up, close the socket.",
  tags = { "connect", "timers", "options" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, "100ms"))
    t.wire:drop "client -> server SYN"

    local before = t:now()
    t:fails(EINPROGRESS, c:connect(server, 9999))
    local waited = t:now() - before

    t:ok(waited >= 0.05, "it has waited; at most some ticks of the kernel less")
    t:state(c, "SYN-SENT")
    t:fails(ENOTCONN, c:getpeername())
    t:ok(c:nonblocking(true))
    t:fails(EALREADY, c:connect(server, 9999))
    t:ok(c:close())
    t:equal(#client:sockets(), 0, "close() ends the attempt")
    t:trace [[
      # One SYN: connect() was over before the first repetition, a second later.
      client -x server:9999  SYN  seq=0 len=0
    ]]
  end
}
