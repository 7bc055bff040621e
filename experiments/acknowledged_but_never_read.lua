experiment "the peer's kernel has acknowledged, and its program never reads" {
  case = "U9",
  source = "seed 002, send; RFC 9293 3.8; RFC 1122 4.2.2.13",
  claim = "that send() returned successfully does not mean that the peer has received the message",
  verdict = "confirmed",
  look = "Not even the acknowledgement means it: the kernel gives it, not the program. Here the program closes without "
    .. "reading. Only an answer of the program itself tells that it has the message.",
  tags = { "send", "receive", "reset", "close" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    t:equal(c:send "hello", 5)
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end) -- acknowledged
    t:equal(s:ioctl(SIOCINQ), 5, "bytes that nobody has read")
    t:ok(s:close())

    t:fails(ECONNRESET, c:recv(100))
    t:state(c, "CLOSED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="hello"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
      server:7000 -> client  RST,ACK  seq=1 ack=6 len=0
    ]]
  end
}
