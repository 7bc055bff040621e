experiment "a killed child: its connection outlives it, and answers by RST" {
  case = "R7",
  source = "seed 004, section 6; RFC 9293 3.6 and 3.10.7.2; the kernel's ip-sysctl, tcp_fin_timeout",
  claim = "the child that served the connection is killed; the client's next data finds the listening parent, which "
    .. "answers a segment with ACK by RST",
  verdict = "refuted",
  look = "There is a RST, but not from the listener. The kernel closed the child's socket with FIN, and the "
    .. "connection is still there, in FIN-WAIT-2 without a process. The segment finds it before any listener, and "
    .. "ends it.",
  tags = { "reset", "close", "crash", "listen" },
  run = function(t)
    local client = t:host "client"
    local server = t:host("server", { sysctl = {
      ["net.ipv4.tcp_fin_timeout"] = 60,
      ["net.ipv4.tcp_early_retrans"] = 0, -- no tail loss probe: it might repeat the FIN
    } })
    for _, host in ipairs { client, server } do -- a busy machine repeats nothing within 2 s (Linux 6.11 and later)
      host:rto_min "2s"
    end
    local parent = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(parent:bind(5800))
    t:ok(parent:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 5800))
    local s = t:ok(parent:accept())
    local child = server:spawn("child", function()
      t:equal(s:recv(100), "request")
      t:equal(s:send "reply", 5)
      s:recv(100) -- for ever
    end)
    t:ok(s:close()) -- the parent's copy
    t:equal(c:send "request", 7)
    t:equal(c:recv(100), "reply")
    t:wait_packet "client -> server:5800 ACK seq=8 ack=6"

    t:ok(child:kill(SIGKILL))
    t:equal(t:ok(child:wait(5)).signal_name, "SIGKILL")
    t:equal(c:recv(100), "")
    t:wait_packet "client -> server:5800 ACK ack=7"
    t:state(c, "CLOSE-WAIT")
    local listening, orphan, more = table.unpack(server:sockets())
    t:equal({ listening.state, orphan.state, orphan.orphan, more }, { "LISTEN", "FIN-WAIT-2", true })

    t:equal(c:send "more", 4)
    t:state(c, "CLOSED")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), EPIPE)
    local left = server:sockets()
    t:equal({ #client:sockets(), #left, left[1].state }, { 0, 1, "LISTEN" })
    t:equal(t:select({ parent }, nil, nil, 0), 0, "nothing for the parent")
    t:trace [[
      client -> server:5800  SYN      seq=0 len=0
      server:5800 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:5800  ACK      seq=1 ack=1 len=0
      client -> server:5800  ACK      seq=1 ack=1 payload="request"
      server:5800 -> client  ACK      seq=1 ack=8 len=0
      server:5800 -> client  ACK      seq=1 ack=8 payload="reply"
      client -> server:5800  ACK      seq=8 ack=6 len=0
      server:5800 -> client  FIN,ACK  seq=6 ack=8 len=0
      client -> server:5800  ACK      seq=8 ack=7 len=0
      client -> server:5800  ACK      seq=8 ack=7 payload="more"
      server:5800 -> client  RST      seq=7 len=0
    ]]
  end
}
