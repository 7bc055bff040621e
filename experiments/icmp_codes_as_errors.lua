-- ICMP type 3, destination unreachable: the error that each code becomes on a TCP socket.
-- Sources of the codes: RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1.
local errors = {
  [ICMP_NET_UNREACH] = ENETUNREACH, [ICMP_HOST_UNREACH] = EHOSTUNREACH, -- 0, 1
  [ICMP_PROT_UNREACH] = ENOPROTOOPT, [ICMP_PORT_UNREACH] = ECONNREFUSED, -- 2, 3
  [ICMP_FRAG_NEEDED] = false, -- 4: no error, but a smaller path MTU
  [ICMP_SR_FAILED] = EOPNOTSUPP, -- 5
  [ICMP_NET_UNKNOWN] = ENETUNREACH, [ICMP_HOST_UNKNOWN] = EHOSTDOWN, -- 6, 7
  [ICMP_HOST_ISOLATED] = ENONET, -- 8
  [ICMP_NET_ANO] = ENETUNREACH, [ICMP_HOST_ANO] = EHOSTUNREACH, -- 9, 10
  [ICMP_NET_UNR_TOS] = ENETUNREACH, [ICMP_HOST_UNR_TOS] = EHOSTUNREACH, -- 11, 12
  [ICMP_PKT_FILTERED] = EHOSTUNREACH, -- 13
  [ICMP_PREC_VIOLATION] = EHOSTUNREACH, [ICMP_PREC_CUTOFF] = EHOSTUNREACH, -- 14, 15
}
local source = "seed 002, EHOSTUNREACH, ENETUNREACH; RFC 1122 4.2.3.9; RFC 5927 section 5; ip(7), IP_RECVERR"

-- The router reports that a segment from the client to `port` of the peer could not be delivered.
local function report(router, code, socket, port)
  local mtu = code == ICMP_FRAG_NEEDED and " mtu=1400" or ""
  local form = "router -> client ICMP type=3 code=%d%s quoted.dst=peer quoted.sport=%d quoted.dport=%d"
  router:send(form:format(code, mtu, socket:getsockname().port, port))
end

local function reported(code, port)
  return ("router -> client  ICMP type=3 code=%d quoted.src=client quoted.dst=peer quoted.dport=%d"):format(code, port)
end

-- One attempt, and the ICMP message while it is in SYN-SENT.
local function attempt(t, client, router, code, port, recverr)
  local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
  t:ok(c:setsockopt(IPPROTO_IP, IP_RECVERR, recverr))
  t:fails(EINPROGRESS, c:connect("10.0.0.2", port))
  t:state(c, "SYN-SENT")
  report(router, code, c, port)

  if errors[code] then
    t:equal(t:poll({ { c, POLLOUT } }, 5), 1)
    t:fails(errors[code], c:connect("10.0.0.2", port)) -- how the first one ended
    t:state(c, "CLOSED")
    local err = t:ok(c:recvmsg { flags = MSG_ERRQUEUE }).control[1].err
    t:equal({ err.type, err.code, err.offender.ip }, { ICMP_DEST_UNREACH, code, router.ip })
    t:equal(err.errno, errors[code])
  else
    t:state(c, "SYN-SENT")
    t:equal(t:poll({ { c, POLLOUT } }, 0), 0)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
  end
  t:fails(EAGAIN, c:recvmsg { flags = MSG_ERRQUEUE })
  t:ok(c:close())
  t:equal(#client:sockets(), 0)
  t:trace(("client -> peer:%d  SYN  seq=0 len=0\nnone for 0s\n%s"):format(port, reported(code, port)))
end

experiment "what each ICMP code means for connect" {
  case = "A14",
  source = source,
  claim = "routers that report a destination as unreachable make connect() fail, with EHOSTUNREACH, ENETUNREACH and "
    .. "others",
  verdict = "confirmed",
  look = "In SYN-SENT every code but one ends the attempt at once; code 4 only says that packets are too large. "
    .. "Seven errors for fifteen codes: errno does not tell the code, but the error queue does, even without "
    .. "IP_RECVERR.",
  tags = { "connect", "icmp", "routing", "options", "nonblocking" },
  run = function(t)
    local client = t:host "client"
    t:puppet "peer"
    local router = t:puppet "router"
    for code = 0, 15 do
      attempt(t, client, router, code, 1000 + code, false)
      attempt(t, client, router, code, 2000 + code, true)
    end
  end
}

-- A connection; all sixteen messages, with `check` after each; and then data in both directions.
local function established(t, recverr, check)
  local client = t:host "client"
  local peer, router = t:puppet "peer", t:puppet "router"
  local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
  t:ok(c:setsockopt(IPPROTO_IP, IP_RECVERR, recverr))
  t:fails(EINPROGRESS, c:connect(peer, 80))
  peer:send "peer:80 -> client SYN,ACK mss=1460"
  t:state(c, "ESTABLISHED")
  t:trace [[
    client -> peer:80  SYN      seq=0 len=0
    peer:80 -> client  SYN,ACK  seq=0 ack=1 len=0
    client -> peer:80  ACK      seq=1 ack=1 len=0
  ]]

  for code = 0, 15 do
    report(router, code, c, 80)
    t:state(c, "ESTABLISHED")
    check(c, errors[code])
    t:fails(EAGAIN, c:recv(1)) -- nothing to read, and no error any more
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:fails(EAGAIN, c:recvmsg { flags = MSG_ERRQUEUE })
    t:trace(reported(code, 80))
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

experiment "what each ICMP code means for an established connection" {
  case = "A14",
  source = source,
  claim = "protocol and port unreachable (codes 2 and 3) are hard errors, upon which TCP should abort the connection",
  verdict = "refuted",
  look = "No code ends the connection, since anybody could send such a message (RFC 5927). The error is a soft one: "
    .. "SO_ERROR shows it once; otherwise it only replaces ETIMEDOUT, if the connection later runs out of time.",
  tags = { "icmp", "routing", "states", "nonblocking" },
  run = function(t)
    established(t, false, function(c, expected)
      local count, ready = t:poll({ { c, POLLIN | POLLOUT } }, 0)
      t:equal({ count, ready[1].revents }, { 1, POLLOUT })
      t:fails(EAGAIN, c:recv(1))
      t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), expected or 0)
    end)
  end
}

experiment "what each ICMP code means for an established connection with IP_RECVERR" {
  case = "A14",
  source = source,
  claim = "when a router reports the destination as unreachable, read() fails with EHOSTUNREACH or ENETUNREACH",
  verdict = "depends",
  look = "It depends on IP_RECVERR: with it the next call fails at once, but only that one; the connection works "
    .. "on. The error queue stays empty here: TCP fills it only while it connects.",
  tags = { "icmp", "routing", "states", "options", "nonblocking" },
  run = function(t)
    established(t, true, function(c, expected)
      local count, ready = t:poll({ { c, POLLIN | POLLOUT } }, 0)
      t:equal({ count, ready[1].revents }, { 1, expected and POLLOUT | POLLERR or POLLOUT })
      t:fails(expected or EAGAIN, c:recv(1))
    end)
  end
}
