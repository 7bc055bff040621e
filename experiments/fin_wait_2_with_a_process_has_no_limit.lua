experiment "FIN-WAIT-2 after shutdown: as long as the process likes" {
  case = "F4",
  source = "seed 002, FIN_WAIT_2; RFC 9293 3.6; tcp(7), tcp_fin_timeout",
  claim = "FIN-WAIT-2 waits for the FIN of the other side",
  verdict = "confirmed",
  look = "No timer runs while a process has the socket: tcp_fin_timeout of 3 s does not matter.",
  tags = { "states", "close", "timers" },
  run = function(t)
    local client, server = t:hosts("client", "server", { sysctl = { ["net.ipv4.tcp_fin_timeout"] = 3 } })
    for _, host in ipairs { client, server } do -- a busy machine repeats nothing within 800 ms (Linux 6.11 and later)
      host:rto_min "800ms"
    end
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:ok(l:close())

    t:ok(c:shutdown(SHUT_WR))
    t:wait_packet "server:7000 -> client ACK ack=2"
    local waiting = client:sockets()[1]
    t:equal({ waiting.state, waiting.orphan, waiting.timer }, { "FIN-WAIT-2", false, nil })
    t:quiet "3.3s"

    t:state(c, "FIN-WAIT-2")
    t:equal(s:send "late", 4)
    t:equal(c:recv(100), "late")
    t:ok(s:close())
    t:equal(c:recv(100), "")
    t:equal({ client:sockets()[1].state, #server:sockets() }, { "TIME-WAIT", 0 })
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=2 len=0
      server:7000 -> client  ACK      seq=1 ack=2 payload="late"
      client -> server:7000  ACK      seq=2 ack=5 len=0
      server:7000 -> client  FIN,ACK  seq=5 ack=2 len=0
      client -> server:7000  ACK      seq=2 ack=6 len=0
    ]]
  end
}
