experiment "the host's own interface is set down: ENETUNREACH for what was under way" {
  case = "D5",
  source = "seed 002, the network is interrupted; RFC 1122 4.2.3.9",
  claim = "ENETUNREACH comes from a router on the way",
  verdict = "depends",
  look = "It depends on what the kernel does when the route is missing: here it repeats a segment, looks for a route, "
    .. "finds none, and remembers that. No router has a part in it.",
  tags = { "timers", "send", "receive", "routing" },
  run = function(t)
    local client, server = t:hosts("client", "server", { sysctl = { ["net.ipv4.tcp_early_retrans"] = 0 } })
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "1500ms"))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    t.wire:drop "client -> server len>0"
    t:equal(c:send "hello", 5)
    t:wait_packet "client -x server:7000 ACK len=5"
    client:interface():down()
    t:equal(client:sockets()[1].timer, "retransmit")
    t:fails(ENETUNREACH, c:recv(100))

    t:state(c, "CLOSED")
    t:state(s, "ESTABLISHED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -x server:7000  ACK      seq=1 ack=1 payload="hello"
      optional after 150ms client -x server:7000  ACK  seq=1 ack=1 payload="hello"  # on a busy machine
    ]]
  end
}
