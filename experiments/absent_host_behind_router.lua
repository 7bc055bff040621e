experiment "an absent host behind a router: the router says so" {
  case = "A14",
  source = "seed 001; seed 002, connect; RFC 1812 5.2.7.1; RFC 792; connect(2), EHOSTUNREACH",
  claim = "for an absent host the gateway answers with ICMP host unreachable, and connect() fails with EHOSTUNREACH",
  verdict = "confirmed",
  look = "Behind a router it is as the article says: it is the router that asks by ARP in vain, and gives up the SYN "
    .. "that it has. The error is quick only because its ARP is (1 s a request without the setting).",
  tags = { "connect", "routing", "icmp", "timers" },
  run = function(t)
    local net = t:network {
      { "client 192.168.0.4/24", "gate 192.168.0.1/24" },
      { "gate 10.1.0.1/24", "server 10.1.0.2/24" },
      routers = "gate",
    }
    local client = net.client
    net.gate:sysctl("net.ipv4.neigh.eth1.retrans_time_ms", 100)
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))

    t:fails(EHOSTUNREACH, c:connect("10.1.0.188", 20000))

    t:state(c, "CLOSED")
    t:equal(#client:sockets(), 0)
    t:equal(net.gate:counters().IcmpOutDestUnreachs, 1)
    t:equal(client:counters().IcmpOutMsgs, 0)
    t:trace [[
      client -> 10.1.0.188:20000  SYN  seq=0 len=0
      gate -> *  ARP request target=10.1.0.188 sender=10.1.0.1
      after 70ms  gate -> *  ARP request target=10.1.0.188 sender=10.1.0.1
      after 70ms  gate -> *  ARP request target=10.1.0.188 sender=10.1.0.1
      none for 50ms
      gate -> client  ICMP host-unreachable quoted.src=client quoted.dst=10.1.0.188 quoted.dport=20000
    ]]
  end
}
