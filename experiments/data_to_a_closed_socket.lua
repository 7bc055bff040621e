experiment "data to a socket that is closed is answered by RST" {
  case = "R2",
  source = "seed 004, section 4; RFC 1122 4.2.2.13; RFC 9293 3.6.1; send(2)",
  claim = "the server has closed its socket; the client, which writes on, gets RST",
  verdict = "confirmed",
  look = "The server has read all and closed, politely, with FIN. FIN only says that it sends no more, so the second "
    .. "send() is right, and succeeds. The read behind it still says the end of the stream, no error at all: "
    .. "of the reset only SO_ERROR or the next write tells (EPIPE).",
  tags = { "reset", "close", "send" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(9877))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 9877))
    local s = t:ok(l:accept())
    t:ok(l:close())

    t:equal(c:send(("x"):rep(1000)), 1000)
    t:equal(#s:recv(4096), 1000)
    t:ok(s:close())
    t:wait_packet "client -> server:9877 ACK seq=1001 ack=2"
    t:state(c, "CLOSE-WAIT")
    t:equal({ #server:sockets(), server:sockets()[1].state }, { 1, "FIN-WAIT-2" })

    t:equal(c:send(("y"):rep(1000)), 1000)

    t:state(c, "CLOSED")
    t:equal(#server:sockets(), 0)
    local _, ready = t:poll({ { c, POLLIN | POLLRDHUP } }, 5)
    t:equal(ready[1].revents, POLLIN | POLLRDHUP | POLLERR | POLLHUP)
    t:equal(c:recv(1), "")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), EPIPE)
    t:fails(EPIPE, c:send("z", MSG_NOSIGNAL))
    t:equal({ #client:sockets(), server:counters().TcpOutRsts }, { 0, 1 })
    t:trace [[
      client -> server:9877  SYN      seq=0 len=0
      server:9877 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9877  ACK      seq=1 ack=1 len=0
      client -> server:9877  ACK      seq=1 ack=1 len=1000
      server:9877 -> client  ACK      seq=1 ack=1001 len=0
      server:9877 -> client  FIN,ACK  seq=1 ack=1001 len=0
      client -> server:9877  ACK      seq=1001 ack=2 len=0
      client -> server:9877  ACK      seq=1001 ack=2 len=1000
      server:9877 -> client  RST      seq=2 len=0
    ]]
  end
}
