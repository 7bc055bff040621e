experiment "a bound socket that does not listen refuses connections" {
  case = "A4", source = "seed 003 sections 2 and 3; RFC 9293 3.10.7.1; listen(2)", verdict = "confirmed",
  families = { "ipv4", "ipv6", "mapped" },
  claim = "bind without listen answers a SYN with RST; after listen() the same socket accepts",
  look = "A bound socket has a port, but it is in no table in which the kernel looks for the receiver of a SYN. "
    .. "Its state is CLOSED until listen() makes it LISTEN.",
  run = function(t)
    local client, server = t:hosts("client", "server")
    local s = t:ok(server:socket(t.af, SOCK_STREAM))
    local early = t:ok(client:socket(t.af, SOCK_STREAM))
    local late = t:ok(client:socket(t.af, SOCK_STREAM))
    local function listeners()
      local count = 0
      for _, socket in ipairs(server:sockets()) do
        count = count + (socket.state == "LISTEN" and 1 or 0)
      end
      return count
    end

    t:ok(s:bind(8888))
    local own = t:ok(s:getsockname())
    t:equal({ own.address, own.port }, { t.any, 8888 })
    t:equal(listeners(), 0)
    t:state(s, "CLOSED")
    t:fails(ECONNREFUSED, early:connect(server, 8888))
    t:ok(s:listen(16))
    t:equal(listeners(), 1)
    t:state(s, "LISTEN")
    t:ok(late:connect(server, 8888))
    local a = t:ok(s:accept())

    t:state(early, "CLOSED")
    t:state(late, "ESTABLISHED")
    t:state(a, "ESTABLISHED")
    t:trace [[
      client:$e -> server:8888  SYN      seq=0
      server:8888 -> client:$e  RST,ACK  seq=0 ack=1
      client:$l -> server:8888  SYN      seq=0
      server:8888 -> client:$l  SYN,ACK  seq=0 ack=1
      client:$l -> server:8888  ACK      seq=1 ack=1
    ]]
  end
}
