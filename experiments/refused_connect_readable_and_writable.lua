experiment "a connect that does not block is refused: readable and writable" {
  case = "N2",
  source = "seed 002, non-blocking connect; select(2); socket(7), SO_ERROR",
  claim = "when a non-blocking connect() fails, select() finds the socket readable and writable; SO_ERROR says why",
  verdict = "confirmed",
  look = "select() returns 2 for one socket: it counts each set. poll() knows more: POLLERR and POLLHUP.",
  tags = { "connect", "nonblocking", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    local answer = t.wire:hold "server -> client RST,ACK"

    t:fails(EINPROGRESS, c:connect(server, 9999))
    t:wait_packet "server:9999 -> client RST,ACK"
    t:state(c, "SYN-SENT")
    t:equal(t:select({ c }, { c }, nil, 0), 0, "nothing is ready on the way")
    t:equal(answer:release(), 1)

    t:equal(t:poll({ { c, 0 } }, 5), 1, "the failure wakes it up")
    t:eventually(function() return c:getsockopt(IPPROTO_TCP, TCP_INFO).state == "CLOSED" end)
    local count, readable, writable = t:select({ c }, { c }, nil, 0)
    t:equal({ count, #readable, #writable }, { 2, 1, 1 }, "readable and writable")
    local _, ready = t:poll({ { c, POLLIN | POLLOUT } }, 0)
    t:equal(ready[1].revents, POLLIN | POLLOUT | POLLERR | POLLHUP)

    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0, "it is told once")
    t:equal(t:select({ c }, { c }, nil, 0), 2, "and the socket stays readable and writable")
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}
