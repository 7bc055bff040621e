-- netlab mutate: which alterations are noticed, which are not, and what is said about those.
local cjson = require "cjson"
local session = require "session"
local test = require "harness"

local fixtures = session.fixtures .. "mutate/"

local function mutate(arguments)
  return test.run(('"$NETLAB" mutate %s'):format(arguments), 120)
end

local function unnoticed(out)
  local found = {}
  for line in out:gmatch "    (line %d+: [^\n]*): nobody noticed" do
    found[#found + 1] = line
  end
  return found
end

test("the one thing that is not checked is reported with its line", function(t)
  local run = mutate(fixtures .. "hole.lua")
  t.equal(run.code, 1, run.out .. run.err)
  t.equal(unnoticed(run.out), { "line 9: len of packet 2 (server:12500 -> client RST,ACK) 0 -> 1" })
  t.match(run.out, "21 of 22 noticed  the length of the answer is not checked")
  t.match(run.out, "21 of 22 alterations noticed: 95.5 %; 0 declared, 1 unnoticed, 0 not reached")
end)

test("--least allows that some are unnoticed", function(t)
  t.equal(mutate("--least 95 " .. fixtures .. "hole.lua").code, 0)
  t.equal(mutate("--least 96 " .. fixtures .. "hole.lua").code, 1)
end)

test("where everything is checked everything is noticed, in actors and conditions as well", function(t)
  local run = mutate("-v " .. fixtures .. "tight.lua")
  t.equal(unnoticed(run.out), {}, run.out)
  t.equal(run.code, 0, run.out .. run.err)
  for _, words in ipairs {
    "line 9: accept() succeeds -> fails with ECONNABORTED: noticed",
    'line 10: result 2 of accept().ip "10.0.0.1" -> "10.0.0.2": noticed',
    "line 11: recv() 5 bytes -> 6 bytes: noticed",
    "line 15: send() 5 -> 6: noticed",
    "line 17: wait().exit 0 -> 1: noticed",
    'line 17: wait().returned[1].text "hello" -> "hellox": noticed',
    "line 18: poll() 1 ready -> nothing ready: noticed",
    "line 19: recv() 0 bytes -> 1 bytes: noticed",
    "line 23: #sockets() 2 -> 3: noticed",
    "line 23: #sockets() 2 -> 1: noticed",
    "line 23: sockets()[2].state FIN-WAIT-2 -> TIME-WAIT: noticed",
    "line 25: close() succeeds -> fails with EIO: noticed",
    "line 27: packet 1 (client -> server:80 SYN) removed: noticed",
    "line 27: packet 1 (client -> server:80 SYN) comes twice: noticed",
    "swapped with packet 2 (server:80 -> client SYN,ACK): noticed",
    "line 28: SYN taken from packet 2 (server:80 -> client SYN,ACK): noticed",
    "line 28: RST added to packet 2 (server:80 -> client SYN,ACK): noticed",
    "line 29: ACK taken from packet 3 (client -> server:80 ACK): noticed",
    "line 33: ack of packet 7 (client -> server:80 ACK) 2 -> 3: noticed",
    "line 34: FIN taken from packet 8 (client -> server:80 FIN,ACK): noticed",
  } do
    t.match(run.out, words)
  end
end)

test("what is declared is told with its reason; a declaration of nothing is out of date", function(t)
  local run = mutate(fixtures .. "declared.lua")
  t.equal(run.code, 0, run.out .. run.err)
  t.match(run.out, "declared: line 12: len of packet 2 (server:12500 -> client RST,ACK) 0 -> 1: "
    .. "a reset carries no data that anybody would read")
  t.match(run.out, "out of date: 'c:connect' is declared, but no such alteration stays unnoticed")
  t.match(run.out, "1 declared, 0 unnoticed")
end)

test("counts, states and packets that nobody looks at", function(t)
  local run = mutate(fixtures .. "loose.lua")
  t.equal(run.code, 1, run.out .. run.err)
  t.equal(unnoticed(run.out), {
    "line 7: sendto() 3 -> 4", "line 8: poll() 1 ready -> nothing ready",
    "line 10: sockets()[1].state UNCONNECTED -> CONNECTED",
  })
  t.match(run.out, "    packet 2 (client -> server:7 UDP) is looked at by no trace: nobody noticed")
end)

test("an experiment that does not pass by itself is not mutated", function(t)
  local run = mutate(fixtures .. "fails.lua")
  t.equal(run.code, 3)
  t.match(run.out, "not mutated  an experiment that fails by itself")
  t.match(run.out, "it does not pass unaltered: FAIL: t:equal: expected 2, got 1")
end)

test("--json writes an object for each alteration", function(t)
  local run = mutate("--json - " .. fixtures .. "hole.lua")
  local outcomes = {}
  for line in run.out:gmatch "[^\n]+" do
    local one = cjson.decode(line)
    outcomes[one.outcome] = (outcomes[one.outcome] or 0) + 1
    t.equal(one.file, fixtures .. "hole.lua")
    if one.outcome == "unnoticed" then
      t.equal(one.line, 9)
      t.equal(one.alteration, "len of packet 2 (server:12500 -> client RST,ACK) 0 -> 1")
    end
  end
  t.equal(outcomes, { noticed = 21, unnoticed = 1 })
  t.match(run.err, "21 of 22 alterations noticed")
end)

test("--sample takes so many of each, the same with the same seed", function(t)
  local function altered(arguments)
    local names = {}
    for line in mutate("--json - --sample 5 " .. arguments .. fixtures .. "hole.lua").out:gmatch "[^\n]+" do
      names[#names + 1] = cjson.decode(line).alteration
    end
    return names
  end
  local first = altered "--seed 3 "
  t.equal(#first, 5)
  t.equal(altered "--seed 3 ", first)
end)

test("of a few alterations of each experiment at least 95 % are noticed; make mutate makes all of them", function(t)
  local run = test.run('"$NETLAB" mutate --sample 12 --seed 1 --least 95 experiments', 280)
  t.equal(run.code, 0, run.out .. run.err)
end)
