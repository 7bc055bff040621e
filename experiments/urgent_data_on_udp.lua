experiment "MSG_OOB on a UDP socket: EOPNOTSUPP" {
  case = "U8",
  source = "send(2), EOPNOTSUPP",
  claim = "MSG_OOB sends out-of-band data",
  verdict = "depends",
  look = "It depends on the protocol: UDP has no urgent pointer, and send() says so.",
  tags = { "urgent", "send", "udp" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))
    t:fails(EOPNOTSUPP, u:sendto("!", MSG_OOB, server, 9000))
    t:quiet "1ms"
  end
}
