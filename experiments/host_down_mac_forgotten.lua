experiment "a host on the LAN goes down, its MAC is forgotten: EHOSTUNREACH" {
  case = "D4",
  source = "seed 002, the peer's machine crashes; RFC 826; RFC 1122 4.2.3.9; arp(7)",
  claim = "when the peer's machine goes down, send and then read give ETIMEDOUT or EHOSTUNREACH; EHOSTUNREACH comes "
    .. "from a router on the way",
  verdict = "depends",
  look = "It depends on whether the MAC is known. It is not: three ARP requests find nobody, and the client's own "
    .. "kernel reports host unreachable to itself, over lo. TCP goes on all the same, and tells it in place of "
    .. "ETIMEDOUT when it gives up.",
  tags = { "crash", "timers", "send", "receive", "icmp", "routing" },
  run = function(t)
    local net = t:network { { "client", "server", arp = true } }
    local client, server = net.client, net.server
    client:sysctl("net.ipv4.tcp_early_retrans", 0) -- no tail loss probe
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "100ms"))
    t:ok(c:connect(server, 7000))

    server:crash()
    client:sysctl("net.ipv4.neigh.eth0.retrans_time_ms", 10) -- between two ARP requests; instead of 1 s
    client:interface():down() -- forgets the neighbours, as time does
    client:interface():up()
    t:equal(c:send "hello", 5)
    t:fails(EHOSTUNREACH, c:recv(100))
    t:state(c, "CLOSED")
    t:trace [[
      client -> *            ARP      request target=server sender=client
      server -> client       ARP      reply sender=server target=client
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      repeat 3 client -> *   ARP      request target=server sender=client  # for "hello"
      repeat 3 client -> *   ARP      request target=server sender=client  # for its repetition
      client -> client       ICMP     host-unreachable quoted.dst=server quoted.dport=7000
      client -> client       ICMP     host-unreachable quoted.dst=server quoted.dport=7000
    ]]
  end
}
