experiment "the peer falls silent: the schedule of repetitions, up to ETIMEDOUT" {
  case = "D1",
  source = "seed 002, the peer's machine crashes; RFC 1122 4.2.3.5; RFC 6298 5; tcp(7), tcp_retries2",
  claim = "when the peer is silent, who sends and then reads gets ETIMEDOUT",
  verdict = "confirmed",
  look = "RFC 1122 asks for at least 100 seconds, which is tcp_retries2 = 8. Linux takes 15, where the pauses grow up "
    .. "to two minutes: some 15 minutes in all.",
  tags = { "crash", "timers", "send", "receive" },
  slow = true,
  timeout = "150s",
  run = function(t)
    local client, server = t:hosts("client", "server", { sysctl = {
      ["net.ipv4.tcp_retries2"] = 8,
      ["net.ipv4.tcp_early_retrans"] = 0, -- no tail loss probe
    } })
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    t.wire:cut()

    local before = t:now()
    t:equal(c:send "hello", 5)
    t:fails(ETIMEDOUT, c:recv(100))
    t:near(t:now() - before, 107, 6)

    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -x server:7000  ACK      seq=1 ack=1 payload="hello"
      after 150ms..1s    client -x server:7000  ACK  seq=1 ack=1 payload="hello"
      after 350ms..1.2s  client -x server:7000  ACK  seq=1 ack=1 payload="hello"
      after 750ms..1.6s  client -x server:7000  ACK  seq=1 ack=1 payload="hello"
      after 1.5s..2.4s   client -x server:7000  ACK  seq=1 ack=1 payload="hello"
      after 3.1s..4.2s   client -x server:7000  ACK  seq=1 ack=1 payload="hello"
      after 6.3s..7.6s   client -x server:7000  ACK  seq=1 ack=1 payload="hello"
      after 12.6s..15s   client -x server:7000  ACK  seq=1 ack=1 payload="hello"
      after 25.4s..29s   client -x server:7000  ACK  seq=1 ack=1 payload="hello"
    ]]
  end
}
