experiment "the path recovers in time: the data arrive, and nobody notices" {
  case = "D3",
  source = "seed 002, the network is interrupted; RFC 9293 3.8.1; RFC 6298 5",
  claim = "when the network is interrupted, sending and then reading gives an error",
  verdict = "refuted",
  look = "Not at once, and not at all if the path comes back before the kernel gives up. What was sent is repeated, "
    .. "and arrives once. The pause has left its mark in the time alone: 200 ms, then 400 ms.",
  tags = { "timers", "send", "receive", "states" },
  run = function(t)
    local client, server = t:hosts("client", "server", { sysctl = { ["net.ipv4.tcp_early_retrans"] = 0 } })
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    t.wire:drop("client -> server", { count = 2 }) -- and then the path is there again
    t:equal(c:send "hello", 5)
    t:equal(s:recv(100), "hello")
    t:fails(EAGAIN, s:recv(100, MSG_DONTWAIT))
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:state(c, "ESTABLISHED")
    t:state(s, "ESTABLISHED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -x server:7000  ACK      seq=1 ack=1 payload="hello"
      after 150ms  client -x server:7000  ACK  seq=1 ack=1 payload="hello"
      after 350ms  client -> server:7000  ACK  seq=1 ack=1 payload="hello"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
    ]]
  end
}
