experiment "without MSG_EOR two sends may share a segment" {
  case = "U7",
  source = "seed 002, send; RFC 9293 3.7.4; send(2), MSG_EOR",
  claim = "MSG_EOR marks the end of a record; without it there is none",
  verdict = "confirmed",
  look = "TCP is a stream of bytes. The two sends leave as one segment, because they waited together.",
  tags = { "send", "receive" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())

    -- A small segment waits, and grows, until the one before is acknowledged (the Nagle algorithm, RFC 9293 3.7.4).
    local acknowledgements = t.wire:hold "server -> client ACK len=0"
    t:equal(c:send "first", 5)
    t:wait_packet "server:7000 -> client ACK ack=6"
    t:equal(c:send "one", 3)
    t:equal(c:send "two", 3)
    t:equal(c:ioctl(SIOCOUTQNSD), 6, "bytes not sent yet")
    acknowledgements:remove()
    t:eventually(function() return c:ioctl(SIOCOUTQ) == 0 end)

    local message = t:ok(s:recvmsg { size = 100 })
    t:equal(message.data, "firstonetwo")
    t:equal(message.flags, 0, "no MSG_EOR either")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 payload="first"
      server:7000 -> client  ACK      seq=1 ack=6 len=0
      optional { # before Linux 6.11, on a busy machine
        client -> server:7000  ACK  seq=1 ack=1 payload~"^first"
        server:7000 -> client  ACK  seq=1 len=0
      }
      client -> server:7000  ACK      seq=6 ack=1 payload="onetwo"
      server:7000 -> client  ACK      seq=1 ack=12 len=0
    ]]
  end
}
