experiment "connect to a black hole: the SYN is repeated, then ETIMEDOUT" {
  case = { "A11", "N15" },
  source = "seed 001; seed 002, connect; RFC 6298 5.5 to 5.7; tcp(7), tcp_syn_retries",
  claim = "connect() to a host that does not answer stays in SYN-SENT, repeats the SYN, and fails with ETIMEDOUT",
  verdict = "confirmed",
  look = "All the while netstat shows SYN_SENT, with the SYN in Send-Q (1). With tcp_syn_retries = 1 it is repeated "
    .. "once, after 1 s, and 2 s later connect() gives up: each time-out is the double of the one before.",
  tags = { "connect", "timers", "states" },
  run = function(t)
    local net = t:network {
      { "client 192.168.0.4/24", "gate 192.168.0.1/24" },
      { "gate 88.88.88.1/24", "blackhole 88.88.88.88/24" },
      routers = "gate", puppets = "blackhole", -- a puppet takes every packet and says nothing
    }
    local client = net.client
    client:sysctl("net.ipv4.tcp_syn_retries", 1)
    local process = client:spawn("client", function()
      local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
      t:fails(ETIMEDOUT, c:connect("88.88.88.88", 20000))
      t:state(c, "CLOSED")
    end)

    local syn
    for repeats = 0, 1 do
      syn = t:wait_packet("client -> blackhole:20000 SYN from=client", 5)
      t:eventually(function() -- what netstat shows meanwhile
        local entry = client:sockets()[1]
        return entry and entry.state == "SYN-SENT" and entry.send_queue == 1 and entry.recv_queue == 0
          and entry.timer == "retransmit" and entry.retransmits == repeats
      end)
    end
    t:equal(t:ok(process:wait(10)).exit, 0)

    t:ok(t:now() - syn.time > 1.9, "connect() waits for the last time-out, too")
    t:equal(#client:sockets(), 0)
    t:trace [[
      client -> blackhole:20000  SYN  seq=0 len=0 mss=1460
      after 900ms  client -> blackhole:20000  SYN  seq=0 len=0 mss=1460
    ]]
  end
}
