experiment "an absent host on the same LAN, with the kernel's own times: three seconds" {
  case = "A13",
  source = "seed 001; seed 002, connect; RFC 826; RFC 1122 2.3.2.2; arp(7); connect(2), EHOSTUNREACH",
  claim = "connect() to an absent host of the same LAN fails with EHOSTUNREACH, because the gateway answers with "
    .. "ICMP host unreachable",
  verdict = "refuted",
  look = "ARP asks once a second, three times; so 3 s, and not the 127 s of a host that is silent. TCP's own "
    .. "time-out after 1 s sends nothing: its SYN is still in the host and waits for a hardware address.",
  tags = { "connect", "routing", "icmp", "timers" },
  slow = true,
  run = function(t)
    local net = t:network {
      { "client 192.168.0.4/24", "gate 192.168.0.1/24", arp = true },
      { "gate 10.1.0.1/24", "far 10.1.0.2/24" },
      routers = "gate",
    }
    local client, gate = net.client, net.gate
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))

    t:fails(EHOSTUNREACH, c:connect("192.168.0.188", 20000))

    t:state(c, "CLOSED")
    t:equal(gate:counters().IcmpOutMsgs, 0, "messages of the gateway")
    t:ok(client:counters().TcpExtTCPSpuriousRtxHostQueues > 0, "time-outs of TCP that sent nothing")
    t:trace [[
      client -> *  ARP request target=192.168.0.188 sender=client
      repeat 2 after 900ms..3s  client -> *  ARP request target=192.168.0.188 sender=client
      none for 500ms
      client -> client  ICMP host-unreachable quoted.dst=192.168.0.188 quoted.dport=20000
      optional client -> *  ARP request target=192.168.0.188 sender=client
    ]]
  end
}
