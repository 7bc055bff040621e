experiment "handshake, data, close: nine packets when the client closes late" {
  case = { "U10", "F6" },
  source = "seed 002, tcpdump, and question 1; RFC 9293 3.6, figure 12",
  claim = "ACK and FIN are separate packets when the side that gets a FIN goes on for a while: four packets close",
  verdict = "confirmed",
  look = "The kernel acknowledges the FIN by itself, after some 40 ms; the client's own FIN waits for its close().",
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
    t:equal(#c:recv(1000), 255)
    t:equal(c:recv(1000), "")
    t:wait_packet "client -> server:20000 ACK ack=257"
    t:eventually(function() return server:sockets()[2].state == "FIN-WAIT-2" end)
    t:state(c, "CLOSE-WAIT")
    t:ok(c:close())

    t:trace [[
      client -> server:20000  SYN      seq=0 len=0
      server:20000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:20000  ACK      seq=1 ack=1 len=0
      server:20000 -> client  ACK      seq=1 ack=1 len=255
      client -> server:20000  ACK      seq=1 ack=256 len=0
      server:20000 -> client  FIN,ACK  seq=256 ack=1 len=0
      client -> server:20000  ACK      seq=1 ack=257 len=0
      client -> server:20000  FIN,ACK  seq=1 ack=257 len=0
      server:20000 -> client  ACK      seq=257 ack=2 len=0
    ]]
    t:eventually(function() return #client:sockets() == 0 and server:sockets()[2].state == "TIME-WAIT" end)
  end
}
