-- What ping does: it sends an echo request from an ICMP socket, and waits for the reply. The kernel fills in id and
-- checksum.
local function ping(t, client, server, text)
  local p = t:ok(client:socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP))
  t:equal(p:sendto(string.pack(">BBI2I2I2", ICMP_ECHO, 0, 0, 0, 1) .. text, 0, server, 0), 8 + #text)
  local reply = t:ok(p:recv(100))
  t:equal({ reply:byte(1), reply:sub(9) }, { ICMP_ECHOREPLY, text })
  t:ok(p:close())
end

experiment "ping works whether or not anybody listens" {
  case = "A5",
  source = "seed 003, section 1; RFC 1122 3.2.2.6; icmp(7)",
  claim = "ping belongs to another layer: it is answered when nobody listens, just as when somebody does",
  verdict = "confirmed",
  look = "The echo reply comes from the kernel; no socket of the server takes part. So a host that answers pings "
    .. "may still refuse every connection.",
  tags = { "connect", "listen", "icmp" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:sysctl("net.ipv4.ping_group_range", "0 0") -- who may open an ICMP socket
    local early = t:ok(client:socket(AF_INET, SOCK_STREAM))
    local late = t:ok(client:socket(AF_INET, SOCK_STREAM))
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))

    t:ok(l:bind(8888))
    ping(t, client, server, "before")
    t:fails(ECONNREFUSED, early:connect(server, 8888))
    t:state(early, "CLOSED")
    t:trace [[
      client -> server       ICMP     echo-request code=0 len=6 payload="before"
      server -> client       ICMP     echo-reply   code=0 len=6 payload="before"
      client -> server:8888  SYN      seq=0 len=0
      server:8888 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]

    t:ok(l:listen())
    ping(t, client, server, "after")
    t:ok(late:connect(server, 8888))
    t:state(late, "ESTABLISHED")
    t:state(l, "LISTEN")
    t:trace [[
      client -> server       ICMP     echo-request code=0 len=5 payload="after"
      server -> client       ICMP     echo-reply   code=0 len=5 payload="after"
      client -> server:8888  SYN      seq=0 len=0
      server:8888 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:8888  ACK      seq=1 ack=1 len=0
    ]]
  end
}
