experiment "the author's test with a connect that has really failed: all checks show it" {
  case = "N7",
  source = "seed 002, source code, step 5; getpeername(2); connect(2); recv(2)",
  claim = "on Linux nothing shows a failed connect: SO_ERROR is 0; getpeername(), read() and connect() leave "
    .. "EINPROGRESS in errno",
  verdict = "refuted",
  look = "The same four questions, to a port nobody listens on: each call fails and sets errno (read() as recv(2)). "
    .. "The error is told once, here by recv(): connect() can only say that it was aborted, and SO_ERROR is 0.",
  tags = { "connect", "nonblocking", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, c:connect(server, 9999))
    t:state(c, "CLOSED")
    t:equal(t:select({ c }, { c }, nil, 5), 2, "readable and writable")

    t:fails(ENOTCONN, c:getpeername())
    t:fails(ECONNREFUSED, c:recv(0))
    t:fails(ECONNABORTED, c:connect(server, 9999))
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}
