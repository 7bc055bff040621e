experiment "a connection does not inherit O_NONBLOCK from the listener" {
  case = { "P1", "P2" },
  source = "seed 002, accept; accept(2), notes on Linux",
  claim = "the descriptor that accept() returns is of the same type as the listener",
  verdict = "depends",
  look = "It depends on what type means. It is SOCK_STREAM, too, but on Linux (unlike BSD) a new descriptor blocks, "
    .. "unless accept4() is told otherwise. Options such as SO_KEEPALIVE are inherited.",
  tags = { "accept", "nonblocking", "options" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    t:ok(l:setsockopt(SOL_SOCKET, SO_KEEPALIVE, true))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c1 = t:ok(client:socket(t.af, SOCK_STREAM))
    local c2 = t:ok(client:socket(t.af, SOCK_STREAM))

    t:ok(c1:connect(server, 7000))
    t:equal(t:select({ l }, nil, nil, 5), 1)
    local plain = t:ok(l:accept())
    t:ok(c2:connect(server, 7000))
    t:equal(t:select({ l }, nil, nil, 5), 1)
    local told = t:ok(l:accept4(SOCK_NONBLOCK))

    t:equal(l:fcntl(F_GETFL), O_RDWR | O_NONBLOCK)
    t:equal(plain:fcntl(F_GETFL), O_RDWR)
    t:equal(told:fcntl(F_GETFL), O_RDWR | O_NONBLOCK)
    t:equal(plain:getsockopt(SOL_SOCKET, SO_TYPE), SOCK_STREAM)
    t:equal(plain:getsockopt(SOL_SOCKET, SO_KEEPALIVE), true)
    t:fails(EAGAIN, told:recv(1))
    t:state(plain, "ESTABLISHED")
    t:state(told, "ESTABLISHED")
    t:trace [[
      client:$a -> server:7000  SYN      seq=0 len=0
      server:7000 -> client:$a  SYN,ACK  seq=0 ack=1 len=0
      client:$a -> server:7000  ACK      seq=1 ack=1 len=0
      client:$b -> server:7000  SYN      seq=0 len=0
      server:7000 -> client:$b  SYN,ACK  seq=0 ack=1 len=0
      client:$b -> server:7000  ACK      seq=1 ack=1 len=0
    ]]
  end
}
