experiment "a connect that does not block gets no answer: readable and writable" {
  case = "N2",
  source = "seed 002, non-blocking connect; tcp(7), TCP_USER_TIMEOUT; socket(7), SO_ERROR",
  claim = "when a non-blocking connect() fails, select() finds the socket readable and writable; SO_ERROR says why",
  verdict = "confirmed",
  look = "No packet tells the kernel to give up, its timer does. TCP_USER_TIMEOUT is looked at when the SYN was sent "
    .. "again, so 100 ms become one second.",
  tags = { "connect", "nonblocking", "timers" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "100ms"))
    t.wire:drop "client -> server"

    t:fails(EINPROGRESS, c:connect(server, 9999))
    t:equal(t:select({ c }, { c }, nil, 0), 0, "nothing is ready on the way")

    t:equal(t:poll({ { c, 0 } }, 5), 1, "the failure wakes it up")
    t:eventually(function() return c:getsockopt(IPPROTO_TCP, TCP_INFO).state == "CLOSED" end)
    local count, readable, writable = t:select({ c }, { c }, nil, 0)
    t:equal({ count, #readable, #writable }, { 2, 1, 1 }, "readable and writable")
    local _, ready = t:poll({ { c, POLLIN | POLLOUT } }, 0)
    t:equal(ready[1].revents, POLLIN | POLLOUT | POLLERR | POLLHUP)

    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), ETIMEDOUT)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0, "it is told once")
    t:equal(t:select({ c }, { c }, nil, 0), 2, "and the socket stays readable and writable")
    t:trace [[
      client -x server:9999  SYN  seq=0 len=0
      after 900ms client -x server:9999  SYN  seq=0 len=0
    ]]
  end
}
