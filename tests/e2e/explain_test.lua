-- netlab explain: which experiment a name means, and its page.
local test = require "harness"

local function explain(arguments)
  return test.run(('LC_ALL=C.UTF-8 "$NETLAB" explain %s'):format(arguments), 60)
end

test("a page has the declaration, the script, what happened, and the verdict, in 80 columns", function(t)
  local run = explain "A1"
  t.equal(run.code, 0, run.out .. run.err)
  for _, words in ipairs {
    "connect to a port nobody listens on %[ipv4%]\n====", "\nCase     A1\n",
    "\nVerdict  confirmed: Linux does what is claimed\n",
    "\nClaim    ", "\nLook at  ", "\nFile     experiments/connect_refused_no_listener.lua:1\n",
    "\nThe script\n\n   1 | experiment \"connect to a port nobody listens on\" {", "\nWhat happens\n\n",
    "connect(7, 10.0.0.2:12500)", "RST,ACK seq=0 ack=1", "connect = -1 ECONNREFUSED",
    "PASS     connect to a port nobody listens on [ipv4]  [A1]", "the claim is confirmed",
  } do
    t.match(run.out, words)
  end
  for line in run.out:gmatch "[^\n]+" do
    t.ok((utf8.len(line) or #line) <= 80 or line:find "^PASS", line)
  end
end)

test("a title, a part of it, a file's name and a file mean the same", function(t)
  for _, name in ipairs {
    "'connect to a port nobody listens on'", "'to a port nobody listens'", "connect_refused_no_listener",
    "a1 experiments",
    "experiments/connect_refused_no_listener.lua",
  } do
    local run = explain(name)
    t.equal(run.code, 0, name .. run.err)
    t.match(run.out, "connect to a port nobody listens on %[ipv4%]\n====")
  end
end)

test("of the variants the first is told, unless one is named", function(t)
  local run = explain "'nobody listens on [IPV6]'"
  t.equal(run.code, 0, run.err)
  t.match(run.out, "connect to a port nobody listens on %[ipv6%]\n====")
  t.match(run.out, "connect(7, [fd00::2]:12500)")
  local _, count = explain "experiments/sigpipe_survived_gives_epipe.lua".out:gsub("\n====", "")
  t.equal(count, 3, "experiments of the file")
end)

test("what several experiments are called, and what none is called", function(t)
  local several = explain "linger"
  t.equal(several.code, 4)
  t.match(several.err, "netlab: 'linger' may be one of ")
  t.match(several.err, "\n  SO_LINGER with time 0: close is an abort\n")
  local none = explain "'no such thing'"
  t.equal(none.code, 4)
  t.match(none.err, "no experiment in experiments has the case id, title or file 'no such thing'")
  t.equal(explain "".code, 2)
end)

test("an experiment that does not pass is told with its reasons", function(t)
  local run = explain "tests/e2e/fixtures/mutate/fails.lua"
  t.equal(run.code, 1)
  t.match(run.out, "FAIL     an experiment that fails by itself")
  t.match(run.out, "expected 2, got 1")
end)
