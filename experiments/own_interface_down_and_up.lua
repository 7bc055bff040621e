experiment "the host's own interface is set down and up again: the connection goes on" {
  case = "D5",
  source = "seed 002, the network is interrupted; RFC 9293 3.8.1; netdevice(7), IFF_UP",
  claim = "when the network is interrupted, sending and then reading gives an error",
  verdict = "refuted",
  look = "The connection has no part in the interface, only its packets have. What was sent meanwhile waits in the "
    .. "send queue, and leaves when the kernel tries again.",
  tags = { "timers", "send", "receive", "states", "routing" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "1s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    client:interface():down()
    t:equal(c:send "hello", 5)
    t:fails(EAGAIN, c:recv(100, MSG_DONTWAIT))
    t:equal(c:ioctl(SIOCOUTQNSD), 5, "bytes that have never left")
    client:interface():up()

    t:equal(s:recv(100), "hello")
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:state(c, "ESTABLISHED")
    t:state(s, "ESTABLISHED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="hello"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
    ]]
  end
}
