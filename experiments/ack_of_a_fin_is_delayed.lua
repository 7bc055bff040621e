experiment "the ACK of a FIN is not sent at once" {
  case = "F3",
  source = "seed 002, FIN_WAIT_1; RFC 9293 3.8.6.3; RFC 1122 4.2.3.2",
  claim = "whatever the other side is doing, it answers a FIN with ACK at once, so FIN-WAIT-1 can hardly be seen",
  verdict = "refuted",
  look = "Compare the two ACKs of the server. That of a FIN behind a request and its reply is a delayed one: it waits "
    .. "40 ms for something to travel with, and so long the client is in FIN-WAIT-1. An end that has already closed "
    .. "has nothing to wait for, and does answer at once.",
  tags = { "states", "close", "timers" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:equal(c:send "request", 7)
    t:equal(s:recv(100), "request")
    t:equal(s:send "reply", 5)
    t:equal(c:recv(100), "reply")
    t:wait_packet "client -> server:7000 ACK ack=6 len=0"

    t:ok(c:shutdown(SHUT_WR))
    t:equal(s:recv(100), "")
    t:wait_packet "server:7000 -> client ACK ack=9"
    t:state(c, "FIN-WAIT-2")
    t:ok(s:shutdown(SHUT_WR))
    t:state(s, "CLOSED")

    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="request"
      server:7000 -> client  ACK      seq=1 ack=8 len=0
      server:7000 -> client  ACK      seq=1 ack=8 payload="reply"
      client -> server:7000  ACK      seq=8 ack=6 len=0
      client -> server:7000  FIN,ACK  seq=8 ack=6 len=0
      after 10ms server:7000 -> client  ACK  seq=6 ack=9 len=0
      server:7000 -> client  FIN,ACK  seq=6 ack=9 len=0
      client -> server:7000  ACK      seq=9 ack=7 len=0
    ]]
  end
}
