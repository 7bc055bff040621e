experiment "in SYN-SENT a RST is believed when it acknowledges the SYN" {
  case = "R8",
  source = "seed 004, sections 1 and 7; RFC 9293 3.5.3 and 3.10.7.3, first and second step; RFC 5961 3.2",
  claim = "a RST makes connect() fail with ECONNREFUSED at once",
  verdict = "depends",
  look = "It depends on its acknowledgement number. In SYN-SENT the peer's numbers are not known yet, so the RST has "
    .. "to acknowledge the SYN (ack=1); its own number may be anything. Linux takes a RST with another ack as a sign "
    .. "of an old connection at the peer, and repeats its SYN at once instead of after 1 s.",
  tags = { "reset", "states", "connect", "nonblocking" },
  run = function(t)
    local client = t:host "client"
    local peer = t:puppet "peer"
    local packets = {}
    for i, row in ipairs {
      { reset = "RST,ACK rawseq=0 ack=1 len=0", believed = true },
      { reset = "RST,ACK rawseq=12345 ack=1 len=0", believed = true },
      { reset = "RST rawseq=0 len=0" },
      { reset = "RST rawseq=12345 len=0" },
      { reset = "RST,ACK rawseq=0 ack=0 len=0", again = true },
      { reset = "RST,ACK rawseq=0 ack=2 len=0", again = true },
    } do
      local port = 7000 + i
      local there, back = ("client -> peer:%d "):format(port), ("peer:%d -> client "):format(port)
      local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
      t:fails(EINPROGRESS, c:connect(peer, port))
      peer:receive(there .. "SYN seq=0 len=0")
      t:state(c, "SYN-SENT")
      table.insert(packets, "within 900ms " .. there .. "SYN seq=0 len=0") -- not a repetition

      peer:send(back .. row.reset)
      table.insert(packets, back .. row.reset)
      t:state(c, row.believed and "CLOSED" or "SYN-SENT", row.reset)
      t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), row.believed and ECONNREFUSED or 0)
      if row.again then
        peer:receive(there .. "SYN seq=0 len=0")
        table.insert(packets, "within 900ms " .. there .. "SYN seq=0 len=0")
        t:state(c, "SYN-SENT")
      end
      t:ok(c:close())
    end
    t:equal(#client:sockets(), 0)
    t:trace(table.concat(packets, "\n"))
  end
}
