experiment "MSG_FASTOPEN: send without a connection makes one" {
  case = "U1",
  source = "seed 002, send; RFC 7413; send(2), MSG_FASTOPEN",
  claim = "send() can only be used on a socket with a connection",
  verdict = "refuted",
  look = "sendto() with MSG_FASTOPEN is connect() and send() in one call. The first SYN asks for a cookie (an empty "
    .. "option); with the cookie the second SYN carries the data.",
  tags = { "send", "connect", "options", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { sysctl = { ["net.ipv4.tcp_fastopen"] = 3 } })
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:setsockopt(IPPROTO_TCP, TCP_FASTOPEN, 5))
    t:ok(l:listen())

    local first = t:ok(client:socket(t.af, SOCK_STREAM))
    t:equal(first:sendto("first", MSG_FASTOPEN, server, 7000), 5)
    local accepted = t:ok(l:accept())
    t:equal(accepted:recv(100), "first")
    t:state(first, "ESTABLISHED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0 fastopen=""
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0 fastopen
      optional client -> server:7000  ACK  seq=1 ack=1 len=0  # on a busy machine
      client -> server:7000  ACK      seq=1 ack=1 payload="first"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
    ]]

    local second = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    local reply = t.wire:hold "server:7000 -> client SYN,ACK"
    t:equal(second:sendto("second", MSG_FASTOPEN, server, 7000), 6)
    t:state(second, "SYN-SENT")
    t:equal(t:ok(l:accept()):recv(100), "second")
    reply:remove()
    t:trace [[
      client -> server:7000  SYN      seq=0 payload="second" fastopen
      server:7000 -> client  SYN,ACK  seq=0 ack=7 len=0
      client -> server:7000  ACK      seq=7 ack=1 len=0
    ]]
    t:state(second, "ESTABLISHED")
  end
}
