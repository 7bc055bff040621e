experiment "connect to a port nobody listens on" {
  case = "A1", source = "seed 000; RFC 9293 3.10.7.1", verdict = "confirmed",
  claim = "the peer's kernel answers the SYN with RST,ACK and connect fails with ECONNREFUSED",
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:fails(ECONNREFUSED, c:connect(server, 12500))
    t:trace [[
      client -> server:12500  SYN      seq=0 len=0
      server:12500 -> client  RST,ACK  seq=0 ack=1
    ]]
  end
}
