experiment "restart after a crash with SO_REUSEADDR: bind succeeds, beside TIME-WAIT" {
  case = "A7",
  source = "seed 000, SO_REUSEADDR; seed 004, section 1; socket(7); bind(2), EADDRINUSE",
  claim = "a server that was killed can be started again at once, when it sets SO_REUSEADDR before bind()",
  verdict = "confirmed",
  look = "TIME-WAIT is still there, and does not hinder. The server of the article sets the option each time it "
    .. "starts.",
  tags = { "connect", "listen", "crash", "options", "close" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local process = server:spawn("server", function()
      local l = t:ok(server:socket(t.af, SOCK_STREAM))
      t:ok(l:setsockopt(SOL_SOCKET, SO_REUSEADDR, true))
      t:ok(l:bind(12500))
      t:ok(l:listen())
      t:ok(t:poll { { t:ok(l:accept()), 0 } }) -- for ever
    end)
    t:eventually(function() return (server:sockets()[1] or {}).state == "LISTEN" end)
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 12500))
    t:eventually(function() return server:sockets()[2].inode ~= 0 end) -- accepted

    t:ok(process:kill(SIGKILL))
    t:equal(t:ok(process:wait(5)).signal_name, "SIGKILL")
    t:equal(c:recv(100), "")
    t:wait_packet "client -> server:12500 ACK ack=2"
    t:ok(c:close())
    t:eventually(function() return server:sockets()[1].state == "TIME-WAIT" end)
    t:equal({ #server:sockets(), server:sockets()[1].port }, { 1, 12500 })

    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:setsockopt(SOL_SOCKET, SO_REUSEADDR, true))
    t:ok(l:bind(12500))
    t:ok(l:listen())
    local again = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(again:connect(server, 12500))
    t:state(again, "ESTABLISHED")
    t:trace [[
      client:$a -> server:12500  SYN      seq=0 len=0
      server:12500 -> client:$a  SYN,ACK  seq=0 ack=1 len=0
      client:$a -> server:12500  ACK      seq=1 ack=1 len=0
      server:12500 -> client:$a  FIN,ACK  seq=1 ack=1 len=0
      client:$a -> server:12500  ACK      seq=1 ack=2 len=0
      client:$a -> server:12500  FIN,ACK  seq=1 ack=2 len=0
      server:12500 -> client:$a  ACK      seq=2 ack=2 len=0
      client:$b -> server:12500  SYN      seq=0 len=0
      server:12500 -> client:$b  SYN,ACK  seq=0 ack=1 len=0
      client:$b -> server:12500  ACK      seq=1 ack=1 len=0
    ]]
  end
}
