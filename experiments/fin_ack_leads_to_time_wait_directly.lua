experiment "FIN-WAIT-1 goes to TIME-WAIT directly when the ACK comes with a FIN" {
  case = "F5",
  source = "seed 002, TIME_WAIT; RFC 9293 3.6, figure 12, and 3.10.7.4, eighth step, FIN-WAIT-1",
  claim = "a segment with FIN and ACK takes FIN-WAIT-1 to TIME-WAIT, without FIN-WAIT-2 between them",
  verdict = "confirmed",
  look = "The FIN of the peer alone (it acknowledges nothing new) would lead to CLOSING, its ACK alone to "
    .. "FIN-WAIT-2; both in one segment lead to TIME-WAIT. TIME-WAIT has no descriptor: the socket that the "
    .. "process still has is CLOSED, and reads the end of the stream.",
  tags = { "states", "close" },
  run = function(t)
    local client = t:host("client")
    client:rto_min "2s" -- a busy machine repeats nothing
    local peer = t:puppet "peer"
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:fails(EINPROGRESS, c:connect(peer, 7000))
    peer:receive "client -> peer:7000 SYN"
    t:state(c, "SYN-SENT")
    peer:send "peer:7000 -> client SYN,ACK seq=0 ack=1"
    peer:receive "client -> peer:7000 ACK"
    t:state(c, "ESTABLISHED")

    t:ok(c:shutdown(SHUT_WR))
    peer:receive "client -> peer:7000 FIN,ACK"
    t:state(c, "FIN-WAIT-1")
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "FIN-WAIT-1" })
    peer:send "peer:7000 -> client FIN,ACK seq=1 ack=2"

    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "TIME-WAIT" })
    t:state(c, "CLOSED")
    t:equal(c:recv(1), "")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:ok(c:close())
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "TIME-WAIT" })
    t:trace [[
      client -> peer:7000  SYN      seq=0 len=0
      peer:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> peer:7000  ACK      seq=1 ack=1 len=0
      client -> peer:7000  FIN,ACK  seq=1 ack=1 len=0
      peer:7000 -> client  FIN,ACK  seq=1 ack=2 len=0
      client -> peer:7000  ACK      seq=2 ack=2 len=0
    ]]
  end
}
