-- What cannot be run, and what ends otherwise than it should: each is named, and stops nothing else.
local test = require "harness"
local session = require "session"

-- ---- scripts that cannot be loaded ----

-- the script's name, its text, the words that the report has for it (":1: ..." stands behind its path)
local broken = {
  { "binary.lua", 'experiment "\0" {}', "this is a binary file, not a Lua script" },
  { "exits.lua", "os.exit(0)", "the script process ended with exit status 0" },
  { "limit_name.lua", 'experiment "x" { limits = { procs = 1 }, run = print }',
    ":1: limits has no field 'procs'", "processes" },
  { "limit_range.lua", 'experiment "x" { limits = { processes = 0 }, run = print }',
    ":1: limit 'processes' must be a whole number from 1 to 4096, not 0" },
  { "no_function.lua", 'experiment "x" { claim = "y" }',
    ":1: experiment 'x' has no function: run = function(t) ... end" },
  { "no_table.lua", 'experiment "x"', ":1: experiment 'x' has no table behind its title" },
  { "no_title.lua", "experiment { run = print }", ":1: an experiment needs a title" },
  { "raises.lua", "error 'not today'", ":1: not today" },
  { "same_title.lua", 'experiment "x" { run = print }\n\nexperiment "x" { run = print }',
    ":3: there are two experiments 'x', on lines 1 and 3" },
  { "syntax.lua", 'experiment "x" { run = print\n', ":2: '}' expected (to close '{' at line 1)" },
  { "timeout.lua", 'experiment "x" { timeout = 0, run = print }',
    ":1: field 'timeout' of experiment 'x' must be a time above 0" },
  { "unknown_field.lua", 'experiment "x" { clam = "y", run = print }',
    ":1: experiment 'x' has an unknown field 'clam'; did you mean \"claim\"?" },
  { "unknown_name.lua", '\nexperimnt "x" { run = print }',
    ":2: unknown name 'experimnt'; did you mean \"experiment\"?" },
  { "verdict.lua", 'experiment "x" { verdict = "maybe", run = print }',
    ":1: field 'verdict' of experiment 'x' must be \"confirmed\", \"refuted\" or \"depends\"" },
}

session.in_folder(function(folder)
  for _, row in ipairs(broken) do
    session.write(folder .. "/" .. row[1], row[2])
  end
  local run = session.netlab(folder .. " " .. session.fixtures .. "good/two.lua")

  for _, row in ipairs(broken) do
    test("cannot be loaded: " .. row[1], function(t)
      local path = folder .. "/" .. row[1]
      local words = table.move(row, 3, #row, 1, {})
      if words[1]:sub(1, 1) == ":" then
        words[1] = path .. words[1]
      end
      session.expect(t, run, path, "ERROR", table.unpack(words))
    end)
  end

  test("broken scripts do not stop the others", function(t)
    t.equal(#run.parts, #broken + 2, run.out)
    session.expect(t, run, "the first of two", "PASS")
    session.expect(t, run, "the second of two", "PASS")
    t.match(run.summary, ("2 passed, 0 failed, %d error"):format(#broken))
    t.equal(run.code, 3)
  end)

  test("a place is said once", function(t)
    t.lacks(run.named[folder .. "/raises.lua"].text, "raises.lua:1: .*raises.lua:1: ")
  end)
end)

-- ---- paths ----

test("what is no script is named, and does not stop the others", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/helper.lua", "return {}\n")
    session.write(folder .. "/bytes.lua", "\200\201\n")
    session.write(folder .. "/unreadable.lua", "")
    test.run(("mkdir %s/empty && chmod 000 %s/unreadable.lua"):format(folder, folder))
    local before = session.is_root() and "setpriv --reuid=65534 --regid=65534 --clear-groups" or ""
    local program = session.is_root() and folder .. "/netlab" or '"$NETLAB"'
    test.run(('cp "$NETLAB" %s/netlab; cp %sgood/two.lua %s/two.lua'):format(folder, session.fixtures, folder))
    local all = test.run(("cd %s && %s %s missing.lua empty helper.lua /dev/null bytes.lua unreadable.lua two.lua")
      :format(folder, before, program))
    all.parts, all.summary = session.read(all.out)
    all.named = {}
    for _, part in ipairs(all.parts) do
      all.named[part.name] = part
    end
    session.expect(t, all, "missing.lua", "ERROR", "missing.lua: No such file or directory")
    session.expect(t, all, "empty", "ERROR", "empty: there is no *.lua file in this folder")
    session.expect(t, all, "helper.lua", "ERROR", "this script declares no experiment", "run = function(t)")
    session.expect(t, all, "/dev/null", "ERROR", "/dev/null: neither a file nor a folder")
    session.expect(t, all, "bytes.lua", "ERROR", "bytes.lua:1: unexpected symbol near '<\\200>'")
    session.expect(t, all, "unreadable.lua", "ERROR", "unreadable.lua: Permission denied")
    session.expect(t, all, "the second of two", "PASS")
    t.equal(#all.parts, 8)
    t.equal(all.code, 3)
  end)
end)

test("a folder stands for the scripts below it; a script without experiments may lie there", function(t)
  session.in_folder(function(folder)
    test.run(("mkdir -p %s/a/b %s/none"):format(folder, folder))
    session.write(folder .. "/a/b/deep.lua", 'experiment "deep" { run = function(t) t:ok(true) end }\n')
    session.write(folder .. "/a/helper.lua", "return {}\n")
    session.write(folder .. "/a/notes.txt", "not a script\n")
    local found = session.netlab(folder .. "/a/")
    t.equal(found.code, 0, found.out)
    t.equal(#found.parts, 1)
    t.equal(found.parts[1].name, "deep")
    local nothing = session.netlab(folder .. "/none")
    t.equal(nothing.code, 4)
    t.match(nothing.err, "nothing to run: " .. folder .. "/none: there is no *.lua file in this folder")
  end)
end)

-- ---- endings ----

local path = session.fixtures .. "ending.lua"
local ending = session.netlab(path)

session.rows(ending, {
  { "passes", "PASS" },
  { "checks nothing", "ERROR", "nothing was checked: an experiment that cannot fail shows nothing" },
  { "is skipped", "SKIP", path .. ":11: there is no such thing here" },
  { "raises", "ERROR", path .. ":17: attempt to index a nil value (local 'nothing')", "17 |   t:ok(nothing.field)",
    "to run it again: .*netlab .*ending.lua %-%-filter raises %-v" },
  { "raises in a function", "ERROR", path .. ":21: too deep", path .. ":23" },
  { "raises in an actor", "ERROR", path .. ":30: attempt to index a nil value" },
  { "raises nil", "ERROR", path .. ":35: nil" },
  { "raises what cannot be shown", "ERROR", path .. ":38: boom" },
  { "recursion without end", "ERROR", path .. ":42: stack overflow" },
  { "unknown constant", "ERROR", path .. ":47: unknown name 'AF_INTE'; did you mean \"AF_INET\"?" },
  { "wrong argument", "ERROR", path .. ":51: bad argument #1 to 'socket' .number expected, got string" },
  { "exits", "ERROR", "the script process ended with exit status 0 before the experiment was over" },
  { "dies of SIGPIPE", "ERROR", path .. ":67: the script process was killed by signal SIGPIPE",
    'its last call was send%(%d+, "x", 1, 0%) ... did not return' },
  { "is killed by its actor", "ERROR", "the script process was killed by signal SIGKILL",
    "its last call was nanosleep(60 s) ... did not return" },
  { "prints", "FAIL", "it printed:\n", "      to the output\n", "      to the errors\n", "\\x1b%[2Jcontrol" },
}, "ending")

test("ending: the worst decides the exit code", function(t)
  t.equal(ending.code, 3)
  t.match(ending.summary, "1 passed, 1 failed, 12 error, 1 skipped")
end)

test("the report of one experiment is not in the output of another", function(t)
  t.lacks(ending.out, "it printed:\n *PASS")
  t.lacks(ending.named["prints"].text, "passes")
end)

session.all_pass "arguments.lua"

-- ---- checks that fail ----

path = session.fixtures .. "failing.lua"
local failing = session.netlab(path)

session.rows(failing, {
  { "ok", "FAIL", path .. ":4: t:ok: the thing: expected a value that is true, got false", "4 |   t:ok(false, " },
  { "ok of a call", "FAIL", path .. ":10: t:ok: expected success, but the call failed with ECONNREFUSED",
    "the calls before it:", "connect%(%d+, 10.0.0.1:9%) = %-1 ECONNREFUSED" },
  { "fails, but succeeded", "FAIL", "expected EADDRINUSE (Address already in use), but the call succeeded" },
  { "fails, but otherwise", "FAIL",
    "expected ETIMEDOUT (Connection timed out), but the call failed with ECONNREFUSED" },
  { "equal", "FAIL", 'expected  {1, 3, x = "y"}\n *observed  {1, 2, x = "y"}' },
  { "near", "FAIL", "t:near: expected 4, at the most 0.4 away, got 5" },
  { "state", "FAIL", "expected state LISTEN, the socket is in CLOSED" },
  { "eventually", "FAIL", "did not come true within 0.02 s" },
  { "wait_packet", "FAIL", "no packet like 'a -> b SYN' came" },
  { "quiet", "FAIL", "expected no packet for 5 s, but there was: a:%d+ %-> b:9  UDP  len=1" },
  { "trace", "FAIL", path .. ":63: t:trace: the packets are not as expected",
    "expected a SYN,ACK from b, but b answered RST,ACK: nobody listens on port 9" },
  { "soft ones go on", "FAIL", path .. ":68: t:equal: the first", path .. ":69: t:ok: the second" },
  { "in an actor", "FAIL", path .. ":75: t:equal: expected \"y\", got \"x\"" },
  { "caught by pcall", "FAIL", path .. ":79: t:ok" },
  { "in a coroutine", "FAIL", path .. ":84: t:ok" },
  { "a failed call that nothing looked at", "FAIL",
    path .. ":90: connect%(.*%) = %-1 ECONNREFUSED failed and nothing looked at it",
    "check it with t:fails(ECONNREFUSED, ...)" },
}, "failing")

test("failing: the exit code is 1", function(t)
  t.equal(failing.code, 1)
  t.match(failing.summary, "0 passed, 16 failed in")
end)
