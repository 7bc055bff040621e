experiment "the third segment is lost: the first data ends SYN-RECEIVED" {
  case = "F2",
  source = "seed 002, SYN_RCVD; RFC 9293 3.10.7.4, SYN-RECEIVED STATE; listen(2)",
  claim = "SYN-RECEIVED ends when the client's last ACK of the handshake arrives",
  verdict = "depends",
  look = "It does not depend on the third segment. Every segment that acknowledges the SYN,ACK ends SYN-RECEIVED, "
    .. "here the first data: a lost ACK costs nothing if the client speaks first.",
  tags = { "states", "listen", "accept" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen(5))
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t.wire:drop("client -> server:7000 ACK", { count = 1 })

    t:ok(c:connect(server, 7000))
    t:equal(server:sockets()[2].state, "SYN-RECEIVED")
    t:equal(c:send "hello", 5)
    t:equal(server:sockets()[2].state, "ESTABLISHED")
    local s = t:ok(l:accept())
    t:equal(s:recv(100), "hello")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -x server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="hello"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
    ]]
  end
}
