experiment "send on a TCP socket without a connection: EPIPE and SIGPIPE" {
  case = "U1",
  source = "seed 002, send; RFC 9293 3.10.2; send(2), EPIPE, ENOTCONN",
  claim = "send() can only be used on a socket with a connection",
  verdict = "confirmed",
  look = "send(2) lists ENOTCONN, but Linux answers like a pipe that nobody reads any more: EPIPE and SIGPIPE, which "
    .. "would kill the process. Only recv() says ENOTCONN.",
  tags = { "send", "connect", "listen", "signals", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    t:ok(t:sigaction(SIGPIPE, "record"))
    local never_connected = t:ok(client:socket(t.af, SOCK_STREAM))
    local listener = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(listener:bind(7000))
    t:ok(listener:listen())

    t:fails(EPIPE, never_connected:send "to whom?")
    t:fails(EPIPE, listener:send "to whom?")
    t:equal(t:signals(), { "SIGPIPE", "SIGPIPE" })
    t:fails(EPIPE, never_connected:sendto("an address is no connection", MSG_NOSIGNAL, server, 7000))
    t:fails(ENOTCONN, never_connected:recv(1))
    t:fails(ENOTCONN, listener:recv(1))
    t:equal(#t:signals(), 2, "MSG_NOSIGNAL and recv() raise none")

    t:state(never_connected, "CLOSED")
    t:state(listener, "LISTEN")
    t:quiet "1ms" -- no packet was sent

    t:ok(never_connected:connect(server, 7000)) -- the failed calls did no harm
    t:equal(never_connected:send "hello", 5)
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="hello"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
    ]]
  end
}
