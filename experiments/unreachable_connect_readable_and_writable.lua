experiment "a connect that does not block finds no way: readable and writable" {
  case = "N2",
  source = "seed 002, non-blocking connect; RFC 792; RFC 1122 4.2.3.9; socket(7), SO_ERROR",
  claim = "when a non-blocking connect() fails, select() finds the socket readable and writable; SO_ERROR says why",
  verdict = "confirmed",
  look = "Refused or unreachable look the same to select(); only SO_ERROR tells them apart. RFC 1122 takes "
    .. "this ICMP message for no reason to give up. In SYN-SENT Linux gives up at once.",
  tags = { "connect", "nonblocking", "icmp" },
  run = function(t)
    local client, gate = t:host "client", t:puppet "gate"
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))

    t:fails(EINPROGRESS, c:connect(gate, 9999))
    local syn = gate:receive "client -> gate:9999 SYN"
    t:equal(t:select({ c }, { c }, nil, 0), 0, "nothing is ready on the way")
    local quoted = "quoted.src=client quoted.dst=gate quoted.dport=9999 quoted.sport=" .. syn.sport
    gate:send("gate -> client ICMP host-unreachable " .. quoted)

    t:equal(t:poll({ { c, 0 } }, 5), 1, "the failure wakes it up")
    t:eventually(function() return c:getsockopt(IPPROTO_TCP, TCP_INFO).state == "CLOSED" end)
    local count, readable, writable = t:select({ c }, { c }, nil, 0)
    t:equal({ count, #readable, #writable }, { 2, 1, 1 }, "readable and writable")
    local _, ready = t:poll({ { c, POLLIN | POLLOUT } }, 0)
    t:equal(ready[1].revents, POLLIN | POLLOUT | POLLERR | POLLHUP)

    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), EHOSTUNREACH)
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0, "it is told once")
    t:equal(t:select({ c }, { c }, nil, 0), 2, "and the socket stays readable and writable")
    t:trace [[
      client:$p -> gate:9999  SYN   seq=0 len=0
      gate -> client          ICMP  host-unreachable quoted.sport=$p quoted.dport=9999
    ]]
  end
}
