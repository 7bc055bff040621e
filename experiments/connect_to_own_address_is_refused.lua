-- Nobody listens; `address` is one of the host's own.
local function refused_at(address)
  return function(t)
    local host = t:host "host"
    host:interface():unplug() -- nothing can leave the host, and nothing arrives
    local c = t:ok(host:socket(AF_INET, SOCK_STREAM))

    t:fails(ECONNREFUSED, c:connect(address, 20000))

    t:state(c, "CLOSED")
    t:equal(#host:sockets(), 0, "no socket is left in any table")
    local syn = t:wait_packet(("%s -> %s:20000 SYN"):format(address, address))
    local reset = t:wait_packet(("%s:20000 -> %s RST,ACK"):format(address, address))
    t:equal({ syn.loopback, reset.loopback }, { true, true })
    t:equal({ syn.src, syn.dst, reset.src, reset.dst }, { address, address, address, address })
    t:trace [[
      host -> host:20000  SYN      seq=0 len=0
      host:20000 -> host  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
end

experiment "connect to the host's own address, where nobody listens, is refused on lo" {
  case = "A6",
  source = "seed 001; seed 002, connect; RFC 9293 3.10.7.1; connect(2)",
  claim = "connecting to one's own address without a listener is refused at once, by a RST of one's own protocol "
    .. "stack",
  verdict = "confirmed",
  look = "10.0.0.1 is the address of eth0, whose cable is pulled; the SYN and the RST meet on lo. The source address "
    .. "is 10.0.0.1, too: a route to an own address has that address as its source.",
  tags = { "connect", "loopback" },
  run = refused_at "10.0.0.1",
}

experiment "connect to 127.0.0.1, where nobody listens, is refused on lo" {
  case = "A6",
  source = "seed 001; RFC 9293 3.10.7.1; connect(2)",
  claim = "connecting to one's own host without a listener is refused at once, and no packet leaves the host",
  verdict = "confirmed",
  look = "The same two packets as between two hosts. The kernel plays both parts.",
  tags = { "connect", "loopback" },
  run = refused_at "127.0.0.1",
}
