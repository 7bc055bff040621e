-- A puppet sends SYN and keeps back the third segment.
local function withheld(retries, schedule, seconds, slow)
  experiment("the third segment never comes: SYN-RECEIVED ends after " .. seconds .. " s") {
    case = "F2",
    source = "seed 002, SYN_RCVD; RFC 9293 3.8.3; the kernel's ip-sysctl, tcp_synack_retries",
    claim = "a client that keeps back the last ACK leaves the server in SYN-RECEIVED",
    verdict = "confirmed",
    look = "The server repeats its SYN,ACK after 1, 2, 4 ... seconds, tcp_synack_retries times. Then it forgets the "
      .. "client without a word: no RST, no error for the listening process.",
    tags = { "states", "listen", "timers" },
    slow = slow,
    timeout = "100s",
    run = function(t)
      local server = t:host("server", { sysctl = { ["net.ipv4.tcp_synack_retries"] = retries } })
      local peer = t:puppet "peer"
      local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
      t:ok(l:bind(7000))
      t:ok(l:listen())

      local before = t:now()
      peer:send "peer:5000 -> server:7000 SYN seq=0"
      t:wait_packet "server:7000 -> peer:5000 SYN,ACK"
      t:equal(server:sockets()[2].state, "SYN-RECEIVED")
      t:eventually(function() return #server:sockets() == 1 end, seconds + 10)

      t:near(t:now() - before, seconds + 2, 2.1)
      t:state(l, "LISTEN")
      t:equal(t:select({ l }, nil, nil, 0), 0)
      t:trace([[
        peer:5000 -> server:7000  SYN      seq=0 len=0
        server:7000 -> peer:5000  SYN,ACK  seq=0 ack=1 len=0
      ]] .. schedule)
    end
  }
end

withheld(0, "", 1)
withheld(5, [[
  after 900ms..2s    server:7000 -> peer:5000  SYN,ACK  seq=0 ack=1 len=0
  after 1.9s..3s    server:7000 -> peer:5000  SYN,ACK  seq=0 ack=1 len=0
  after 3.9s..6s    server:7000 -> peer:5000  SYN,ACK  seq=0 ack=1 len=0
  after 7.9s..10s   server:7000 -> peer:5000  SYN,ACK  seq=0 ack=1 len=0
  after 15.9s..19s  server:7000 -> peer:5000  SYN,ACK  seq=0 ack=1 len=0
]], 63, true)
