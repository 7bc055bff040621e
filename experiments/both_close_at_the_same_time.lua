experiment "both sides close at the same time: CLOSING" {
  case = "F7",
  source = "seed 002, CLOSING; RFC 9293 3.6, case 3 and figure 13",
  claim = "CLOSING is seen when both sides close at nearly the same time: each gets a FIN before the ACK of its own",
  verdict = "confirmed",
  look = "The wire holds both FINs until both are sent, so they cross each time. There is no side that closed first: "
    .. "both go through CLOSING, and both end in TIME-WAIT. Nobody is ever in CLOSE-WAIT.",
  tags = { "states", "close", "simultaneous" },
  families = { "ipv4", "ipv6", "mapped" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(t.af, SOCK_STREAM))
    t:ok(l:bind(7000))
    t:ok(l:listen())
    local c = t:ok(client:socket(t.af, SOCK_STREAM))
    t:ok(c:connect(server, 7000))
    local s = t:ok(l:accept())
    t:ok(l:close())
    local fins = t.wire:hold "* -> * FIN,ACK"
    local acks = t.wire:hold "* -> * ACK"

    t:ok(c:shutdown(SHUT_WR))
    t:state(c, "FIN-WAIT-1")
    t:ok(s:shutdown(SHUT_WR))
    t:state(s, "FIN-WAIT-1")

    t:equal(fins:release(), 2)
    t:state(c, "CLOSING")
    t:state(s, "CLOSING")
    t:equal({ client:sockets()[1].state, server:sockets()[1].state }, { "CLOSING", "CLOSING" })
    t:equal({ c:recv(1), s:recv(1) }, { "", "" })

    t:equal(acks:release(), 2)
    t:equal({ #client:sockets(), client:sockets()[1].state }, { 1, "TIME-WAIT" })
    t:equal({ #server:sockets(), server:sockets()[1].state }, { 1, "TIME-WAIT" })
    t:state(c, "CLOSED")
    t:state(s, "CLOSED")
    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=1 len=0
      anyorder {
        client -> server:7000  ACK  seq=2 ack=2 len=0
        server:7000 -> client  ACK  seq=2 ack=2 len=0
      }
    ]]
  end
}
