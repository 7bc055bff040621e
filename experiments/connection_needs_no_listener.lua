experiment "a connection needs no listener" {
  case = "A10",
  source = "seed 003, section 3, __inet_lookup_skb; RFC 9293 3.10.7",
  claim = "the kernel looks for the receiver of a segment among the established sockets first, then among the "
    .. "listeners, and sends RST when there is none",
  verdict = "confirmed",
  look = "The listener is closed. The connection that it has made goes on, since it has an entry of its own; a new SYN "
    .. "to the same port fits nothing any more.",
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

    t:ok(l:close())
    peer:send 'peer:5000 -> server:80 ACK payload="still there"'
    t:equal(s:recv(100), "still there")
    peer:send "peer:5001 -> server:80 SYN seq=0"
    peer:receive "server:80 -> peer:5001 RST,ACK"

    t:state(s, "ESTABLISHED")
    t:equal(#server:sockets(), 1, "the connection alone")
    t:trace [[
      peer:5000 -> server:80  SYN      seq=0 len=0
      server:80 -> peer:5000  SYN,ACK  seq=0 ack=1 len=0
      peer:5000 -> server:80  ACK      seq=1 ack=1 len=0
      peer:5000 -> server:80  ACK      seq=1 ack=1 payload="still there"
      server:80 -> peer:5000  ACK      seq=1 ack=12 len=0
      peer:5001 -> server:80  SYN      seq=0 len=0
      server:80 -> peer:5001  RST,ACK  rawseq=0 ack=1 len=0
    ]]
  end
}
