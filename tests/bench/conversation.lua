-- The experiment that `make bench` measures, beside the same one in bare C (floor.c).
experiment "a conversation from the first SYN to the last ACK" {
  claim = "a handshake, data both ways and a close by both ends take ten segments, eleven on a busy machine",
  run = function(t)
    local client, server = t:hosts("client", "server")
    local listener = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(listener:bind(INADDR_ANY, 8080))
    t:ok(listener:listen(1))
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 8080))
    local s = t:ok(listener:accept())
    t:equal(c:send("question"), 8)
    t:equal(s:recv(64), "question")
    t:equal(s:send("answer"), 6)
    t:equal(c:recv(64), "answer")
    t:ok(c:close())
    t:equal(s:recv(64), "")
    t:ok(s:close())
    t:trace [[
      client -> server:8080  SYN      seq=0
      server:8080 -> client  SYN,ACK  seq=0 ack=1
      client -> server:8080  ACK      seq=1 ack=1 len=0
      client -> server:8080  PSH,ACK  seq=1 ack=1 payload="question"
      server:8080 -> client  ACK      ack=9 len=0
      server:8080 -> client  PSH,ACK  seq=1 ack=9 payload="answer"
      client -> server:8080  ACK      ack=7 len=0
      client -> server:8080  FIN,ACK  seq=9
      optional server:8080 -> client  ACK  ack=10 len=0
      server:8080 -> client  FIN,ACK  seq=7 ack=10
      client -> server:8080  ACK      seq=10 ack=8
    ]]
  end
}
