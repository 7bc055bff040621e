experiment "SO_LINGER with time 0: close is an abort" {
  case = { "R3", "R5" },
  source = "seed 004, section 5; RFC 9293 3.10.5; socket(7), SO_LINGER",
  claim = "with SO_LINGER {1, 0} close() drops what is queued and sends RST; the receiver can tell it from a close",
  verdict = "confirmed",
  look = "The segment was lost, and is never repeated. The RST stands behind the gap (seq=10), so the server asks "
    .. "with a challenge ACK (RFC 5961 3.2), and only the second RST has the number that it waits for.",
  tags = { "close", "reset", "options" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "1s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(6000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 6000))
    local s = t:ok(l:accept())
    t:equal(c:send "first", 5)
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end) -- acknowledged

    t.wire:drop("client -> server len>0", { count = 1 })
    t:equal(c:send "lost", 4)
    t:equal(c:ioctl(SIOCOUTQ), 4, "bytes in the queue")
    t:ok(c:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 0 }))
    t:ok(c:close())

    t:equal(#client:sockets(), 0, "no orphan that would repeat the data, no TIME-WAIT")
    t:equal(s:recv(100), "first")
    t:fails(ECONNRESET, s:recv(100)) -- after FIN it would be "", the end of the stream
    t:state(s, "CLOSED")
    t:trace [[
      client -> server:6000  SYN      seq=0 len=0
      server:6000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:6000  ACK      seq=1 ack=1 len=0
      client -> server:6000  ACK      seq=1 ack=1 payload="first"
      server:6000 -> client  ACK      seq=1 ack=6 len=0
      client -x server:6000  ACK      seq=6 ack=1 payload="lost"
      client -> server:6000  RST,ACK  seq=10 ack=1 len=0
      server:6000 -> client  ACK      seq=1 ack=6 len=0
      client -> server:6000  RST      seq=6 len=0
      none for 1.2s  # a retransmission would come after 1 s
    ]]
  end
}
