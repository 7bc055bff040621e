experiment "MSG_DONTWAIT does not wait for room in the send buffer" {
  case = "U5",
  source = "seed 002, send; send(2), MSG_DONTWAIT; tcp(7), SIOCOUTQ",
  claim = "MSG_DONTWAIT: send() does not wait until the data are sent",
  verdict = "refuted",
  look = "No send() waits for that: the first, without the flag, returns although the wire holds its data back. What "
    .. "it waits for is room in the send buffer. The flag is for one call, O_NONBLOCK for all.",
  tags = { "send", "nonblocking" },
  run = function(t)
    local client = t:host("client")
    local server = t:host "server"
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(SOL_SOCKET, SO_SNDBUF, 4608))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t.wire:hold "client -> server len>0"

    t:equal(c:send "held", 4)
    t:equal(c:ioctl(SIOCOUTQ), 4, "bytes that nobody has acknowledged")
    local taken = t:ok(c:send(("x"):rep(1000000), MSG_DONTWAIT))
    t:ok(taken < 1000000, "only a part found room")
    t:fails(EAGAIN, c:send("more", MSG_DONTWAIT))
    t:equal(t:poll({ { c, POLLOUT } }, 0), 0, "not writable")

    local before = t:now()
    t:ok(c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, "100ms"))
    t:fails(EAGAIN, c:send "more") -- waits for room: the socket itself still blocks
    t:ok(t:now() - before >= 0.05, "it waited")

    t:ok(c:setsockopt(SOL_SOCKET, SO_SNDBUF, 200000)) -- here is room, and still nothing is delivered
    t:equal(c:send("more", MSG_DONTWAIT), 4)
    t:equal(c:ioctl(SIOCOUTQ), 4 + taken + 4)
    t:fails(EAGAIN, s:recv(1, MSG_DONTWAIT))

    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="held"
      client -> server:7000  ACK      seq=5 ack=1 len=1448
      client -> server:7000  ACK      seq=1453 ack=1 len=1448
      client -> server:7000  ACK      seq=2901 ack=1 len=1448
      client -> server:7000  ACK      seq=4349 ack=1 len=1448
      client -> server:7000  ACK      seq=5797 ack=1 len=1448
      client -> server:7000  ACK      seq=7245 ack=1 len=1448
      client -> server:7000  ACK      seq=8693 ack=1 len=1448
      client -> server:7000  ACK      seq=10141 ack=1 len=1448
      client -> server:7000  ACK      seq=11589 ack=1 len=1448  # the tenth: the congestion window is full
      optional after 50ms client -> server:7000  ACK  seq=1 ack=1 payload~"^held"  # sent again, on a busy machine
    ]]
  end
}
