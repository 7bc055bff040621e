experiment "SO_SNDTIMEO bounds connect, and close makes the late SYN,ACK unwanted" {
  case = "N14",
  source = "seed 004, section 2; socket(7), SO_SNDTIMEO",
  claim = "connect() fails with EINPROGRESS and the client answers a late SYN,ACK with RST",
  verdict = "depends",
  look = "The article's trace depends on another option, SO_SNDTIMEO, and on close(): the time limit ends connect(), "
    .. "but not the attempt.",
  tags = { "connect", "timers", "options", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(8888))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, "100ms"))
    local answer = t.wire:hold "server -> client SYN,ACK"

    t:fails(EINPROGRESS, c:connect(server, 8888))
    t:state(c, "SYN-SENT")
    t:ok(c:close())
    t:equal(#client:sockets(), 0, "the client has forgotten the attempt")
    t:wait_packet "server:8888 -> client SYN,ACK"
    t:equal(answer:release(), 1)

    t:trace [[
      client -> server:8888  SYN      seq=0 len=0
      server:8888 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:8888  RST      seq=1 len=0
    ]]
    t:eventually(function() return #server:sockets() == 1 end) -- the listener
  end
}
