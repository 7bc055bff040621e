-- Experiments that reach a bound: what is said, and that nothing of them is left.
local test = require "harness"
local session = require "session"

local path = session.fixtures .. "bounds.lua"

local function sleepers()
  return test.run("grep -l '[3]1415.9' $(ls -d /proc/[0-9]*/cmdline) 2>/dev/null; true").out
end

local run = session.netlab(path .. " --timeout 1500ms")
local left = sleepers()

session.rows(run, {
  { "loops for ever", "TIMEOUT", "not over after its 1" },
  { "blocks for ever in accept", "TIMEOUT", "not over after its 1", "calls that had not returned:",
    "line 12: server: accept%(%d+%) ... did not return" },
  { "stops itself", "TIMEOUT", "not over after its 1" },
  { "uses the time of the option", "TIMEOUT", "not over after its 1.5",
    "line 21: nanosleep(600 s) ... did not return" },
  { "spawns actors without end", "ERROR", path .. ":27: cannot start actor on a: EAGAIN",
    "the limit of living processes is 'processes'" },
  { "a fork bomb of the shell", "TIMEOUT", "not over after its 2" },
  { "eats memory", "ERROR", "limit reached: memory: the script needed more than 33554432 bytes" },
  { "eats memory in an actor", "ERROR", "limit reached: memory: an actor needed more" },
  { "prints without end", "ERROR", "limit reached: output: more than 65536 bytes were printed", "      and on\n" },
  { "a program prints without end", "ERROR", "limit reached: output: more than 65536 bytes were printed" },
  { "leaks sockets", "FAIL", path .. ":68: socket(AF_INET, SOCK_STREAM, 0) = -1 EMFILE failed" },
  { "sends more than the recording holds", "ERROR", "limit reached: the recording is full" },
  { "sends more than the recording holds, then waits", "ERROR", "limit reached: the recording is full" },
  { "makes more calls than the recording holds", "ERROR", "limit reached: the recording is full" },
  { "fills /tmp", "FAIL", path .. ":100: t:ok: No space left on device" },
  { "kills pid 1", "PASS" },
  { "ends before its processes", "PASS" },
}, "bounds")

test("bounds: the exit code", function(t)
  t.equal(run.code, 3)
  t.match(run.summary, "2 passed, 2 failed, 8 error, 5 timed out")
end)

test("bounds: no process is left", function(t)
  t.equal(left, "")
end)

test("a time-out alone is a failure: exit code 1", function(t)
  local late = session.netlab(path .. " --filter 'the time of the option' --timeout 100ms")
  t.equal(late.code, 1)
  t.match(late.summary, "0 passed, 0 failed, 1 timed out")
end)

test("a script whose text never ends is stopped as well", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/endless.lua", "while true do end\n")
    local endless = session.netlab(("%s/endless.lua %sgood/two.lua --timeout 3s"):format(folder, session.fixtures))
    session.expect(t, endless, folder .. "/endless.lua", "TIMEOUT", "not over after its 3")
    session.expect(t, endless, "the second of two", "PASS")
  end)
end)

test("500 that sleep at once all pass", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/sleep.lua", [[
      for i = 1, 500 do
        experiment("sleeps, number " .. i) { timeout = 60, run = function(t) t:ok(t:sleep(1)) end }
      end
    ]])
    local sleeping = session.netlab(folder .. "/sleep.lua -j 500 --quiet")
    t.match(sleeping.out, "^500 passed, 0 failed in")
    t.equal(sleeping.code, 0)
  end)
end)
