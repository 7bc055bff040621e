experiment "three connects that block take three round trips" {
  case = "N11",
  source = "seed 002, uses of non-blocking connect; connect(2)",
  claim = "connect() takes one round trip; one after the other, three take three",
  verdict = "confirmed",
  look = "Each SYN waits for the answer to the one before. The wire makes the round trip 50 ms long.",
  tags = { "connect" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(80))
    t:ok(l:listen())
    t.wire:delay("client -> server SYN", "20ms")
    t.wire:delay("server -> client SYN,ACK", "30ms")

    local before = t:now()
    local answered = 0
    for i = 1, 3 do
      local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
      t:ok(c:connect(server, 80))
      t:state(c, "ESTABLISHED")
      local syn = t:wait_packet "client -> server:80 SYN"
      t:ok(syn.time >= answered, "SYN " .. i .. " was sent after the answer to the one before")
      answered = t:wait_packet("server:80 -> client SYN,ACK").received
      t:ok(answered - syn.time >= 0.05, "a round trip")
    end

    t:ok(t:now() - before >= 0.15, "three round trips")
    t:trace [[
      client:$a -> server:80  SYN      seq=0 len=0
      server:80 -> client:$a  SYN,ACK  seq=0 ack=1 len=0
      client:$a -> server:80  ACK      seq=1 ack=1 len=0
      client:$b -> server:80  SYN      seq=0 len=0
      server:80 -> client:$b  SYN,ACK  seq=0 ack=1 len=0
      client:$b -> server:80  ACK      seq=1 ack=1 len=0
      client:$c -> server:80  SYN      seq=0 len=0
      server:80 -> client:$c  SYN,ACK  seq=0 ack=1 len=0
      client:$c -> server:80  ACK      seq=1 ack=1 len=0
    ]]
  end
}
