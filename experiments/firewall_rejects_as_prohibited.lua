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

    t:fails(EHOSTUNREACH, c:connect(server, 40000)) -- reports how the first one ended
    t:state(c, "CLOSED")
    t:equal({ #client:sockets(), #server:sockets() }, { 0, 1 }, "the listener knows nothing of it")
    t:equal(firewall:hits(), 1)
    t:trace("client -x server:40000  SYN  seq=0 len=0 fate=rejected\n" .. answer)
  end
end

experiment "a firewall rejects with ICMP host prohibited" {
  case = "A8",
  source = "seed 004, section 1; RFC 1122 3.2.2.1 and 4.2.3.9; iptables-extensions(8), REJECT",
  claim = "a firewall that rejects as prohibited gives another error than ECONNREFUSED",
  verdict = "confirmed",
  look = "EHOSTUNREACH, \"No route to host\": the program's message leads to look for a missing route, and it is a "
    .. "firewall.",
  tags = { "connect", "firewall", "icmp", "nonblocking" },
  run = rejected("host-prohibited", [[
    server -> client  ICMP  host-prohibited quoted.src=client quoted.dport=40000
  ]]),
}

experiment "a firewall rejects with ICMP administratively prohibited" {
  case = "A8",
  source = "seed 004, section 1; RFC 1122 3.2.2.1 and 4.2.3.9; iptables-extensions(8), REJECT",
  claim = "a firewall that rejects as prohibited gives another error than ECONNREFUSED",
  verdict = "confirmed",
  look = "The same EHOSTUNREACH for another code. Only a capture, or the error queue of the socket, tells the codes "
    .. "apart.",
  tags = { "connect", "firewall", "icmp", "nonblocking" },
  run = rejected("admin-prohibited", [[
    server -> client  ICMP  admin-prohibited quoted.src=client quoted.dport=40000
  ]]),
}
