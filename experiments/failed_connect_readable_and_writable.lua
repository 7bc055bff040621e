-- What the program sees of a connect that has failed with this error.
local function check_failed(t, c, expected)
  t:equal(t:poll({ { c, 0 } }, 5), 1, "the failure wakes it up")
  t:eventually(function() return c:getsockopt(IPPROTO_TCP, TCP_INFO).state == "CLOSED" end)
  local count, readable, writable = t:select({ c }, { c }, nil, 0)
  t:equal({ count, #readable, #writable }, { 2, 1, 1 }, "readable and writable")
  local _, ready = t:poll({ { c, POLLIN | POLLOUT } }, 0)
  t:equal(ready[1].revents, POLLIN | POLLOUT | POLLERR | POLLHUP)

  t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), expected)
  t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0, "it is told once")
  t:equal(t:select({ c }, { c }, nil, 0), 2, "and the socket stays readable and writable")
end

experiment "a connect that does not block is refused: readable and writable" {
  case = "N2",
  source = "seed 002, non-blocking connect; select(2); socket(7), SO_ERROR",
  claim = "when a non-blocking connect() fails, select() finds the socket readable and writable; SO_ERROR says why",
  verdict = "confirmed",
  look = "select() returns 2 for one socket: it counts each set. poll() knows more: POLLERR and POLLHUP.",
  tags = { "connect", "nonblocking", "reset" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    local answer = t.wire:hold "server -> client RST,ACK"

    t:fails(EINPROGRESS, c:connect(server, 9999))
    t:wait_packet "server:9999 -> client RST,ACK"
    t:state(c, "SYN-SENT")
    t:equal(t:select({ c }, { c }, nil, 0), 0, "nothing is ready on the way")
    t:equal(answer:release(), 1)

    check_failed(t, c, ECONNREFUSED)
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}

experiment "a connect that does not block finds no way: readable and writable" {
  case = "N2",
  source = "seed 002, non-blocking connect; RFC 792; RFC 1122 4.2.3.9; socket(7), SO_ERROR",
  claim = "when a non-blocking connect() fails, select() finds the socket readable and writable; SO_ERROR says why",
  verdict = "confirmed",
  look = "The three failures of this file look the same to select(); only SO_ERROR tells them apart. RFC 1122 takes "
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

    check_failed(t, c, EHOSTUNREACH)
    t:trace [[
      client:$p -> gate:9999  SYN   seq=0 len=0
      gate -> client          ICMP  host-unreachable quoted.sport=$p quoted.dport=9999
    ]]
  end
}

experiment "a connect that does not block gets no answer: readable and writable" {
  case = "N2",
  source = "seed 002, non-blocking connect; tcp(7), TCP_USER_TIMEOUT; socket(7), SO_ERROR",
  claim = "when a non-blocking connect() fails, select() finds the socket readable and writable; SO_ERROR says why",
  verdict = "confirmed",
  look = "No packet tells the kernel to give up, its timer does. TCP_USER_TIMEOUT is looked at when the SYN was sent "
    .. "again, so 100 ms become one second.",
  tags = { "connect", "nonblocking", "timers" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:ok(c:setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, "100ms"))
    t.wire:drop "client -> server"

    t:fails(EINPROGRESS, c:connect(server, 9999))
    t:equal(t:select({ c }, { c }, nil, 0), 0, "nothing is ready on the way")

    check_failed(t, c, ETIMEDOUT)
    t:trace [[
      client -x server:9999  SYN  seq=0 len=0
      after 1s client -x server:9999  SYN  seq=0 len=0
    ]]
  end
}
