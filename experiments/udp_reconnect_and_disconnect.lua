experiment "a UDP socket is connected again, to another peer, and then to nobody" {
  case = "U2",
  source = "seed 002, connect of SOCK_DGRAM; connect(2), AF_UNSPEC; udp(7)",
  claim = "connect() of a datagram socket only stores the peer's address",
  verdict = "confirmed",
  look = "So it can be called again, for another peer; a TCP socket answers EISCONN. connect() to AF_UNSPEC forgets "
    .. "the peer, and with it the port that the kernel had chosen.",
  tags = { "udp", "connect" },
  run = function(t)
    local client, one, two = t:hosts("client", "one", "two")
    local first = t:ok(one:socket(AF_INET, SOCK_DGRAM))
    t:ok(first:bind(9001))
    local second = t:ok(two:socket(AF_INET, SOCK_DGRAM))
    t:ok(second:bind(9002))
    local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))

    t:ok(u:connect(one, 9001))
    local port = t:ok(u:getsockname()).port
    t:equal(u:send "to one", 6)
    t:ok(u:connect(two, 9002))
    t:equal(tostring(u:getpeername()), "10.0.0.3:9002")
    t:equal(u:getsockname().port, port, "the local port stays")
    t:equal(u:send "to two", 6)
    t:equal(first:sendto("late answer of one", 0, client, port), 18)
    t:fails(EAGAIN, u:recv(100, MSG_DONTWAIT))

    t:ok(u:connect { family = AF_UNSPEC })
    t:fails(ENOTCONN, u:getpeername())
    t:equal(tostring(u:getsockname()), "0.0.0.0:0")
    t:equal(#client:sockets(), 0, "without a port it is in no table")
    t:fails(EDESTADDRREQ, u:send "to nobody")
    t:equal(second:sendto("late answer of two", 0, client, port), 18)

    t:equal({ first:recv(100), second:recv(100) }, { "to one", "to two" })
    t:trace [[
      client:$port -> one:9001  UDP   payload="to one"
      client:$port -> two:9002  UDP   payload="to two"
      one:9001 -> client:$port  UDP   payload="late answer of one"
      client -> one             ICMP  port-unreachable quoted.dport=$port
      two:9002 -> client:$port  UDP   payload="late answer of two"
      client -> two             ICMP  port-unreachable quoted.dport=$port
    ]]
  end
}
