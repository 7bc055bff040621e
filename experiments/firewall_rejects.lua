-- A firewall in front of the host, or on it, answers the SYN in one of the ways that iptables' REJECT and nftables'
-- reject know. The socket does not block: an ICMP error that arrives while connect() still works on the socket would
-- only be remembered, and cost a second.
local function rejected(answer, expected)
  return function(t)
    local client = t:host "client"
    local server = t:puppet "server"
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:fails(EINPROGRESS, c:connect(server, 40000))
    t:state(c, "SYN-SENT")
    local own_port = c:getsockname().port

    server:send(answer .. (answer:find "quoted" and " quoted.sport=" .. own_port or ""))

    t:equal(t:poll({ { c, POLLOUT } }, 5), 1)
    t:fails(expected, c:connect(server, 40000)) -- reports how the first one ended
    t:state(c, "CLOSED")
    t:equal(#client:sockets(), 0)
    t:trace("client -> server:40000  SYN  seq=0 len=0\n" .. answer)
  end
end

local source = "seed 004 section 1; iptables-extensions(8), REJECT; RFC 1122 3.2.2.1 and 4.2.3.9"
local tags = { "connect", "firewall", "icmp", "nonblocking" }

experiment "a firewall rejects with a TCP reset" {
  case = "A8",
  source = source,
  claim = "a firewall that rejects with RST looks to the client like a port where nobody listens",
  verdict = "confirmed",
  look = "ECONNREFUSED: nothing tells the client that a firewall said it.",
  tags = tags,
  run = rejected("server:40000 -> client  RST,ACK  seq=0 ack=1 len=0", ECONNREFUSED),
}

experiment "a firewall rejects with ICMP port unreachable" {
  case = "A8",
  source = source,
  claim = "a firewall that rejects with ICMP port unreachable looks to the program like a port where nobody listens",
  verdict = "confirmed",
  look = "ECONNREFUSED again, although the packet is another one. TCP itself never sends this message: who captures "
    .. "it knows that a firewall is in the way.",
  tags = tags,
  run = rejected("server -> client  ICMP port-unreachable quoted.dport=40000", ECONNREFUSED),
}

experiment "a firewall rejects with ICMP host prohibited" {
  case = "A8",
  source = source,
  claim = "a firewall that rejects as prohibited gives another error than ECONNREFUSED",
  verdict = "confirmed",
  look = "EHOSTUNREACH, \"No route to host\": the program's message leads to look for a missing route, and it is a "
    .. "firewall.",
  tags = tags,
  run = rejected("server -> client  ICMP host-prohibited quoted.dport=40000", EHOSTUNREACH),
}

experiment "a firewall rejects with ICMP administratively prohibited" {
  case = "A8",
  source = source,
  claim = "a firewall that rejects as prohibited gives another error than ECONNREFUSED",
  verdict = "confirmed",
  look = "The same EHOSTUNREACH for another code. Only a capture, or the error queue of the socket, tells the codes "
    .. "apart.",
  tags = tags,
  run = rejected("server -> client  ICMP admin-prohibited quoted.dport=40000", EHOSTUNREACH),
}
