-- The server resets a connection, as the client knows from its read; then the client writes twice. No write gets as far
-- as the network.
local function write_twice(action, flags, signals)
  return function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:ok(s:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 0 }))
    t:ok(s:close())
    t:fails(ECONNRESET, c:recv(1))
    t:state(c, "CLOSED")
    t:ok(t:sigaction(SIGPIPE, action))

    t:fails(EPIPE, c:send("too late", flags))
    t:fails(EPIPE, c:send("still too late", flags))

    t:equal(t:signals(), signals)
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> client  RST,ACK  seq=1 ack=1 len=0
    ]]
  end
end

experiment "write after a reset: with SIGPIPE ignored it fails with EPIPE" {
  case = "D10",
  source = "seed 002, SIGPIPE; send(2), EPIPE; signal(7)",
  claim = "a process that ignores SIGPIPE goes on, and write fails with EPIPE",
  verdict = "confirmed",
  look = "Nothing tells the process but the call's error: who does not check it goes on writing into the void.",
  tags = { "reset", "send", "signals", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = write_twice(SIG_IGN, 0, {}),
}

experiment "write after a reset: with SIGPIPE handled it fails with EPIPE" {
  case = "D10",
  source = "seed 002, SIGPIPE; send(2), EPIPE; signal(7)",
  claim = "when the handler of SIGPIPE has returned, write fails with EPIPE",
  verdict = "confirmed",
  look = "The signal comes with each write, not only with the first.",
  tags = { "reset", "send", "signals", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = write_twice("record", 0, { "SIGPIPE", "SIGPIPE" }),
}

experiment "write after a reset: with MSG_NOSIGNAL it fails with EPIPE, without a signal" {
  case = "D10",
  source = "send(2), MSG_NOSIGNAL, EPIPE",
  claim = "MSG_NOSIGNAL keeps the signal away, for this one call; EPIPE is returned all the same",
  verdict = "confirmed",
  look = "The handler is there and records: nothing comes.",
  tags = { "reset", "send", "signals", "states" },
  families = { "ipv4", "ipv6", "mapped" },
  run = write_twice("record", MSG_NOSIGNAL, {}),
}
