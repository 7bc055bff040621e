experiment "the peer has crashed and come back: RST, and read gives ECONNRESET" {
  case = "D7",
  source = "seed 002, the peer's machine crashes and starts again; RFC 9293 3.5.1, figure 9",
  claim = "a server that has crashed and started again knows nothing of the connection: it answers data with RST, and "
    .. "the client's read gives ECONNRESET",
  verdict = "confirmed",
  look = "Neither the crash nor the reboot is seen by the client, only its own data bring it to light. The server "
    .. "program listens again, and that does not help: the connection is not its.",
  tags = { "crash", "reset", "send", "receive", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local function listener()
      local l = t:ok(server:socket(t.af, SOCK_STREAM))
      t:ok(l:bind(7000))
      t:ok(l:listen())
      return l
    end
    listener()
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))

    server:crash()
    server:reboot()
    local l = listener()
    t:state(c, "ESTABLISHED")
    t:fails(EAGAIN, c:recv(100, MSG_DONTWAIT))
    t:equal(#server:sockets(), 1, "the listener, and no connection")

    t:equal(c:send "hello", 5)
    t:fails(ECONNRESET, c:recv(100))

    t:state(c, "CLOSED")
    t:state(l, "LISTEN")
    t:equal(c:recv(100), "", "the error is told once")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="hello"
      server:7000 -> client  RST      seq=1 len=0  # the number that the client's ACK asks for
    ]]
  end
}
