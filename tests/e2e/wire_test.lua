-- The wire and the hosts, and what a script's mistakes are answered with.
local test = require "harness"
local session = require "session"

session.all_pass "wire.lua"

-- The kernel finishes IPv6 addresses in the background; a host is given out when that is done.
test("IPv6: the first packet to a new host arrives", function(t)
  local run = session.netlab(session.fixtures .. "wire.lua --filter 'IPv6, when' --repeat 40 -j 8")
  t.equal(run.code, 0, run.summary)
  t.match(run.summary, "^40 passed, 0 failed")
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
