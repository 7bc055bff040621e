experiment "a listener on 127.0.0.1 does not help from outside" {
  case = "A2",
  source = "seed 000; RFC 9293 3.10.7.1; ip(7)",
  claim = "with a listener on 127.0.0.1 alone, connect from outside is refused, and from the server itself accepted",
  verdict = "confirmed",
  look = "A listener is an address and a port: LISTEN on 127.0.0.1:12500 is none on 10.0.0.2:12500.",
  tags = { "connect", "listen", "loopback" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind("127.0.0.1", 12500))
    t:ok(l:listen(16))
    local outer = t:ok(client:socket(AF_INET, SOCK_STREAM))
    local inner = t:ok(server:socket(AF_INET, SOCK_STREAM))

    t:fails(ECONNREFUSED, outer:connect(server, 12500))
    t:state(outer, "CLOSED")
    t:trace [[
      client -> server:12500  SYN      seq=0 len=0
      server:12500 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]

    t:ok(inner:connect("127.0.0.1", 12500))
    local a, peer = t:ok(l:accept())
    t:equal(tostring(peer), tostring(inner:getsockname()))
    t:state(inner, "ESTABLISHED")
    t:state(a, "ESTABLISHED")
    t:state(l, "LISTEN")
    t:trace [[
      127.0.0.1:$p -> 127.0.0.1:12500  SYN      seq=0 len=0
      127.0.0.1:12500 -> 127.0.0.1:$p  SYN,ACK  seq=0 ack=1 len=0
      127.0.0.1:$p -> 127.0.0.1:12500  ACK      seq=1 ack=1 len=0
    ]]
  end
}
