local function states(host)
  local list = {}
  for i, socket in ipairs(host:sockets()) do list[i] = socket.state end
  return list
end

experiment "CLOSED, LISTEN, ESTABLISHED: the states that need no packet on its way" {
  case = "F1",
  source = "seed 002, the states of a TCP connection; RFC 9293 3.3.2; listen(2); accept(2)",
  claim = "CLOSED is the state at the beginning, LISTEN that of a server's socket that can accept connections, "
    .. "ESTABLISHED that of a connection that is set up",
  verdict = "confirmed",
  look = "CLOSED is the state before everything and after everything: the accepted socket is back in it after the "
    .. "reset, although its descriptor is still open. The listener is LISTEN all the time.",
  tags = { "states", "listen", "accept", "reset" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    local c = t:ok(client:socket(t.af, SOCK_STREAM))

    t:state(l, "CLOSED")
    t:ok(l:bind(7000))
    t:state(l, "CLOSED", "a name alone changes nothing")
    t:ok(l:listen(5))
    t:state(l, "LISTEN")
    t:state(c, "CLOSED")
    t:equal({ #client:sockets(), states(server) }, { 0, { "LISTEN" } })
    t:quiet "1ms" -- all this was local

    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:state(c, "ESTABLISHED")
    t:state(s, "ESTABLISHED")
    t:equal({ states(client), states(server) }, { { "ESTABLISHED" }, { "LISTEN", "ESTABLISHED" } })

    t:ok(c:setsockopt(SOL_SOCKET, SO_LINGER, { onoff = true, linger = 0 }))
    t:ok(c:close()) -- an abort: no state in between
    t:state(s, "CLOSED")
    t:state(l, "LISTEN")
    t:equal({ #client:sockets(), states(server) }, { 0, { "LISTEN" } })
    t:fails(ECONNRESET, s:recv(1))
    t:fails(ENOTCONN, s:getpeername())
    t:ok(s:close())
    t:ok(l:close())
    t:equal(#server:sockets(), 0)
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  RST,ACK  seq=1 ack=1 len=0
    ]]
  end
}
