experiment "a host that ignores the SYN: time-out instead of refusal" {
  case = { "A8", "N15" },
  source = "seed 004, section 1; RFC 9293 3.10.7.1; connect(2); tcp(7), TCP_USER_TIMEOUT",
  claim = "some hosts do not answer a SYN to a closed port at all; then connect() is not refused, it runs out of time",
  verdict = "confirmed",
  look = "A host that says nothing looks like a host that is not there: two SYNs, both delivered, and ETIMEDOUT. "
    .. "The article names Windows 7; a firewall that drops does the same.",
  tags = { "connect", "timers", "firewall" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    t:puppet "silent"
    local refused = t:ok(client:socket(AF_INET, SOCK_STREAM))
    local ignored = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(ignored:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "1200ms")) -- instead of 127 s

    t:fails(ECONNREFUSED, refused:connect(server, 40000))
    t:state(refused, "CLOSED")
    t:trace [[
      client -> server:40000  SYN      seq=0 len=0
      server:40000 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]

    local before = t:now()
    t:fails(ETIMEDOUT, ignored:connect("10.0.0.3", 40000))
    t:ok(t:now() - before > 1.1)
    t:state(ignored, "CLOSED")
    t:equal(#client:sockets(), 0)
    t:trace [[
      client -> silent:40000  SYN  seq=0 len=0
      after 900ms  client -> silent:40000  SYN  seq=0 len=0
    ]]
  end
}
