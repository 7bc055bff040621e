-- A server process is killed; the client has not read the end of the stream yet.
local function killed_server(t)
  local client, server = t:hosts("client", "server")
  local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
  t:ok(l:bind(7000))
  t:ok(l:listen())
  local process = server:spawn("server", function()
    local s = t:ok(l:accept())
    t:ok(s:recv(1)) -- for ever
  end)
  local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
  t:ok(c:connect(server, 7000))
  t:eventually(function() -- the process has the connection
    local connection = server:sockets()[2]
    return connection and connection.inode ~= 0
  end)
  t:ok(process:kill(SIGKILL))
  t:equal(t:ok(process:wait(5)).signal_name, "SIGKILL")
  t:wait_packet "server:7000 -> client FIN,ACK"
  t:wait_packet "client -> server:7000 ACK ack=2"
  t:state(c, "CLOSE-WAIT")
  return c, server
end

local until_the_reset = [[
  client -> server:7000  SYN      seq=0 len=0
  server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
  client -> server:7000  ACK      seq=1 ack=1 len=0
  server:7000 -> client  FIN,ACK  seq=1 ack=1 len=0
  client -> server:7000  ACK      seq=1 ack=2 len=0
  client -> server:7000  ACK      seq=1 ack=2 payload="one"
  server:7000 -> client  RST      seq=2 len=0
]]

experiment "write after the server process died: the first succeeds, the second gives EPIPE" {
  case = { "D9", "D10" },
  source = "seed 002, SIGPIPE; RFC 9293 3.6.1 and 3.10.7.4; send(2), EPIPE",
  claim = "the first write after the peer's process has ended succeeds and is answered with RST; the next one fails",
  verdict = "confirmed",
  look = "After a FIN the client may still write: for all it knows, the server only sends no more. The RST tells the "
    .. "truth, and the second write brings SIGPIPE and EPIPE.",
  tags = { "crash", "close", "reset", "send", "signals", "states" },
  run = function(t)
    local c, server = killed_server(t)
    t:ok(t:sigaction(SIGPIPE, "record"))

    t:equal(c:send "one", 3)
    t:wait_packet "server:7000 -> client RST"
    t:state(c, "CLOSED")
    t:fails(EPIPE, c:send "two")
    t:equal(t:signals(), { "SIGPIPE" })

    t:equal(#server:sockets(), 1, "the listener that the script has open")
    t:trace(until_the_reset)
  end
}

experiment "read after the server process died and has answered with RST: no ECONNRESET" {
  case = { "D9", "D10" },
  source = "seed 002, SIGPIPE; RFC 9293 3.10.7.4; recv(2)",
  claim = "a side that has received RST gets ECONNRESET from its read",
  verdict = "refuted",
  look = "Not when a FIN came before: Linux then takes EPIPE for the error, and the read still finds the end of the "
    .. "stream, as without the RST. Who only reads does not learn of it.",
  tags = { "crash", "close", "reset", "send", "receive", "states" },
  run = function(t)
    local c = killed_server(t)
    t:equal(c:send "one", 3)
    t:wait_packet "server:7000 -> client RST"
    t:state(c, "CLOSED")

    t:equal(c:recv(100), "")
    t:equal(c:recv(100), "")
    t:equal(c:getsockopt(SOL_SOCKET, SO_ERROR), EPIPE)
    t:equal(c:recv(100), "")
    t:trace(until_the_reset)
  end
}
