experiment "connect again after a refusal: first the reason, then a new attempt" {
  case = "N6",
  source = "seed 002, portability, 3; connect(2), ECONNREFUSED, ECONNABORTED",
  claim = "a second connect() that fails with anything but EISCONN shows that the first has failed",
  verdict = "depends",
  look = "It depends on what has asked before: the second connect() reports ECONNREFUSED, or ECONNABORTED when "
    .. "SO_ERROR has taken the reason away. The third one is no question any more: it sends a new SYN.",
  tags = { "connect", "nonblocking", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local told = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    local asked = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, told:connect(server, 7001))
    t:state(told, "CLOSED")
    t:fails(ECONNREFUSED, told:connect(server, 7001))
    t:fails(EINPROGRESS, told:connect(server, 7001))
    t:state(told, "CLOSED")

    t:fails(EINPROGRESS, asked:connect(server, 7002))
    t:state(asked, "CLOSED")
    t:equal(asked:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)
    t:fails(ECONNABORTED, asked:connect(server, 7002))
    t:fails(EINPROGRESS, asked:connect(server, 7002))
    t:state(asked, "CLOSED")
    t:trace [[
      repeat 2 {
        client -> server:7001  SYN      seq=0 len=0
        server:7001 -> client  RST,ACK  seq=0 ack=1 len=0
      }
      repeat 2 {
        client -> server:7002  SYN      seq=0 len=0
        server:7002 -> client  RST,ACK  seq=0 ack=1 len=0
      }
    ]]
  end
}
