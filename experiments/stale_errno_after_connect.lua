-- errno as a C program sees it: a call that fails sets it, a call that succeeds leaves it as it was (errno(3)).
local errno

local function as_in_c(result, err)
  if err then
    errno = err
    return -1
  end
  return type(result) == "string" and #result or 0
end

-- The program of the article: four questions after select() has said "readable and writable".
-- Returns what it looks at, and what the calls returned.
local function ask(t, c, server, port)
  local results = {}
  results.select = t:select({ c }, { c }, nil, 5)
  results.getpeername = as_in_c(c:getpeername())
  local errno_of = { getpeername = errno }
  results.read = as_in_c(c:recv(0))
  errno_of.read = errno
  results.connect = as_in_c(c:connect(server, port))
  errno_of.connect = errno
  local value, err = c:getsockopt(SOL_SOCKET, SO_ERROR)
  results.getsockopt, results.so_error = as_in_c(value, err), value
  errno_of.getsockopt = errno
  return errno_of, results
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
    pcall(server.sysctl, server, "net.ipv4.tcp_rto_min_us", 2000000) -- a busy machine repeats nothing (Linux 6.11)
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(9999))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))

    t:equal(as_in_c(c:connect(server, 9999)), -1)
    t:equal(errno, EINPROGRESS)
    local peer = t:ok(l:accept()) -- while the program sleeps for two seconds
    t:ok(peer:close())
    t:wait_packet "client -> server:9999 ACK ack=2"
    local errno_of, results = ask(t, c, server, 9999)

    for _, call in ipairs { "getpeername", "read", "connect", "getsockopt" } do
      t:equal(errno_of[call], EINPROGRESS, "what he looked at after " .. call)
    end
    local what_he_overlooked = { select = 2, getpeername = 0, read = 0, connect = 0, getsockopt = 0, so_error = 0 }
    t:equal(results, what_he_overlooked)
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
