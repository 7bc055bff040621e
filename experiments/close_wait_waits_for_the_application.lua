experiment "CLOSE-WAIT lasts until the application closes" {
  case = "F8",
  source = "seed 002, CLOSE_WAIT; RFC 9293 3.6, case 2",
  claim = "the kernel acknowledges the FIN by itself; then CLOSE-WAIT waits for the application, which may still "
    .. "send and has to close the socket",
  verdict = "confirmed",
  look = "No timer runs in CLOSE-WAIT. A server that forgets to close keeps the socket for ever: many sockets in "
    .. "CLOSE-WAIT are a bug in the program, not in the network. When the process ends, the kernel closes for it.",
  tags = { "states", "close", "receive", "send" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:ok(l:close())

    t:ok(c:shutdown(SHUT_WR))
    t:wait_packet "server:7000 -> client ACK ack=2"
    t:state(s, "CLOSE-WAIT")
    local _, ready = t:poll({ { s, POLLIN | POLLRDHUP } }, 5)
    t:equal(ready[1].revents, POLLIN | POLLRDHUP)
    t:equal({ s:recv(1), s:recv(1) }, { "", "" }, "the end, each time")
    t:equal(server:sockets()[1].timer, nil)
    t:quiet "100ms"

    t:state(s, "CLOSE-WAIT")
    t:equal(s:send "still here", 10)
    t:equal(c:recv(100), "still here")
    t:wait_packet "client -> server:7000 ACK ack=11"
    local owner = server:spawn("owner", function() t:state(s, "CLOSE-WAIT") end)
    t:ok(s:close()) -- the owner has it, too
    t:equal(t:ok(owner:wait(5)).exit, 0)
    t:equal(c:recv(100), "")

    t:equal(#server:sockets(), 0)
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "TIME-WAIT" })
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=2 len=0
      server:7000 -> client  ACK      seq=1 ack=2 payload="still here"
      client -> server:7000  ACK      seq=2 ack=11 len=0
      server:7000 -> client  FIN,ACK  seq=11 ack=2 len=0
      client -> server:7000  ACK      seq=2 ack=12 len=0
    ]]
  end
}
