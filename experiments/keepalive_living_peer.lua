experiment "keep-alive: a living peer answers, and the connection goes on" {
  case = "D12",
  source = "seed 002, KEEPALIVE; RFC 9293 3.8.4; tcp(7), tcp_keepalive_time",
  claim = "with SO_KEEPALIVE the kernel itself asks whether the peer is there",
  verdict = "confirmed",
  look = "The programs see nothing of it: the kernels talk with each other. Without the options that make it fast the "
    .. "kernel asks for the first time after two hours, and not at all without SO_KEEPALIVE.",
  tags = { "keepalive", "timers", "states" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    t:equal(c:getsockopt(SOL_SOCKET, SO_KEEPALIVE), false)
    t:equal(client:sockets()[1].timer, nil)
    t:ok(c:setsockopt(SOL_SOCKET, SO_KEEPALIVE, true))
    t:equal(client:sockets()[1].timer, "keepalive")
    t:near(client:sockets()[1].expires, 7200, 500)
    t:equal(c:getsockopt(IPPROTO_TCP, TCP_KEEPINTVL), 75)
    t:equal(c:getsockopt(IPPROTO_TCP, TCP_KEEPCNT), 9)

    t:ok(c:setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 1))
    t:wait_packet("client -> server:7000 ACK seq=0", 5)
    t:wait_packet "server:7000 -> client ACK seq=1 ack=1"
    t:state(c, "ESTABLISHED")
    t:state(s, "ESTABLISHED")
    t:equal(t:poll({ { c, POLLIN }, { s, POLLIN } }, 0), 0)
    t:equal(client:sockets()[1].timer, "keepalive", "for the next silence")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      repeat 1..9 { # each second
        after 900ms client -> server:7000  ACK  seq=0 ack=1 len=0
        server:7000 -> client  ACK      seq=1 ack=1 len=0
      }
    ]]
  end
}
