experiment "close with unread data sends RST" {
  case = "R1",
  source = "seed 004, section 3; RFC 2525 2.17; RFC 9293 3.10.4",
  claim = "a server that reads 4096 of 5000 bytes and closes sends RST instead of FIN",
  verdict = "confirmed",
  look = "All 5000 bytes were acknowledged, yet 904 were thrown away: the RST is how the sender learns of it. What the "
    .. "client had received before can still be read.",
  tags = { "close", "reset", "receive" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(9877))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 9877))
    local s = t:ok(l:accept())
    t:equal(s:send "reply", 5)
    t:wait_packet "client -> server:9877 ACK ack=6"

    local data = t.wire:hold "client -> server len>0" -- all of it passes before the first ACK
    t:equal(c:send(("x"):rep(5000)), 5000)
    t:eventually(function() return select(2, data:hits()) == 4 end)
    data:release()
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end)
    t:equal(#s:recv(4096), 4096)
    t:equal(s:ioctl(SIOCINQ), 904)
    t:ok(s:close())

    t:trace [[
      client -> server:9877  SYN      seq=0 len=0
      server:9877 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9877  ACK      seq=1 ack=1 len=0
      server:9877 -> client  ACK      seq=1 ack=1 payload="reply"
      client -> server:9877  ACK      seq=1 ack=6 len=0
      client -> server:9877  ACK      seq=1 ack=6 len=1448
      client -> server:9877  ACK      seq=1449 ack=6 len=1448
      client -> server:9877  ACK      seq=2897 ack=6 len=1448
      client -> server:9877  ACK      seq=4345 ack=6 len=656
      optional server:9877 -> client  ACK  seq=6 ack=1449 len=0  # one ACK may stand for two segments
      optional server:9877 -> client  ACK  seq=6 ack=2897 len=0
      optional server:9877 -> client  ACK  seq=6 ack=4345 len=0
      server:9877 -> client  ACK      seq=6 ack=5001 len=0
      server:9877 -> client  RST,ACK  seq=6 ack=5001 len=0
    ]]
    t:eventually(function() return c:getsockopt(IPPROTO_TCP, TCP_INFO).state == "CLOSED" end)
    t:equal(#server:sockets(), 1, "the listener is left, without TIME-WAIT")
    t:equal(c:recv(100), "reply")
    t:fails(ECONNRESET, c:recv(100))
    t:equal(c:recv(100), "", "the error is reported once")
  end
}
