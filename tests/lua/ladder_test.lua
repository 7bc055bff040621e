-- The ladder: what is drawn of a story, by stories written down here. No network is needed.

local cjson = require "cjson"
local test = require "harness"
local stories = require "stories"
local ladder = require "netlab.view.ladder"
local ladder_text = require "netlab.view.ladder_text"
local tcp_states = require "netlab.view.tcp_states"

-- ---- making stories ----

local call, segment, story = stories.call, stories.segment, stories.story

local function draw(items, options, hosts)
  return ladder_text.draw(story(items, hosts), options or { width = 60 })
end

local function kinds(rungs)
  local list = {}
  for i, rung in ipairs(rungs) do list[i] = rung.kind end
  return table.concat(list, " ")
end

local function states(items)
  local list = {}
  for i, change in ipairs(tcp_states.changes(items)) do list[i] = change.host .. " " .. change.state end
  return table.concat(list, ", ")
end

-- ---- drawing ----

test("a refused connect: a bar from the begin of the call to its end, arrows, states", function(t)
  t.equal("\n" .. draw {
    call(0.001, 0.005, "client", "connect", "3, 10.0.0.2:80", "= -1 ECONNREFUSED"),
    segment(0.002, 0.0021, "client -> server", "SYN", 0),
    segment(0.003, 0.0031, "server -> client", "RST,ACK", 0, 1),
  }, [[

       msline client                                  server
    1.000   7 │┏ connect(3, 10.0.0.2:80)                   │
    2.000     │──────────────── SYN seq=0 ────────────────▶│
              │┃ SYN-SENT                                  │
    3.000     │◀────────── RST,ACK seq=0 ack=1 ────────────│
              │┃ CLOSED                                    │
    5.000   7 │┗ connect = -1 ECONNREFUSED                 │]])
end)

test("the same in ASCII has no other character", function(t)
  local text = draw({
    call(0.001, 0.005, "client", "connect", "3, 10.0.0.2:80", "= -1 ECONNREFUSED"),
    segment(0.002, 0.0021, "client -> server", "SYN", 0),
    segment(0.003, nil, "server -> client", "RST,ACK", 0, 1),
  }, { width = 60, ascii = true })
  t.ok(not text:find "[\x80-\xff]", text)
  t.match(text, "SYN seq=0 %-+>|")
  t.match(text, "|#%s+x%-+ RST,ACK seq=0 ack=1 lost %-+|")
end)

test("more calls that wait than there are columns beside their host are drawn all the same", function(t)
  local items = {}
  for i = 1, 60 do
    items[i] = call(i / 1000, nil, "b", "recv", "3, 10", "did not return")
  end
  local _, lines = draw(items, nil, { "a", "b", "c" }):gsub("\n", "\n")
  t.ok(lines > 60, lines)
end)

test("a call during which only its own host sent is one line, before what it sent", function(t)
  local items = {
    call(0.001, 0.004, "client", "send", '3, "x", 1', "= 1"),
    segment(0.002, 0.0021, "client -> server", "PSH,ACK", 1, 1, 1),
  }
  t.equal(kinds(ladder.rungs(story(items))), "call arrow")
  items[2].time, items[2].from = 0.003, "server"
  t.equal(kinds(ladder.rungs(story(items))), "begin arrow end")
end)

test("a call that did not return stays open; the death of its process closes the bar", function(t)
  local text = draw {
    call(0.001, nil, "client", "send", "3", "did not return", { pid = 9 }),
    segment(0.002, 0.0021, "server -> client", "RST", 1),
    { kind = "event", event = "exit", time = 0.003, host = "client", pid = 9,
      text = "writer (pid 9) was killed by SIGPIPE" },
    segment(0.004, 0.0041, "server -> client", "RST", 1),
    { kind = "note", time = 0.005, text = "after it" },
  }
  t.match(text, "│┏ send%(3%) … did not return")
  t.match(text, "│  writer %(pid 9%) was killed by SIGPIPE +│\n")
  t.match(text, "│ after it")
end)

test("the other processes of a host are named, and each has a bar of its own", function(t)
  local text = draw {
    { kind = "event", event = "start", time = 0.001, host = "client", pid = 9, text = "writer (pid 9) started" },
    call(0.002, 0.006, "client", "accept", "3", "= 4"),
    call(0.003, 0.007, "client", "connect", "5", "= 0", { pid = 9 }),
    segment(0.004, 0.0041, "server -> client", "ACK", 1, 1),
  }
  t.match(text, "│┏ accept%(3%)")
  t.match(text, "│┃┏ writer: connect%(5%)")
  t.match(text, "│┗┃ accept = 4")
  t.match(text, "│ ┗ writer: connect = 0")
end)

test("segments that cross are drawn as their sending and their arrival, in the order of time", function(t)
  local items = {
    segment(0.001, 0.003, "client -> server", "SYN", 0),
    segment(0.002, 0.004, "server -> client", "SYN", 0),
  }
  t.equal(kinds(ladder.rungs(story(items))), "send state send state arrive arrive")
  items[2].time = 0.0031 -- no longer
  items[1].received = 0.0015
  t.equal(kinds(ladder.rungs(story(items))), "arrow state arrow state")
end)

test("a segment that overtakes another, and one that is kept back, arrive on lines of their own", function(t)
  t.equal(kinds(ladder.rungs(story {
    segment(0.0010, 0.0018, "client -> server", "ACK", 1, 1), segment(0.0011, 0.0015, "client -> server", "ACK", 2, 1),
  })), "send send arrive arrive")
  local slow = segment(0.001, 0.3, "client -> server", "ACK", 1, 1)
  t.equal(kinds(ladder.rungs(story { slow })), "arrow", "a busy machine changes no picture")
  slow.rule = "delay client -> server"
  t.equal(kinds(ladder.rungs(story { slow })), "send arrive")
end)

test("what was lost, held and sent to nobody does not reach the other side, and says why", function(t)
  local fates = { dropped = "lost", held = "held", pending = "still on its way", nowhere = "nobody has that address" }
  for fate, words in pairs(fates) do
    local text = draw({ segment(0.001, nil, "client -> server", "SYN", 0, nil, 0, { fate = fate }) }, { width = 100 })
    t.match(text, "SYN seq=0 " .. words)
    t.ok(not text:find "▶", fate)
  end
end)

test("what a check missed is a dashed arrow, what it did not expect is marked and not folded", function(t)
  local items = {}
  for i = 1, 40 do items[i] = segment(i / 1000, i / 1000 + 1e-4, "client -> server", "ACK", i, 1) end
  items[41] = {
    kind = "check", failed = true, name = "trace", time = 0.05, line = 9, text = "the packets are not as expected",
    packet = items[20].id, expected = { from = "server:80", to = "client", text = "SYN,ACK seq=0" },
  }
  local text = draw(items)
  t.ok(text:find("│◀ ─ ─ ─ ─ SYN,ACK seq=0 (missing) ─ ─ ─ ─ ─ │", 1, true), text)
  t.match(text, "seq=20 ack=1 %(not expected%)")
  t.match(text, "\n   50%.000   9 │ ✗ t:trace: the packets are not as")
  t.match(text, "… 11 more.*not expected.*… 12 more")
  t.ok(not ladder_text.draw(story(items), { full = true }):find "more")
end)

test("an arrow crosses the lines of hosts between its ends", function(t)
  local text = draw({ segment(0.001, 0.0011, "a -> d", "SYN", 0) }, { width = 70 }, { "a", "b", "c", "d" })
  local dashes = ("─"):rep(17)
  t.ok(text:find("│" .. dashes .. "┼─── SYN seq=0 ───┼" .. dashes .. "▶│", 1, true), text)
end)

test("words that are too wide go on in the next line, and no line is wider than was asked for", function(t)
  for width = 60, 130, 7 do
    local text = draw({
      call(0.001, 0.002, "server", "setsockopt", ("x"):rep(30) .. (", z"):rep(40), "= 0"),
      call(0.003, 0.004, "client", "setsockopt", ("x"):rep(30) .. (", z"):rep(40), "= 0"),
      segment(0.005, 0.0051, "client -> server", "SYN", 0, nil, 0, { fields = { "seq=0", ("payload="):rep(30) } }),
    }, { width = width })
    for line in text:gmatch "[^\n]+" do t.ok(utf8.len(line) <= width, line) end
    t.equal(select(2, text:gsub("z", "")), 80)
  end
end)

test("colours only where they are asked for", function(t)
  local items = { segment(0.001, 0.0011, "client -> server", "SYN", 0) }
  t.ok(not draw(items):find "\27")
  local painted = draw(items, { width = 60, paint = function(color, text) return "<" .. color .. text .. ">" end })
  t.match(painted, "<bold SYN seq=0 >")
end)

test("a story goes through JSON unchanged", function(t)
  local items = {
    call(0.001, 0.005, "client", "connect", "3", "= -1 ECONNREFUSED"),
    segment(0.002, 0.0021, "client -> server", "SYN", 0), segment(0.003, nil, "server -> client", "RST,ACK", 0, 1),
  }
  local again = cjson.decode(cjson.encode(story(items)))
  t.equal(ladder_text.draw(again), ladder_text.draw(story(items)))
end)

-- ---- states ----

test("the states of a handshake and a close", function(t)
  t.equal(states {
    segment(1, 1.1, "client -> server", "SYN", 0), segment(2, 2.1, "server -> client", "SYN,ACK", 0, 1),
    segment(3, 3.1, "client -> server", "ACK", 1, 1), segment(4, 4.1, "client -> server", "FIN,ACK", 1, 1),
    segment(5, 5.1, "server -> client", "ACK", 1, 2), segment(6, 6.1, "server -> client", "FIN,ACK", 1, 2),
    segment(7, 7.1, "client -> server", "ACK", 2, 2),
  }, "client SYN-SENT, server SYN-RECEIVED, client ESTABLISHED, server ESTABLISHED, client FIN-WAIT-1, "
    .. "server CLOSE-WAIT, client FIN-WAIT-2, server LAST-ACK, client TIME-WAIT, server CLOSED")
end)

local function established()
  return segment(1, 1.1, "client -> server", "SYN", 0), segment(2, 2.1, "server -> client", "SYN,ACK", 0, 1),
    segment(3, 3.1, "client -> server", "ACK", 1, 1)
end

-- The states behind those of the handshake.
local function states_after(...)
  local items = { established() }
  table.move({ ... }, 1, select("#", ...), #items + 1, items)
  return (states(items):gsub("^.-server ESTABLISHED,? ?", ""))
end

test("both close at once; a FIN with the acknowledgement; a reset", function(t)
  t.equal(states_after(segment(4, 4.5, "client -> server", "FIN,ACK", 1, 1),
    segment(4.1, 4.6, "server -> client", "FIN,ACK", 1, 1),
    segment(5, 5.1, "client -> server", "ACK", 2, 2), segment(5.2, 5.3, "server -> client", "ACK", 2, 2)),
    "client FIN-WAIT-1, server FIN-WAIT-1, server CLOSING, client CLOSING, server TIME-WAIT, client TIME-WAIT")
  t.equal(states_after(segment(4, 4.1, "client -> server", "FIN,ACK", 1, 1),
    segment(5, 5.1, "server -> client", "FIN,ACK", 1, 2)),
    "client FIN-WAIT-1, server CLOSE-WAIT, server LAST-ACK, client TIME-WAIT")
  t.equal(states_after(segment(4, 4.1, "server -> client", "RST,ACK", 1, 1)), "server CLOSED, client CLOSED")
end)

test("a lost FIN changes its sender alone; a RST beside the window changes nobody", function(t)
  t.equal(states_after(segment(4, nil, "client -> server", "FIN,ACK", 1, 1)), "client FIN-WAIT-1")
  t.equal(states_after(segment(4, 4.1, "server -> client", "RST", 500)), "server CLOSED")
end)

test("a SYN that is sent again changes nothing", function(t)
  t.equal(states { segment(1, nil, "client -> server", "SYN", 0), segment(2, nil, "client -> server", "SYN", 0) },
    "client SYN-SENT")
end)

test("a simultaneous open", function(t)
  t.equal(states {
    segment(1, 1.5, "client -> server", "SYN", 0), segment(1.1, 1.6, "server -> client", "SYN", 0),
    segment(1.7, 1.8, "client -> server", "SYN,ACK", 0, 1), segment(1.7, 1.9, "server -> client", "SYN,ACK", 0, 1),
  }, "client SYN-SENT, server SYN-SENT, client SYN-RECEIVED, server SYN-RECEIVED, server ESTABLISHED, "
    .. "client ESTABLISHED")
end)
