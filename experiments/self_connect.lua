-- One socket, bound to an address and a port, connects to just these.
local function connect_to_itself(address)
  return function(t)
    local host = t:host "host"
    local c = t:ok(host:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(SOL_SOCKET, SO_REUSEADDR, true))
    t:ok(c:bind(address or host, 34567))

    t:ok(c:connect(address or host, 34567))
    t:state(c, "ESTABLISHED")
    t:equal(tostring(c:getsockname()), (address or host.ip) .. ":34567")
    t:equal(tostring(c:getpeername()), tostring(c:getsockname()), "both ends")
    t:equal(#host:sockets(), 1, "one socket is the whole connection")
    t:equal(c:send "Hello, myself~", 14)
    t:equal(c:recv(100), "Hello, myself~")
    t:trace [[
      host:34567 -> host:34567  SYN      seq=0 len=0
      host:34567 -> host:34567  SYN,ACK  seq=0 ack=1 len=0
      host:34567 -> host:34567  ACK      seq=1 ack=1 sack="0:1" len=0
      host:34567 -> host:34567  ACK      seq=1 ack=1 payload="Hello, myself~"
      host:34567 -> host:34567  ACK      seq=15 ack=15 len=0
    ]]

    t:ok(c:close())
    t:trace [[
      host:34567 -> host:34567  FIN,ACK  seq=15 ack=15 len=0
      host:34567 -> host:34567  ACK      seq=16 ack=16 len=0
    ]]
    t:eventually(function() return host:sockets()[1].state == "TIME-WAIT" end)
  end
end

experiment "a socket connects to itself on 127.0.0.1" {
  case = "L1",
  source = "seed 003, section 4; RFC 9293 3.5, figure 7",
  claim = "without any listen(), a socket can connect to its own address and port, and read what it writes",
  verdict = "confirmed",
  look = "It is a simultaneous open with oneself: the SYN comes back and is answered by SYN,ACK. The SYN in that is "
    .. "known already, hence the duplicate SACK 0:1 (RFC 2883) in the ACK.",
  tags = { "connect", "loopback", "simultaneous" },
  run = connect_to_itself "127.0.0.1",
}

experiment "a socket connects to itself on the host's address" {
  case = "L1",
  source = "seed 003, section 4; RFC 9293 3.5, figure 7",
  claim = "without any listen(), a socket can connect to its own address and port, and read what it writes",
  verdict = "confirmed",
  look = "The address belongs to eth0, but the packets stay inside the host: none passes the wire.",
  tags = { "connect", "loopback", "simultaneous" },
  run = connect_to_itself(),
}
