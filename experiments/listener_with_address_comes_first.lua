experiment "of two listeners the one with the address is asked first" {
  case = "A10",
  source = "seed 003, section 3, __inet_lookup_listener; socket(7), SO_REUSEPORT",
  claim = "a listener is looked for by address and port: one that is bound to the address comes before the wildcard",
  verdict = "confirmed",
  look = "Both listen on port 80 (SO_REUSEPORT allows it), and what fits more closely wins. 127.0.0.1 is left to "
    .. "the wildcard.",
  tags = { "listen", "accept", "connect" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local function listen_on(address)
      local l = t:ok(server:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
      t:ok(l:setsockopt(SOL_SOCKET, SO_REUSEPORT, true))
      t:ok(l:bind(address, 80))
      t:ok(l:listen())
      return l
    end
    local exact, wildcard = listen_on(server), listen_on(INADDR_ANY)

    local outer = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(outer:connect(server, 80))
    t:state(outer, "ESTABLISHED")
    t:fails(EAGAIN, wildcard:accept())
    t:equal(tostring(t:ok(exact:accept()):getpeername()), tostring(outer:getsockname()))
    t:trace [[
      client -> server:80  SYN      seq=0 len=0
      server:80 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:80  ACK      seq=1 ack=1 len=0
    ]]

    local inner = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(inner:connect("127.0.0.1", 80))
    t:state(inner, "ESTABLISHED")
    t:fails(EAGAIN, exact:accept())
    t:equal(tostring(t:ok(wildcard:accept()):getpeername()), tostring(inner:getsockname()))
    t:trace [[
      127.0.0.1:$p -> 127.0.0.1:80  SYN      seq=0 len=0
      127.0.0.1:80 -> 127.0.0.1:$p  SYN,ACK  seq=0 ack=1 len=0
      127.0.0.1:$p -> 127.0.0.1:80  ACK      seq=1 ack=1 len=0
    ]]
  end
}
