-- What a listener answers to a segment with rawseq=1000 (and, with ACK, rawack=2000): RFC 9293 3.10.7.2.
local reset = "RST rawseq=2000 len=0" -- the number that the segment acknowledges
local segments = { -- bits, data, answer
  { "RST", "" },
  { "RST,ACK", "" },
  { "SYN,RST", "" },
  { "ACK", "", reset },
  { "ACK", "abc", reset },
  { "FIN,ACK", "", reset },
  { "SYN,ACK", "", reset },
  { "none", "" },
  { "none", "abc" },
  { "FIN", "" },
  { "FIN", "abc" },
  { "SYN,FIN", "" },
  { "SYN", "", "SYN,ACK seq=0 rawack=1001 len=0" }, -- the last: all before it is answered then
}

experiment "a listener answers an ACK by RST, and drops what has neither SYN nor ACK" {
  case = "R6",
  source = "seed 004, section 6; RFC 9293 3.5.2, 3.10.7.1 and 3.10.7.2",
  claim = "in LISTEN a segment with RST is dropped, one with ACK is answered by RST, one with neither SYN nor ACK is "
    .. "dropped",
  verdict = "confirmed",
  look = "The article's three rules, in this order: SYN,RST falls under the first, SYN,ACK under the second. "
    .. "SYN,FIN is dropped as well, which the article does not say. Only a lone SYN begins a connection.",
  tags = { "listen", "reset" },
  run = function(t)
    local server = t:host "server"
    local peer = t:puppet "peer"
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())

    local expected = {}
    for i, segment in ipairs(segments) do
      local bits, data, answer = table.unpack(segment)
      local there, back = ("peer:%d -> server:7000 "):format(5000 + i), ("server:7000 -> peer:%d "):format(5000 + i)
      local form = there .. bits .. " rawseq=1000" .. (bits:find "ACK" and " rawack=2000" or "")
      if data ~= "" then form = form .. (' payload="%s"'):format(data) end
      peer:send(form)
      table.insert(expected, form .. " len=" .. #data)
      if answer then table.insert(expected, "within 900ms " .. back .. answer) end
    end
    peer:receive "server:7000 -> peer:5013 TCP"
    t:equal(server:sockets()[2].state, "SYN-RECEIVED")
    local rest = "peer:5013 -> server:7000 RST seq=1 len=0" -- ends what the SYN has begun
    peer:send(rest)
    table.insert(expected, rest)

    t:state(l, "LISTEN")
    t:trace(table.concat(expected, "\n"))
    t:equal({ #server:sockets(), server:counters().TcpOutRsts }, { 1, 4 })
  end
}
