experiment "a crashed server: every connect is refused until it is back" {
  case = "A7",
  source = "seed 004, section 1; RFC 9293 3.10.7.1; signal(7)",
  claim = "after the server program has crashed, and until it is started again, every attempt to connect gets RST",
  verdict = "confirmed",
  look = "The host lives, only the process is gone: its kernel closes the listener and says no at once. Nothing "
    .. "tells the clients when the server is back; they have to try again.",
  tags = { "connect", "listen", "crash" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    for _, signal in ipairs { SIGSEGV, SIGKILL } do -- as a wrong pointer does; as a user does. Then it is started again
      local process = server:spawn("server", function()
        local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
        t:ok(l:bind(7000))
        t:ok(l:listen())
        local a = t:ok(l:accept())
        t:equal(a:recv(100), "request")
        t:equal(a:send "reply", 5)
        t:equal(a:recv(100), "")
        t:ok(a:close())
        t:ok(l:accept()) -- for ever
      end)
      t:eventually(function() return (server:sockets()[1] or {}).state == "LISTEN" end)
      local served = t:ok(client:socket(AF_INET, SOCK_STREAM))
      t:ok(served:connect(server, 7000))
      t:equal(served:send "request", 7)
      t:equal(served:recv(100), "reply")
      t:ok(served:close()) -- first: no TIME-WAIT is left on the server
      t:trace [[
        client -> server:7000  SYN      seq=0 len=0
        server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
        client -> server:7000  ACK      seq=1 ack=1 len=0
        client -> server:7000  ACK      seq=1 ack=1 payload="request"
        server:7000 -> client  ACK      seq=1 ack=8 len=0
        server:7000 -> client  ACK      seq=1 ack=8 payload="reply"
        client -> server:7000  ACK      seq=8 ack=6 len=0
        client -> server:7000  FIN,ACK  seq=8 ack=6 len=0
        optional server:7000 -> client  ACK  seq=6 ack=9 len=0
        server:7000 -> client  FIN,ACK  seq=6 ack=9 len=0
        client -> server:7000  ACK      seq=9 ack=7 len=0
      ]]

      t:ok(process:kill(signal))
      t:equal(t:ok(process:wait(5)).signal, signal)
      t:eventually(function() return #server:sockets() == 0 end)
      for _ = 1, 3 do
        local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
        t:fails(ECONNREFUSED, c:connect(server, 7000))
        t:state(c, "CLOSED")
        t:trace [[
          client -> server:7000  SYN      seq=0 len=0
          server:7000 -> client  RST,ACK  seq=0 ack=1 len=0
        ]]
      end
    end
  end
}
