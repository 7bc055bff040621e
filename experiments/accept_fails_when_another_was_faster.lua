experiment "accept on a listener that does not block fails when another process was faster" {
  case = "P6",
  source = "seed 002, accept; accept(2), EAGAIN",
  claim = "select() goes best with a non-blocking listener: accept() after it never blocks",
  verdict = "confirmed",
  look = "EAGAIN is harmless: back to select().",
  tags = { "accept", "nonblocking" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server")
    local l = t:ok(server:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
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

    t:fails(EAGAIN, l:accept())
    t:state(l, "LISTEN")

    t:trace [[
      client:$a -> server:7000  SYN      seq=0 len=0
      server:7000 -> client:$a  SYN,ACK  seq=0 ack=1 len=0
      client:$a -> server:7000  ACK      seq=1 ack=1 len=0
    ]]
  end
}
