local function idle_after(break_it)
  return function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    t:ok(l:accept())
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
    ]]

    break_it(t, server)

    t:quiet "100ms"
    t:equal(t:poll({ { c, POLLIN | POLLPRI | POLLRDHUP } }, 0), 0, "no end, no error")
    t:fails(EAGAIN, c:recv(1, MSG_DONTWAIT))
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:state(c, "ESTABLISHED")
    local entry = client:sockets()[1]
    t:equal({ entry.state, entry.timer, entry.send_queue }, { "ESTABLISHED", nil, 0 })
  end
end

experiment "an idle connection does not notice that the peer's machine crashes" {
  case = "D2",
  source = "seed 002, only who sends can find out; RFC 9293 3.8.4 and 3.5.1",
  claim = "only a side that sends something can find out that the connection is broken",
  verdict = "confirmed",
  look = "One need not wait for ever to see that it lasts for ever: the kernel has no timer running for this "
    .. "connection, so there is nothing that could ever end it.",
  tags = { "crash", "timers", "states", "receive" },
  run = idle_after(function(_, server) server:crash() end),
}

experiment "an idle connection does not notice that the path is cut" {
  case = "D2",
  source = "seed 002, only who sends can find out; RFC 9293 3.8.4",
  claim = "only a side that sends something can find out that the connection is broken",
  verdict = "confirmed",
  look = "A TCP connection is nothing but what both ends remember. A cable between them is no part of it.",
  tags = { "timers", "states", "receive" },
  run = idle_after(function(t) t.wire:cut() end),
}

experiment "an idle connection does not notice that the peer's cable is pulled" {
  case = "D2",
  source = "seed 002, only who sends can find out; RFC 9293 3.8.4",
  claim = "only a side that sends something can find out that the connection is broken",
  verdict = "confirmed",
  look = "The server's kernel knows that its carrier is gone, but its sockets do not end for that.",
  tags = { "timers", "states", "receive" },
  run = idle_after(function(_, server) server:interface():unplug() end),
}
