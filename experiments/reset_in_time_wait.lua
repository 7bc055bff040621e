-- A connection that the host has closed first, up to TIME-WAIT; then a puppet sends what is given, and the host's
-- answer is expected.
local function in_time_wait(rfc1337, segments, states, packets)
  return function(t)
    local host = t:host("host", { sysctl = { ["net.ipv4.tcp_rfc1337"] = rfc1337, ["net.ipv4.tcp_early_retrans"] = 0 } })
    host:rto_min "2s" -- a busy machine repeats nothing
    local peer = t:puppet "peer"
    local l = t:ok(host:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    peer:send "peer:5000 -> host:7000 SYN seq=0"
    peer:receive "host:7000 -> peer:5000 SYN,ACK"
    peer:send "peer:5000 -> host:7000 ACK seq=1 ack=1"
    local s = t:ok(l:accept())
    t:ok(l:close())
    t:ok(s:close())
    t:equal(host:sockets()[1].state, "FIN-WAIT-1")
    peer:send "peer:5000 -> host:7000 FIN,ACK seq=1 ack=2"
    t:equal(host:sockets()[1].state, "TIME-WAIT")

    for i, segment in ipairs(segments) do
      peer:send("peer:5000 -> host:7000 " .. segment)
      local left = host:sockets()
      t:equal({ #left, left[1] and left[1].state }, { states[i] and 1 or 0, states[i] }, segment)
    end
    t:trace([[
      peer:5000 -> host:7000  SYN      seq=0 len=0
      within 900ms host:7000 -> peer:5000  SYN,ACK  seq=0 ack=1 len=0
      peer:5000 -> host:7000  ACK      seq=1 ack=1 len=0
      host:7000 -> peer:5000  FIN,ACK  seq=1 ack=1 len=0
      repeat 0..3 after 150ms host:7000 -> peer:5000  FIN,ACK  seq=1 ack=1 len=0  # on a busy machine
      peer:5000 -> host:7000  FIN,ACK  seq=1 ack=2 len=0
      host:7000 -> peer:5000  ACK      seq=2 ack=2 len=0
    ]] .. packets)
  end
end

experiment "a RST ends TIME-WAIT" {
  case = { "R8", "F10" },
  source = "seed 002, question 2; RFC 1337; RFC 9293 3.10.7.4, second step; the kernel's ip-sysctl, tcp_rfc1337",
  claim = "TIME-WAIT lasts 2 MSL, so that old segments can do no harm",
  verdict = "refuted",
  look = "The right number is all that it takes: TIME-WAIT is gone at once (RFC 1337 calls it assassination). A RST "
    .. "with another number is dropped, and gets no challenge ACK here.",
  tags = { "reset", "states" },
  run = in_time_wait(0, { "RST seq=3 len=0", "RST seq=1 len=0", "RST seq=2 len=0" }, { "TIME-WAIT", "TIME-WAIT" }, [[
    peer:5000 -> host:7000  RST  seq=3 len=0
    peer:5000 -> host:7000  RST  seq=1 len=0
    peer:5000 -> host:7000  RST  seq=2 len=0
  ]]),
}

experiment "with tcp_rfc1337 a RST does not end TIME-WAIT" {
  case = { "R8", "F10" },
  source = "seed 002, question 2; RFC 1337; RFC 9293 3.10.7.4, second step; the kernel's ip-sysctl, tcp_rfc1337",
  claim = "TIME-WAIT lasts 2 MSL, so that old segments can do no harm",
  verdict = "depends",
  look = "It depends on tcp_rfc1337: with 1 TIME-WAIT drops the RST, and goes on to answer a repeated FIN.",
  tags = { "reset", "states" },
  run = in_time_wait(1, { "RST seq=2 len=0", "FIN,ACK seq=1 ack=2 len=0" }, { "TIME-WAIT", "TIME-WAIT" }, [[
    peer:5000 -> host:7000  RST      seq=2 len=0
    peer:5000 -> host:7000  FIN,ACK  seq=1 ack=2 len=0
    host:7000 -> peer:5000  ACK      seq=2 ack=2 len=0
  ]]),
}
