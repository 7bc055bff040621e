experiment "SO_LINGER with time: when it is over, close succeeds all the same" {
  case = "R3",
  source = "seed 004, section 5; socket(7), SO_LINGER; close(2)",
  claim = "close() waits no longer than the time of SO_LINGER",
  verdict = "confirmed",
  look = "The data has not arrived, and close() does not say so: it returns 0. The kernel goes on without the process, "
    .. "as an orphan in FIN-WAIT-1.",
  tags = { "close", "options", "timers", "states" },
  run = function(t)
    -- No tail loss probe: it would repeat the FIN alone.
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(6000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 1 }))
    t:ok(c:connect(server, 6000))
    local a = t:ok(l:accept())

    t.wire:cut()
    t:equal(c:send "data", 4)
    local before = t:now()
    t:ok(c:close())

    t:ok(t:now() - before >= 0.9, "it has waited; at most some ticks of the kernel less")
    local left = client:sockets()[1]
    t:equal({ left.state, left.orphan, left.send_queue }, { "FIN-WAIT-1", true, 5 }) -- 4 bytes and the FIN
    t:state(a, "ESTABLISHED")
    t:trace [[
      client -> server:6000  SYN      seq=0 len=0
      server:6000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:6000  ACK      seq=1 ack=1 len=0
      client -x server:6000  ACK      seq=1 ack=1 payload="data"
      client -x server:6000  FIN,ACK  seq=5 ack=1 len=0
      repeat 0..9 after 150ms client -x server:6000  FIN,ACK  seq=1 ack=1 payload="data"  # before Linux 6.11
    ]]
  end
}
