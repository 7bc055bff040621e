-- A listener, and two connections that nobody has accepted. The queue holds one more than the backlog.
local function busy_listener(t, client, server, backlog)
  local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
  t:ok(l:bind(40000))
  t:ok(l:listen(backlog))
  for _ = 1, 2 do
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 40000))
    t:trace [[
      client -> server:40000  SYN      seq=0 len=0
      server:40000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:40000  ACK      seq=1 ack=1 len=0
    ]]
  end
  return l
end

local function states_of(host)
  local states = {}
  for i, socket in ipairs(host:sockets()) do states[i] = socket.state end
  table.sort(states)
  return states
end

-- Two more handshakes while there is room for one: both SYNs are answered, and then the ACKs come.
local function one_too_many(t, abort)
  local client, server = t:hosts("client", "server")
  server:sysctl("net.ipv4.tcp_abort_on_overflow", abort)
  local l = busy_listener(t, client, server, 2)
  local acks = t.wire:hold "client -> server ACK"
  local third = t:ok(client:socket(AF_INET, SOCK_STREAM))
  local fourth = t:ok(client:socket(AF_INET, SOCK_STREAM))
  t:ok(third:connect(server, 40000))
  t:ok(fourth:connect(server, 40000))
  t:state(third, "ESTABLISHED")
  t:state(fourth, "ESTABLISHED")
  t:equal(states_of(server), { "ESTABLISHED", "ESTABLISHED", "LISTEN", "SYN-RECEIVED", "SYN-RECEIVED" })

  acks:remove()
  t:state(third, "ESTABLISHED")
  t:equal(server:counters().TcpExtListenOverflows, 1)
  return server, l, fourth
end

local handshakes = [[
  client:$c -> server:40000  SYN      seq=0 len=0
  server:40000 -> client:$c  SYN,ACK  seq=0 ack=1 len=0
  client:$c -> server:40000  ACK      seq=1 ack=1 len=0
  client:$d -> server:40000  SYN      seq=0 len=0
  server:40000 -> client:$d  SYN,ACK  seq=0 ack=1 len=0
  client:$d -> server:40000  ACK      seq=1 ack=1 len=0
]]

experiment "the accept queue is full: the client is connected, the server is not" {
  case = "A8",
  source = "listen(2), backlog; the kernel's ip-sysctl, tcp_abort_on_overflow",
  claim = "when connect() has succeeded, the server's kernel has the connection, too",
  verdict = "refuted",
  look = "The ACK that should complete the handshake is ignored: the server stays in SYN-RECEIVED and repeats its "
    .. "SYN,ACK, while the client is ESTABLISHED. When accept() has made room, the next ACK completes the "
    .. "connection.",
  tags = { "connect", "listen", "accept", "states", "timers" },
  run = function(t)
    local server, l, fourth = one_too_many(t, 0)
    t:state(fourth, "ESTABLISHED")
    t:equal(states_of(server), { "ESTABLISHED", "ESTABLISHED", "ESTABLISHED", "LISTEN", "SYN-RECEIVED" })

    for _ = 1, 3 do t:ok(l:accept()) end
    local late = t:ok(l:accept()) -- waits for the repetition
    t:equal(tostring(late:getpeername()), tostring(fourth:getsockname()))
    t:state(late, "ESTABLISHED")
    t:trace(handshakes .. [[
      server:40000 -> client:$d  SYN,ACK  seq=0 ack=1 len=0
      client:$d -> server:40000  ACK  seq=1 ack=1 len=0
    ]])
  end
}

experiment "the accept queue is full, with tcp_abort_on_overflow: RST after connect has succeeded" {
  case = "A8",
  source = "listen(2), backlog; the kernel's ip-sysctl, tcp_abort_on_overflow",
  claim = "when connect() has succeeded, the server's kernel has the connection, too",
  verdict = "refuted",
  look = "With tcp_abort_on_overflow the server resets what it has no room for. connect() has returned 0 before: the "
    .. "error comes with the first read, ECONNRESET.",
  tags = { "connect", "listen", "accept", "reset" },
  run = function(t)
    local server, _, fourth = one_too_many(t, 1)
    t:fails(ECONNRESET, fourth:recv(1))
    t:state(fourth, "CLOSED")
    t:equal(states_of(server), { "ESTABLISHED", "ESTABLISHED", "ESTABLISHED", "LISTEN" })
    t:trace(handshakes .. "server:40000 -> client:$d  RST  seq=1 len=0")
  end
}
