-- The states of a host's sockets, sorted.
local function states_of(host)
  local states = {}
  for i, socket in ipairs(host:sockets()) do states[i] = socket.state end
  table.sort(states)
  return states
end

experiment "the accept queue is full: a SYN is ignored, and its repetition is answered" {
  case = "A8",
  source = "seed 004, section 1; listen(2), backlog; the kernel's ip-sysctl, tcp_abort_on_overflow",
  claim = "a SYN may be ignored without any RST, although somebody listens",
  verdict = "confirmed",
  look = "A full queue does not refuse: the SYN is dropped, in the hope that there is room when it comes again. So "
    .. "with a server that is too slow connect() takes 1 s, 3 s, 7 s; the counter ListenOverflows of nstat tells "
    .. "why.",
  tags = { "connect", "listen", "accept", "timers", "nonblocking" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(40000))
    t:ok(l:listen(1)) -- room for two: one more than the backlog
    for _ = 1, 2 do
      local waiting = t:ok(client:socket(AF_INET, SOCK_STREAM))
      t:ok(waiting:connect(server, 40000))
      t:state(waiting, "ESTABLISHED")
      t:trace [[
        client -> server:40000  SYN      seq=0 len=0
        server:40000 -> client  SYN,ACK  seq=0 ack=1 len=0
        client -> server:40000  ACK      seq=1 ack=1 len=0
      ]]
    end
    t:equal(states_of(server), { "ESTABLISHED", "ESTABLISHED", "LISTEN" })

    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:fails(EINPROGRESS, c:connect(server, 40000))
    t:wait_packet "client -> server:40000 SYN"
    t:state(c, "SYN-SENT")
    local counters = server:counters()
    t:equal({ counters.TcpExtListenOverflows, counters.TcpExtListenDrops }, { 1, 1 })
    t:equal(states_of(server), { "ESTABLISHED", "ESTABLISHED", "LISTEN" })

    t:ok(l:accept())
    t:equal(t:poll({ { c, POLLOUT } }, 10), 1)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:state(c, "ESTABLISHED")
    t:trace [[
      client -> server:40000  SYN  seq=0 len=0
      after 900ms  client -> server:40000  SYN  seq=0 len=0
      server:40000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:40000  ACK      seq=1 ack=1 len=0
    ]]
    t:equal(states_of(server), { "ESTABLISHED", "ESTABLISHED", "ESTABLISHED", "LISTEN" })
  end
}
