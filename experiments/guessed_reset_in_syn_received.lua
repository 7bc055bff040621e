experiment "a guessed RST does not end a connection in SYN-RECEIVED" {
  case = "P7",
  source = "RFC 9293 3.10.7.4; RFC 5961 3.2",
  claim = "a RST in SYN-RECEIVED ends the connection before accept() could have it",
  verdict = "depends",
  look = "It depends on its number, as in ESTABLISHED: outside of the window it is ignored, inside the server asks "
    .. "with a challenge ACK, and only the very next number is believed.",
  tags = { "accept", "reset", "states" },
  run = function(t)
    local server, peer = t:host "server", t:puppet "peer"
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    peer:send "peer:5000 -> server:7000 SYN seq=0 mss=1460"
    peer:receive "server:7000 -> peer:5000 SYN,ACK"

    peer:send "peer:5000 -> server:7000 RST seq=100000"
    t:equal(server:sockets()[2].state, "SYN-RECEIVED")
    peer:send "peer:5000 -> server:7000 RST seq=2"
    local sockets = server:sockets()
    if #sockets == 1 then
      t:skip "this kernel believes any RST within the window here (newer ones do not)"
    end
    t:equal({ #sockets, sockets[2].state }, { 2, "SYN-RECEIVED" })
    t:equal(server:counters().TcpExtEmbryonicRsts, 0)

    peer:send "peer:5000 -> server:7000 RST seq=1"
    t:equal(#server:sockets(), 1, "the listener is left")
    t:equal(server:counters().TcpExtEmbryonicRsts, 1)
    peer:send "peer:5000 -> server:7000 ACK seq=1 ack=1"
    t:fails(EAGAIN, l:accept())
    t:trace [[
      peer:5000 -> server:7000  SYN      seq=0 len=0
      server:7000 -> peer:5000  SYN,ACK  seq=0 ack=1 len=0
      peer:5000 -> server:7000  RST      seq=100000 len=0
      peer:5000 -> server:7000  RST      seq=2 len=0
      server:7000 -> peer:5000  ACK      seq=1 ack=1 len=0
      peer:5000 -> server:7000  RST      seq=1 len=0
      peer:5000 -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> peer:5000  RST      seq=1 len=0
    ]]
    t:state(l, "LISTEN")
  end
}
