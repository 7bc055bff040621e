experiment "a host that does not answer ping accepts connections all the same" {
  case = "A5",
  source = "seed 003, section 1; the kernel's ip-sysctl, icmp_echo_ignore_all",
  claim = "ICMP and TCP are different layers: whether ping works says nothing about connect",
  verdict = "confirmed",
  look = "The request is delivered and ignored, the connection is opened. Such hosts are common on the Internet.",
  tags = { "connect", "listen", "icmp", "firewall" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:sysctl("net.ipv4.ping_group_range", "0 0") -- who may open an ICMP socket
    server:sysctl("net.ipv4.icmp_echo_ignore_all", 1)
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(8888))
    t:ok(l:listen())

    local ping = t:ok(client:socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP))
    t:equal(ping:sendto(string.pack(">BBI2I2I2", ICMP_ECHO, 0, 0, 0, 1) .. "hello", 0, server, 0), 13)
    t:equal(server:counters().IcmpInEchos, 1, "the request has arrived")
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 8888))

    t:state(c, "ESTABLISHED")
    t:fails(EAGAIN, ping:recv(100, MSG_DONTWAIT))
    t:trace [[
      client -> server       ICMP     echo-request code=0 len=5 payload="hello"
      none for 0s
      client -> server:8888  SYN      seq=0 len=0
      server:8888 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:8888  ACK      seq=1 ack=1 len=0
    ]]
  end
}
