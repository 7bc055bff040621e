-- What select() says of a socket: is it readable, writable, an exception?
local function selected(t, socket)
  local _, readable, writable, exceptional = t:select({ socket }, { socket }, { socket }, 0)
  return { #readable == 1, #writable == 1, #exceptional == 1 }
end

experiment "select: a socket is readable when RST comes" {
  case = "D11",
  source = "seed 002, select; select(2); poll(2), POLLERR, POLLHUP",
  claim = "when RST comes, select() returns the socket as readable",
  verdict = "confirmed",
  look = "select() shows the same as for FIN, only the read tells them apart: ECONNRESET, once, and then the end of "
    .. "the stream. poll() has bits for it: POLLERR until the error is taken, POLLHUP for ever.",
  tags = { "reset", "receive", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:equal(selected(t, c), { false, true, false })

    t:ok(s:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 0 }))
    t:ok(s:close())
    t:equal(t:select({ c }, nil, nil, 5), 1)
    t:state(c, "CLOSED")
    t:equal(selected(t, c), { true, true, false })
    local function events()
      local _, ready = t:poll({ { c, POLLIN | POLLOUT | POLLRDHUP } }, 0)
      return ready[1].revents
    end
    t:equal(events(), POLLIN | POLLOUT | POLLRDHUP | POLLERR | POLLHUP)

    t:fails(ECONNRESET, c:recv(100))
    t:equal(events(), POLLIN | POLLOUT | POLLRDHUP | POLLHUP)
    t:equal(c:recv(100), "")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> client  RST,ACK  seq=1 ack=1 len=0
    ]]
  end
}
