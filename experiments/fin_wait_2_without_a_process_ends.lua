-- The client closes, the server does not; the client's kernel waits for so many seconds.
local function orphan(title, settings, seconds, slow)
  experiment(title) {
    case = "F4",
    source = "seed 002, FIN_WAIT_2; RFC 9293 3.6; tcp(7), tcp_fin_timeout",
    claim = "FIN-WAIT-2 waits for the FIN of the other side",
    verdict = "depends",
    look = "It depends on whether a process still has the socket. After close() nobody could read what comes, so the "
      .. "kernel waits for tcp_fin_timeout only, and then forgets the connection, without TIME-WAIT. The server is "
      .. "not told: it learns of it when it sends.",
    tags = { "states", "close", "timers" },
    slow = slow,
    timeout = "100s",
    unnoticed = { ["expires"] = "a slow handshake lengthens the time" },
    run = function(t)
      -- a busy machine repeats nothing within 800 ms (Linux 6.11 and later)
      local client, server = t:hosts("client", "server", { sysctl = settings, rto_min = "800ms" })
      local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
      t:ok(l:bind(7000))
      t:ok(l:listen())
      local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
      t:ok(c:connect(server, 7000))
      local s = t:ok(l:accept())
      t:ok(l:close())

      t:ok(c:close())
      local acknowledged = t:wait_packet("server:7000 -> client ACK seq=1 ack=2").time
      local left = client:sockets()[1]
      t:equal({ left.state, left.orphan, left.inode, left.timer }, { "FIN-WAIT-2", true, 0, "time-wait" })
      t:near(left.expires, seconds + 1, 2.5) -- longer after a slow handshake

      t:eventually(function() return #client:sockets() == 0 end, seconds + 10)
      t:near(t:now() - acknowledged, seconds + 3, 3.1)
      t:state(s, "CLOSE-WAIT")
      t:equal(s:send "anybody?", 8)
      t:state(s, "CLOSED")
      t:equal({ #client:sockets(), #server:sockets() }, { 0, 0 })
      t:trace [[
        client -> server:7000  SYN      seq=0 len=0
        server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
        client -> server:7000  ACK      seq=1 ack=1 len=0
        client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
        server:7000 -> client  ACK      seq=1 ack=2 len=0
        server:7000 -> client  ACK      seq=1 ack=2 payload="anybody?"
        client -> server:7000  RST      seq=2 len=0
      ]]
    end
  }
end

orphan("FIN-WAIT-2 after close: the kernel waits for tcp_fin_timeout", { ["net.ipv4.tcp_fin_timeout"] = 3 }, 3)
orphan("FIN-WAIT-2 after close: 60 s without any setting", nil, 60, true)
