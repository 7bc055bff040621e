experiment "MSG_DONTROUTE reaches only hosts on the same link" {
  case = "U6",
  source = "seed 002, send; send(2), MSG_DONTROUTE; socket(7), SO_DONTROUTE",
  claim = "MSG_DONTROUTE: the data are not routed",
  verdict = "depends",
  look = "It depends on the protocol. For UDP the kernel leaves out all routes that lead through a gateway, and "
    .. "fails where one would be needed. TCP takes the flag and does nothing with it: there SO_DONTROUTE counts, at "
    .. "connect().",
  tags = { "send", "routing", "udp", "connect", "options" },
  run = function(t)
    local net = t:network {
      { "client 192.168.1.2/24", "neighbour 192.168.1.3/24", "gate 192.168.1.1/24", name = "left" },
      { "gate 10.1.0.1/24", "server 10.1.0.2/24", name = "right" },
      routers = "gate",
    }
    local client = net.client
    client:rto_min "2s" -- a busy machine repeats nothing
    local near = t:ok(net.neighbour:socket(AF_INET, SOCK_DGRAM))
    t:ok(near:bind(9000))
    local far = t:ok(net.server:socket(AF_INET, SOCK_DGRAM))
    t:ok(far:bind(9000))
    local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))
    t:equal(u:sendto("near", MSG_DONTROUTE, net.neighbour, 9000), 4)
    t:fails(ENETUNREACH, u:sendto("far", MSG_DONTROUTE, net.server, 9000))
    t:equal(u:sendto("far, by the gate", 0, net.server, 9000), 16)
    t:equal({ near:recv(100), far:recv(100) }, { "near", "far, by the gate" })
    t:trace [[
      client:$port -> neighbour:9000  UDP  payload="near" ttl=64
      client:$port -> server:9000     UDP  payload="far, by the gate" ttl=64
    ]]

    local l = t:ok(net.server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:setsockopt(SOL_SOCKET, SO_DONTROUTE, true))
    t:fails(ENETUNREACH, c:connect(net.server, 7000))
    t:ok(c:setsockopt(SOL_SOCKET, SO_DONTROUTE, false))
    t:ok(c:connect(net.server, 7000))
    t:equal(c:send("routed all the same", MSG_DONTROUTE), 19)
    t:equal(t:ok(l:accept()):recv(100), "routed all the same")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="routed all the same"
      server:7000 -> client  ACK      seq=1 ack=20 len=0
    ]]
  end
}
