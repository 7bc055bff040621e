-- A firewall in front of the host, or on it, answers the SYN in one of the ways that iptables' REJECT and nftables'
-- reject know. The answer is held until connect() has returned: an ICMP error that arrives while connect() still works
-- on the socket would only be remembered, and cost a second.
local function rejected(with, answer)
  return function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(40000))
    t:ok(l:listen())
    local firewall = t.wire:reject("client -> server:40000 SYN", with)
    local held = t.wire:hold "server -> client"
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, c:connect(server, 40000))
    t:state(c, "SYN-SENT")
    t:equal(held:release(), 1)
    t:equal(t:poll({ { c, POLLOUT } }, 5), 1)

    t:fails(ECONNREFUSED, c:connect(server, 40000)) -- reports how the first one ended
    t:state(c, "CLOSED")
    t:equal({ #client:sockets(), #server:sockets() }, { 0, 1 }, "the listener knows nothing of it")
    t:equal(firewall:hits(), 1)
    t:trace("client -x server:40000  SYN  seq=0 len=0 fate=rejected\n" .. answer)
  end
end

experiment "a firewall rejects with a TCP reset" {
  case = "A8",
  source = "seed 004, section 1; RFC 1122 3.2.2.1 and 4.2.3.9; iptables-extensions(8), REJECT",
  claim = "a firewall that rejects with RST looks to the client like a port where nobody listens",
  verdict = "confirmed",
  look = "ECONNREFUSED, although somebody listens: nothing tells the client that a firewall said it.",
  tags = { "connect", "firewall", "reset", "nonblocking" },
  run = rejected("rst", [[
    server:40000 -> client  RST,ACK  seq=0 ack=1 len=0
  ]]),
}

experiment "a firewall rejects with ICMP port unreachable" {
  case = "A8",
  source = "seed 004, section 1; RFC 1122 3.2.2.1 and 4.2.3.9; iptables-extensions(8), REJECT",
  claim = "a firewall that rejects with ICMP port unreachable looks to the program like a port where nobody listens",
  verdict = "confirmed",
  look = "ECONNREFUSED again, although the packet is another one. TCP itself never sends this message: who captures "
    .. "it knows that a firewall is in the way.",
  tags = { "connect", "firewall", "icmp", "nonblocking" },
  run = rejected("port-unreachable", [[
    server -> client  ICMP  port-unreachable quoted.src=client quoted.dport=40000
  ]]),
}
