-- The wire and the hosts, and what a script's mistakes are answered with.
local cjson = require "cjson"
local test = require "harness"
local session = require "session"

session.all_pass "wire.lua"

-- The kernel finishes IPv6 addresses in the background; a host is given out when that is done.
test("IPv6: the first packet to a new host arrives", function(t)
  local run = session.netlab(session.fixtures .. "wire.lua --filter 'IPv6, when' --repeat 40 -j 8")
  t.equal(run.code, 0, run.summary)
  t.match(run.summary, "^40 passed, 0 failed")
end)

-- ---- rules that do nothing ----

local idle = session.fixtures .. "idle_rules.lua"
local told = session.netlab(idle)

local function notes(part)
  local list = {}
  for words in part.text:gmatch "\n    note: the rule ([^\n]*)" do
    list[#list + 1] = words
  end
  return list
end

local idle_rows = { -- experiment, status, notes
  { "rules that meet nothing", "PASS", {
    "'drop a -> b:99' (script line 14) never matched a packet",
    "'hold b -> a TCP' (script line 15) never matched a packet",
    "'corrupt a -> b TCP' (script line 16) never matched a packet",
    "'cut b -> a' (script line 18) never matched a packet; there are 2 of them",
  } },
  { "a rule that lets all pass", "PASS", {
    "'drop a -> b UDP' (script line 29) matched packets, but let them all pass (skip, chance); there are 2 of them",
  } },
  { "rules that decide", "PASS", {} },
  { "it fails, and says so", "FAIL", { "'drop a -> b:99' (script line 50) never matched a packet" } },
}

for _, row in ipairs(idle_rows) do
  test("rules that do nothing: " .. row[1], function(t)
    session.expect(t, told, row[1], row[2])
    t.equal(notes(told.named[row[1]]), row[3])
  end)
end

test("rules that do nothing: --json has them, --quiet does not tell them of what passed", function(t)
  local lines = {}
  for line in session.netlab(idle .. " --json - 2>/dev/null").out:gmatch "[^\n]+" do
    lines[#lines + 1] = cjson.decode(line)
  end
  t.equal({ #lines[1].idle_rules, #lines[2].idle_rules, #lines[3].idle_rules }, { 4, 1, 0 })
  t.equal(lines[1].idle_rules[4], { line = 18, rule = "cut b -> a", count = 2,
    message = "the rule 'cut b -> a' (script line 18) never matched a packet" })
  t.lacks(session.netlab(idle .. " -q").out, "rules that meet nothing")
  t.match(session.netlab(idle .. " --filter meet --repeat 2").out, "2 of 2 runs passed\n    note: the rule 'drop")
end)

local path = session.fixtures .. "misuse.lua"
local run = session.netlab(path)

session.rows(run, {
  { "a rule with a misspelled bit", "ERROR",
    path .. ':5:23: unknown control bit or protocol "SNY"', 'did you mean "SYN"?' },
  { "a rule on several lines", "ERROR", path .. ":11:20: expected a number" },
  { "a rule with a host that is not there", "ERROR",
    path .. ':17:26: unknown host "bet"; did you mean "beta"?',
    "the hosts are alpha, beta" },
  { "a rule with an unknown option", "ERROR", path .. ":22: unknown option 'cuont'" },
  { "a delay that is no time", "ERROR",
    path .. ":27: .*a number and a unit %(ns, us, ms, s, min%) %(\"30 bananas\"%)" },
  { "a trace with an unknown field", "ERROR", path .. ':35:24: unknown field "bogus"; the fields are' },
  { "a setting that is not there", "ERROR", path .. ":40: cannot read a setting (net.ipv4.no_such_setting): ENOENT" },
  { "a setting of the machine", "ERROR", path .. ":44: cannot use a setting whose name is not net.something" },
  { "two hosts of one name", "ERROR", path .. ":48: there is a host 'a' already" },
  { "a host with an unknown option", "ERROR", path .. ":52: bad option 'ipv7' of a host" },
  { "an option of exec", "ERROR", path .. ":56: unknown option 'timout' of exec; did you mean \"timeout\"?" },
  { "a function is returned by an actor", "ERROR", path .. ":60: a function cannot be returned from an actor" },
  { "a required file that is not there", "ERROR",
    path .. ":64: module 'no.such.file' not found: cannot open no/such/file.lua" },
}, "misuse")

test("misuse: the exit code", function(t)
  t.equal(run.code, 3)
end)
