experiment "LAST-ACK lasts until the last ACK" {
  case = "F9",
  source = "seed 002, LAST_ACK; RFC 9293 3.6, figure 12, and 3.10.7.4, fifth step, LAST-ACK",
  claim = "the side that closes second is in LAST-ACK from its FIN until the ACK of that FIN; then it is CLOSED",
  verdict = "confirmed",
  look = "Its last ACK closes the passive side at once, without TIME-WAIT. In LAST-ACK no process has the socket any "
    .. "more: it is an orphan, and its timer repeats the FIN if need be.",
  tags = { "states", "close" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:ok(l:close())

    t:ok(c:close())
    t:wait_packet "server:7000 -> client ACK ack=2"
    t:state(s, "CLOSE-WAIT")
    local last = t.wire:hold "client -> server:7000 ACK"
    t:ok(s:close())
    t:wait_packet "client -> server:7000 ACK seq=2"
    local closing = server:sockets()[1]
    t:equal({ closing.state, closing.orphan, closing.inode, closing.send_queue }, { "LAST-ACK", true, 0, 1 })
    t:equal({ closing.timer, closing.retransmits }, { "retransmit", 0 })
    t:equal(client:sockets()[1].state, "TIME-WAIT")

    t:equal(last:release(), 1)
    t:equal(#server:sockets(), 0)
    t:equal(#client:sockets(), 1)
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=2 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=2 len=0
      client -> server:7000  ACK      seq=2 ack=2 len=0
    ]]
  end
}
