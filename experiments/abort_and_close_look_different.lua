experiment "the receiver can tell an abort from a close" {
  case = "R5",
  source = "seed 004, section 5; RFC 9293 3.10.5 and 3.10.7.4; recv(2); poll(2)",
  claim = "the side that gets RST can tell that the other end was aborted and not closed",
  verdict = "confirmed",
  look = "After FIN a read gives the end of the stream, after RST an error, once; the data that came before can be "
    .. "read in both cases. After a close one may still send, after an abort not.",
  tags = { "close", "reset", "receive", "options" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(6000))
    t:ok(l:listen())
    local function ended(how) -- a socket whose peer has sent its last words, and closed
      local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
      t:ok(c:connect(server, 6000))
      local s = t:ok(l:accept())
      t:ok(s:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = how == "abort", linger = 0 }))
      t:equal(s:send "last words", 10)
      t:wait_packet "client -> server:6000 ACK ack=11"
      t:state(s, "ESTABLISHED")
      t:ok(s:close())
      return c
    end

    local closed, aborted = ended "close", ended "abort"
    t:wait_packet "client -> server:6000 ACK ack=12"
    t:state(closed, "CLOSE-WAIT")
    t:state(aborted, "CLOSED")
    local asked = POLLIN | POLLOUT | POLLRDHUP
    local _, ready = t:poll({ { closed, asked }, { aborted, asked } }, 5)
    t:equal({ ready[1].revents, ready[2].revents }, { asked, asked | POLLERR | POLLHUP })
    t:equal({ closed:recv(100), aborted:recv(100) }, { "last words", "last words" })
    t:equal({ closed:recv(100), closed:recv(100) }, { "", "" })
    t:fails(ECONNRESET, aborted:recv(100))
    t:equal(aborted:recv(100), "", "the error is reported once")
    t:ok(closed:getpeername())
    t:fails(ENOTCONN, aborted:getpeername())
    t:ok(closed:close())
    t:ok(aborted:close())

    t:equal({ #client:sockets(), #server:sockets(), server:sockets()[2].state }, { 0, 2, "TIME-WAIT" })
    t:trace [[
      client:$c -> server:6000  SYN      seq=0 len=0
      server:6000 -> client:$c  SYN,ACK  seq=0 ack=1 len=0
      client:$c -> server:6000  ACK      seq=1 ack=1 len=0
      server:6000 -> client:$c  ACK      seq=1 ack=1 payload="last words"
      client:$c -> server:6000  ACK      seq=1 ack=11 len=0
      server:6000 -> client:$c  FIN,ACK  seq=11 ack=1 len=0
      client:$c -> server:6000  ACK      seq=1 ack=12 len=0
      client:$c -> server:6000  FIN,ACK  seq=1 ack=12 len=0
      server:6000 -> client:$c  ACK      seq=12 ack=2 len=0
      client:$a -> server:6000  SYN      seq=0 len=0
      server:6000 -> client:$a  SYN,ACK  seq=0 ack=1 len=0
      client:$a -> server:6000  ACK      seq=1 ack=1 len=0
      server:6000 -> client:$a  ACK      seq=1 ack=1 payload="last words"
      client:$a -> server:6000  ACK      seq=1 ack=11 len=0
      server:6000 -> client:$a  RST,ACK  seq=11 ack=1 len=0
    ]]
  end
}
