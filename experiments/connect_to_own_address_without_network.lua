experiment "connect to the host's own address needs a listener, but no network" {
  case = "A6",
  source = "seed 001; seed 002, connect; ip(7)",
  claim = "only the missing listener makes connecting to one's own address fail",
  verdict = "confirmed",
  look = "With a listener the same connect() succeeds, although the cable is pulled: it was never the network.",
  tags = { "connect", "listen", "loopback" },
  run = function(t)
    local host = t:host "host"
    host:interface():unplug()
    local l = t:ok(host:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(20000))
    t:ok(l:listen())
    local c = t:ok(host:socket(AF_INET, SOCK_STREAM))

    t:ok(c:connect(host, 20000))

    local a, peer = t:ok(l:accept())
    t:equal(tostring(peer), tostring(c:getsockname()))
    t:equal(peer.ip, host.ip)
    t:state(c, "ESTABLISHED")
    t:state(a, "ESTABLISHED")
    t:trace [[
      host -> host:20000  SYN      seq=0 len=0
      host:20000 -> host  SYN,ACK  seq=0 ack=1 len=0
      host -> host:20000  ACK      seq=1 ack=1 len=0
    ]]
  end
}
