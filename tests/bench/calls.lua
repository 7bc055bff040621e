-- What a call of a script takes, beside the same call in C (calls.c) in the same host. `make bench` reads
-- the notes.

local COUNT, BATCH = 20000, 250

-- Every error in here stops the run: a call that fails is not measured.
local function measured(t, name, count, calls, body, rest)
  local took = 0
  for _ = 1, count // BATCH do
    local began = t:now()
    for _ = 1, BATCH do
      body()
    end
    took = took + t:now() - began
    if rest then
      t:sleep(rest)
    end
  end
  t:note(("bench lua %s %.0f"):format(name, took * 1e9 / count / calls))
end

experiment "what a call takes" {
  claim = "a call of a script takes little more than the system call",
  limits = { calls = 200000 },
  timeout = 60,
  run = function(t)
    local host = t:hosts("host")
    local s = t:ok(host:socket(AF_INET, SOCK_DGRAM))
    t:ok(s:bind("127.0.0.1", 8000))
    t:ok(s:connect("127.0.0.1", 8000))
    measured(t, "getsockopt", COUNT, 1, function()
      assert(s:getsockopt(SOL_SOCKET, SO_RCVBUF))
    end)
    measured(t, "send", COUNT // 5, 2, function()
      assert(s:send("x") == 1 and s:recv(16) == "x")
    end, "20ms")
    measured(t, "socket", COUNT // 5, 2, function()
      assert(assert(host:socket(AF_INET, SOCK_DGRAM)):close())
    end)
    local c = t:ok(host:exec { os.getenv "BENCH" .. "/calls", tostring(COUNT) })
    t:equal(c.exit, 0)
    for name, ns in c.stdout:gmatch "(%a+) (%d+)" do
      t:note(("bench c %s %s"):format(name, ns))
    end
  end
}
