-- What a port nobody listens on answers to a segment with rawseq=1000 (and, with ACK, rawack=2000): RFC 9293 3.10.7.1.
local with_ack = "RST rawseq=2000 len=0" -- the number that the segment acknowledges
local function without_ack(count) -- acknowledges all that the segment takes
  return "RST,ACK rawseq=0 rawack=" .. 1000 + count .. " len=0"
end
local segments = { -- bits, data, answer
  { "RST", "" },
  { "RST,ACK", "" },
  { "SYN,RST", "" },
  { "ACK", "", with_ack },
  { "ACK", "abc", with_ack },
  { "FIN,ACK", "", with_ack },
  { "SYN,ACK", "", with_ack },
  { "none", "", without_ack(0) },
  { "none", "abc", without_ack(3) },
  { "FIN", "", without_ack(1) },
  { "FIN", "abc", without_ack(4) },
  { "SYN,FIN", "", without_ack(2) },
  { "SYN", "", without_ack(1) }, -- the last: all before it is answered then
}

experiment "a port nobody listens on answers every segment by RST, but for a RST" {
  case = "R6",
  source = "seed 004, section 6; RFC 9293 3.5.2, 3.10.7.1 and 3.10.7.2",
  claim = "a segment with RST is dropped, one with ACK is answered by RST, one with neither SYN nor ACK is dropped",
  verdict = "depends",
  look = "The third rule depends on the listener. A closed port answers everything but RST. With ACK the RST has the "
    .. "number that was acknowledged; without ACK it is RST,ACK with seq=0 and acknowledges data, SYN and FIN.",
  tags = { "listen", "reset" },
  run = function(t)
    local server = t:host "server"
    local peer = t:puppet "peer"
    local bound = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(bound:bind(7000)) -- without listen()

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

    t:state(bound, "CLOSED")
    t:trace(table.concat(expected, "\n"))
    t:equal({ #server:sockets(), server:counters().TcpOutRsts }, { 1, 10 })
  end
}
