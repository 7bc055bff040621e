experiment "three to open, three to close: when the server closes at once" {
  case = "F6",
  source = "seed 002, connection termination, and question 1; RFC 9293 3.6, figure 12",
  claim = "SYN and ACK share a segment, but ACK and FIN are mostly sent apart: four segments close a connection",
  verdict = "depends",
  look = "It depends on when the server closes. The ACK of the client's FIN waits 40 ms for something to travel with. "
    .. "A server that reads the end of the stream and closes at once lets it travel with its own FIN.",
  tags = { "close", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:ok(l:close())
    -- A request and a reply: from now on the ACK of a FIN waits 40 ms for company.
    t:equal(c:send "request", 7)
    t:equal(s:recv(100), "request")
    t:equal(s:send "reply", 5)
    t:equal(c:recv(100), "reply")
    t:wait_packet "client -> server:7000 ACK seq=8 ack=6 len=0"

    t:ok(c:close())
    t:equal(s:recv(100), "")
    t:ok(s:close())

    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="request"
      server:7000 -> client  ACK      seq=1 ack=8 len=0
      server:7000 -> client  ACK      seq=1 ack=8 payload="reply"
      client -> server:7000  ACK      seq=8 ack=6 len=0
      client -> server:7000  FIN,ACK  seq=8 ack=6 len=0
      optional after 10ms server:7000 -> client  ACK  seq=6 ack=9 len=0  # if the machine is too busy
      server:7000 -> client  FIN,ACK  seq=6 ack=9 len=0
      client -> server:7000  ACK      seq=9 ack=7 len=0
    ]]
    t:equal({ #server:sockets(), #client:sockets(), client:sockets()[1].state }, { 0, 1, "TIME-WAIT" })
  end
}
