experiment "close with unread data loses the reply" {
  case = "R1",
  source = "seed 004, section 3; RFC 2525 2.17; RFC 5961 3.2",
  claim = "after an early close nothing that was still to be sent is delivered: the peer's read fails",
  verdict = "confirmed",
  look = "The reply is lost on the wire, and nobody is there to repeat it. The RST stands behind the gap (seq=6), "
    .. "so the client asks with a challenge ACK; the RST in answer to that has the number it waits for.",
  tags = { "close", "reset", "send", "receive" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(9877))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 9877))
    local s = t:ok(l:accept())
    t:equal(c:send "request", 7)
    t:wait_packet "server:9877 -> client ACK ack=8"

    t.wire:drop "server -> client len>0"
    t:equal(s:send "reply", 5)
    t:equal(s:ioctl(SIOCINQ), 7)
    t:ok(s:close())

    t:fails(ECONNRESET, c:recv(100))
    t:state(c, "CLOSED")
    t:equal(#server:sockets(), 1, "the listener is left")
    t:trace [[
      client -> server:9877  SYN      seq=0 len=0
      server:9877 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9877  ACK      seq=1 ack=1 len=0
      client -> server:9877  ACK      seq=1 ack=1 payload="request"
      server:9877 -> client  ACK      seq=1 ack=8 len=0
      server:9877 -x client  ACK      seq=1 ack=8 payload="reply"
      server:9877 -> client  RST,ACK  seq=6 ack=8 len=0
      client -> server:9877  ACK      seq=8 ack=1 len=0
      server:9877 -> client  RST      seq=1 len=0
    ]]
  end
}
