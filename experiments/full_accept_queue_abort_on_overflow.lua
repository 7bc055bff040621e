-- The states of a host's sockets, sorted.
local function states_of(host)
  local states = {}
  for i, socket in ipairs(host:sockets()) do states[i] = socket.state end
  table.sort(states)
  return states
end

experiment "the accept queue is full, with tcp_abort_on_overflow: RST after connect has succeeded" {
  case = "A8",
  source = "listen(2), backlog; the kernel's ip-sysctl, tcp_abort_on_overflow",
  claim = "when connect() has succeeded, the server's kernel has the connection, too",
  verdict = "refuted",
  look = "With tcp_abort_on_overflow the server resets what it has no room for. connect() has returned 0 before: the "
    .. "error comes with the first read, ECONNRESET.",
  tags = { "connect", "listen", "accept", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:sysctl("net.ipv4.tcp_abort_on_overflow", 1)
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(40000))
    t:ok(l:listen(1)) -- room for two: one more than the backlog
    local first = t:ok(client:socket(t.af, SOCK_STREAM))
    local second = t:ok(client:socket(t.af, SOCK_STREAM))
    local third = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(first:connect(server, 40000))
    t:state(first, "ESTABLISHED")

    -- Two more handshakes while there is room for one: both SYNs are answered, and then the ACKs come.
    local acks = t.wire:hold "client -> server ACK"
    t:ok(second:connect(server, 40000))
    t:ok(third:connect(server, 40000))
    t:state(second, "ESTABLISHED")
    t:state(third, "ESTABLISHED")
    t:equal(states_of(server), { "ESTABLISHED", "LISTEN", "SYN-RECEIVED", "SYN-RECEIVED" })
    acks:remove()
    t:state(second, "ESTABLISHED")
    t:equal(server:counters().TcpExtListenOverflows, 1)
    t:fails(ECONNRESET, third:recv(1))
    t:state(third, "CLOSED")
    t:equal(states_of(server), { "ESTABLISHED", "ESTABLISHED", "LISTEN" })
    t:trace [[
      client:$a -> server:40000  SYN      seq=0 len=0
      server:40000 -> client:$a  SYN,ACK  seq=0 ack=1 len=0
      client:$a -> server:40000  ACK      seq=1 ack=1 len=0
      client:$b -> server:40000  SYN      seq=0 len=0
      server:40000 -> client:$b  SYN,ACK  seq=0 ack=1 len=0
      client:$b -> server:40000  ACK      seq=1 ack=1 len=0
      client:$c -> server:40000  SYN      seq=0 len=0
      server:40000 -> client:$c  SYN,ACK  seq=0 ack=1 len=0
      client:$c -> server:40000  ACK      seq=1 ack=1 len=0
      server:40000 -> client:$c  RST      seq=1 len=0
    ]]
  end
}
