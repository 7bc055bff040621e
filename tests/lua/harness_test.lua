-- The harness itself: each check holds when it should and fails, with the right words, when it should not.
local test = require "harness"

-- The text with which a check fails; an error when it does not.
local function failure(check, ...)
  local fine, raised = pcall(check, ...)
  assert(not fine, "the check did not fail")
  return tostring(raised)
end

-- What a harness of its own prints for a test file, and what its main returns.
local function run_file(code)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(code)
  file:close()
  local printed, write = {}, io.write
  local inner = dofile "tests/lua/harness.lua"
  package.loaded.harness = inner
  io.write = function(...) printed[#printed + 1] = table.concat { ... } end -- luacheck: ignore 122
  local fine, passed = pcall(inner.main, path)
  io.write = write -- luacheck: ignore 122
  package.loaded.harness = test
  os.remove(path)
  assert(fine, passed)
  return table.concat(printed), passed
end

test("ok", function(t)
  t.equal(t.ok(7), 7)
  t.match(failure(t.ok, nil, "the reason"), "the reason: expected a true value, got nil")
  t.match(failure(t.ok, false), "got false")
end)

test("equal compares deeply and names the first difference", function(t)
  t.equal({ a = { 1, 2, { b = "c" } } }, { a = { 1, 2, { b = "c" } } })
  t.equal(0 / 0, 0 / 0)
  t.match(failure(t.equal, { a = { b = 3 } }, { a = { b = 4 } }),
    "value.a.b differs\n  expected 4\n  actual   3\nall of it: {a = {b = 3}}")
  t.match(failure(t.equal, { 1, 2 }, { 1, 2, 3 }), "value[3] differs\n  expected 3\n  actual   nil")
  t.match(failure(t.equal, { 1, 2, x = 1 }, { 1, 2 }), 'value["x"]: not expected: 1')
  t.match(failure(t.equal, "1", 1), 'expected 1\n  actual   "1"')
  t.match(failure(t.equal, nil, false), "expected false")
  t.match(failure(t.equal, {}, { {} }), "value[1] differs\n  expected {}")
end)

test("equal shows texts of several lines beside each other", function(t)
  t.match(failure(t.equal, "a\nb\nc", "a\nx\nc"), "\n    a\n  - x\n  + b\n    c")
end)

test("equal uses __eq", function(t)
  local meta = { __eq = function(a, b) return a.n == b.n end, __tostring = function(a) return "<" .. a.n .. ">" end }
  local function value(n) return setmetatable({ n = n }, meta) end
  t.equal(value(1), value(1))
  t.match(failure(t.equal, value(1), value(2)), "expected <2>")
end)

test("match and lacks take patterns and plain texts", function(t)
  t.match("errno 111", "^errno %d+$")
  t.match("a [b] c", "[b] c")
  t.match("seq=%", "=%")
  t.lacks("abc", "%d")
  t.match(failure(t.match, "abc", "%d"), 'no match for "%d" in:\nabc')
  t.match(failure(t.match, nil, "x"), "expected a text, got nil")
  t.match(failure(t.lacks, "abc1", "%d"), "a match for")
end)

test("raises", function(t)
  t.equal(t.raises("bo+m", error, "boom", 0), "boom")
  t.match(failure(t.raises, "boom", function() end), "none was raised")
  t.match(failure(t.raises, "boom", error, "bang"), "no match for \"boom\" in the error:\nbang")
end)

test("same_lines ignores margin and blanks at the end", function(t)
  t.same_lines("a\n  b  \n\nc\n", [[
    a
      b

    c
  ]])
  t.match(failure(t.same_lines, "a\nb\n", "a\n c\n"), "    a\n  -  c\n  + b")
end)

test("run gives code, output and error of a command", function(t)
  t.equal(test.run "echo out; echo err >&2; exit 3", { code = 3, out = "out\n", err = "err\n" })
  t.equal(test.run "kill -9 $$".code, 137)
  t.equal(test.run "echo \"it's $NETLAB\"".out, "it's " .. test.netlab .. "\n")
  t.equal(test.run "cat".code, 0)
end)

test("run ends a command at its limit", function(t)
  t.equal(test.run("sleep 60", 0.2).code, 124)
end)

test("a file's tests are counted and numbered", function(t)
  local printed, passed = run_file [[
    local test = require "harness"
    test("one", function(t) t.ok(true) end)
    test("two", function(t) t.skip "no such thing" end)]]
  t.equal(printed, "ok 1 - one\nok 2 - two # SKIP no such thing\n1..2\n")
  t.equal(passed, true)
end)

test("a failing test and one with an error do not stop the others", function(t)
  local printed, passed = run_file [[
    local test = require "harness"
    test("one", function(t) t.equal(1, 2) end)
    test("two", function() error "boom" end)
    test("three", function() end)]]
  t.match(printed, "not ok 1 %- one\n#   .-:2: value differs\n#     expected 2\n#     actual   1\n")
  t.match(printed, "not ok 2 %- two\n#   .-:3: boom\n#   stack traceback")
  t.match(printed, "ok 3 %- three\n1%.%.3\n$")
  t.equal(passed, false)
end)

test("a file without tests, with an error, or that is not there fails", function(t)
  local printed, passed = run_file "local _ = 1"
  t.match(printed, "not ok 1 .-\n#   the file has no test\n1%.%.1")
  t.equal(passed, false)
  t.match(run_file "error 'boom'", "not ok 1 .-boom")
  t.match(run_file "local =", "not ok 1 .-<name> expected")
end)
