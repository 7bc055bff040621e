experiment "socket() sends nothing, connect() sends the first packet" {
  case = "A16",
  source = "seed 001; seed 002, connect; RFC 9293 3.3.2, figure 5; socket(2); connect(2)",
  claim = "socket() only makes a socket in CLOSED; connect() sends a SYN, and the state becomes SYN-SENT",
  verdict = "confirmed",
  look = "Until connect() the network does not know of the socket, and the kernel has it in no table. The SYN is "
    .. "held on the wire, so that SYN-SENT can be seen; connect() has also chosen the local address and port.",
  tags = { "connect", "states", "nonblocking" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(20000))
    t:ok(l:listen())

    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:state(c, "CLOSED")
    t:equal(tostring(c:getsockname()), "0.0.0.0:0")
    t:fails(ENOTCONN, c:getpeername())
    t:equal(#client:sockets(), 0)
    t:quiet "50ms" -- of any packet

    local syn = t.wire:hold "client -> server SYN"
    t:fails(EINPROGRESS, c:connect(server, 20000))
    t:state(c, "SYN-SENT")
    local own = t:ok(c:getsockname())
    t:equal(own.ip, client.ip)
    t:ok(own.port ~= 0)
    local entry = client:sockets()[1]
    t:equal({ entry.state, entry.port, entry.peer_port }, { "SYN-SENT", own.port, 20000 })
    t:equal(#server:sockets(), 1, "the server knows nothing yet")

    t:equal(syn:release(), 1)
    t:equal(t:poll({ { c, POLLOUT } }, 5), 1)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:state(c, "ESTABLISHED")
    local ports = t:trace [[
      client:$port -> server:20000  SYN      seq=0 len=0
      server:20000 -> client:$port  SYN,ACK  seq=0 ack=1 len=0
      client:$port -> server:20000  ACK      seq=1 ack=1 len=0
    ]]
    t:equal(ports.port, own.port)
  end
}
