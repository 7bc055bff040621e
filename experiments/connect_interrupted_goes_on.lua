experiment "a signal interrupts connect, but not the handshake" {
  case = "N12",
  source = "seed 002, interrupted connect; connect(2), EINTR; signal(7)",
  claim = "connect() fails with EINTR; select() then tells when the connection is there, as without blocking",
  verdict = "confirmed",
  look = "After EINTR the socket is in SYN-SENT, and one SYN is all that the client sends: the kernel goes on alone.",
  tags = { "connect", "signals" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    client:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(9999))
    t:ok(l:listen())
    local answer = t.wire:hold "server -> client ack=1"
    local process = client:spawn("client", function()
      t:ok(t:sigaction(SIGUSR1, "record"))
      local c = t:ok(client:socket(t.af, SOCK_STREAM))
      t:fails(EINTR, c:connect(server, 9999))
      t:state(c, "SYN-SENT")
      t:equal(t:select({ c }, { c }, nil, 0), 0)
      t:wait_packet "server:9999 -> client SYN,ACK"
      t:equal(answer:release(), 1)
      local count, readable, writable = t:select({ c }, { c }, nil, 5)
      t:equal({ count, #readable, #writable }, { 1, 0, 1 }, "writable only")
      t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
      t:state(c, "ESTABLISHED")
      t:equal(t:signals(), { "SIGUSR1" })
    end)

    t:wait_packet "client -> server:9999 SYN"
    t:ok(process:kill(SIGUSR1))
    t:equal(t:ok(process:wait(10)).exit, 0)
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9999  ACK      seq=1 ack=1 len=0
      client -> server:9999  FIN,ACK  seq=1 ack=1 len=0
      server:9999 -> client  ACK      seq=1 ack=2 len=0
    ]]
  end
}
