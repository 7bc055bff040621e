experiment "a host on the LAN goes down, its MAC is still known: ETIMEDOUT" {
  case = "D4",
  source = "seed 002, the peer's machine crashes; RFC 826; arp(7)",
  claim = "when the peer's machine goes down, send and then read give ETIMEDOUT or EHOSTUNREACH",
  verdict = "depends",
  look = "It depends on whether the MAC is known. For half a minute or so it is, and so long the client does not "
    .. "ask: the segments go into the void, as on a path that is cut.",
  tags = { "crash", "timers", "send", "receive", "routing" },
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
    t:equal(c:send "hello", 5)
    t:fails(ETIMEDOUT, c:recv(100))
    t:state(c, "CLOSED")
    t:trace [[
      client -> *            ARP      request target=server sender=client
      server -> client       ARP      reply sender=server target=client
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="hello" fate=nowhere
      after 150ms  client -> server:7000  ACK  seq=1 ack=1 payload="hello" fate=nowhere
      optional after 70ms client -> server:7000  ACK  seq=1 ack=1 payload="hello"  # the timer came some ticks early
    ]]
  end
}
