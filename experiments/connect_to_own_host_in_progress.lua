experiment "a connect to one's own host that does not block is in progress, too" {
  case = "N9",
  source = "seed 002, source code, step 4, and non-blocking connect, 1; connect(2), EINPROGRESS",
  claim = "a non-blocking connect() to a server on the same host is over at once and returns 0",
  verdict = "refuted",
  look = "The whole handshake is over before connect() has returned, and still it says EINPROGRESS: on Linux a call "
    .. "that may not wait does not look whether it would have had to. The next connect() returns the 0.",
  tags = { "connect", "nonblocking", "loopback" },
  run = function(t)
    local host = t:host "host"
    local l = t:ok(host:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(20000))
    t:ok(l:listen())

    for _, address in ipairs { host.ip, "127.0.0.1" } do
      local c = t:ok(host:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
      t:fails(EINPROGRESS, c:connect(address, 20000))
      local count, readable, writable = t:select({ c }, { c }, nil, 5)
      t:equal({ count, #readable, #writable }, { 1, 0, 1 }, "writable only")
      t:state(c, "ESTABLISHED")
      t:ok(c:connect(address, 20000))
      t:fails(EISCONN, c:connect(address, 20000))
      local _, peer = t:ok(l:accept())
      t:equal(peer.ip, address)
    end
    t:trace [[
      10.0.0.1:$a -> 10.0.0.1:20000  SYN      seq=0 len=0
      10.0.0.1:20000 -> 10.0.0.1:$a  SYN,ACK  seq=0 ack=1 len=0
      10.0.0.1:$a -> 10.0.0.1:20000  ACK      seq=1 ack=1 len=0

      127.0.0.1:$b -> 127.0.0.1:20000  SYN      seq=0 len=0
      127.0.0.1:20000 -> 127.0.0.1:$b  SYN,ACK  seq=0 ack=1 len=0
      127.0.0.1:$b -> 127.0.0.1:20000  ACK      seq=1 ack=1 len=0
    ]]
  end
}

experiment "a connect to one's own host that does not block: refused, and still it says in progress" {
  case = "N9",
  source = "seed 002, source code, step 4; connect(2), EINPROGRESS; socket(7), SO_ERROR",
  claim = "an errno other than EINPROGRESS tells at once that connect() has failed",
  verdict = "refuted",
  look = "The RST has arrived as well before connect() returns. The reason waits in SO_ERROR.",
  tags = { "connect", "nonblocking", "loopback", "reset" },
  run = function(t)
    local host = t:host "host"
    local c = t:ok(host:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, c:connect("127.0.0.1", 20000))
    t:equal(t:poll({ { c, 0 } }, 5), 1)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)
    t:state(c, "CLOSED")

    t:trace [[
      host -> host:20000  SYN      seq=0 len=0
      host:20000 -> host  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}
