experiment "a signal interrupts connect, and then it is refused" {
  case = "N12",
  source = "seed 002, interrupted connect; connect(2), EINTR; socket(7), SO_ERROR",
  claim = "when the interrupted attempt fails, select() finds the socket readable and writable",
  verdict = "confirmed",
  look = "EINTR is no refusal. That comes later, and waits in SO_ERROR.",
  tags = { "connect", "signals", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local answer = t.wire:hold "server -> client ack=1"
    local process = client:spawn("client", function()
      t:ok(t:sigaction(SIGUSR1, "record"))
      local c = t:ok(client:socket(t.af, SOCK_STREAM))
      t:fails(EINTR, c:connect(server, 9999))
      t:state(c, "SYN-SENT")
      t:wait_packet "server:9999 -> client RST,ACK"
      t:equal(answer:release(), 1)
      t:state(c, "CLOSED")
      local count, readable, writable = t:select({ c }, { c }, nil, 5)
      t:equal({ count, #readable, #writable }, { 2, 1, 1 }, "readable and writable")
      t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)
      t:equal(t:signals(), { "SIGUSR1" })
    end)

    t:wait_packet "client -> server:9999 SYN"
    t:ok(process:kill(SIGUSR1))
    t:equal(t:ok(process:wait(10)).exit, 0)
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}
