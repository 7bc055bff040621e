-- An idle connection that is broken, and whose client asks after a second of silence whether the server is there.
local function broken_connection(t, break_it)
  local client, server = t:hosts("client", "server")
  local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
  t:ok(l:bind(7000))
  t:ok(l:listen())
  local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
  t:ok(c:connect(server, 7000))
  local s = t:ok(l:accept())

  break_it(server)

  t:ok(c:setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, 1)) -- seconds of silence before the first probe; 7200 without it
  t:ok(c:setsockopt(IPPROTO_TCP, TCP_KEEPINTVL, 1)) -- seconds between probes; 75
  t:ok(c:setsockopt(IPPROTO_TCP, TCP_KEEPCNT, 1)) -- probes without an answer; 9
  t:ok(c:setsockopt(SOL_SOCKET, SO_KEEPALIVE, true))
  t:equal(client:sockets()[1].timer, "keepalive")
  return c, s
end

local handshake = [[
  client -> server:7000  SYN      seq=0 len=0
  server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
  client -> server:7000  ACK      seq=1 ack=1 len=0
]]

experiment "keep-alive: a silent peer is found, ETIMEDOUT" {
  case = "D12",
  source = "seed 002, KEEPALIVE; RFC 9293 3.8.4; tcp(7), TCP_KEEPIDLE",
  claim = "with SO_KEEPALIVE the kernel itself finds out that an idle connection is broken",
  verdict = "confirmed",
  look = "The probe has no data, and the number before the next one (seq=0): a living peer has to answer that it has "
    .. "this already. The RST at the end is for a peer that may be there after all.",
  tags = { "keepalive", "timers", "crash", "receive", "states", "reset" },
  run = function(t)
    local c, s = broken_connection(t, function() t.wire:cut() end)
    t:fails(ETIMEDOUT, c:recv(100))
    t:state(c, "CLOSED")
    t:state(s, "ESTABLISHED")
    t:trace(handshake .. [[
      after 900ms client -x server:7000  ACK      seq=0 ack=1 len=0
      after 900ms client -x server:7000  RST,ACK  seq=1 ack=1 len=0
    ]])
  end
}

experiment "keep-alive: a peer that has rebooted is found, ECONNRESET" {
  case = "D12",
  source = "seed 002, KEEPALIVE; RFC 9293 3.8.4 and 3.5.1; tcp(7), TCP_KEEPIDLE",
  claim = "with SO_KEEPALIVE the kernel itself finds out that an idle connection is broken",
  verdict = "confirmed",
  look = "The rebooted host answers the probe like any segment of a connection that it does not know.",
  tags = { "keepalive", "timers", "crash", "receive", "states", "reset" },
  run = function(t)
    local c = broken_connection(t, function(server)
      server:crash()
      server:reboot()
    end)
    t:fails(ECONNRESET, c:recv(100))
    t:state(c, "CLOSED")
    t:trace(handshake .. [[
      after 900ms client -> server:7000  ACK  seq=0 ack=1 len=0
      server:7000 -> client  RST  seq=1 len=0
    ]])
  end
}
