experiment "one unread byte decides between FIN and RST" {
  case = "R1",
  source = "seed 004, section 3; RFC 2525 2.17; RFC 9293 3.10.4",
  claim = "a server that does not read all that it was sent, and closes, sends RST instead of FIN",
  verdict = "confirmed",
  look = "Two connections on loopback get the same five bytes. The server that reads four of them aborts its "
    .. "connection with its close, the one that reads all five ends it.",
  tags = { "close", "reset", "receive", "loopback" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local host = t:host "host"
    local l = t:ok(host:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(9877))
    t:ok(l:listen())
    local hasty = t:ok(host:socket(t.af, SOCK_STREAM))
    local thorough = t:ok(host:socket(t.af, SOCK_STREAM))
    t:ok(hasty:connect(host, 9877))
    local reads_four = t:ok(l:accept())
    t:ok(thorough:connect(host, 9877))
    local reads_five = t:ok(l:accept())
    t:ok(l:close())

    t:equal({ hasty:send "hello", thorough:send "hello" }, { 5, 5 })
    t:equal(reads_four:recv(4), "hell")
    t:equal(reads_five:recv(5), "hello")
    t:equal({ reads_four:ioctl(SIOCINQ), reads_five:ioctl(SIOCINQ) }, { 1, 0 })
    t:ok(reads_four:close())
    t:ok(reads_five:close())

    t:state(hasty, "CLOSED")
    t:state(thorough, "CLOSE-WAIT")
    t:fails(ECONNRESET, hasty:recv(1))
    t:equal(thorough:recv(1), "")
    t:ok(thorough:close())
    t:eventually(function()
      local left = host:sockets()
      return #left == 1 and left[1].state == "TIME-WAIT" and left[1].port == 9877
    end)
    t:trace [[
      host:$h -> host:9877  SYN      seq=0 len=0
      host:9877 -> host:$h  SYN,ACK  seq=0 ack=1 len=0
      host:$h -> host:9877  ACK      seq=1 ack=1 len=0
      host:$h -> host:9877  ACK      seq=1 ack=1 payload="hello"
      host:9877 -> host:$h  ACK      seq=1 ack=6 len=0
      host:9877 -> host:$h  RST,ACK  seq=1 ack=6 len=0
      host:$t -> host:9877  SYN      seq=0 len=0
      host:9877 -> host:$t  SYN,ACK  seq=0 ack=1 len=0
      host:$t -> host:9877  ACK      seq=1 ack=1 len=0
      host:$t -> host:9877  ACK      seq=1 ack=1 payload="hello"
      host:9877 -> host:$t  ACK      seq=1 ack=6 len=0
      host:9877 -> host:$t  FIN,ACK  seq=1 ack=6 len=0
      optional host:$t -> host:9877  ACK  seq=6 ack=2 len=0  # if the ACK of the FIN does not wait for the close
      host:$t -> host:9877  FIN,ACK  seq=6 ack=2 len=0
      host:9877 -> host:$t  ACK      seq=2 ack=7 len=0
    ]]
  end
}
