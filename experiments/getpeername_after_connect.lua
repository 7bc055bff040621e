experiment "getpeername tells a failed connect from a connection" {
  case = "N4",
  source = "seed 002, portability, 1, and source code, c; getpeername(2), ENOTCONN",
  claim = "getpeername() should fail with ENOTCONN after a failed connect(); on Linux, says the author, it is useless",
  verdict = "refuted",
  look = "It does what the books say, on Linux as well. The author looked at errno without looking at the result: "
    .. "after a call that succeeds errno is what it was before, here EINPROGRESS. But ENOTCONN alone is no failure: it "
    .. "also means not yet.",
  tags = { "connect", "nonblocking" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local good = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    local bad = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    local answers = t.wire:hold("server -> client", { count = 2 })

    -- On the way.
    t:fails(EINPROGRESS, good:connect(server, 7000))
    t:fails(EINPROGRESS, bad:connect(server, 9999))
    t:fails(ENOTCONN, good:getpeername())
    t:fails(ENOTCONN, bad:getpeername())
    t:wait_packet "server:7000 -> client SYN,ACK"
    t:wait_packet "server:9999 -> client RST,ACK"
    t:equal(answers:release(), 2)

    -- Decided.
    t:state(good, "ESTABLISHED")
    t:state(bad, "CLOSED")
    t:equal(tostring(good:getpeername()), "10.0.0.2:7000")
    t:fails(ENOTCONN, bad:getpeername())
    t:equal(bad:getsockopt(SOL_SOCKET, SO_ERROR), ECONNREFUSED)

    -- The author's case: the server closes while the program sleeps. This connect has not failed.
    local s = t:ok(l:accept())
    t:ok(s:close())
    t:wait_packet "client -> server:7000 ACK ack=2"
    t:state(good, "CLOSE-WAIT")
    t:equal(tostring(good:getpeername()), "10.0.0.2:7000")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=2 len=0

      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  RST,ACK  seq=0 ack=1 len=0
    ]]
  end
}
