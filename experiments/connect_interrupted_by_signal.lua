-- A client in a process of its own connects; when its SYN is out, the process gets SIGUSR1. The wire keeps the answer
-- back until it is released.
local function interrupt_connect(t, options, client_does)
  local client, server = t:hosts("client", "server")
  local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
  t:ok(l:bind(9999))
  if options.listen ~= false then
    t:ok(l:listen())
  end
  local answer = t.wire:hold "server -> client ack=1"

  local actor = client:spawn("client", function()
    t:ok(t:sigaction(SIGUSR1, "record", options.flags))
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    client_does(c, server, answer)
    t:equal(t:signals(), { "SIGUSR1" })
  end)
  t:wait_packet "client -> server:9999 SYN"
  t:ok(actor:kill(SIGUSR1))
  t:wait_packet "server:9999 -> client TCP ack=1"
  return actor, answer
end

-- The connection is made once, and closed when the client's process has ended.
local handshake_and_end = [[
  client -> server:9999  SYN      seq=0 len=0
  server:9999 -> client  SYN,ACK  seq=0 ack=1 len=0
  client -> server:9999  ACK      seq=1 ack=1 len=0
  client -> server:9999  FIN,ACK  seq=1 ack=1 len=0
  server:9999 -> client  ACK      seq=1 ack=2 len=0
]]

experiment "a signal interrupts connect, but not the handshake" {
  case = "N12",
  source = "seed 002, interrupted connect; connect(2), EINTR; signal(7)",
  claim = "connect() fails with EINTR; select() then tells when the connection is there, as without blocking",
  verdict = "confirmed",
  look = "After EINTR the socket is in SYN-SENT, and one SYN is all that the client sends: the kernel goes on alone.",
  tags = { "connect", "signals" },
  run = function(t)
    local actor = interrupt_connect(t, { flags = 0 }, function(c, server, answer)
      t:fails(EINTR, c:connect(server, 9999))
      t:state(c, "SYN-SENT")
      t:equal(t:select({ c }, { c }, nil, 0), 0)
      t:wait_packet "server:9999 -> client SYN,ACK"
      t:equal(answer:release(), 1)
      local count, readable, writable = t:select({ c }, { c }, nil, 5)
      t:equal({ count, #readable, #writable }, { 1, 0, 1 }, "writable only")
      t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), 0)
      t:state(c, "ESTABLISHED")
    end)
    t:equal(t:ok(actor:wait(10)).exit, 0)
    t:trace(handshake_and_end)
  end
}

experiment "a signal interrupts connect, and then it is refused" {
  case = "N12",
  source = "seed 002, interrupted connect; connect(2), EINTR; socket(7), SO_ERROR",
  claim = "when the interrupted attempt fails, select() finds the socket readable and writable",
  verdict = "confirmed",
  look = "EINTR is no refusal. That comes later, and waits in SO_ERROR.",
  tags = { "connect", "signals", "reset" },
  run = function(t)
    local actor = interrupt_connect(t, { flags = 0, listen = false }, function(c, server, answer)
      t:fails(EINTR, c:connect(server, 9999))
      t:state(c, "SYN-SENT")
      t:wait_packet "server:9999 -> client RST,ACK"
      t:equal(answer:release(), 1)
      t:state(c, "CLOSED")
      local count, readable, writable = t:select({ c }, { c }, nil, 5)
      t:equal({ count, #readable, #writable }, { 2, 1, 1 }, "readable and writable")
      t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)
    end)
    t:equal(t:ok(actor:wait(10)).exit, 0)
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}

experiment "a second connect after EINTR waits for the first" {
  case = "N12",
  source = "seed 002, interrupted connect; connect(2), EALREADY, EADDRINUSE",
  claim = "after EINTR connect() must not be called again: it fails with EADDRINUSE",
  verdict = "refuted",
  look = "On Linux the second call waits on for the same handshake and returns its result: 0. Only if it must not wait "
    .. "any longer does it fail, with EALREADY. No call sends a second SYN.",
  tags = { "connect", "signals" },
  run = function(t)
    local actor = interrupt_connect(t, { flags = 0 }, function(c, server, answer)
      t:fails(EINTR, c:connect(server, 9999))
      t:ok(c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, "50ms"))
      local before = t:now()
      t:fails(EALREADY, c:connect(server, 9999))
      t:ok(t:now() - before >= 0.05, "the second call has waited")
      t:ok(c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, 0))
      t:wait_packet "server:9999 -> client SYN,ACK"
      t:equal(answer:release(), 1)
      t:ok(c:connect(server, 9999))
      t:fails(EISCONN, c:connect(server, 9999))
      t:state(c, "ESTABLISHED")
    end)
    t:equal(t:ok(actor:wait(10)).exit, 0)
    t:trace(handshake_and_end)
  end
}

experiment "with SA_RESTART a signal does not end connect" {
  case = "N12",
  source = "seed 002, interrupted connect; sigaction(2), SA_RESTART; signal(7)",
  claim = "a signal that is caught ends connect() with EINTR",
  verdict = "depends",
  look = "It depends on SA_RESTART, as the article supposes: with it the kernel calls connect() again after the "
    .. "handler, and the program notices nothing.",
  tags = { "connect", "signals" },
  run = function(t)
    local actor, answer = interrupt_connect(t, { flags = SA_RESTART }, function(c, server)
      t:ok(c:connect(server, 9999))
      t:state(c, "ESTABLISHED")
    end)
    t:equal(answer:release(), 1)
    t:equal(t:ok(actor:wait(10)).exit, 0)
    t:trace(handshake_and_end)
  end
}

experiment "with SA_RESTART and SO_SNDTIMEO a signal ends connect" {
  case = "N12",
  source = "seed 002, interrupted connect; signal(7), SA_RESTART and time-outs",
  claim = "with SA_RESTART connect() goes on by itself after a signal",
  verdict = "depends",
  look = "It depends on SO_SNDTIMEO: a call with a time limit is never restarted, or its time would begin again. "
    .. "Closing the socket then ends the attempt, and the late SYN,ACK is answered with RST.",
  tags = { "connect", "signals", "options", "reset" },
  run = function(t)
    local actor, answer = interrupt_connect(t, { flags = SA_RESTART }, function(c, server)
      t:ok(c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, "20s"))
      t:fails(EINTR, c:connect(server, 9999))
      t:state(c, "SYN-SENT")
      t:ok(c:close())
    end)
    t:equal(t:ok(actor:wait(10)).exit, 0)
    t:equal(answer:release(), 1)
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9999  RST      seq=1 len=0
    ]]
  end
}
