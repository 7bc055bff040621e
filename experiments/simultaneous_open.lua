experiment "two clients connect to each other at the same time" {
  case = "L2",
  source = "seed 003, section 4; RFC 9293 3.5, figure 7",
  claim = "two clients that connect to each other at the same time become connected, although nobody listens",
  verdict = "confirmed",
  look = "Each SYN meets a socket in SYN-SENT, which goes to SYN-RECEIVED. The wire holds both SYNs until both are "
    .. "sent, so they cross each time.",
  tags = { "connect", "simultaneous", "states", "nonblocking" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local a, b = t:hosts("a", "b")
    local x = t:ok(a:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    local y = t:ok(b:socket(t.af, SOCK_STREAM | SOCK_NONBLOCK))
    t:ok(x:bind(5000))
    t:ok(y:bind(6000))

    local syns = t.wire:hold "* -> * SYN"
    t:fails(EINPROGRESS, x:connect(b, 6000))
    t:fails(EINPROGRESS, y:connect(a, 5000))
    t:wait_packet "a:5000 -> b:6000 SYN"
    t:wait_packet "b:6000 -> a:5000 SYN"
    t:state(x, "SYN-SENT")
    t:state(y, "SYN-SENT")
    t:equal(syns:release(), 2)
    t:equal(t:poll({ { x, POLLOUT } }, 5), 1)
    t:equal(t:poll({ { y, POLLOUT } }, 5), 1)

    t:equal(x:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:equal(y:getsockopt(SOL_SOCKET, SO_ERROR), 0)
    t:state(x, "ESTABLISHED")
    t:state(y, "ESTABLISHED")
    t:equal({ #a:sockets(), #b:sockets() }, { 1, 1 }, "one connection, and no listener")
    t:trace [[
      a:5000 -> b:6000  SYN  seq=0 len=0
      b:6000 -> a:5000  SYN  seq=0 len=0
      anyorder {
        a:5000 -> b:6000  SYN,ACK  seq=0 ack=1 len=0
        b:6000 -> a:5000  SYN,ACK  seq=0 ack=1 len=0
      }
      anyorder {
        a:5000 -> b:6000  ACK  seq=1 ack=1 sack="0:1" len=0
        b:6000 -> a:5000  ACK  seq=1 ack=1 sack="0:1" len=0
      }
    ]]
  end
}
