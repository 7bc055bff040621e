-- netlab shell: fed from a file, and at a terminal, where the test types as a person does: it reads what the screen
-- shows
-- before it types more. No sleeping.
local test = require "harness"
local session = require "session"

-- Run the shell with this input; the history goes to the folder, too.
local function shell(folder, input, arguments)
  session.write(folder .. "/input", input)
  return test.run(("cd %s && XDG_STATE_HOME=%s timeout 60 \"$NETLAB\" shell %s <input"):format(folder, folder,
    arguments or ""), 90)
end

local opening = [[
client, server = t:hosts("client", "server")
l = server:socket(AF_INET, SOCK_STREAM)
l:bind(7000)
l:listen()
c = client:socket(AF_INET, SOCK_STREAM)
c:connect(server, 7000)
]]

local function typed(input, fn, arguments)
  session.in_folder(function(folder)
    fn(shell(folder, input, arguments), folder)
  end)
end

test("each line is run in the same lab; its call and its packets are printed, with the values that say more",
  function(t)
  typed(opening .. "s = l:accept()\nc:send 'hello'\ns:recv(10)\n1 + 1, 'x'\n", function(run)
    t.equal(run.code, 0, run.err)
    t.match(run.out, "6> c:connect%(server, 7000%)\n *[%d.]+  client   connect%(9, 10%.0%.0%.2:7000%) = 0\n"
      .. " *[%d.]+    #1    client:%d+ %-> server:7000  SYN  seq=0 [^\n]*\n *[%d.]+    #2    server:7000 %-> "
        .. "[^\n]*SYN,ACK"
      .. "[^\n]*\n *[%d.]+    #3    client:%d+ %-> server:7000  ACK  [^\n]*\n7> s = l:accept%(%)\n")
    t.match(run.out, "8> c:send 'hello'\n.-send%(9, \"hello\", 5, 0%) = 5\n.-payload=\"hello\".-\n5\n9> ")
    t.match(run.out, "9> s:recv%(10%)\n.-\n\"hello\"\n10> 1 %+ 1, 'x'\n2  \"x\"\n$")
  end)
end)

test("what fails says so, and the session goes on: the kernel's no, an error, a check, a wrong text", function(t)
  typed(opening .. "c:connect(server, 7000)\nerror 'bad'\nt:equal(1, 2)\nt:trace 'bogus'\nnothing.there\nx = = "
    .. "1\n3 * 3\n",
    function(run)
      t.equal(run.code, 1)
      t.match(run.out, "\nnil  EISCONN\n8> error 'bad'\nsession:8: bad\n9> t:equal%(1, 2%)\n[^\n]*FAIL     "
        .. "t:equal: expected 2, "
        .. "got 1\n  expected  2\n  observed  1\n10> ")
      t.match(run.out, "\nsession:10:%d+: expected %-> or %-x behind the sender.-\n11> nothing%.there\nsession:11: "
        .. "unknown name "
        .. "'nothing'.-\n12> x = = 1\nsession:12: unexpected symbol near '='\n13> 3 %* 3\n9\n$")
    end)
end)

test("lines of an experiment may be typed as they are: local, and blocks of several lines", function(t)
  typed("local a, b = 1, 2\nlocal function sum(...)\n  local s = 0\n  for _, v in ipairs { ... } do\n    s = s + "
    .. "v\n  end\n"
    .. "  return s\nend\nlocal c\nsum(a, b), c\n\n-- nothing\n", function(run)
    t.equal(run.code, 0, run.out)
    t.match(run.out, "\n2> local function sum%(%.%.%.%)\n3%.   local s = 0\n")
    t.match(run.out, "\n10> sum%(a, b%), c\n3  nil\n")
  end)
end)

test("save writes an experiment that does the same and passes", function(t)
  typed(opening .. "s = l:accept()\nc:send 'hello'\ns:recv(10)\nlocal d = client:socket(AF_INET, SOCK_STREAM)\n"
    .. "d:connect(server, 8)\nd\nc:send 'more'\nt:state(c, 'ESTABLISHED')\nerror 'not saved'\nsave again\nsave again\n",
    function(run, folder)
      t.match(run.out, "again.lua is written: netlab %-v again.lua\n")
      t.match(run.out, "cannot write again.lua: File exists\n") -- what is there is not overwritten
      local text = session.text(folder .. "/again.lua")
      t.match(text, '\n    local client, server = t:hosts%("client", "server"%)\n    local l = t:ok%(server:socket')
      t.match(text, "\n    t:equal%(c:send 'hello', 5%)\n    t:wait_packet \"server:7000 %-> client ACK seq=1 "
        .. "ack=6 len=0\"\n")
      t.match(text, "\n    local d = t:ok.-\n    t:fails%(ECONNREFUSED, d:connect%(server, 8%)%)\n")
      t.match(text, "\n    t:trace %[%[\n      client %-> server:7000 +SYN +seq=0 len=0\n")
      t.lacks(text, "not saved")
      t.lacks(text, ":%d%d%d%d%d") -- no port that the kernel chose
      local again = session.netlab(folder .. "/again.lua")
      t.equal(again.summary:match "^1 passed, 0 failed", "1 passed, 0 failed", again.out)
    end)
end)

test("a trace that was typed has judged what came before it", function(t)
  typed(opening .. 't:trace [[\n  client -> server:7000 SYN\n  server:7000 -> client SYN,ACK\n  client -> '
    .. 'server:7000 ACK\n]]\n'
    .. "c:send 'x'\nsave a.lua\n", function(run, folder)
      t.equal(run.code, 0, run.out)
      local text = session.text(folder .. "/a.lua")
      t.match(text, "\n      client %-> server:7000 SYN\n.-\n    t:trace %[%[\n      client %-> server:7000 +ACK "
        .. "+seq=1 ack=1 len=1\n")
      t.equal(session.netlab(folder .. "/a.lua").code, 0)
    end)
end)

local script = [[
experiment "first" { run = function(t) t:ok(true) end }
experiment "second" {
  run = function(t)
    local client, server = t:hosts("client", "server")
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    CHECK
  end
}
]]

test("a script's experiment is run first; its variables stay; what is typed is saved behind it", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/s.lua", (script:gsub("CHECK", "t:fails(ECONNREFUSED, c:connect(server, 80))")))
    local run = shell(folder, "c\nd = client:socket(AF_INET, SOCK_STREAM)\nd:connect(server, 81)\nsave more.lua\n",
      "s.lua --filter second")
    t.equal(run.code, 0, run.out)
    t.match(run.out, "connect%(8, 10%.0%.0%.2:80%) = %-1 ECONNREFUSED\n.-\nThe experiment has ended; .-\n9> "
      .. "c\nsocket 8 ")
    local more = session.netlab(folder .. "/more.lua")
    t.equal(more.summary:match "^2 passed, 0 failed", "2 passed, 0 failed", more.out)
    t.match(session.text(folder .. "/more.lua"), "\n    t:fails%(ECONNREFUSED, d:connect%(server, 81%)%)\n    "
      .. "t:trace %[%[\n"
      .. ".-\n  end\n}\n$")
  end)
end)

test("a check that stops the script's experiment leaves its variables, too", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/s.lua", (script:gsub("CHECK", "t:equal(1, 2)")))
    local run = shell(folder, "c\n", "s.lua --filter second")
    t.match(run.out, "FAIL     t:equal: .-\nThe experiment was stopped by a failed check; .-\n9> c\nsocket 8 ")
  end)
end)

test("the script process may die as any process does: what there is stays, reset begins anew", function(t)
  typed(opening .. "s = l:accept()\nt.wire:drop 'client -> server FIN'\ns:setsockopt(SOL_SOCKET, SO_LINGER, "
    .. "{onoff=true, linger=0})\n"
    .. "s:close()\nc:send 'a'\nt:sigaction(SIGPIPE, SIG_DFL)\nc:send 'b'\nc:send 'c'\n1\nladder\nsave "
      .. "dead.pcapng\nreset\nt:now() < 5\n",
    function(run, folder)
      t.match(run.out, "the script process was killed by signal SIGPIPE before .-\nThe lab is over%. ladder and "
        .. "save still work; "
        .. "reset begins a new one%.\n%d+> .-\nthe lab is over; reset begins a new one\n")
      t.match(run.out, "> ladder\n *msline client +server\n")
      t.match(run.out, "\nA new lab; the names from before are gone%.\n1> t:now%(%) < 5\n$")
      t.equal(test.run('"$NETLAB" show ' .. folder .. "/dead.pcapng").code, 0)
    end)
end)

test("help: the commands, a function by its last word or its path, names that are near", function(t)
  typed("help\nhelp getpeername\nhelp t.wire:delay\nhelp connekt\n", function(run)
    t.match(run.out, "\n  help %[NAME%] .-\n  quit ")
    t.match(run.out, "> help getpeername\nsocket:getpeername%(%)\n")
    t.match(run.out, "> help t%.wire:delay\nt%.wire:delay%(")
    t.match(run.out, "nothing is known about 'connekt': socket%.connect%?\n")
  end)
end)

test("docs/scripting.md has the commands, and no other", function(t)
  typed("help\n", function(run)
    local told, documented = {}, {}
    for command in run.out:gmatch "\n  (%l+[^\n]-)  +%a" do
      told[#told + 1] = command
    end
    local table_text = session.text "docs/scripting.md":match "\n| command | what it does |\n(.-)\n\n"
    for command in table_text:gmatch "| `([^`]+)` |" do
      documented[#documented + 1] = command
    end
    t.equal(#documented > 3 and documented, told)
  end)
end)

test("a script that cannot be loaded, two scripts", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/bad.lua", "experiment 'x' {")
    local run = shell(folder, "", "bad.lua")
    t.equal(run.code, 3)
    t.match(run.err, "^netlab: bad%.lua:1: ")
    t.equal(shell(folder, "", "a.lua b.lua").code, 2)
  end)
end)

-- ---- at a terminal ----

local Terminal = {}
Terminal.__index = Terminal

-- Start the shell in a folder at a terminal of its own, 100 columns wide. script(1) makes the terminal.
local function at_terminal(t, fn, arguments)
  session.in_folder(function(folder)
    session.write(folder .. "/s.lua", (script:gsub("CHECK", "")))
    test.run("mkfifo " .. folder .. "/keys " .. folder .. "/screen")
    session.write(folder .. "/start", ("trap : INT\ncd %s\nstty cols 100 rows 40\nexport XDG_STATE_HOME=%s "
      .. "LC_ALL=C.UTF-8 NO_COLOR=1 TERM=xterm\n"
      .. "\"$NETLAB\" shell %s\necho \"code: $?\"\n"):format(folder, folder, (arguments or ""):gsub("FOLDER", folder)))
    os.execute(("timeout 60 script -qfec 'sh %s/start' /dev/null <%s/keys >%s/screen 2>&1 &"):format(folder, folder,
      folder))
    local self = setmetatable({ t = t, keys = io.open(folder .. "/keys", "w"), screen = io.open(folder .. "/screen"),
      seen = "" },
      Terminal)
    self.keys:setvbuf "no"
    self.screen:setvbuf "no"
    fn(self, folder)
    self.keys:close()
    self.screen:close()
  end)
end

-- Read the screen until this pattern has come, behind what was waited for before.
function Terminal:wait(pattern)
  while true do
    local _, stop = self.seen:find(pattern)
    if stop then
      self.seen = self.seen:sub(stop + 1)
      return
    end
    local byte = self.screen:read(1)
    self.t.ok(byte, ("'%s' has not come: %s"):format(pattern, self.seen))
    self.seen = self.seen .. byte
  end
end

function Terminal:type(keys, pattern)
  self.keys:write(keys)
  if pattern then
    self:wait(pattern)
  end
end

test("at a terminal: history, completion, editing", function(t)
  at_terminal(t, function(terminal, folder)
    terminal:wait "1> "
    terminal:type('client, server = t:hosts("client", "server")\r', "2> ")
    terminal:type("c = cli\t:soc\t(AF_INET, SOCK_STR\t)\r", -- TAB completes
      "socket%(AF_INET, SOCK_STREAM, 0%) = 8.-3> ")
    terminal:type("c:get\t\t", "getpeername +getsockname +getsockopt") -- twice: it lists what there is
    terminal:type("peername()\r", "ENOTCONN.-4> ")
    terminal:type("\27[A", "c:getpeername%(%)") -- the line before
    terminal:type("\r", "ENOTCONN.-5> ")
    terminal:type('t.wire:drop "ser\t -> cl\t SYN"\r', 'rule 1: drop server %-> client SYN.-6> ') -- hosts in a string
    terminal:type("\4", "code: 0") -- Ctrl-D
    t.match(session.text(folder .. "/netlab/history"), "getpeername")
  end)
end)

test("at a terminal: Ctrl-C ends a call that blocks, a loop and a wait, and the lab goes on", function(t)
  at_terminal(t, function(terminal)
    terminal:wait "1> "
    for i, line in ipairs { 'client, server = t:hosts("client", "server")', "l = server:socket(AF_INET, SOCK_STREAM)",
      "l:bind(7000)", "l:listen()" } do
      terminal:type(line .. "\r", ("%d> "):format(i + 1))
    end
    terminal:type("l:accept()\r", "accept%(8%) %.%.%. has not returned yet")
    terminal:type("\3", "accept%(8%) = %-1 EINTR +%(after .-interrupted.-6> ")
    terminal:type('p = client:spawn("waiter", function() t:sleep(1000) end)\r', "nanosleep.-has not returned yet.-7> ")
    terminal:type("p:wait()\r", "waitpid%(%d+%) %.%.%. has not returned yet")
    terminal:type("\3", "waitpid%(%d+%) = %-1 EINTR.-interrupted.-8> ")
    terminal:type("print 'busy' while true do end\r", "printed: busy")
    terminal:type("\3", "interrupted.-9> ")
    terminal:type("half a li", "half a li")
    terminal:type("\3", "%^C.-9> ") -- the line is given up
    terminal:type("l:getsockname()\r", "0%.0%.0%.0:7000.-10> ")
    terminal:type("quit\r", "code: 0")
  end)
end)

test("at a terminal: what happens while a line is typed stands above it", function(t)
  at_terminal(t, function(terminal)
    terminal:wait "1> "
    terminal:type('client = t:hosts("client"); peer = t:puppet("peer"); c = client:socket(AF_INET, SOCK_STREAM)\r',
      "2> ")
    terminal:type("c:nonblocking(true)\r", "3> ")
    terminal:type("c:connect('10.0.0.2', 9)\r", "#1 .-SYN .-4> ")
    terminal:type("t:no", "t:no")
    terminal:wait "#2 +client:%d+ %-> peer:9  SYN .-4> t:no" -- a second later; then the line again
    terminal:type("w() < 0\r", "false.-5> ")
    terminal:type("\4", "code: 0")
  end)
end)

test("at a terminal: SIGTERM ends it, and nothing is left", function(t)
  at_terminal(t, function(terminal, folder)
    terminal:wait "9> "
    local left = ("grep -ls '%s/[s].lua' /proc/[0-9]*/cmdline | cut -d/ -f3"):format(folder)
    local pids = test.run(left).out
    t.match(pids, "^%d+\n%d+\n%d+\n$") -- the runner, the lab, the script
    test.run("kill -TERM " .. pids:match "%d+")
    terminal:wait "code: 130"
    t.equal(test.run(left).out, "")
  end, "FOLDER/s.lua --filter second")
end)
