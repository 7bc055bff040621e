experiment "MSG_OOB: one urgent byte, beside the stream" {
  case = "U8",
  source = "seed 002, send; RFC 9293 3.8.5; RFC 6093; send(2), MSG_OOB; tcp(7)",
  claim = "MSG_OOB sends out-of-band data",
  verdict = "depends",
  look = "It depends on what one calls out of band. Only the last byte of the three is urgent, and it travels in the "
    .. "stream, in turn: URG and the pointer mark it, and the receiving kernel takes it out of the stream.",
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
    t:equal(t:select(nil, nil, { s }, 0), 0)
    local function acknowledged() return c:ioctl(SIOCOUTQ) == 0 end
    t:equal(c:send "ab", 2)
    t:eventually(acknowledged)
    t:equal(c:send("cd!", MSG_OOB), 3)
    t:eventually(acknowledged)
    t:equal(c:send "ef", 2)
    t:eventually(acknowledged)
    t:equal(t:select(nil, nil, { s }, 0), 1, "select tells it as an exception")
    t:equal(s:ioctl(SIOCINQ), 4, "bytes as far as the mark")

    t:equal(s:recv(100), "abcd", "a read stops at the mark")
    t:equal(s:ioctl(SIOCATMARK), true)
    t:equal(s:recv(100, MSG_OOB), "!")
    t:fails(EINVAL, s:recv(100, MSG_OOB)) -- it can be read once
    t:equal(s:recv(100), "ef")
    t:equal(s:ioctl(SIOCATMARK), false)

    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="ab"
      server:7000 -> client  ACK      seq=1 ack=3 len=0
      client -> server:7000  URG,ACK  seq=3 ack=1 payload="cd!" urg=3  # the byte behind it: not as in RFC 793
      server:7000 -> client  ACK      seq=1 ack=6 len=0
      client -> server:7000  ACK      seq=6 ack=1 payload="ef"
      server:7000 -> client  ACK      seq=1 ack=8 len=0
    ]]
  end
}
