-- A server with a connection is killed: it closes first, and TIME-WAIT stays on its port. Then it is started again.
-- `first`, `second`: whether the server sets SO_REUSEADDR before the crash, and after it.
local function restart(first, second, result)
  return function(t)
    local client, server = t:hosts("client", "server")
    local function server_socket(reuse)
      local s = t:ok(server:socket(AF_INET, SOCK_STREAM))
      t:ok(s:setsockopt(SOL_SOCKET, SO_REUSEADDR, reuse))
      return s
    end
    local process = server:spawn("server", function()
      local l = server_socket(first)
      t:ok(l:bind(12500))
      t:ok(l:listen())
      local a = t:ok(l:accept())
      t:equal(a:send "served", 6)
      t:ok(t:poll { { a, 0 } }) -- for ever
    end)

    t:eventually(function()
      local sockets = server:sockets()
      return #sockets == 1 and sockets[1].state == "LISTEN"
    end)
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 12500))
    t:equal(c:recv(100), "served")
    t:wait_packet "client -> server:12500 ACK ack=7"
    t:ok(process:kill(SIGKILL))
    t:equal(t:ok(process:wait(5)).signal_name, "SIGKILL")
    t:equal(c:recv(100), "")
    t:wait_packet "client -> server:12500 ACK ack=8"
    t:ok(c:close())
    t:trace [[
      client -> server:12500  SYN      seq=0 len=0
      server:12500 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:12500  ACK      seq=1 ack=1 len=0
      server:12500 -> client  ACK      seq=1 ack=1 payload="served"
      client -> server:12500  ACK      seq=1 ack=7 len=0
      server:12500 -> client  FIN,ACK  seq=7 ack=1 len=0
      client -> server:12500  ACK      seq=1 ack=8 len=0
      client -> server:12500  FIN,ACK  seq=1 ack=8 len=0
      server:12500 -> client  ACK      seq=8 ack=2 len=0
    ]]
    t:eventually(function()
      local left = server:sockets()
      return #left == 1 and left[1].state == "TIME-WAIT" and left[1].port == 12500
    end)

    local l = server_socket(second)
    local again = t:ok(client:socket(AF_INET, SOCK_STREAM))
    if result then
      t:fails(result, l:bind(12500))
      t:fails(ECONNREFUSED, again:connect(server, 12500))
      t:trace [[
        client -> server:12500  SYN      seq=0 len=0
        server:12500 -> client  RST,ACK  seq=0 ack=1 len=0
      ]]
    else
      t:ok(l:bind(12500))
      t:ok(l:listen())
      t:ok(again:connect(server, 12500))
      t:state(again, "ESTABLISHED")
      t:trace [[
        client -> server:12500  SYN      seq=0 len=0
        server:12500 -> client  SYN,ACK  seq=0 ack=1 len=0
        client -> server:12500  ACK      seq=1 ack=1 len=0
      ]]
    end
  end
end

local source = "seed 004 section 1; seed 000, SO_REUSEADDR; socket(7), bind(2), EADDRINUSE"
local claim = "a server that was killed can be started again at once, when it sets SO_REUSEADDR before bind()"
local tags = { "connect", "listen", "crash", "options", "close" }

experiment "restart after a crash without SO_REUSEADDR: EADDRINUSE" {
  case = "A7",
  source = source,
  claim = claim,
  verdict = "confirmed",
  look = "No process has the port open any more, and yet bind() fails: the killed server closed its connection "
    .. "first, so TIME-WAIT is on its side, for 60 s. Clients are refused for so long.",
  tags = tags,
  run = restart(false, false, EADDRINUSE),
}

experiment "restart after a crash with SO_REUSEADDR" {
  case = "A7",
  source = source,
  claim = claim,
  verdict = "confirmed",
  look = "TIME-WAIT is still there, and does not hinder. The server of the article sets the option each time it "
    .. "starts.",
  tags = tags,
  run = restart(true, true),
}

experiment "restart after a crash with SO_REUSEADDR, which the first server had not set" {
  case = "A7",
  source = source,
  claim = claim,
  verdict = "depends",
  look = "It depends on the server before, too: Linux asks both sockets, and TIME-WAIT has inherited its option from "
    .. "the dead server. So the option that is added after the first failure does not help yet.",
  tags = tags,
  run = restart(false, true, EADDRINUSE),
}
