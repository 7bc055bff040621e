experiment "FIN-WAIT-2 is half a connection: it still receives" {
  case = { "F4", "F11" },
  source = "seed 002, FIN_WAIT_2, and connection termination; RFC 9293 3.6, case 1; shutdown(2)",
  claim = "in FIN-WAIT-2 the connection is half closed: one side has asked to close, but there is still data to be "
    .. "sent, and each direction is closed by itself",
  verdict = "depends",
  look = "It depends on whose data it is. The side in FIN-WAIT-2 cannot send any more (EPIPE). The other one, in "
    .. "CLOSE-WAIT, can send as long as it likes, and its data is acknowledged (with seq=5, behind the FIN).",
  tags = { "states", "close", "send", "receive" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    t:equal(c:send "ask", 3)
    t:equal(s:recv(100), "ask")
    t:wait_packet "server:7000 -> client ACK ack=4"
    t:ok(c:shutdown(SHUT_WR))
    t:equal(s:recv(100), "", "no more questions")
    t:wait_packet "server:7000 -> client ACK ack=5"
    t:state(c, "FIN-WAIT-2")
    t:state(s, "CLOSE-WAIT")

    t:fails(EPIPE, c:send("more", MSG_NOSIGNAL))
    t:equal(s:send "first", 5)
    t:equal(c:recv(100), "first")
    t:wait_packet "client -> server:7000 ACK ack=6"
    t:equal(s:send "second", 6)
    t:equal(c:recv(100), "second")
    t:wait_packet "client -> server:7000 ACK ack=12"
    t:state(c, "FIN-WAIT-2")
    t:state(s, "CLOSE-WAIT")

    t:ok(s:close())
    t:equal(c:recv(100), "")
    t:state(c, "CLOSED", "what is left in TIME-WAIT has no descriptor")
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "TIME-WAIT" })
    t:equal({ #server:sockets(), server:sockets()[1].state }, { 1, "LISTEN" })
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="ask"
      server:7000 -> client  ACK      seq=1 ack=4 len=0
      client -> server:7000  FIN,ACK  seq=4 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=5 len=0
      server:7000 -> client  ACK      seq=1 ack=5 payload="first"
      client -> server:7000  ACK      seq=5 ack=6 len=0
      server:7000 -> client  ACK      seq=6 ack=5 payload="second"
      client -> server:7000  ACK      seq=5 ack=12 len=0
      server:7000 -> client  FIN,ACK  seq=12 ack=5 len=0
      client -> server:7000  ACK      seq=5 ack=13 len=0
    ]]
  end
}
