experiment "a connect that does not block: writable when it is connected" {
  case = "N1",
  source = "seed 002, non-blocking connect; connect(2), EINPROGRESS; select(2)",
  claim = "a non-blocking connect() returns EINPROGRESS; when select() finds the socket writable only, it is connected",
  verdict = "confirmed",
  look = "Nothing is readable or writable while the SYN,ACK is on its way. Then select() marks the socket once: "
    .. "writable. The handshake went on without the program.",
  tags = { "connect", "nonblocking" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(9999))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    local answer = t.wire:hold "server -> client SYN,ACK"

    t:fails(EINPROGRESS, c:connect(server, 9999))
    t:wait_packet "server:9999 -> client SYN,ACK"
    t:state(c, "SYN-SENT")
    t:equal(t:select({ c }, { c }, nil, 0), 0, "nothing is ready on the way")
    t:equal(answer:release(), 1)
    local count, readable, writable = t:select({ c }, { c }, nil, 5)

    t:equal({ count, #readable, #writable }, { 1, 0, 1 }, "writable only")
    local polled, ready = t:poll({ { c, POLLIN | POLLOUT } }, 0)
    t:equal({ polled, ready[1].revents }, { 1, POLLOUT }, "the same with poll()")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:state(c, "ESTABLISHED")
    local accepted, peer = t:ok(l:accept())
    t:state(accepted, "ESTABLISHED")
    t:equal(tostring(peer), tostring(c:getsockname()))
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9999  ACK      seq=1 ack=1 len=0
    ]]
  end
}
