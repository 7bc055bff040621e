experiment "accept waits, and gives a new descriptor for each connection" {
  case = "P1",
  source = "seed 002, accept; accept(2); socket(7), SO_ACCEPTCONN",
  claim = "accept() on a blocking listener waits for a client; each connection gets a new descriptor of the same type, "
    .. "and the listener goes on listening",
  verdict = "confirmed",
  look = "The listener itself never has a connection: it stays in LISTEN, and reading from it fails. Both connections "
    .. "have the listener's port; the client's port tells them apart.",
  tags = { "accept", "listen" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c1 = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    local c2 = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t.wire:delay("client -> server SYN", "50ms")

    local before = t:now()
    t:fails(EINPROGRESS, c1:connect(server, 7000))
    local s1, peer1 = t:ok(l:accept())
    t:ok(t:now() - before >= 0.05, "accept() has waited for the SYN")
    t:fails(EINPROGRESS, c2:connect(server, 7000))
    local s2, peer2 = t:ok(l:accept())

    t:state(l, "LISTEN")
    t:state(s1, "ESTABLISHED")
    t:state(s2, "ESTABLISHED")
    t:ok(s1:fileno() ~= l:fileno() and s2:fileno() ~= l:fileno() and s1:fileno() ~= s2:fileno(), "three descriptors")
    t:equal({ tostring(peer1), tostring(peer2) }, { tostring(c1:getsockname()), tostring(c2:getsockname()) })
    for _, s in ipairs { s1, s2 } do
      t:equal(tostring(s:getsockname()), "10.0.0.2:7000")
      t:equal(s:getsockopt(SOL_SOCKET, SO_TYPE), l:getsockopt(SOL_SOCKET, SO_TYPE))
      t:equal(s:getsockopt(SOL_SOCKET, SO_ACCEPTCONN), false)
    end
    t:equal(l:getsockopt(SOL_SOCKET, SO_ACCEPTCONN), true)
    t:fails(ENOTCONN, l:recv(1))

    t:equal(s2:send "second", 6)
    t:equal(s1:send "first", 5)
    t:trace [[
      client:$a -> server:7000  SYN      seq=0 len=0
      server:7000 -> client:$a  SYN,ACK  seq=0 ack=1 len=0
      client:$a -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> client:$a  ACK      seq=1 ack=1 payload="first"
      client:$a -> server:7000  ACK      seq=1 ack=6 len=0

      client:$b -> server:7000  SYN      seq=0 len=0
      server:7000 -> client:$b  SYN,ACK  seq=0 ack=1 len=0
      client:$b -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> client:$b  ACK      seq=1 ack=1 payload="second"
      client:$b -> server:7000  ACK      seq=1 ack=7 len=0
    ]]
    t:equal(c1:recv(100), "first")
    t:equal(c2:recv(100), "second")
  end
}
