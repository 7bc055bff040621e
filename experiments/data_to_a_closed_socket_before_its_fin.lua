experiment "data to a closed socket: the sender that missed the FIN gets ECONNRESET" {
  case = "R2",
  source = "seed 004, section 4; RFC 1122 4.2.2.13; RFC 9293 3.6.1; send(2)",
  claim = "the server has closed its socket; the client, which writes on, gets RST",
  verdict = "confirmed",
  look = "The FIN is lost. For the client the RST is the first news, and its read fails. What a program is told "
    .. "depends on whether the FIN came before the RST.",
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

    t.wire:drop "server -> client FIN,ACK"
    t:ok(s:close())
    t:state(c, "ESTABLISHED")

    t:equal(c:send "data", 4)

    t:state(c, "CLOSED")
    t:fails(ECONNRESET, c:recv(1))
    t:equal(c:recv(1), "", "the error is reported once")
    t:fails(EPIPE, c:send("more", MSG_NOSIGNAL))
    t:equal({ #client:sockets(), #server:sockets(), server:counters().TcpOutRsts }, { 0, 0, 1 })
    t:trace [[
      client -> server:9877  SYN      seq=0 len=0
      server:9877 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9877  ACK      seq=1 ack=1 len=0
      server:9877 -x client  FIN,ACK  seq=1 ack=1 len=0
      repeat 0..3 after 150ms server:9877 -x client  FIN,ACK  seq=1 ack=1 len=0  # on a busy machine
      client -> server:9877  ACK      seq=1 ack=1 payload="data"
      server:9877 -> client  RST      seq=1 len=0
    ]]
  end
}
