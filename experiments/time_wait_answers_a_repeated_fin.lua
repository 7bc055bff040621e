experiment "why TIME-WAIT: the last ACK is lost, the FIN comes again and is answered again" {
  case = "F10",
  source = "seed 002, question 2; RFC 9293 3.4.2 and 3.10.7.4, eighth step, TIME-WAIT",
  claim = "TIME-WAIT is there to send the last ACK once more, because the peer in LAST-ACK repeats its FIN when that "
    .. "ACK is lost",
  verdict = "confirmed",
  look = "The client's process has long closed its socket. What answers is TIME-WAIT. The server ends without error.",
  tags = { "states", "close", "timers" },
  run = function(t)
    local client = t:host "client"
    local server = t:host("server", { sysctl = { ["net.ipv4.tcp_early_retrans"] = 0 } })
    for _, host in ipairs { client, server } do -- a busy machine repeats nothing within 1 s (Linux 6.11 and later)
      host:rto_min "1s"
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

    local lost = t.wire:drop "client -> server:7000"
    t:ok(s:shutdown(SHUT_WR)) -- its descriptor stays open, to see what the server is told
    t:wait_packet "client -x server:7000 ACK seq=2"
    t:state(s, "LAST-ACK")
    t:equal(c:recv(1), "")
    t:ok(c:close())
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "TIME-WAIT" })
    lost:remove()

    t:eventually(function() return #server:sockets() == 0 end, 10)
    t:state(s, "CLOSED")
    t:equal(s:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:equal(s:recv(1), "")
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "TIME-WAIT" })
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=2 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=2 len=0
      client -x server:7000  ACK      seq=2 ack=2 len=0
      repeat 0..3 { # on a busy machine
        after 10ms server:7000 -> client  FIN,ACK  seq=1 ack=2 len=0
        client -x server:7000  ACK      seq=2 ack=2 len=0
      }
      after 10ms server:7000 -> client  FIN,ACK  seq=1 ack=2 len=0
      client -> server:7000  ACK      seq=2 ack=2 len=0
    ]]
  end
}
