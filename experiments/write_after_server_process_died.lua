experiment "write after the server process died: the first succeeds, the second gives EPIPE" {
  case = { "D9", "D10" },
  source = "seed 002, SIGPIPE; RFC 9293 3.6.1 and 3.10.7.4; send(2), EPIPE",
  claim = "the first write after the peer's process has ended succeeds and is answered with RST; the next one fails",
  verdict = "confirmed",
  look = "After a FIN the client may still write: for all it knows, the server only sends no more. The RST tells the "
    .. "truth, and the second write brings SIGPIPE and EPIPE.",
  tags = { "crash", "close", "reset", "send", "signals", "states" },
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

    t:ok(t:sigaction(SIGPIPE, "record"))
    t:equal(c:send "one", 3)
    t:wait_packet "server:7000 -> client RST"
    t:state(c, "CLOSED")
    t:fails(EPIPE, c:send "two")
    t:equal(t:signals(), { "SIGPIPE" })

    t:equal(#server:sockets(), 1, "the listener that the script has open")
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
