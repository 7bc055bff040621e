experiment "a FIN takes one sequence number, like a byte" {
  case = { "F11", "F6" },
  source = "seed 002, connection termination; RFC 9293 3.4 and 3.6, figure 12",
  claim = "like a SYN, a FIN takes one sequence number, so it is acknowledged like data; each direction is closed "
    .. "by itself, with a FIN of its own",
  verdict = "confirmed",
  look = "Five bytes and the FIN in one segment: seq=1 is acknowledged with 7 = 1 + 5 + 1. A pure ACK takes no "
    .. "number. The server's only segment carries three things at once: the ACK of the FIN, its data, its own FIN.",
  tags = { "close", "send" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    t:equal(c:send("hello", MSG_MORE), 5) -- waits in the queue for what is to come: the FIN
    t:ok(c:shutdown(SHUT_WR))
    t:equal(s:recv(100), "hello")
    t:equal(s:recv(100), "")
    t:wait_packet "server:7000 -> client ACK ack=7"
    t:state(c, "FIN-WAIT-2")
    t:equal(c:ioctl(SIOCOUTQ), 0, "nothing is left to be acknowledged")

    t:equal(s:send("bye", MSG_MORE), 3)
    t:ok(s:shutdown(SHUT_WR))
    t:equal(c:recv(100), "bye")
    t:equal(c:recv(100), "")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 payload="hello"
      server:7000 -> client  ACK      seq=1 ack=7 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=7 payload="bye"
      client -> server:7000  ACK      seq=7 ack=5 len=0
    ]]
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "TIME-WAIT" })
    t:equal({ #server:sockets(), server:sockets()[1].state }, { 1, "LISTEN" })
  end
}
