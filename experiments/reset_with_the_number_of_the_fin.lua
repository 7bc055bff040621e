experiment "a RST with the number of the FIN is believed, too" {
  case = { "R8", "R2" },
  source = "seed 004, section 4; RFC 5961 3.2; RFC 9293 3.10.7.4, second step",
  claim = "only a RST with the very next number is believed",
  verdict = "refuted",
  look = "The data crosses the FIN, so the RST answers a segment that knows nothing of the FIN: it has the FIN's own "
    .. "number, one below the next. By RFC 5961 it would be dropped. Linux believes it in CLOSE-WAIT, LAST-ACK and "
    .. "CLOSING.",
  tags = { "reset", "close", "simultaneous" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:ok(l:close())
    local crossing = t.wire:hold "server -> client"

    t:ok(s:close())
    t:equal(c:send "data", 4)
    t:wait_packet "server:7000 -> client RST"
    t:state(c, "ESTABLISHED")
    t:equal(#server:sockets(), 0)
    t.wire:drop "client -> server:7000 ACK len=0" -- it would be answered by another RST

    t:equal(crossing:release(1), 1)
    t:state(c, "CLOSE-WAIT")
    t:wait_packet "client -x server:7000 ACK seq=5"
    t:equal(c:recv(1), "")
    t:equal(crossing:release(1), 1)
    t:state(c, "CLOSED")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), EPIPE)
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="data"
      server:7000 -> client  RST      seq=1 len=0  # it is held, and comes behind the ACK of the FIN
      client -x server:7000  ACK      seq=5 ack=2 len=0
    ]]
  end
}
