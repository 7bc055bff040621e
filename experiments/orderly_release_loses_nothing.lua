experiment "an orderly release loses nothing" {
  case = "R4",
  source = "seed 004, section 5; RFC 9293 3.6 and 3.10.4; close(2)",
  claim = "FIN is sent behind all data that is queued, so normally a close loses no data",
  verdict = "confirmed",
  look = "The process has closed and ended, and everything that it sent was lost. The kernel goes on alone: the "
    .. "orphan in FIN-WAIT-1 repeats data and FIN until they are acknowledged. An abort would have dropped them.",
  tags = { "close", "send", "receive", "states" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "1s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(6000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 6000))
    local s = t:ok(l:accept())
    t:ok(l:close())
    local letter = ("0123456789"):rep(200)
    local lost = t.wire:drop "server -> client"

    local process = server:spawn("server", function()
      t:equal(s:send(letter), 2000)
      t:ok(s:close())
    end)
    t:ok(s:close()) -- the parent's copy
    t:equal(t:ok(process:wait(5)).exit, 0)
    local left = server:sockets()[1]
    t:equal({ left.state, left.orphan, left.send_queue }, { "FIN-WAIT-1", true, 2001 }) -- with the FIN
    t:state(c, "ESTABLISHED")
    t:fails(EAGAIN, c:recv(4000, MSG_DONTWAIT))
    lost:remove()

    t:equal(c:recv(2000, MSG_WAITALL), letter)
    t:equal(c:recv(1), "")
    t:eventually(function() return server:sockets()[1].state == "FIN-WAIT-2" end)
    t:ok(c:close())
    t:equal({ #client:sockets(), server:sockets()[1].state }, { 0, "TIME-WAIT" })
    t:trace [[
      client -> server:6000  SYN      seq=0 len=0
      server:6000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:6000  ACK      seq=1 ack=1 len=0
      server:6000 -x client  ACK      seq=1 ack=1 len=1448
      server:6000 -x client  ACK      seq=1449 ack=1 len=552
      server:6000 -x client  FIN,ACK  seq=2001 ack=1 len=0
      repeat 0..3 after 150ms server:6000 -x client  ACK  seq=1 ack=1 len=1448  # on a busy machine
      after 10ms server:6000 -> client  ACK  seq=1 ack=1 len=1448
      client -> server:6000  ACK      seq=1 ack=1449 len=0
      server:6000 -> client  FIN,ACK  seq=1449 ack=1 len=552
      client -> server:6000  ACK      seq=1 ack=2002 len=0
      client -> server:6000  FIN,ACK  seq=1 ack=2002 len=0
      server:6000 -> client  ACK      seq=2002 ack=2 len=0
    ]]
  end
}
