experiment "TIME-WAIT ends after 60 s" {
  case = "F5",
  source = "seed 002, TIME_WAIT; RFC 9293 3.4.2 and 3.6.1; the kernel's ip-sysctl, tcp_fin_timeout",
  claim = "after 2 MSL in TIME-WAIT the connection is CLOSED",
  verdict = "depends",
  look = "It depends on the system how long 2 MSL are. On Linux 60 seconds, whatever the settings; no packet marks "
    .. "the end.",
  tags = { "states", "close", "timers" },
  slow = true,
  timeout = "100s",
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
    local since = t:wait_packet("client -> server:7000 ACK seq=2").time
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=2 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=2 len=0
      client -> server:7000  ACK      seq=2 ack=2 len=0
    ]]

    t:quiet "59s"
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "TIME-WAIT" })
    t:eventually(function() return #client:sockets() == 0 end, 10)
    t:near(t:now() - since, 64, 4.1)
    t:equal({ #server:sockets(), server:sockets()[1].state }, { 1, "LISTEN" })
    t:trace ""
  end
}
