experiment "an absent host on the same LAN: nobody answers, and the kernel says so itself" {
  case = "A13",
  source = "seed 001; seed 002, connect; RFC 826; RFC 1122 2.3.2.2; arp(7); connect(2), EHOSTUNREACH",
  claim = "connect() to an absent host of the same LAN fails with EHOSTUNREACH, because the gateway answers with "
    .. "ICMP host unreachable",
  verdict = "refuted",
  look = "The gateway is not asked and says nothing: when three ARP requests have got no answer, the client's own "
    .. "kernel sends the ICMP message, to itself on lo. The SYN never left the host.",
  tags = { "connect", "routing", "icmp", "timers" },
  run = function(t)
    local net = t:network {
      { "client 192.168.0.4/24", "gate 192.168.0.1/24", arp = true },
      { "gate 10.1.0.1/24", "far 10.1.0.2/24" },
      routers = "gate",
    }
    local client, gate = net.client, net.gate
    client:sysctl("net.ipv4.neigh.eth0.retrans_time_ms", 100) -- instead of 1 s between ARP requests
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))

    t:fails(EHOSTUNREACH, c:connect("192.168.0.188", 20000))

    t:state(c, "CLOSED")
    t:equal(#client:sockets(), 0)
    local said = t:wait_packet "client -> client ICMP host-unreachable"
    t:equal({ said.src, said.dst, said.loopback }, { "192.168.0.4", "192.168.0.4", true })
    t:equal(gate:counters().IcmpOutMsgs, 0, "messages of the gateway")
    t:equal(client:counters().IcmpOutDestUnreachs, 1, "messages of the client")
    t:trace [[
      client -> *  ARP request target=192.168.0.188 sender=client
      after 70ms  client -> *  ARP request target=192.168.0.188 sender=client
      after 70ms  client -> *  ARP request target=192.168.0.188 sender=client
      none for 50ms
      client -> client  ICMP host-unreachable quoted.src=client quoted.dst=192.168.0.188 quoted.dport=20000
    ]]
  end
}
