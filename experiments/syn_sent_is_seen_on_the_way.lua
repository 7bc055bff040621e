experiment "SYN-SENT is to be seen while the SYN is on its way" {
  case = "A12",
  source = "seed 001; seed 002, connect; RFC 9293 3.3.2; ss(8)",
  claim = "SYN-SENT can be seen when the answer does not come at once",
  verdict = "confirmed",
  look = "The wire holds the SYN, then the SYN,ACK. The client is in SYN-SENT all the while, with the SYN in its "
    .. "send queue (Send-Q 1 of netstat); the server is in SYN-RECEIVED as soon as the SYN is there.",
  tags = { "connect", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(20000))
    t:ok(l:listen())
    local held = t.wire:hold("* -> * SYN", { count = 1 })
    local held_answer = t.wire:hold("server -> client SYN,ACK", { count = 1 })

    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    t:fails(EINPROGRESS, c:connect(server, 20000))
    local function see_syn_sent()
      t:state(c, "SYN-SENT")
      local entry = client:sockets()[1]
      t:equal({ entry.state, entry.send_queue, entry.recv_queue }, { "SYN-SENT", 1, 0 })
      t:equal({ entry.timer, entry.retransmits }, { "retransmit", 0 })
      t:equal(t:poll({ { c, POLLOUT } }, 0), 0)
    end

    see_syn_sent()
    t:equal(#server:sockets(), 1)
    t:equal(held:release(), 1)
    see_syn_sent()
    t:equal(server:sockets()[2].state, "SYN-RECEIVED")
    t:equal(held_answer:release(), 1)
    t:equal(t:poll({ { c, POLLOUT } }, 5), 1)
    t:state(c, "ESTABLISHED")

    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:equal(client:sockets()[1].send_queue, 0)
    t:equal(server:sockets()[2].state, "ESTABLISHED")
    t:trace [[
      client -> server:20000  SYN      seq=0 len=0
      server:20000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:20000  ACK      seq=1 ack=1 len=0
    ]]
  end
}
