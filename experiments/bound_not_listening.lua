experiment "a bound socket that does not listen refuses connections" {
  case = "A4",
  source = "seed 003, sections 2 and 3; RFC 9293 3.10.7.1; listen(2)",
  claim = "bind without listen answers a SYN with RST; after listen() the same socket accepts",
  verdict = "confirmed",
  look = "A bound socket has a port, but it is in no table in which the kernel looks for the receiver of a SYN. "
    .. "Its state is CLOSED until listen() makes it LISTEN.",
  tags = { "connect", "listen", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local s = t:ok(server:socket(t.af, SOCK_STREAM))
    local early = t:ok(client:socket(t.af, SOCK_STREAM))
    local late = t:ok(client:socket(t.af, SOCK_STREAM))
    local function only_socket()
      local all = server:sockets()
      return { #all, all[1].state, all[1].port }
    end

    t:ok(s:bind(8888))
    local own = t:ok(s:getsockname())
    t:equal({ own.address, own.port }, { t.any, 8888 })
    t:equal(only_socket(), { 1, "CLOSED", 8888 })
    t:state(s, "CLOSED")
    t:fails(ECONNREFUSED, early:connect(server, 8888))
    t:state(early, "CLOSED")
    t:trace [[
      client -> server:8888  SYN      seq=0 len=0
      server:8888 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]

    t:ok(s:listen(16))
    t:equal(only_socket(), { 1, "LISTEN", 8888 })
    t:state(s, "LISTEN")
    t:ok(late:connect(server, 8888))
    local a, peer = t:ok(s:accept())
    t:equal(tostring(peer), tostring(late:getsockname()))
    t:state(late, "ESTABLISHED")
    t:state(a, "ESTABLISHED")
    t:trace [[
      client -> server:8888  SYN      seq=0 len=0
      server:8888 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:8888  ACK      seq=1 ack=1 len=0
    ]]
  end
}
