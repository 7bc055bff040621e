experiment "accept blocks after select when another process was faster" {
  case = "P6",
  source = "seed 002, accept; select(2), notes; accept(2), notes",
  claim = "select() may say readable, and a blocking accept() after it blocks",
  verdict = "confirmed",
  look = "The article is right about the danger, but wrong about its cause: not a client that goes away, but another "
    .. "process that accepts first. accept() then waits for the next client, however long that takes.",
  tags = { "accept", "nonblocking" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local first = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(first:connect(server, 7000))

    -- Two processes wait for the same listener, and one connection comes: select() wakes both.
    t:equal(t:select({ l }, nil, nil, 5), 1, "the script is to accept")
    server:spawn("worker", function()
      t:equal(t:select({ l }, nil, nil, 5), 1, "the worker is to accept")
      local s = t:ok(l:accept())
      t:ok(s:recv(1)) -- for ever
    end)
    t:eventually(function() -- the worker was faster
      local sockets = server:sockets()
      return #sockets == 2 and sockets[1].recv_queue == 0 and sockets[2].inode ~= 0
    end, 10)
    t:equal(t:select({ l }, nil, nil, 0), 0, "not readable any more")

    -- Another client comes, and only then does accept() return.
    t.wire:delay("client -> server SYN", "50ms")
    local second = t:ok(client:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    local before = t:now()
    t:fails(EINPROGRESS, second:connect(server, 7000))
    local s, peer = t:ok(l:accept())
    t:ok(t:now() - before >= 0.05, "accept() has waited")
    t:equal(tostring(peer), tostring(second:getsockname()), "for the next client")
    t:state(s, "ESTABLISHED")

    t:trace [[
      client:$a -> server:7000  SYN      seq=0 len=0
      server:7000 -> client:$a  SYN,ACK  seq=0 ack=1 len=0
      client:$a -> server:7000  ACK      seq=1 ack=1 len=0

      client:$b -> server:7000  SYN      seq=0 len=0
      server:7000 -> client:$b  SYN,ACK  seq=0 ack=1 len=0
      client:$b -> server:7000  ACK      seq=1 ack=1 len=0
    ]]
  end
}
