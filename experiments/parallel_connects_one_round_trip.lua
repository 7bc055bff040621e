experiment "three connects that do not block take one round trip together" {
  case = "N11",
  source = "seed 002, uses of non-blocking connect; connect(2), EINPROGRESS",
  claim = "with non-blocking connect() several connections are made in the time of one round trip",
  verdict = "confirmed",
  look = "All three SYNs are under way before the first answer is back.",
  tags = { "connect", "nonblocking" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(80))
    t:ok(l:listen())
    local answers = t.wire:hold "server -> client SYN,ACK"

    local sockets = {}
    for i = 1, 3 do
      sockets[i] = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
      t:fails(EINPROGRESS, sockets[i]:connect(server, 80))
    end
    for _, c in ipairs(sockets) do
      t:wait_packet "server:80 -> client SYN,ACK"
      t:state(c, "SYN-SENT")
    end
    t:equal(t:select(nil, sockets, nil, 0), 0)

    -- One round trip later.
    t:equal(answers:release(), 3)
    for _, c in ipairs(sockets) do
      t:state(c, "ESTABLISHED")
      t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    end
    local count, _, writable = t:select(sockets, sockets, nil, 0)
    t:equal({ count, #writable }, { 3, 3 })
    t:trace [[
      client:$a -> server:80  SYN      seq=0 len=0
      client:$b -> server:80  SYN      seq=0 len=0
      client:$c -> server:80  SYN      seq=0 len=0
      server:80 -> client:$a  SYN,ACK  seq=0 ack=1 len=0
      server:80 -> client:$b  SYN,ACK  seq=0 ack=1 len=0
      server:80 -> client:$c  SYN,ACK  seq=0 ack=1 len=0
      client:$a -> server:80  ACK      seq=1 ack=1 len=0
      client:$b -> server:80  ACK      seq=1 ack=1 len=0
      client:$c -> server:80  ACK      seq=1 ack=1 len=0
    ]]
  end
}
