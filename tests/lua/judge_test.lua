-- netlab.report.judge: what a recording that stops in the middle of a record comes to. That of whole experiments is
-- shown by tests/e2e.

local test = require "harness"

local judge = require "netlab.report.judge"

-- What a check records; nil as `ended`: its process was killed while it wrote (runner/bind/recording_tables.c).
local function check(index, text, ended, result)
  return {
    kind = "check", index = index, pid = 2, line = 10 + index, name = "equal", text = text, began = 0.1, ended = ended,
    result = result,
  }
end

-- A recording of these checks, whose script came to its end.
local function recorded(checks)
  local finished = { kind = "script", index = 9, pid = 2, name = "end", text = "" }
  local slots = { check = checks, script = { finished }, call = {} }
  return {
    slots = function(_, kind) return slots[kind] end,
    events = function() return {} end,
    overflowed = function() return false end,
  }
end

local over = { over = true, timed_out = false, seconds = 1, timeout = 30 }

for _, text in ipairs { "", '{"message":"the val' } do
  test(("a check that has not ended says nothing: %q"):format(text), function(t)
    local whole = check(1, '{"message":"x"}', 0.2, 1)
    local verdict = judge.run(recorded { check(0, text), whole, check(2, text) }, over)
    t.equal({ verdict.status, verdict.passed, verdict.failed }, { "PASS", 1, 0 })
    t.equal({ #verdict.checks, verdict.checks[1].slot, verdict.checks[1].message }, { 1, 1, "x" })

    verdict = judge.run(recorded { check(0, text) }, over)
    t.equal({ verdict.status, #verdict.checks, #verdict.reasons }, { "ERROR", 0, 1 })
    t.match(verdict.reasons[1].message, "^nothing was checked")
  end)
end

test("a failed check beside one that has not ended still fails", function(t)
  local failed = check(1, '{"message":"x","explanation":"why"}', 0.2, 0)
  local verdict = judge.run(recorded { check(0, ""), failed }, over)
  t.equal({ verdict.status, verdict.passed, verdict.failed }, { "FAIL", 0, 1 })
  t.equal(verdict.reasons, { { kind = "check", message = "t:equal: x", line = 11, slot = 1, explanation = "why" } })
end)
