-- What select() says of a socket: is it readable, writable, an exception?
local function selected(t, socket)
  local _, readable, writable, exceptional = t:select({ socket }, { socket }, { socket }, 0)
  return { #readable == 1, #writable == 1, #exceptional == 1 }
end

experiment "select: a socket is readable when FIN comes" {
  case = "D11",
  source = "seed 002, select; select(2); poll(2), POLLRDHUP",
  claim = "when FIN comes, select() returns the socket as readable",
  verdict = "confirmed",
  look = "Readable means that a read does not block: it returns 0, the end. It stays so for ever, however often it is "
    .. "read; a loop that takes no notice of it spins. poll() can tell a FIN from data, with POLLRDHUP.",
  tags = { "close", "receive", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:equal(selected(t, c), { false, true, false })

    t:ok(s:close())
    t:equal(t:select({ c }, nil, nil, 5), 1)
    t:equal(selected(t, c), { true, true, false })
    local _, ready = t:poll({ { c, POLLIN | POLLOUT | POLLRDHUP } }, 0)
    t:equal(ready[1].revents, POLLIN | POLLOUT | POLLRDHUP)

    t:equal(c:recv(100), "")
    t:equal(selected(t, c), { true, true, false })
    t:state(c, "CLOSE-WAIT")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=2 len=0
    ]]
  end
}
