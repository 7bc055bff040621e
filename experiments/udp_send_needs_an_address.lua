experiment "send on a UDP socket without a peer: EDESTADDRREQ" {
  case = "U1",
  source = "seed 002, send; send(2), EDESTADDRREQ; udp(7)",
  claim = "send() on a SOCK_DGRAM socket needs a connect() before",
  verdict = "confirmed",
  look = "Here there is no SIGPIPE. sendto() brings the address along, and needs no connect().",
  tags = { "send", "udp", "connect" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local receiver = t:ok(server:socket(AF_INET, SOCK_DGRAM))
    t:ok(receiver:bind(9000))
    local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))

    t:fails(EDESTADDRREQ, u:send "to whom?")
    t:equal(u:sendto("with an address", 0, server, 9000), 15)
    t:fails(EDESTADDRREQ, u:send "still to whom?")
    t:ok(u:connect(server, 9000))
    t:equal(u:send "with a peer", 11)

    t:equal(receiver:recv(100), "with an address")
    t:equal(receiver:recv(100), "with a peer")
    t:trace [[
      client:$port -> server:9000  UDP  payload="with an address"
      client:$port -> server:9000  UDP  payload="with a peer"
    ]]
  end
}
