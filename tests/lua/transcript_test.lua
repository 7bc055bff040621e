-- view/transcript: what was typed at the prompt, as an experiment.

local test = require "harness"
local transcript = require "netlab.view.transcript"

local function integer(n) return { kind = "integer", text = tostring(n) } end
local function errno(name) return { kind = "nil", text = "nil" }, { kind = "errno", text = name } end
local yes = { kind = "boolean", text = "true" }

-- A chunk that made a call, and what it returned.
local function chunk(text, ...)
  return { text = text, values = { ... }, called = true, judged = 0, settled = 0 }
end

local function body(...)
  return (transcript.body({ ... }, {}):gsub("^    ", ""):gsub("\n    ", "\n"))
end

-- What is typed, what it returned; what is saved.
local rows = {
  { chunk("c:close()", yes), "t:ok(c:close())" },
  { chunk("  c:close()  ", yes), "t:ok(c:close())" },
  { chunk("c:send 'hello'", integer(5)), "t:equal(c:send 'hello', 5)" },
  { chunk("s:recv(10)", { kind = "string", text = '"a\\nb"' }), 's:recv(10), "a\\nb"', true },
  { chunk("s:recv(1000)", { kind = "string", text = '"aaa..."' }), "t:ok(s:recv(1000))" },
  { chunk("c:connect(server, 8)", errno "ECONNREFUSED"), "t:fails(ECONNREFUSED, c:connect(server, 8))" },
  { chunk("f { 1 }", yes), "t:ok(f { 1 })" },
  { chunk("f()"), "f()" }, -- it returned nothing
  { chunk("t:state(c, 'CLOSED')", yes), "t:state(c, 'CLOSED')" }, -- a check is one
  { chunk("t.wire:cut()", yes), "t.wire:cut()" },
  { chunk("c", { kind = "userdata", text = "socket 8" }), "" }, -- only looked at
  { chunk("1 + 1", integer(2)), "" },
  { chunk("c:close() -- at last", yes), "c:close() -- at last" },
  { chunk("c = client:socket(AF_INET, SOCK_STREAM)"), "local c = t:ok(client:socket(AF_INET, SOCK_STREAM))" },
  { chunk("local c = client:socket(AF_INET, SOCK_STREAM)"), "local c = t:ok(client:socket(AF_INET, SOCK_STREAM))" },
  { chunk("a, b = f(), g()"), "local a, b = f(), g()" },
  { chunk("n = 5"), "local n = 5" },
  { chunk("hold = t.wire:hold 'a -> b'"), "local hold = t.wire:hold 'a -> b'" },
  { chunk("l = f() l:bind(7)"), "local l = f() l:bind(7)" }, -- two statements are no call
  { chunk("x.y = f()"), "x.y = f()" },
  { chunk("for i = 1, 2 do\n  f(i)\nend"), "for i = 1, 2 do\n  f(i)\nend" },
  { chunk("function f(a, b) return a == b end"), "function f(a, b) return a == b end" },
  { chunk("local function f() end"), "local function f() end" },
  { chunk("if a == b then f() end"), "if a == b then f() end" },
}
for _, row in ipairs(rows) do
  test("saved: " .. row[1].text:gsub("\n.*", " ..."), function(t)
    t.equal(body(row[1]), row[3] and ("t:equal(%s)"):format(row[2]) or row[2])
    t.ok(load(transcript.script("x", transcript.body({ row[1] }, {}))))
  end)
end

test("a name is local where it is first given a value; a call that failed gives none", function(t)
  local refused = chunk("s = l:accept()", errno "EAGAIN")
  refused.failed = "EAGAIN"
  t.equal(body(refused, chunk "s = l:accept()", chunk "s = l:accept()"),
    "t:fails(EAGAIN, l:accept())\nlocal s = t:ok(l:accept())\ns = t:ok(l:accept())")
end)

test("what ended with an error is left out", function(t)
  t.equal(body({ text = "error 'x'", called = false, settled = 0 }, chunk("f()", yes)), "t:ok(f())")
end)

-- ---- packets ----

local function packet(id, from, flags, seq, ack, len, more)
  local to = from == "client" and "server" or "client"
  local ports = { client = 40000, server = 7000 }
  local made = {
    id = id, time = id, fate = "delivered", from = from, to = to, src_host = from, dst_host = to, src = "10.0.0.1",
    dst = "10.0.0.2", proto = "tcp", flow = 1, sport = ports[from], dport = ports[to], flags = flags, seq = seq,
    ack = ack, len = len,
  }
  for name, value in pairs(more or {}) do
    made[name] = value
  end
  return made
end

local conversation = {
  packet(1, "client", "SYN", 0, nil, 0), packet(2, "server", "SYN,ACK", 0, 1, 0), packet(3, "client", "ACK", 1, 1, 0),
  packet(4, "client", "PSH,ACK", 1, 1, 5), packet(5, "server", "ACK", 1, 6, 0),
}

test("packets: without the kernel's ports and its PSH; mere acknowledgements may come, and are waited for", function(t)
  local connect, send = chunk("c:connect(server, 7000)", yes), chunk("c:send 'hello'", integer(5))
  connect.settled, send.settled = 3, 5
  t.equal(transcript.body({ connect, send }, conversation), [==[
    t:ok(c:connect(server, 7000))
    t:equal(c:send 'hello', 5)
    t:wait_packet "server:7000 -> client ACK seq=1 ack=6 len=0"
    t:trace [[
      client -> server:7000              SYN      seq=0 len=0
      server:7000 -> client              SYN,ACK  seq=0 ack=1 len=0
      client -> server:7000              ACK      seq=1 ack=1 len=0
      client -> server:7000              ACK      seq=1 ack=1 len=5
      repeat 0..3 server:7000 -> client  ACK      len=0
    ]]]==])
end)

test("packets that were judged before, and copies that the wire made, are not in the trace", function(t)
  local judged = chunk("c:send 'hello'", integer(5))
  judged.judged, judged.settled = 3, 4
  local copied = { table.unpack(conversation, 1, 4) }
  copied[5] = packet(5, "client", "PSH,ACK", 1, 1, 5, { copy_of = 4 })
  t.match(transcript.body({ judged }, copied),
    "%[%[\n      client %-> server:7000 +ACK  seq=1 ack=1 len=5\n[^\n]*\n    %]%]$")
  judged.judged = 5
  t.lacks(transcript.body({ judged }, copied), "trace")
end)

test("a port that was typed keeps its number", function(t)
  local bind = chunk("c:bind(40000)", yes)
  t.match(transcript.body({ bind }, { conversation[1] }), "client:40000 %-> server:7000")
end)

test("a script is continued before the end of its function, when that has a line of its own", function(t)
  local source = "experiment 'x' {\n  run = function(t)\n    f()\n  end,\n}\n"
  t.equal(transcript.continued(source, 4, "    g()"),
    "experiment 'x' {\n  run = function(t)\n    f()\n    g()\n  end,\n}\n")
  t.equal(transcript.continued("experiment 'x' { run = function(t) f() end }\n", 1, "g()"), nil)
end)
