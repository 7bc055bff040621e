-- What ping does: an ICMP socket sends an echo request and waits for the reply. The kernel fills in id and checksum.
local function ping(t, client, server, text)
  client:sysctl("net.ipv4.ping_group_range", "0 0") -- who may open an ICMP socket
  local p = t:ok(client:socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP))
  local request = string.pack(">BBI2I2I2", ICMP_ECHO, 0, 0, 0, 1) .. text
  t:equal(p:sendto(request, 0, server, 0), #request)
  return p
end

local function answered(t, p, text)
  local reply = t:ok(p:recv(100))
  t:equal({ reply:byte(1), reply:sub(9) }, { ICMP_ECHOREPLY, text })
  t:ok(p:close())
  t:trace(([[
    client -> server  ICMP echo-request code=0 len=%d payload="%s"
    server -> client  ICMP echo-reply   code=0 len=%d payload="%s"
  ]]):format(#text, text, #text, text))
end

experiment "ping works whether or not anybody listens" {
  case = "A5",
  source = "seed 003 section 1; RFC 1122 3.2.2.6; icmp(7)",
  claim = "ping belongs to another layer: it is answered when nobody listens, just as when somebody does",
  verdict = "confirmed",
  look = "The echo reply comes from the kernel; no socket of the server takes part. So a host that answers pings "
    .. "may still refuse every connection.",
  tags = { "connect", "listen", "icmp" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local early = t:ok(client:socket(AF_INET, SOCK_STREAM))
    local late = t:ok(client:socket(AF_INET, SOCK_STREAM))
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))

    t:ok(l:bind(8888))
    answered(t, ping(t, client, server, "before"), "before")
    t:fails(ECONNREFUSED, early:connect(server, 8888))
    t:state(early, "CLOSED")
    t:trace [[
      client -> server:8888  SYN      seq=0 len=0
      server:8888 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]

    t:ok(l:listen())
    answered(t, ping(t, client, server, "after"), "after")
    t:ok(late:connect(server, 8888))
    t:state(late, "ESTABLISHED")
    t:state(l, "LISTEN")
    t:trace [[
      client -> server:8888  SYN      seq=0 len=0
      server:8888 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:8888  ACK      seq=1 ack=1 len=0
    ]]
  end
}

experiment "a host that does not answer ping accepts connections all the same" {
  case = "A5",
  source = "seed 003 section 1; the kernel's ip-sysctl, icmp_echo_ignore_all",
  claim = "ICMP and TCP are different layers: whether ping works says nothing about connect",
  verdict = "confirmed",
  look = "The other way round: the request is delivered and ignored, the connection is opened. Such hosts are "
    .. "common on the Internet.",
  tags = { "connect", "listen", "icmp", "firewall" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:sysctl("net.ipv4.icmp_echo_ignore_all", 1)
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(8888))
    t:ok(l:listen())

    local p = ping(t, client, server, "hello")
    t:equal(server:counters().IcmpInEchos, 1, "the request has arrived")
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 8888))

    t:state(c, "ESTABLISHED")
    t:fails(EAGAIN, p:recv(100, MSG_DONTWAIT))
    t:trace [[
      client -> server  ICMP echo-request code=0 len=5 payload="hello"
      none for 0s
      client -> server:8888  SYN      seq=0 len=0
      server:8888 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:8888  ACK      seq=1 ack=1 len=0
    ]]
  end
}
