experiment "handshake, 255 bytes, close: eight packets" {
  case = "U10",
  source = "seed 002, tcpdump; RFC 9293 3.5, figure 6, and 3.6, figure 12",
  claim = "three packets open the connection, two carry and acknowledge the data, three close it",
  verdict = "depends",
  look = "The client's FIN acknowledges the server's, so three packets close. It depends on the client: a kernel "
    .. "waits about 40 ms with the ACK of a FIN. If the client closes later, there are nine packets.",
  tags = { "connect", "close", "send", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(20000))
    t:ok(l:listen(10))
    local c = t:ok(client:socket(t.af, SOCK_STREAM))

    t:ok(c:connect(server, 20000))
    local s = t:ok(l:accept())
    t:equal(s:send(("x"):rep(255)), 255)
    t:eventually(function() return s:ioctl(SIOCOUTQ) == 0 end) -- acknowledged
    t:ok(s:close())
    t:equal(#c:recv(255), 255)
    t:equal(c:recv(255), "")
    t:state(c, "CLOSE-WAIT")
    t:ok(c:close())

    t:trace [[
      client -> server:20000  SYN      seq=0 len=0 mss sackok ts wscale
      server:20000 -> client  SYN,ACK  seq=0 ack=1 len=0 mss sackok ts wscale
      client -> server:20000  ACK      seq=1 ack=1 len=0
      server:20000 -> client  PSH,ACK  seq=1 ack=1 len=255
      client -> server:20000  ACK      seq=1 ack=256 len=0
      server:20000 -> client  FIN,ACK  seq=256 ack=1 len=0
      optional client -> server:20000  ACK  seq=1 ack=257 len=0  # the ninth, on a busy machine
      client -> server:20000  FIN,ACK  seq=1 ack=257 len=0
      server:20000 -> client  ACK      seq=257 ack=2 len=0
    ]]
    t:eventually(function() return #client:sockets() == 0 end)
    t:eventually(function() -- the side that closed first
      local closed = server:sockets()[2]
      return closed and closed.state == "TIME-WAIT"
    end)
  end
}
