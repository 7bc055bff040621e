-- ICMP type 3, destination unreachable: the error that each code becomes on a TCP socket.
local errors = {
  [0] = ENETUNREACH, EHOSTUNREACH, ENOPROTOOPT, ECONNREFUSED, false, EOPNOTSUPP, ENETUNREACH, EHOSTDOWN,
  ENONET, ENETUNREACH, EHOSTUNREACH, ENETUNREACH, EHOSTUNREACH, EHOSTUNREACH, EHOSTUNREACH, EHOSTUNREACH,
}

experiment "with IP_RECVERR an unreachable destination fails one call of an established connection" {
  case = "A14",
  source = "seed 002, EHOSTUNREACH, ENETUNREACH; RFC 1122 4.2.3.9; RFC 5927 5; ip(7), IP_RECVERR",
  claim = "when a router reports the destination as unreachable, read() fails with EHOSTUNREACH or ENETUNREACH",
  verdict = "depends",
  look = "It depends on IP_RECVERR: with it the next call fails at once, but only that one; the connection works "
    .. "on. The error queue stays empty here: TCP fills it only while it connects.",
  tags = { "icmp", "routing", "states", "options", "nonblocking" },
  run = function(t)
    local client = t:host "client"
    client:rto_min "2s" -- a busy machine repeats nothing
    local peer, router = t:puppet "peer", t:puppet "router"
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:ok(c:setsockopt(IPPROTO_IP, IP_RECVERR, true))
    t:fails(EINPROGRESS, c:connect(peer, 80))
    peer:send "peer:80 -> client SYN,ACK mss=1460"
    t:state(c, "ESTABLISHED")
    t:trace [[
      client -> peer:80  SYN      seq=0 len=0
      peer:80 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> peer:80  ACK      seq=1 ack=1 len=0
    ]]

    for code = 0, 15 do
      local message = ("router -> client ICMP type=3 code=%d quoted.dst=peer quoted.dport=80"):format(code)
      local mtu = code == ICMP_FRAG_NEEDED and " mtu=1400" or ""
      router:send(message .. mtu .. " quoted.sport=" .. c:getsockname().port)
      t:state(c, "ESTABLISHED")
      local count, ready = t:poll({ { c, POLLIN | POLLOUT } }, 0)
      t:equal({ count, ready[1].revents }, { 1, errors[code] and POLLOUT | POLLERR or POLLOUT })
      t:fails(errors[code] or EAGAIN, c:recv(1))
      t:fails(EAGAIN, c:recv(1)) -- nothing to read, and no error any more
      t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
      t:fails(EAGAIN, c:recvmsg { flags = MSG_ERRQUEUE })
      t:trace(message .. " quoted.src=client")
    end

    t:equal(c:getsockopt(IPPROTO_TCP, TCP_INFO).pmtu, 1400, "what code 4 said")
    t:equal(c:send "alive", 5)
    peer:send 'peer:80 -> client ACK payload="yes"'
    t:equal(t:poll({ { c, POLLIN } }, 5), 1)
    t:equal(c:recv(100), "yes")
    t:state(c, "ESTABLISHED")
    t:trace [[
      client -> peer:80  ACK  seq=1 ack=1 payload="alive"
      peer:80 -> client  ACK  seq=1 ack=6 payload="yes"
      client -> peer:80  ACK  seq=6 ack=4 len=0
    ]]
  end
}
