experiment "send succeeds, and the peer has nothing" {
  case = "U9",
  source = "seed 002, send; RFC 9293 3.10.2; send(2); tcp(7), SIOCOUTQ",
  claim = "that send() returned successfully does not mean that the peer has received the message",
  verdict = "confirmed",
  look = "send() has copied the bytes into the send queue, that is all it reports. How many are not acknowledged, "
    .. "SIOCOUTQ tells. The kernel repeats them: here the next try arrives.",
  tags = { "send", "receive" },
  families = { "ipv4", "ipv6", "mapped" },
  unnoticed = { ["total_retrans 1 -> 2"] = "on a busy machine there are more repetitions" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "1s" -- however busy the machine is
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    local loss = t.wire:drop "client -> server len>0"

    t:equal(c:send "hello", 5)
    t:fails(EAGAIN, s:recv(100, MSG_DONTWAIT))
    t:equal(c:ioctl(SIOCOUTQ), 5, "not acknowledged")
    loss:remove()

    t:equal(s:recv(100), "hello")
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end)
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -x server:7000  ACK      seq=1 ack=1 payload="hello"
      repeat 0..3 after 150ms client -x server:7000  ACK  seq=1 ack=1 payload="hello"  # on a busy machine
      after 150ms client -> server:7000  ACK  seq=1 ack=1 payload="hello"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
    ]]
    t:ok(c:getsockopt(IPPROTO_TCP, TCP_INFO).total_retrans >= 1)
  end
}
