local function sender_and_receiver(t)
  local client, server = t:hosts("client", "server")
  local receiver = t:ok(server:socket(AF_INET, SOCK_DGRAM))
  t:ok(receiver:bind(9000))
  local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))
  t:ok(u:connect(server, 9000))
  return u, receiver
end

experiment "a datagram larger than the MTU is sent in fragments" {
  case = "U4",
  source = "seed 002, send; RFC 791; send(2), EMSGSIZE; ip(7), IP_MTU_DISCOVER",
  claim = "send() of more than fits into a datagram fails with EMSGSIZE",
  verdict = "depends",
  look = "It depends on DF. Without it a datagram may have 65507 bytes: 65535, less 20 of the IP header and 8 of the "
    .. "UDP header. IP cuts what is larger than the MTU of 1500, and the receiver joins it.",
  tags = { "udp", "send", "receive" },
  run = function(t)
    local u, receiver = sender_and_receiver(t)

    t:fails(EMSGSIZE, u:send(("x"):rep(65508)))
    t:equal(u:send(("a"):rep(1472)), 1472) -- fits exactly, in one packet
    t:equal(u:send(("b"):rep(1473)), 1473) -- one byte more, in two
    t:equal(receiver:recv(70000), ("a"):rep(1472))
    t:equal(receiver:recv(70000), ("b"):rep(1473))
    t:trace [[
      client -> server:9000  UDP  len=1472 df !mf frag=0 length=1514
      client -> server:9000  UDP  !df mf frag=0 length=1514
      client -> server       IP   !df !mf frag=1480 length=35
    ]]

    t:equal(u:send(("c"):rep(65507)), 65507)
    t:equal(#receiver:recv(70000), 65507)
    local fragments = { "client -> server:9000  UDP  mf !df frag=0 length=1514\n" }
    for i = 1, 43 do
      fragments[#fragments + 1] = ("client -> server  IP  mf !df frag=%d length=1514\n"):format(1480 * i)
    end
    t:trace(table.concat(fragments) .. "client -> server  IP  !mf !df frag=65120 length=429")
  end
}

experiment "a datagram larger than the MTU, with DF: EMSGSIZE" {
  case = "U4",
  source = "seed 002, send; send(2), EMSGSIZE; ip(7), IP_MTU_DISCOVER",
  claim = "send() of more than fits into a datagram fails with EMSGSIZE",
  verdict = "depends",
  look = "It depends on DF. With IP_PMTUDISC_DO a datagram must not be cut, so the limit is the MTU: 1472 bytes of "
    .. "1500. When it is exceeded nothing at all is sent, not even a part.",
  tags = { "udp", "send", "options" },
  run = function(t)
    local u, receiver = sender_and_receiver(t)
    t:ok(u:setsockopt(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO))

    t:fails(EMSGSIZE, u:send(("x"):rep(1473)))
    t:equal(u:send(("a"):rep(1472)), 1472)
    t:equal(u:getsockopt(IPPROTO_IP, IP_MTU), 1500)

    t:equal(receiver:recv(2000), ("a"):rep(1472))
    t:trace "client -> server:9000  UDP  len=1472 df !mf frag=0"
  end
}
