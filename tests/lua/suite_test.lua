-- tests/tools/suite.sh: what it counts, and that nothing that goes wrong is counted as passed.
local test = require "harness"

-- Run the suite over programs of the shell, by their paths; returns the result and its last line.
local function suite(programs, environment)
  local folder = test.run("mktemp -d").out:gsub("\n", "")
  local names = {}
  for name, code in pairs(programs) do
    local path = folder .. "/" .. name
    names[#names + 1] = path
    test.run("mkdir -p " .. path:match "^(.*)/")
    local file = assert(io.open(path, "w"))
    file:write("#!/bin/sh\n", code, "\n")
    file:close()
  end
  local result = test.run(("chmod -R +x %s; env -u SUITE_ONE -u V %s sh tests/tools/suite.sh %s %s")
    :format(folder, environment or "", folder, table.concat(names, " ")))
  test.run("rm -rf " .. folder)
  return result, result.out:match "([^\n]*)\n$"
end

test("passed, failed and skipped are summed over all programs", function(t)
  local result, last = suite {
    one = 'echo "1..2"; echo "ok 1 - a"; echo "ok 2 - b"',
    two = 'echo "1..2"; echo "ok 1 - a"; echo "not ok 2 # SKIP b"',
    three = 'echo "1..1"; echo "not ok 1 - a"; echo "# the reason"; exit 1',
  }
  t.equal(last, "3 passed, 1 failed, 1 skipped")
  t.equal(result.code, 1)
  t.match(result.out, "# the reason")
end)

test("without failures the exit code is 0", function(t)
  local result, last = suite { one = 'echo "ok 1 - a"' }
  t.equal(last, "1 passed, 0 failed, 0 skipped")
  t.equal(result.code, 0)
end)

-- What goes wrong, a program that does it, what is said, and the counts.
local failing = {
  { "a crash", 'echo "ok 1 - a"; kill -SEGV $$', "crashed with signal 11", "1 passed, 1 failed, 0 skipped" },
  { "an exit code without a failed test", 'echo "ok 1 - a"; exit 3', "exited with 3", "1 passed, 1 failed, 0 skipped" },
  { "nothing tested", "true", "tested nothing", "0 passed, 1 failed, 0 skipped" },
  { "an unfinished plan", 'echo "1..3"; echo "ok 1 - a"', "stopped after 1 of 3", "1 passed, 1 failed, 0 skipped" },
  { "a limit", 'echo "ok 1 - a"; sleep 60', "ran into the limit", "1 passed, 1 failed, 0 skipped" },
}

for _, case in ipairs(failing) do
  local name, code, words, totals = table.unpack(case)
  test(name .. " counts as failed", function(t)
    local result, last = suite({ one = code }, "TEST_LIMIT=1")
    t.equal(last, totals)
    t.match(result.out, words)
    t.equal(result.code, 1)
  end)
end

test("no test at all is an error", function(t)
  local result, last = suite {}
  t.equal(last, "0 passed, 1 failed, 0 skipped")
  t.equal(result.code, 1)
end)

test("two tests of one name are an error, and none is run", function(t)
  for _, name in ipairs { "other/same", "other/same.lua" } do
    local result = suite { ["one/same"] = 'echo "1..1"; echo "ok 1 - a"', [name] = 'echo "1..1"; echo "not ok 1 - a"' }
    t.equal(result.out, "")
    t.equal(result.err, "two tests have the same name: same \n")
    t.equal(result.code, 1)
  end
  local result, last = suite { ["one/same"] = 'echo "ok 1 - a"', ["other/different"] = 'echo "ok 1 - a"' }
  t.equal({ result.code, last }, { 0, "2 passed, 0 failed, 0 skipped" })
end)
