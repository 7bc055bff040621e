experiment "SO_LINGER with time: close waits until the data is acknowledged" {
  case = "R3",
  source = "seed 004, section 5; socket(7), SO_LINGER",
  claim = "with SO_LINGER and a time, close() waits until all that is queued is sent and acknowledged",
  verdict = "confirmed",
  look = "close() takes as long as the round trip. Its success means: the peer's kernel has all of it.",
  tags = { "close", "options", "send" },
  run = function(t)
    -- No tail loss probe: it would repeat the FIN early.
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(6000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 5 }))
    t.wire:delay("client -> server", "100ms")
    t:ok(c:connect(server, 6000))

    local before = t:now()
    t:equal(c:send "data", 4)
    t:ok(c:close())

    t:ok(t:now() - before >= 0.1, "close() came back only after the round trip")
    local left = client:sockets()[1]
    t:equal({ left.state, left.orphan, left.send_queue }, { "FIN-WAIT-2", true, 0 })
    t:trace [[
      client -> server:6000  SYN      seq=0 len=0
      server:6000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:6000  ACK      seq=1 ack=1 len=0
      client -> server:6000  ACK      seq=1 ack=1 payload="data"
      client -> server:6000  FIN,ACK  seq=5 ack=1 len=0
      optional server:6000 -> client  ACK  seq=1 ack=5 len=0
      server:6000 -> client  ACK      seq=1 ack=6 len=0
    ]]
  end
}
