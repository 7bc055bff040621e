-- A puppet opens a connection for each row, and sends the row's RST into it.
local rows = {
  { reset = "RST seq=1 len=0", state = "CLOSED" },
  { reset = "RST,ACK seq=1 ack=1 len=0", state = "CLOSED" },
  { reset = "RST,ACK seq=1 ack=99999 len=0", state = "CLOSED" },
  { reset = 'RST seq=1 payload="why"', state = "CLOSED" },
  { reset = "RST seq=2 len=0", state = "ESTABLISHED", challenge = true },
  { reset = "RST,ACK seq=2 ack=1 len=0", state = "ESTABLISHED", challenge = true },
  { reset = "RST seq=20000 len=0", state = "ESTABLISHED", challenge = true },
  { reset = "RST seq=0 len=0", state = "ESTABLISHED" },
  { reset = "RST seq=-20000 len=0", state = "ESTABLISHED" },
  { reset = "RST seq=100000 len=0", state = "ESTABLISHED" },
  { reset = "RST seq=1 len=0 checksum=bad", state = "ESTABLISHED" },
}

experiment "in ESTABLISHED a RST is believed when it has the very next number" {
  case = "R8",
  source = "seed 004 as a whole; RFC 5961 3.2; RFC 9293 3.5.3 and 3.10.7.4, second step",
  claim = "a RST ends the connection",
  verdict = "depends",
  look = "It depends on its sequence number. Only a RST with the very next number is believed. In the window but not "
    .. "there, it is answered by a challenge ACK: a peer that meant it answers with the right number. Outside of the "
    .. "window it is dropped. The acknowledgement number does not matter at all.",
  tags = { "reset", "states" },
  run = function(t)
    local server, peer = t:host "server", t:puppet "peer"
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local packets = {}

    for i, row in ipairs(rows) do
      local there, back = ("peer:%d -> server:7000 "):format(5000 + i), ("server:7000 -> peer:%d "):format(5000 + i)
      local function send(form)
        peer:send(there .. form)
        table.insert(packets, there .. form:gsub("checksum=bad", "!checksum_ok"))
      end
      local function receive(form)
        peer:receive(back .. form)
        table.insert(packets, "within 900ms " .. back .. form) -- not a repetition
      end
      send "SYN seq=0 len=0"
      receive "SYN,ACK seq=0 ack=1 len=0"
      send "ACK seq=1 ack=1 len=0"
      local s = t:ok(l:accept())
      t:state(s, "ESTABLISHED")

      send(row.reset)
      if row.challenge then receive "ACK seq=1 ack=1 len=0" end
      t:state(s, row.state, row.reset)
      if row.state == "CLOSED" then
        t:fails(ECONNRESET, s:recv(1))
      else
        t:fails(EAGAIN, s:recv(1, MSG_DONTWAIT))
        send "RST seq=1 len=0" -- what a real peer answers to a challenge: its RST has the number of that ACK
        t:state(s, "CLOSED")
        t:fails(ECONNRESET, s:recv(1))
      end
      t:ok(s:close())
    end
    t:equal(#server:sockets(), 1, "the listener is left")
    t:trace(table.concat(packets, "\n"))
    local counters = server:counters()
    t:equal({ counters.TcpExtTCPChallengeACK, counters.TcpInCsumErrors, counters.TcpOutRsts }, { 3, 1, 0 })
  end
}
