experiment "a segment is for the established socket first, then for the listener" {
  case = "A10",
  source = "seed 003, section 3, __inet_lookup_skb; RFC 9293 3.10.7",
  claim = "the kernel looks for the receiver of a segment among the established sockets first, then among the "
    .. "listeners",
  verdict = "confirmed",
  look = "The same data to the same port: from 5000, where there is a connection, it is read; from 5001 only the "
    .. "listener fits, and an ACK is nothing for a listener. With a SYN it is the same.",
  tags = { "listen", "states", "reset" },
  run = function(t)
    local server = t:host "server"
    local peer = t:puppet "peer"
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(80))
    t:ok(l:listen())
    peer:send "peer:5000 -> server:80 SYN seq=0 mss=1460"
    peer:receive "server:80 -> peer:5000 SYN,ACK"
    peer:send "peer:5000 -> server:80 ACK"
    local s = t:ok(l:accept())
    t:state(s, "ESTABLISHED")
    t:trace [[
      peer:5000 -> server:80  SYN      seq=0 len=0
      server:80 -> peer:5000  SYN,ACK  seq=0 ack=1 len=0
      peer:5000 -> server:80  ACK      seq=1 ack=1 len=0
    ]]

    peer:send 'peer:5000 -> server:80 ACK payload="first"'
    t:equal(s:recv(100), "first")
    peer:send 'peer:5001 -> server:80 ACK rawseq=1000 rawack=2000 payload="first"'
    t:state(l, "LISTEN")
    t:fails(EAGAIN, s:recv(100, MSG_DONTWAIT))
    t:trace [[
      peer:5000 -> server:80  ACK  seq=1 ack=1 payload="first"
      server:80 -> peer:5000  ACK  seq=1 ack=6 len=0
      peer:5001 -> server:80  ACK  rawseq=1000 rawack=2000 payload="first"
      server:80 -> peer:5001  RST  rawseq=2000 len=0
    ]]

    -- A SYN, too: from 5000 it is a wrong segment of the connection, from 5002 the listener's.
    peer:send "peer:5000 -> server:80 SYN seq=0 mss=1460"
    peer:receive "server:80 -> peer:5000 ACK ack=6"
    peer:send "peer:5002 -> server:80 SYN seq=0 mss=1460"
    peer:receive "server:80 -> peer:5002 SYN,ACK"
    peer:send "peer:5002 -> server:80 RST seq=1"
    t:state(s, "ESTABLISHED")
    t:trace [[
      peer:5000 -> server:80  SYN      seq=0 len=0
      server:80 -> peer:5000  ACK      seq=1 ack=6 len=0
      peer:5002 -> server:80  SYN      seq=0 len=0
      server:80 -> peer:5002  SYN,ACK  seq=0 ack=1 len=0
      peer:5002 -> server:80  RST      seq=1 len=0
    ]]
  end
}
