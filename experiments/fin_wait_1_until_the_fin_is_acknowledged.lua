experiment "FIN-WAIT-1 lasts until the FIN is acknowledged" {
  case = "F3",
  source = "seed 002, FIN_WAIT_1; RFC 9293 3.6 and 3.10.7.4, FIN-WAIT-1 STATE",
  claim = "the side that closes first is in FIN-WAIT-1 from its FIN until the ACK of that FIN",
  verdict = "confirmed",
  look = "The server has the FIN (it is in CLOSE-WAIT), but its ACK is lost. All the client knows is that there was "
    .. "no answer, so it repeats the FIN. The second ACK says so: its SACK block is the FIN, seen twice.",
  tags = { "states", "close", "timers" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "1s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    local lost = t.wire:drop "server -> client"

    t:ok(c:close())
    t:wait_packet "server:7000 -x client ACK ack=2"
    local closing = client:sockets()[1]
    t:equal({ closing.state, closing.orphan, closing.timer }, { "FIN-WAIT-1", true, "retransmit" })
    t:equal(closing.send_queue, 1, "the FIN")
    t:state(s, "CLOSE-WAIT")
    lost:remove()
    t:eventually(function() return client:sockets()[1].state == "FIN-WAIT-2" end, 10)
    t:ok(s:close())
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "TIME-WAIT" })

    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -x client  ACK      seq=1 ack=2 len=0
      repeat 0..3 { # on a busy machine
        after 10ms client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
        server:7000 -x client  ACK      seq=1 ack=2 len=0 sack="1:2"
      }
      after 10ms client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=2 len=0 sack="1:2"
      server:7000 -> client  FIN,ACK  seq=1 ack=2 len=0
      client -> server:7000  ACK      seq=2 ack=2 len=0
    ]]
  end
}
