local function listen_on(t, server, address)
  local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
  t:ok(l:bind(address, 12500))
  t:ok(l:listen(16))
  return l
end

experiment "a listener on 127.0.0.1 does not help from outside" {
  case = "A2",
  source = "seed 000; RFC 9293 3.10.7.1; ip(7)",
  claim = "with a listener on 127.0.0.1 alone, connect from outside is refused, and from the server itself accepted",
  verdict = "confirmed",
  look = "A listener is an address and a port: LISTEN on 127.0.0.1:12500 is none on 10.0.0.2:12500.",
  tags = { "connect", "listen", "loopback" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = listen_on(t, server, "127.0.0.1")
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

experiment "a listener on the outer address does not help on 127.0.0.1" {
  case = "A2",
  source = "seed 000; RFC 9293 3.10.7.1; ip(7)",
  claim = "with a listener on the outer address alone, connect to 127.0.0.1 is refused, and from outside accepted",
  verdict = "confirmed",
  look = "The other way round it is the same. A server that is to be found at every address binds to INADDR_ANY.",
  tags = { "connect", "listen", "loopback" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = listen_on(t, server, server)
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
