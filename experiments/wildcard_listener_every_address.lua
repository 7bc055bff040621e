experiment "a listener on the wildcard address is reached at every address of the host" {
  case = "A3",
  source = "seed 000; ip(7), INADDR_ANY",
  claim = "a listener on INADDR_ANY takes connections to any address of its host",
  verdict = "confirmed",
  look = "One listener, two connections; each has the address as its own that the client asked for. Only one of them "
    .. "passes the wire.",
  tags = { "connect", "listen", "accept", "loopback" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(INADDR_ANY, 12500))
    t:ok(l:listen(16))

    local outer = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(outer:connect(server, 12500))
    local from_outside = t:ok(l:accept())
    t:trace [[
      client -> server:12500  SYN      seq=0 len=0
      server:12500 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:12500  ACK      seq=1 ack=1 len=0
    ]]

    local inner = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(inner:connect("127.0.0.1", 12500))
    local from_inside = t:ok(l:accept())
    t:trace [[
      127.0.0.1:$p -> 127.0.0.1:12500  SYN      seq=0 len=0
      127.0.0.1:12500 -> 127.0.0.1:$p  SYN,ACK  seq=0 ack=1 len=0
      127.0.0.1:$p -> 127.0.0.1:12500  ACK      seq=1 ack=1 len=0
    ]]

    t:equal(from_outside:getsockname().ip, "10.0.0.2")
    t:equal(from_outside:getpeername().ip, "10.0.0.1")
    t:equal(from_inside:getsockname().ip, "127.0.0.1")
    t:equal(from_inside:getpeername().ip, "127.0.0.1")
    for _, socket in ipairs { outer, inner, from_outside, from_inside } do
      t:state(socket, "ESTABLISHED")
    end
    t:state(l, "LISTEN")
  end
}
