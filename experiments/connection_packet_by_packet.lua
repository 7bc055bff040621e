-- The state of the connection in a host, with a descriptor or without; what there is without one: LISTEN, or CLOSED.
local function state(host)
  local sockets = host:sockets()
  return #sockets == 0 and "CLOSED" or sockets[#sockets].state -- a listener is the first
end

experiment "one connection, packet by packet: the states of both ends" {
  case = { "F1", "F2", "F3", "F4", "F5", "F8", "F9" },
  source = "seed 002, the states of a TCP connection; RFC 9293 3.3.2, figure 5, 3.5, figure 6, and 3.6, figure 12",
  claim = "a connection passes through SYN-SENT and SYN-RECEIVED, ESTABLISHED, FIN-WAIT-1, CLOSE-WAIT, FIN-WAIT-2, "
    .. "LAST-ACK and TIME-WAIT, and each change is made by a call or by a packet",
  verdict = "confirmed",
  look = "The wire delivers one packet at a time. Each call changes the caller's end, each packet the receiver's end, "
    .. "and never both. Only CLOSING is missing: it takes a close on both sides at the same time.",
  tags = { "states", "connect", "close" },
  unnoticed = { ["#sockets()"] = "the last one counts: the connection" },
  run = function(t)
    local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
    local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK))
    t:ok(l:bind(7000))
    local wire = t.wire:hold "* -> *"
    local function ends(at_client, at_server) t:equal({ state(client), state(server) }, { at_client, at_server }) end
    local function deliver(at_client, at_server)
      t:equal(wire:release(1), 1)
      ends(at_client, at_server)
    end

    ends("CLOSED", "CLOSED")
    t:ok(l:listen())
    ends("CLOSED", "LISTEN")
    t:fails(EINPROGRESS, c:connect(server, 7000))
    ends("SYN-SENT", "LISTEN")
    deliver("SYN-SENT", "SYN-RECEIVED") -- SYN
    deliver("ESTABLISHED", "SYN-RECEIVED") -- SYN,ACK
    deliver("ESTABLISHED", "ESTABLISHED") -- ACK
    local s = t:ok(l:accept())

    t:ok(c:shutdown(SHUT_WR))
    ends("FIN-WAIT-1", "ESTABLISHED")
    deliver("FIN-WAIT-1", "CLOSE-WAIT") -- FIN
    t:wait_packet "server:7000 -> client ACK ack=2" -- it is a delayed one
    deliver("FIN-WAIT-2", "CLOSE-WAIT") -- ACK
    t:ok(s:shutdown(SHUT_WR))
    ends("FIN-WAIT-2", "LAST-ACK")
    deliver("TIME-WAIT", "LAST-ACK") -- FIN
    deliver("TIME-WAIT", "LISTEN") -- ACK
    t:state(s, "CLOSED")

    t:trace [[
      client -> server:7000  SYN      seq=0 len=0
      server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000  ACK      seq=1 ack=1 len=0
      client -> server:7000  FIN,ACK  seq=1 ack=1 len=0
      server:7000 -> client  ACK      seq=1 ack=2 len=0
      server:7000 -> client  FIN,ACK  seq=1 ack=2 len=0
      client -> server:7000  ACK      seq=2 ack=2 len=0
    ]]
  end
}
