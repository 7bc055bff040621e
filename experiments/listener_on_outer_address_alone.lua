experiment "a listener on the outer address does not help on 127.0.0.1" {
  case = "A2",
  source = "seed 000; RFC 9293 3.10.7.1; ip(7)",
  claim = "with a listener on the outer address alone, connect to 127.0.0.1 is refused, and from outside accepted",
  verdict = "confirmed",
  look = "The other way round it is the same. A server that is to be found at every address binds to INADDR_ANY.",
  tags = { "connect", "listen", "loopback" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(server, 12500))
    t:ok(l:listen(16))
    local outer = t:ok(client:socket(AF_INET, SOCK_STREAM))
    local inner = t:ok(server:socket(AF_INET, SOCK_STREAM))

    t:ok(outer:connect(server, 12500))
    local a, peer = t:ok(l:accept())
    t:equal(tostring(peer), tostring(outer:getsockname()))
    t:state(outer, "ESTABLISHED")
    t:state(a, "ESTABLISHED")
    t:trace [[
      client -> server:12500  SYN      seq=0 len=0
      server:12500 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:12500  ACK      seq=1 ack=1 len=0
    ]]

    t:fails(ECONNREFUSED, inner:connect("127.0.0.1", 12500))
    t:state(inner, "CLOSED")
    t:state(l, "LISTEN")
    t:trace [[
      127.0.0.1:$p -> 127.0.0.1:12500  SYN      seq=0 len=0
      127.0.0.1:12500 -> 127.0.0.1:$p  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}
