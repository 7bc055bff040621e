-- One connection; returns how long the client was in SYN-SENT: from its SYN to the arrival of the SYN,ACK.
local function connect(t, client, server)
  local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
  t:ok(c:connect(server, 20000))
  t:state(c, "ESTABLISHED")
  local syn = t:wait_packet "client -> server:20000 SYN"
  local answer = t:wait_packet "server:20000 -> client SYN,ACK"
  t:trace [[
    client -> server:20000  SYN      seq=0 len=0
    server:20000 -> client  SYN,ACK  seq=0 ack=1 len=0
    client -> server:20000  ACK      seq=1 ack=1 len=0
  ]]
  t:ok(c:close())
  t:trace [[
    client -> server:20000  FIN,ACK  seq=1 ack=1 len=0
    server:20000 -> client  ACK      seq=1 ack=2 len=0
  ]]
  return answer.received - syn.time
end

experiment "SYN-SENT lasts one round trip" {
  case = "A12",
  source = "seed 001; seed 002, connect; RFC 9293 3.3.2; netstat(8)",
  claim = "SYN-SENT is normally so short that netstat does not show it",
  verdict = "depends",
  look = "It depends on the round trip. On the direct wire the state is over in less than the time that it takes to "
    .. "start netstat (-v shows the note). With 150 ms each way it lasts 300 ms.",
  tags = { "connect", "states", "timers" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(20000))
    t:ok(l:listen())

    local near = connect(t, client, server)
    t.wire:delay("* -> *", "150ms")
    local far = connect(t, client, server)

    t:note(("SYN-SENT lasted %.6f s, then %.6f s"):format(near, far))
    t:ok(far >= 0.3, "a delay is never shorter")
    t:ok(near < 1, "on the direct wire")
  end
}
