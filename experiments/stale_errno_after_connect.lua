-- What a C program knows after each call: what it returned, and errno behind it. A call that fails sets errno, a call
-- that succeeds leaves it as it was (errno(3)).
local function c_program()
  local known, errno = {}, nil
  return known, function(name, result, err)
    errno = err or errno
    known[name] = { err and -1 or type(result) == "string" and #result or 0, errno }
  end
end

experiment "the author's test: all checks of a non-blocking connect seem to fail" {
  case = "N7",
  source = "seed 002, source code, step 5; errno(3); select(2)",
  claim = "on Linux nothing shows a failed connect: SO_ERROR is 0; getpeername(), read() and connect() leave "
    .. "EINPROGRESS in errno",
  verdict = "refuted",
  look = "He makes the failure by letting the peer close while his program sleeps. But then connect() has succeeded: "
    .. "he asks a good connection. All four calls return 0, and errno still has the value of the first connect().",
  tags = { "connect", "nonblocking", "close" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    server:rto_min "2s" -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(9999))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))

    local known, call = c_program()
    call("connect", c:connect(server, 9999))
    t:equal(known.connect, { -1, EINPROGRESS })
    local peer = t:ok(l:accept()) -- while the program sleeps for two seconds
    t:ok(peer:close())
    t:wait_packet "client -> server:9999 ACK ack=2"
    t:equal(t:select({ c }, { c }, nil, 5), 2, "readable and writable")
    call("getpeername", c:getpeername())
    call("read", c:recv(0))
    call("connect", c:connect(server, 9999))
    local so_error, err = c:getsockopt(SOL_SOCKET, SO_ERROR)
    call("getsockopt", so_error, err)

    for _, name in ipairs { "getpeername", "read", "connect", "getsockopt" } do
      t:equal(known[name], { 0, EINPROGRESS }, name .. ": he looked at errno, and overlooked the 0")
    end
    t:equal(so_error, 0)
    t:state(c, "CLOSE-WAIT")
    t:trace [[
      client -> server:9999  SYN      seq=0 len=0
      server:9999 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:9999  ACK      seq=1 ack=1 len=0
      server:9999 -> client  FIN,ACK  seq=1 ack=1 len=0
      client -> server:9999  ACK      seq=1 ack=2 len=0
    ]]
  end
}
