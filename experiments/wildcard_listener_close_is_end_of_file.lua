experiment "a listener on the wildcard address: connect succeeds, close is read as end of file" {
  case = "A3",
  source = "seed 000; RFC 9293 3.6; ip(7), INADDR_ANY; read(2)",
  claim = "with a listener on INADDR_ANY connect() succeeds; when the client closes at once, the server reads end of "
    .. "file",
  verdict = "confirmed",
  look = "The listener is 0.0.0.0:12500, the accepted connection 10.0.0.2:12500: the kernel took the address from "
    .. "the SYN. recv() returns \"\" (0 bytes), which is no error: it is how a FIN is read.",
  tags = { "connect", "listen", "accept", "close", "states" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:setsockopt(SOL_SOCKET, SO_REUSEADDR, true))
    t:ok(l:bind(INADDR_ANY, 12500))
    t:ok(l:listen(16))
    t:equal(tostring(l:getsockname()), "0.0.0.0:12500")
    t:state(l, "LISTEN")

    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 12500))
    local a, peer = t:ok(l:accept())
    t:equal(tostring(a:getsockname()), "10.0.0.2:12500")
    t:equal(tostring(peer), tostring(c:getsockname()))
    t:state(c, "ESTABLISHED")
    t:state(a, "ESTABLISHED")

    t:ok(c:close())
    t:equal(a:recv(1023), "", "end of file")
    t:state(a, "CLOSE-WAIT")
    t:wait_packet "server:12500 -> client ACK ack=2"
    local orphan = client:sockets()[1]
    t:equal({ orphan.state, orphan.orphan }, { "FIN-WAIT-2", true })
    t:ok(a:close())

    t:trace [[
      client -> server:12500  SYN      seq=0 len=0
      server:12500 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:12500  ACK      seq=1 ack=1 len=0
      client -> server:12500  FIN,ACK  seq=1 ack=1 len=0
      server:12500 -> client  ACK      seq=1 ack=2 len=0
      server:12500 -> client  FIN,ACK  seq=1 ack=2 len=0
      client -> server:12500  ACK      seq=2 ack=2 len=0
    ]]
    t:eventually(function() -- the side that closed first
      local left = client:sockets()
      return #left == 1 and left[1].state == "TIME-WAIT"
    end)
    t:eventually(function() return #server:sockets() == 1 end)
    t:state(l, "LISTEN")
  end
}
