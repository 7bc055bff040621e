experiment "the peer's machine crashes: send succeeds, read gives ETIMEDOUT" {
  case = "D1",
  source = "seed 002, the peer's machine crashes; RFC 9293 3.8.3; tcp(7), tcp_retries2",
  claim = "when the peer's machine has crashed, who sends to it and then reads gets ETIMEDOUT",
  verdict = "confirmed",
  look = "The kernel repeats the segment, each time after twice as long, and then gives up, without a packet: there is "
    .. "nobody to tell. tcp_retries2 = 1 is no count of packets: the kernel makes a time of it.",
  tags = { "crash", "timers", "send", "receive", "states" },
  unnoticed = {
    ["(client -> server:7000 PSH,ACK) removed"] = "after a slow handshake there is time for one repetition alone",
  },
  run = function(t)
    local client, server = t:hosts("client", "server", { sysctl = {
      ["net.ipv4.tcp_retries2"] = 1, -- instead of 15
      ["net.ipv4.tcp_early_retrans"] = 0, -- no tail loss probe
    } })
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    server:crash()

    t:equal(c:send "hello", 5)
    t:state(c, "ESTABLISHED")
    t:fails(ETIMEDOUT, c:recv(100))

    t:state(c, "CLOSED")
    t:equal(c:recv(100), "", "the error is told once, then the stream is at its end")
    t:fails(EPIPE, c:send("late", MSG_NOSIGNAL))
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="hello"  fate=nowhere
      after 150ms  client -> server:7000  ACK  seq=1 ack=1 payload="hello"  fate=nowhere
      optional after 350ms  client -> server:7000  ACK  seq=1 ack=1 payload="hello"  fate=nowhere  # after a quick SYN
    ]]
  end
}
