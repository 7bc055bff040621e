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

-- One attempt, and the ICMP message while it is in SYN-SENT.
local function attempt(t, client, router, code, port, recverr)
  local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
  t:ok(c:setsockopt(IPPROTO_IP, IP_RECVERR, recverr))
  t:fails(EINPROGRESS, c:connect("10.0.0.2", port))
  t:state(c, "SYN-SENT")
  local message = ("router -> client ICMP type=3 code=%d quoted.dst=peer quoted.dport=%d"):format(code, port)
  local mtu = code == ICMP_FRAG_NEEDED and " mtu=1400" or ""
  router:send(message .. mtu .. " quoted.sport=" .. c:getsockname().port)

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
  t:trace(("client -> peer:%d  SYN  seq=0 len=0\nnone for 0s\n%s quoted.src=client"):format(port, message))
end

experiment "every ICMP code of an unreachable destination but one ends a connect" {
  case = "A14",
  source = "seed 002, EHOSTUNREACH, ENETUNREACH; RFC 1122 4.2.3.9; RFC 5927 5; ip(7), IP_RECVERR",
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
