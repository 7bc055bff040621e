experiment "with SA_RESTART and SO_SNDTIMEO a signal ends connect" {
  case = "N12",
  source = "seed 002, interrupted connect; signal(7), SA_RESTART and time-outs",
  claim = "with SA_RESTART connect() goes on by itself after a signal",
  verdict = "depends",
  look = "It depends on SO_SNDTIMEO: a call with a time limit is never restarted, or its time would begin again. "
    .. "Closing the socket then ends the attempt, and the late SYN,ACK is answered with RST.",
  tags = { "connect", "signals", "options", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(9999))
    t:ok(l:listen())
    local answer = t.wire:hold "server -> client ack=1"
    local process = client:spawn("client", function()
      t:ok(t:sigaction(SIGUSR1, "record", SA_RESTART))
      local c = t:ok(client:socket(t.af, SOCK_STREAM))
      t:ok(c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, "20s"))
      t:fails(EINTR, c:connect(server, 9999))
      t:state(c, "SYN-SENT")
      t:ok(c:close())
      t:equal(t:signals(), { "SIGUSR1" })
    end)

    t:wait_packet "client -> server:9999 SYN"
    t:ok(process:kill(SIGUSR1))
    t:wait_packet "server:9999 -> client SYN,ACK"
    t:equal(t:ok(process:wait(10)).exit, 0)
    t:equal(answer:release(), 1)
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9999  RST      seq=1 len=0
    ]]
  end
}
