experiment "a datagram to a closed port: a socket without a peer hears nothing" {
  case = "U3",
  source = "RFC 1122 4.1.3.3; udp(7); ip(7), IP_RECVERR",
  claim = "a datagram to a port without a socket gives ECONNREFUSED",
  verdict = "depends",
  look = "It depends on connect(): the same ICMP arrives, but a socket that sends to many would not know which "
    .. "datagram it was. With IP_RECVERR the error comes, and the error queue names the datagram.",
  tags = { "udp", "icmp", "send", "receive", "options" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))

    t:equal(u:sendto("one", 0, server, 9000), 3)
    t:wait_packet "server -> client ICMP port-unreachable"
    t.wire:drain()
    t:equal(u:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:equal(u:sendto("two", 0, server, 9000), 3)
    t:fails(EAGAIN, u:recv(100, MSG_DONTWAIT))

    t:wait_packet "server -> client ICMP port-unreachable"
    t.wire:drain()
    t:ok(u:setsockopt(IPPROTO_IP, IP_RECVERR, true))
    t:equal(u:sendto("three", 0, server, 9000), 5)
    t:fails(ECONNREFUSED, u:recv(100))
    local report = t:ok(u:recvmsg { flags = MSG_ERRQUEUE | MSG_DONTWAIT })
    t:equal({ report.data, tostring(report.from) }, { "three", "10.0.0.2:9000" })
    t:equal({ report.control[1].err.errno, report.control[1].err.offender.ip }, { ECONNREFUSED, server.ip })

    t:trace [[
      client:$port -> server:9000  UDP   payload="one"
      server -> client             ICMP  port-unreachable quoted.sport=$port quoted.dport=9000
      client:$port -> server:9000  UDP   payload="two"
      server -> client             ICMP  port-unreachable quoted.sport=$port quoted.dport=9000
      client:$port -> server:9000  UDP   payload="three"
      server -> client             ICMP  port-unreachable quoted.sport=$port quoted.dport=9000
    ]]
  end
}
