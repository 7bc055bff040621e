-- What an end without connection answers to a segment with rawseq=1000 (and, with ACK, rawack=2000).
-- RFC 9293 3.10.7.1 (CLOSED) and 3.10.7.2 (LISTEN).
local with_ack = "RST rawseq=2000 len=0" -- the number that the segment acknowledges
local function without_ack(count) -- acknowledges all that the segment takes
  return "RST,ACK rawseq=0 rawack=" .. 1000 + count .. " len=0"
end

local segments = { -- bits, data, a listener's answer, a closed port's answer
  { "RST", "", nil, nil },
  { "RST,ACK", "", nil, nil },
  { "SYN,RST", "", nil, nil },
  { "ACK", "", with_ack, with_ack },
  { "ACK", "abc", with_ack, with_ack },
  { "FIN,ACK", "", with_ack, with_ack },
  { "SYN,ACK", "", with_ack, with_ack },
  { "none", "", nil, without_ack(0) },
  { "none", "abc", nil, without_ack(3) },
  { "FIN", "", nil, without_ack(1) },
  { "FIN", "abc", nil, without_ack(4) },
  { "SYN,FIN", "", nil, without_ack(2) },
  { "SYN", "", "SYN,ACK seq=0 rawack=1001 len=0", without_ack(1) }, -- the last: all before it is answered then
}

local function send_all(listening)
  return function(t)
    local server = t:host "server"
    local peer = t:puppet "peer"
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    if listening then t:ok(l:listen()) end

    local expected, resets = {}, 0
    for i, segment in ipairs(segments) do
      local bits, data, answer = segment[1], segment[2], segment[listening and 3 or 4]
      local there, back = ("peer:%d -> server:7000 "):format(5000 + i), ("server:7000 -> peer:%d "):format(5000 + i)
      local form = there .. bits .. " rawseq=1000" .. (bits:find "ACK" and " rawack=2000" or "")
      if data ~= "" then form = form .. (' payload="%s"'):format(data) end
      peer:send(form)
      table.insert(expected, form .. " len=" .. #data)
      if answer then table.insert(expected, "within 900ms " .. back .. answer) end
      if answer and answer:find "^RST" then resets = resets + 1 end
    end
    peer:receive("server:7000 -> peer:" .. 5000 + #segments .. " TCP")

    if listening then -- a RST ends what the SYN has begun
      t:equal(server:sockets()[2].state, "SYN-RECEIVED")
      local rest = ("peer:%d -> server:7000 RST seq=1 len=0"):format(5000 + #segments)
      peer:send(rest)
      table.insert(expected, rest)
    end
    t:state(l, listening and "LISTEN" or "CLOSED")
    t:trace(table.concat(expected, "\n"))
    t:equal({ #server:sockets(), server:counters().TcpOutRsts }, { 1, resets })
  end
end

experiment "a listener answers an ACK by RST, and drops what has neither SYN nor ACK" {
  case = "R6",
  source = "seed 004, section 6; RFC 9293 3.5.2, 3.10.7.1 and 3.10.7.2",
  claim = "in LISTEN a segment with RST is dropped, one with ACK is answered by RST, one with neither SYN nor ACK is "
    .. "dropped",
  verdict = "confirmed",
  look = "The article's three rules, in this order: SYN,RST falls under the first, SYN,ACK under the second. "
    .. "SYN,FIN is dropped as well, which the article does not say. Only a lone SYN begins a connection.",
  tags = { "listen", "reset" },
  run = send_all(true),
}

experiment "a port nobody listens on answers every segment by RST, but for a RST" {
  case = "R6",
  source = "seed 004, section 6; RFC 9293 3.5.2, 3.10.7.1 and 3.10.7.2",
  claim = "a segment with RST is dropped, one with ACK is answered by RST, one with neither SYN nor ACK is dropped",
  verdict = "depends",
  look = "The third rule depends on the listener. A closed port answers everything but RST. With ACK the RST has the "
    .. "number that was acknowledged; without ACK it is RST,ACK with seq=0 and acknowledges data, SYN and FIN.",
  tags = { "listen", "reset" },
  run = send_all(false),
}
