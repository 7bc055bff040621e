experiment "SO_ERROR: getsockopt returns 0, the reason is in the value" {
  case = "N8",
  source = "seed 002, portability of SO_ERROR; getsockopt(2); socket(7), SO_ERROR",
  claim = "after a failed connect() getsockopt(SO_ERROR) returns 0 and the pending error in its value, as in BSD",
  verdict = "confirmed",
  look = "getsockopt() itself succeeds. Who waits for its -1, as on Solaris, never sees an error; who reads the value "
    .. "a second time does not either.",
  tags = { "connect", "nonblocking", "options" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    local answer = t.wire:hold "server -> client RST,ACK"

    t:fails(EINPROGRESS, c:connect(server, 9999))
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0, "EINPROGRESS is no pending error")
    t:wait_packet "server:9999 -> client RST,ACK"
    t:equal(answer:release(), 1)
    t:state(c, "CLOSED")

    local value, err = c:getsockopt(SOL_SOCKET, SO_ERROR, 4)
    t:equal(err, nil, "getsockopt() returned 0")
    t:equal(string.unpack("i4", value), ECONNREFUSED.number, "the C int that it filled in")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0, "reading has cleared it")
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}

experiment "SO_ERROR: 0 when another call has told the error" {
  case = "N8",
  source = "seed 002, non-blocking connect; socket(7), SO_ERROR; recv(2)",
  claim = "SO_ERROR is 0 when the connection was made, and the reason when it was not",
  verdict = "depends",
  look = "It depends on who asks first: recv() has failed with the error and taken it away. SO_ERROR is then 0 on a "
    .. "connect that failed.",
  tags = { "connect", "nonblocking", "options" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, c:connect(server, 9999))
    t:state(c, "CLOSED")
    t:fails(ECONNREFUSED, c:recv(1))
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)

    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}
