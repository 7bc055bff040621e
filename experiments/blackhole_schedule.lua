-- 88.88.88.88 is a puppet: it takes every packet and says nothing. `gaps` are the seconds between the SYNs; connect()
-- fails when the time-out of the last one has run out, `total` seconds after the first.
local function schedule(linear_timeouts, gaps, total)
  return function(t)
    local net = t:network {
      { "client 192.168.0.4/24", "gate 192.168.0.1/24" },
      { "gate 88.88.88.1/24", "blackhole 88.88.88.88/24" },
      routers = "gate", puppets = "blackhole",
    }
    local client = net.client
    if linear_timeouts and not pcall(client.sysctl, client, "net.ipv4.tcp_syn_linear_timeouts", linear_timeouts) then
      t:skip "this kernel has no tcp_syn_linear_timeouts (it came with Linux 6.5)"
    end
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))

    local before = t:now()
    t:fails(ETIMEDOUT, c:connect("88.88.88.88", 20000))
    local waited = t:now() - before

    t:ok(waited > total * 0.98, "connect() waits for the last time-out, too")
    t:ok(waited < total * 1.05 + 2, "and no longer")
    t:state(c, "CLOSED")
    t:equal(#client:sockets(), 0)
    local packets = { "client -> blackhole:20000  SYN  seq=0 len=0 mss=1460" }
    for _, gap in ipairs(gaps) do
      local line = "after %.2fs..%.2fs  client -> blackhole:20000  SYN  seq=0 len=0 mss=1460"
      table.insert(packets, line:format(gap * 0.95, gap * 1.05 + 2))
    end
    t:trace(table.concat(packets, "\n"))
  end
end

experiment "connect to a black hole: the whole schedule, 127 seconds" {
  case = { "A11", "N15" },
  source = "seed 001; seed 002, connect; RFC 6298 5.5 to 5.7; tcp(7), tcp_syn_retries",
  claim = "connect() to 88.88.88.88 fails after about 180 seconds",
  verdict = "refuted",
  look = "1 + 2 + 4 + 8 + 16 + 32 + 64 = 127 s. The article's kernel was older: it began with 3 s (RFC 1122) and "
    .. "repeated five times, 3 + 6 + 12 + 24 + 48 + 96 = 189 s.",
  tags = { "connect", "timers" },
  slow = true,
  timeout = "200s",
  run = schedule(nil, { 1, 2, 4, 8, 16, 32 }, 127),
}

experiment "connect to a black hole: the schedule of today's default, 131 seconds" {
  case = { "A11", "N15" },
  source = "seed 002, connect time-out; the kernel's ip-sysctl, tcp_syn_linear_timeouts, tcp_syn_retries",
  claim = "a connect() that blocks gives up after 75 seconds to some minutes",
  verdict = "confirmed",
  look = "1 + 1 + 1 + 1 + 1 + 2 + 4 + 8 + 16 + 32 + 64 = 131 s: since Linux 6.5 the first four time-outs do not "
    .. "double (tcp_syn_linear_timeouts), so a lost SYN costs less. In all other experiments they do.",
  tags = { "connect", "timers" },
  slow = true,
  timeout = "200s",
  run = schedule(4, { 1, 1, 1, 1, 1, 2, 4, 8, 16, 32 }, 131),
}
