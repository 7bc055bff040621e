experiment "a datagram to a closed port: a connected socket hears of it, once, with its next call" {
  case = "U3",
  source = "seed 002, connect of SOCK_DGRAM; RFC 1122 4.1.3.3; RFC 792; udp(7)",
  claim = "when a datagram's port is closed the peer answers with ICMP port unreachable, and the next call of a "
    .. "connected socket fails with ECONNREFUSED",
  verdict = "confirmed",
  look = "The send() that caused the error succeeds. The next call fails in its place, whatever it is, and does not "
    .. "do its own work: \"two\" is never sent. Then the error is used up.",
  tags = { "udp", "icmp", "connect", "send", "receive" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))
    t:ok(u:connect(server, 9000))

    t:equal(u:send "one", 3)
    t:wait_packet "server -> client ICMP port-unreachable"
    t:eventually(function() return t:poll({ { u, 0 } }, 0) == 1 end) -- POLLERR needs no asking
    t:fails(ECONNREFUSED, u:send "two")
    t:fails(EAGAIN, u:recv(100, MSG_DONTWAIT))

    t:equal(u:send "three", 5)
    t:fails(ECONNREFUSED, u:recv(100)) -- waits, and is woken by the error
    t:equal(u:send "four", 4)
    t:eventually(function() return u:getsockopt(SOL_SOCKET, SO_ERROR) == ECONNREFUSED end)
    t:fails(EAGAIN, u:recv(100, MSG_DONTWAIT))

    t:equal(client:sockets()[1].state, "CONNECTED", "no error ends a UDP socket")
    t:trace [[
      client:$port -> server:9000  UDP   payload="one"
      server -> client             ICMP  port-unreachable quoted.sport=$port quoted.dport=9000
      client:$port -> server:9000  UDP   payload="three"
      server -> client             ICMP  port-unreachable quoted.sport=$port quoted.dport=9000
      client:$port -> server:9000  UDP   payload="four"
      server -> client             ICMP  port-unreachable quoted.sport=$port quoted.dport=9000
    ]]
  end
}
