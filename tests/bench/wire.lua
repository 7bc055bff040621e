-- The wire beside a direct veth pair (traffic.c), how late a programmed delay is, and long recordings. `make bench`
-- reads the notes.

local PINGS, MEBIBYTES, DELAYED = 5000, 128, 1000

local function traffic(...)
  return { os.getenv "BENCH" .. "/traffic", ... }
end

-- The two hosts, and the server in one of them.
local function served(t)
  local client, server = t:hosts("client", "server")
  local serve = traffic "serve"
  serve.background = true
  local running = t:ok(server:exec(serve))
  t:eventually(function()
    return running:output() == "ready\n"
  end)
  return client, server
end

local function measured(t, client, ...)
  local ended = t:ok(client:exec(traffic(...)))
  t:equal(ended.exit, 0, ended.stderr)
  for line in ended.stdout:gmatch "[^\n]+" do
    t:note("bench " .. line)
  end
end

experiment "round trips through the wire" {
  timeout = 60,
  run = function(t)
    local client, server = served(t)
    measured(t, client, "ping", tostring(PINGS), server.ip)
  end
}

experiment "a stream through the wire" {
  timeout = 60,
  limits = { packets = "1G" },
  run = function(t)
    local client, server = served(t)
    measured(t, client, "bulk", tostring(MEBIBYTES), server.ip)
  end
}

-- 49900 that are measured, and 100 before them; each is answered.
experiment "a hundred thousand datagrams" {
  timeout = 60,
  limits = { packets = "1G" },
  run = function(t)
    local client, server = served(t)
    measured(t, client, "ping", "49900", server.ip)
  end
}

experiment "a programmed delay" {
  timeout = 60,
  run = function(t)
    local client, server = t:hosts("client", "server")
    local s = t:ok(server:socket(AF_INET, SOCK_DGRAM))
    t:ok(s:bind(7))
    local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))
    t.wire:delay("client -> server UDP", "1ms")
    local late = {}
    for i = 1, DELAYED do
      t:ok(u:sendto("x", 0, server, 7))
      assert(s:recv(8) == "x")
      local packet = t:wait_packet "client -> server:7 UDP"
      late[i] = (packet.received - packet.time - 0.001) * 1e6
    end
    table.sort(late)
    t:ok(late[1] >= 0)
    t:note(("bench late %.1f %.1f"):format(late[DELAYED // 2], late[DELAYED * 99 // 100]))
  end
}
