experiment "SYN-RECEIVED lasts until the third segment arrives" {
  case = "F2",
  source = "seed 002, SYN_RCVD; RFC 9293 3.10.7.4, SYN-RECEIVED STATE; listen(2)",
  claim = "SYN-RECEIVED is seen when the last ACK of the handshake is withheld; with that ACK it becomes ESTABLISHED",
  verdict = "confirmed",
  look = "connect() has succeeded, and for the client the connection is ESTABLISHED; for the server it is not one "
    .. "yet. It has no descriptor (inode 0), and accept() would wait.",
  tags = { "states", "listen", "accept" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen(5))
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    local third = t.wire:hold "client -> server:7000 ACK"

    t:ok(c:connect(server, 7000))
    t:state(c, "ESTABLISHED")
    local listening, half_open, more = table.unpack(server:sockets())
    t:equal({ listening.state, listening.recv_queue }, { "LISTEN", 0 })
    t:equal({ half_open.state, half_open.inode, half_open.peer_ip }, { "SYN-RECEIVED", 0, client.ip })
    t:equal(half_open.peer_port, c:getsockname().port)
    t:equal({ half_open.timer, more }, { "retransmit" })
    t:equal(t:select({ l }, nil, nil, 0), 0, "nothing to accept")

    t:equal(third:release(), 1)
    t:state(l, "LISTEN")
    local waiting = server:sockets()[2]
    t:equal({ waiting.state, waiting.inode }, { "ESTABLISHED", 0 })
    t:equal(t:select({ l }, nil, nil, 5), 1)
    local s = t:ok(l:accept())
    t:state(s, "ESTABLISHED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
    ]]
  end
}
