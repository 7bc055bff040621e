experiment "the path is cut: TCP_USER_TIMEOUT says how long to wait" {
  case = "D1",
  source = "seed 002, the network is interrupted; RFC 5482; tcp(7), TCP_USER_TIMEOUT",
  claim = "when the network is interrupted, who sends and then reads gets ETIMEDOUT",
  verdict = "confirmed",
  look = "The server has the same connection, has sent nothing, and knows nothing: it stays ESTABLISHED.",
  tags = { "crash", "timers", "send", "receive", "states", "options" },
  run = function(t)
    local client, server = t:hosts("client", "server", { sysctl = { ["net.ipv4.tcp_early_retrans"] = 0 } })
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "100ms"))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t.wire:cut()

    local before = t:now()
    t:equal(c:send "hello", 5)
    t:fails(ETIMEDOUT, c:recv(100))
    t:ok(t:now() - before >= 0.2, "200 ms until the repetition, and 100 ms")

    t:state(c, "CLOSED")
    t:state(s, "ESTABLISHED")
    t:fails(EAGAIN, s:recv(100, MSG_DONTWAIT))
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -x server:7000  ACK      seq=1 ack=1 payload="hello"
      after 150ms  client -x server:7000  ACK  seq=1 ack=1 payload="hello"
      optional after 70ms client -x server:7000  ACK  seq=1 ack=1 payload="hello"  # the timer came some ticks early
    ]]
  end
}
