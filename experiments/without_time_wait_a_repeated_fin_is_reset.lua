experiment "without TIME-WAIT: the FIN comes again and is answered by RST" {
  case = "F10",
  source = "seed 002, question 2; RFC 9293 3.4.2 and 3.10.7.4, eighth step; the kernel's ip-sysctl, tcp_max_tw_buckets",
  claim = "without TIME-WAIT nobody could answer the repeated FIN",
  verdict = "confirmed",
  look = "tcp_max_tw_buckets = 0 forbids TIME-WAIT. The server has done all right, and all data has arrived, but it "
    .. "is told that the connection was reset.",
  tags = { "states", "close", "reset", "timers" },
  run = function(t)
    local client = t:host("client", { sysctl = { ["net.ipv4.tcp_max_tw_buckets"] = 0 } })
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
    t:equal(#client:sockets(), 0)
    lost:remove()

    t:eventually(function() return #server:sockets() == 0 end, 10)
    t:state(s, "CLOSED")
    t:equal(s:getsockopt(SOL_SOCKET, SO_ERROR), ECONNRESET)
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
        client -x server:7000  RST  seq=2 len=0
      }
      after 10ms server:7000 -> client  FIN,ACK  seq=1 ack=2 len=0
      client -> server:7000  RST      seq=2 len=0
    ]]
  end
}
