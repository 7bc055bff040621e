experiment "read after the server process died and has answered with RST: no ECONNRESET" {
  case = { "D9", "D10" },
  source = "seed 002, SIGPIPE; RFC 9293 3.10.7.4; recv(2)",
  claim = "a side that has received RST gets ECONNRESET from its read",
  verdict = "refuted",
  look = "Not when a FIN came before: Linux then takes EPIPE for the error, and the read still finds the end of the "
    .. "stream, as without the RST. Who only reads does not learn of it.",
  tags = { "crash", "close", "reset", "send", "receive", "states" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local process = server:spawn("server", function()
      local s = t:ok(l:accept())
      t:ok(s:recv(1)) -- for ever
    end)
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    t:eventually(function() -- the process has the connection
      local connection = server:sockets()[2]
      return connection and connection.inode ~= 0
    end)
    t:ok(process:kill(SIGKILL))
    t:equal(t:ok(process:wait(5)).signal_name, "SIGKILL")
    t:wait_packet "client -> server:7000 ACK ack=2" -- of the FIN, which nobody has read yet
    t:state(c, "CLOSE-WAIT")

    t:equal(c:send "one", 3)
    t:wait_packet "server:7000 -> client RST"
    t:state(c, "CLOSED")

    t:equal(c:recv(100), "")
    t:equal(c:recv(100), "")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), EPIPE)
    t:equal(c:recv(100), "")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=2 len=0
      client -> server:7000  ACK      seq=1 ack=2 payload="one"
      server:7000 -> client  RST      seq=2 len=0
    ]]
  end
}
