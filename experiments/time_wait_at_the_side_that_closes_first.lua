experiment "the side that closes first ends in TIME-WAIT, for a fixed time" {
  case = "F5",
  source = "seed 002, TIME_WAIT; RFC 9293 3.4.2 and 3.6.1; the kernel's ip-sysctl, tcp_fin_timeout",
  claim = "after the FIN of the other side, TIME-WAIT lasts 2 MSL",
  verdict = "depends",
  look = "What 2 MSL is depends on the system: RFC 9293 has an MSL of 2 minutes, Linux 60 s for both MSL together. "
    .. "No setting changes it: tcp_fin_timeout, here 5 s, is for FIN-WAIT-2. The other side is CLOSED at once.",
  tags = { "states", "close", "timers" },
  run = function(t)
    local client, server = t:hosts("client", "server", { sysctl = { ["net.ipv4.tcp_fin_timeout"] = 5 } })
    for _, host in ipairs { client, server } do -- a busy machine repeats nothing within 2 s (Linux 6.11 and later)
      host:rto_min "2s"
    end
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    t:ok(c:close())
    t:wait_packet "server:7000 -> client ACK ack=2"
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "FIN-WAIT-2" })
    t:state(s, "CLOSE-WAIT")
    t:ok(s:close())
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=2 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=2 len=0
      client -> server:7000  ACK      seq=2 ack=2 len=0
    ]]

    t:equal({ #server:sockets(), server:sockets()[1].state }, { 1, "LISTEN" })
    local left = client:sockets()[1]
    t:equal({ #client:sockets(), left.state }, { 1, "TIME-WAIT" })
    t:equal({ left.inode, left.timer, left.peer_port, left.peer_ip }, { 0, "time-wait", 7000, server.ip })
    t:near(left.expires, 60, 5)
    t:quiet "20ms"
  end
}
