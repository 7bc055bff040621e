-- 88.88.88.88 is a puppet: it takes every packet and says nothing. `gaps` are the seconds between the SYNs; connect()
-- fails when the time-out of the last one has run out, `total` seconds after the first.
local function schedule(settings, gaps, total)
  return function(t)
    local net = t:network {
      { "client 192.168.0.4/24", "gate 192.168.0.1/24" },
      { "gate 88.88.88.1/24", "blackhole 88.88.88.88/24" },
      routers = "gate", puppets = "blackhole",
    }
    for name, value in pairs(settings) do
      if not pcall(net.client.sysctl, net.client, name) then t:skip("this kernel has no setting " .. name) end
      net.client:sysctl(name, value)
    end
    local process = net.client:spawn("client", function()
      local c = t:ok(net.client:socket(AF_INET, SOCK_STREAM))
      local before = t:now()
      t:fails(ETIMEDOUT, c:connect("88.88.88.88", 20000))
      local waited = t:now() - before
      t:state(c, "CLOSED")
      return waited
    end)

    local text = {}
    for repeats = 0, #gaps do
      local gap = gaps[repeats] or 0
      t:wait_packet("client -> blackhole:20000 SYN from=client", gap + 10)
      t:eventually(function() -- what netstat shows meanwhile
        local entry = net.client:sockets()[1]
        return entry and entry.state == "SYN-SENT" and entry.send_queue == 1 and entry.recv_queue == 0
          and entry.timer == "retransmit" and entry.retransmits == repeats
      end)
      local line = "after %.2fs..%.2fs  client -> blackhole:20000  SYN  seq=0 len=0 mss=1460"
      text[#text + 1] = line:format(gap * 0.95, gap * 1.05 + 2)
    end

    local ending = t:ok(process:wait(total + 10))
    t:equal(ending.exit, 0)
    local waited = ending.returned[1]
    t:ok(waited > total * 0.98, "connect() waits for the last time-out, too")
    t:ok(waited < total * 1.05 + 2, "and no longer")
    t:equal(#net.client:sockets(), 0)
    t:trace(table.concat(text, "\n"))
  end
end

local source = "seed 001; seed 002, connect; RFC 6298 5.5 to 5.7; tcp(7), tcp_syn_retries; the kernel's ip-sysctl"
local tags = { "connect", "timers", "states" }

experiment "connect to a black hole: the SYN is repeated, then ETIMEDOUT" {
  case = { "A11", "N15" },
  source = source,
  claim = "connect() to a host that does not answer stays in SYN-SENT, repeats the SYN, and fails with ETIMEDOUT",
  verdict = "confirmed",
  look = "All the while netstat shows SYN_SENT, with the SYN in Send-Q (1). With tcp_syn_retries = 1 it is repeated "
    .. "once, after 1 s, and 2 s later connect() gives up: each time-out is the double of the one before.",
  tags = tags,
  run = schedule({ ["net.ipv4.tcp_syn_retries"] = 1 }, { 1 }, 3),
}

experiment "connect to a black hole: the whole schedule, 127 seconds" {
  case = { "A11", "N15" },
  source = source,
  claim = "connect() to 88.88.88.88 fails after about 180 seconds",
  verdict = "refuted",
  look = "1 + 2 + 4 + 8 + 16 + 32 + 64 = 127 s. The article's kernel was older: it began with 3 s (RFC 1122) and "
    .. "repeated five times, 3 + 6 + 12 + 24 + 48 + 96 = 189 s.",
  tags = tags,
  slow = true,
  timeout = "200s",
  run = schedule({}, { 1, 2, 4, 8, 16, 32 }, 127),
}

experiment "connect to a black hole: the schedule of today's default, 131 seconds" {
  case = { "N15", "A11" },
  source = source,
  claim = "a connect() that blocks gives up after 75 seconds to some minutes",
  verdict = "confirmed",
  look = "1 + 1 + 1 + 1 + 1 + 2 + 4 + 8 + 16 + 32 + 64 = 131 s: since Linux 6.5 the first four time-outs do not "
    .. "double (tcp_syn_linear_timeouts), so a lost SYN costs less. In all other experiments they do.",
  tags = tags,
  slow = true,
  timeout = "200s",
  run = schedule({ ["net.ipv4.tcp_syn_linear_timeouts"] = 4 }, { 1, 1, 1, 1, 1, 2, 4, 8, 16, 32 }, 131),
}
