experiment "handshake, 255 bytes, close: eight packets on lo" {
  case = "U10",
  source = "seed 002, tcpdump; RFC 9293 3.5, figure 6, and 3.6, figure 12",
  claim = "within one host, on lo, tcpdump shows the eight packets of a session, each once",
  verdict = "depends",
  look = "Client and server are one host: no packet passes the wire, and lo is where both meet. The count depends on "
    .. "how soon the client closes, as between two hosts.",
  tags = { "connect", "close", "send", "states", "loopback" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local host = t:host "host"
    local l = t:ok(host:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(20000))
    t:ok(l:listen(10))
    local c = t:ok(host:socket(t.af, SOCK_STREAM))

    t:ok(c:connect(host, 20000))
    local s = t:ok(l:accept())
    t:equal(s:send(("x"):rep(255)), 255)
    t:ok(s:close())
    t:equal(#c:recv(255), 255)
    t:equal(c:recv(255), "")
    t:state(c, "CLOSE-WAIT")
    t:ok(c:close())

    t:trace [[
      host -> host:20000  SYN      seq=0 len=0
      host:20000 -> host  SYN,ACK  seq=0 ack=1 len=0
      host -> host:20000  ACK      seq=1 ack=1 len=0
      host:20000 -> host  PSH,ACK  seq=1 ack=1 len=255
      host -> host:20000  ACK      seq=1 ack=256 len=0
      host:20000 -> host  FIN,ACK  seq=256 ack=1 len=0
      optional host -> host:20000  ACK  seq=1 ack=257 len=0  # the ninth, on a busy machine
      host -> host:20000  FIN,ACK  seq=1 ack=257 len=0
      host:20000 -> host  ACK      seq=257 ack=2 len=0
    ]]
    t:eventually(function() -- the server's end remains, and the listener
      local all = host:sockets()
      return #all == 2 and all[2].state == "TIME-WAIT" and all[2].port == 20000
    end)
  end
}
