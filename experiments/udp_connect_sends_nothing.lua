experiment "connect on a UDP socket sends nothing, and remembers the peer" {
  case = "U2",
  source = "seed 002, connect of SOCK_DGRAM; connect(2); udp(7)",
  claim = "connect() of a datagram socket makes no connection, it only stores the peer's address, to which later "
    .. "calls go",
  verdict = "confirmed",
  look = "It does a little more than that: the kernel chooses the local address, and from now on throws away what "
    .. "anybody but the peer sends.",
  tags = { "udp", "connect" },
  run = function(t)
    local client, server, stranger = t:hosts("client", "server", "stranger")
    local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))
    t:fails(ENOTCONN, u:getpeername())

    t:ok(u:connect(server, 9000)) -- nobody is there, and nobody is asked
    t:quiet "1ms"
    t:equal(tostring(u:getpeername()), "10.0.0.2:9000")
    local mine = t:ok(u:getsockname())
    t:equal(mine.ip, client.ip, "chosen by the route to the peer")
    local entry = client:sockets()[1]
    t:equal({ entry.proto, entry.state, entry.peer_ip, entry.peer_port }, { "udp", "CONNECTED", server.ip, 9000 })
    t:equal(#server:sockets(), 0)

    local peer = t:ok(server:socket(AF_INET, SOCK_DGRAM))
    t:ok(peer:bind(9000))
    local other = t:ok(stranger:socket(AF_INET, SOCK_DGRAM))
    t:equal(u:send "hello", 5)
    local data, from = t:ok(peer:recvfrom(100))
    t:equal({ data, from.ip, from.port }, { "hello", client.ip, mine.port })
    t:equal(other:sendto("not for you", 0, from), 11)
    t:equal(peer:sendto("answer", 0, from), 6)
    t:equal(u:recv(100), "answer")
    t:fails(EAGAIN, u:recv(100, MSG_DONTWAIT))
    t:trace [[
      client:$port -> server:9000    UDP   payload="hello"
      stranger -> client:$port       UDP   payload="not for you"
      client -> stranger             ICMP  port-unreachable quoted.dport=$port  # as if no socket were there
      server:9000 -> client:$port    UDP   payload="answer"
    ]]
  end
}
