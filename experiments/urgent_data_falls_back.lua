experiment "MSG_OOB twice: the first urgent byte falls back into the stream" {
  case = "U8",
  source = "RFC 6093 3.2 and 3.4; tcp(7)",
  claim = "out-of-band data is a channel beside the stream",
  verdict = "refuted",
  look = "There is room for one urgent byte. When the next one comes, the one before is an ordinary byte again, in its "
    .. "old place.",
  tags = { "urgent", "send", "receive" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    t:equal(c:send("a!", MSG_OOB), 2)
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end) -- acknowledged
    t:equal(c:send("b?", MSG_OOB), 2)
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end)

    t:equal(s:recv(100, MSG_OOB), "?")
    t:equal(s:recv(100), "a!b")

    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  URG,ACK  seq=1 ack=1 payload="a!" urg=2
      server:7000 -> client  ACK      seq=1 ack=3 len=0
      client -> server:7000  URG,ACK  seq=3 ack=1 payload="b?" urg=2
      server:7000 -> client  ACK      seq=1 ack=5 len=0
    ]]
  end
}
