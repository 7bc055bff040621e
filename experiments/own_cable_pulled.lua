experiment "the host's own cable is pulled: send succeeds, read gives ETIMEDOUT" {
  case = "D5",
  source = "seed 002, the cable is pulled; netdevice(7); tcp(7), TCP_USER_TIMEOUT",
  claim = "when the network cable is pulled, who sends and then reads gets ETIMEDOUT",
  verdict = "confirmed",
  look = "The kernel knows that the carrier is gone, but it does not tell the sockets: the cable may come back. send() "
    .. "succeeds, although not one packet leaves the host.",
  tags = { "crash", "timers", "send", "receive", "states" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "100ms"))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    client:interface():unplug()
    t:state(c, "ESTABLISHED")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:equal(c:send "hello", 5)
    t:fails(ETIMEDOUT, c:recv(100))

    t:state(c, "CLOSED")
    t:state(s, "ESTABLISHED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
    ]]
  end
}
