experiment "the server process is killed with data that it has not read: RST" {
  case = "D8",
  source = "seed 002, the server's process ends; RFC 9293 3.6.1; RFC 2525 2.17",
  claim = "when the server's process ends, normally or not, all its descriptors are closed, FIN is sent, and the "
    .. "client's read returns 0",
  verdict = "refuted",
  look = "The close by the kernel is a close like any other: with unread data in the receive queue it sends RST, and "
    .. "the client's read fails.",
  tags = { "crash", "close", "reset", "receive", "states", "signals" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local process = server:spawn("server", function()
      local s = t:ok(l:accept())
      t:ok(t:poll({ { s, 0 } })) -- for ever
    end)
    t:ok(l:close()) -- the process has its own
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    t:equal(c:send "hello", 5)
    t:wait_packet "server:7000 -> client ACK ack=6"
    t:equal(server:sockets()[2].recv_queue, 5, "bytes that nobody has read")

    t:ok(process:kill(SIGKILL))
    t:equal(t:ok(process:wait(5)).signal_name, "SIGKILL")

    t:fails(ECONNRESET, c:recv(100))
    t:state(c, "CLOSED")
    t:equal({ #client:sockets(), #server:sockets() }, { 0, 0 })
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="hello"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
      server:7000 -> client  RST,ACK  seq=1 ack=6 len=0
    ]]
  end
}
