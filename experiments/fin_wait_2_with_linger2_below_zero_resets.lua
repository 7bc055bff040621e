experiment "FIN-WAIT-2 with TCP_LINGER2 below 0: close does not wait at all" {
  case = "F4",
  source = "seed 002, FIN_WAIT_2; RFC 9293 3.6; tcp(7), TCP_LINGER2",
  claim = "FIN-WAIT-2 waits for the FIN of the other side",
  verdict = "depends",
  look = "It depends on TCP_LINGER2: below 0, close() in FIN-WAIT-2 sends RST. The server has had the FIN before: "
    .. "its reads say the end of the stream, and only a write fails, with EPIPE.",
  tags = { "states", "close", "reset", "options" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:ok(l:close())

    t:ok(c:setsockopt(IPPROTO_TCP, TCP_LINGER2, -1))
    t:ok(c:shutdown(SHUT_WR))
    t:wait_packet "server:7000 -> client ACK ack=2"
    t:state(c, "FIN-WAIT-2")
    t:state(s, "CLOSE-WAIT")

    t:ok(c:close())
    t:state(s, "CLOSED")
    t:equal({ #client:sockets(), #server:sockets() }, { 0, 0 })
    t:equal(s:recv(100), "")
    t:fails(EPIPE, s:send("x", MSG_NOSIGNAL))
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=2 len=0
      client -> server:7000  RST,ACK  seq=2 ack=1 len=0
    ]]
  end
}
