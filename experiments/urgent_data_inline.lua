experiment "MSG_OOB to a socket with SO_OOBINLINE: the urgent byte stays in the stream" {
  case = "U8",
  source = "RFC 6093 3.2; tcp(7); socket(7), SO_OOBINLINE",
  claim = "out-of-band data is a channel beside the stream",
  verdict = "refuted",
  look = "The same packets. Whether the byte leaves the stream is the receiver's choice: here it stays, and a read "
    .. "stops before it and begins again with it.",
  tags = { "urgent", "send", "receive", "options" },
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

    t:ok(s:setsockopt(SOL_SOCKET, SO_OOBINLINE, true))
    t:equal(c:send("ab!", MSG_OOB), 3)
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end) -- acknowledged

    t:fails(EINVAL, s:recv(100, MSG_OOB))
    t:equal(s:recv(100), "ab")
    t:equal(s:ioctl(SIOCATMARK), true)
    t:equal(s:recv(100), "!")

    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  URG,ACK  seq=1 ack=1 payload="ab!" urg=3
      server:7000 -> client  ACK      seq=1 ack=4 len=0
    ]]
  end
}
