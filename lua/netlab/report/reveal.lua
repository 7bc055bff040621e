-- reveal.lua: what a report for students may say about a run: by `reveal`, `visibility` and `hint` of the experiment.
-- Pure: it looks at an object of NDJSON (docs/results.md), which itself keeps everything.

local points = require "netlab.report.points"

local reveal = {}

---@class netlab.Shown what a report says about a run
---@field message string one line
---@field line integer of the script
---@field details string? lines, when they say more
---@field ladder string? a picture of what happened
---@field mermaid string? the same for Mermaid

local ended = {
  PASS = "passed", FAIL = "failed", TIMEOUT = "ran out of time", ERROR = "could not be carried out",
  SKIP = "was skipped",
}

local function one_line(words)
  return (words:gsub("%s+", " "))
end

-- By level: what is told of a run that did not pass.
local tell = {
  full = function(run)
    local reason = run.reasons[1] or {}
    return {
      message = one_line(reason.message or ended[run.status]), line = reason.line and reason.line > 0 and reason.line,
      details = run.report and ("\n" .. run.report):gsub("\n    ", "\n"):sub(2), ladder = run.ladder,
      mermaid = run.mermaid,
    }
  end,
  observed = function(run)
    return { message = run.hint and one_line(run.hint), details = run.hint, ladder = run.observed,
      mermaid = run.reveal == "observed" and run.mermaid or nil }
  end,
  hint = function(run)
    return { message = run.hint and one_line(run.hint), details = run.hint }
  end,
  nothing = function() return {} end,
}

---How much may be told. A reader that does not know when a result may be seen (`dated` is not true) tells nothing of
---one that is not simply visible.
---@param run table an object of NDJSON
---@param dated boolean? the reader obeys `visibility` by itself
---@return "full"|"observed"|"hint"|"nothing"
function reveal.level(run, dated)
  if not dated and run.visibility and run.visibility ~= "visible" then
    return "nothing"
  end
  return run.reveal or "full"
end

---What may be told of a run.
---@param run table an object of NDJSON
---@param dated boolean? as of reveal.level
---@return netlab.Shown
function reveal.of(run, dated)
  local level = reveal.level(run, dated)
  local shown = run.status == "PASS" and {} or (run.status == "SKIP" and tell.full or tell[level] or tell.nothing)(run)
  shown.message = shown.message or ended[run.status] or run.status
  shown.line = shown.line or run.line
  shown.details = shown.details ~= shown.message and shown.details or nil
  return shown
end

local states = { ["not reached"] = " (not reached)", unchecked = " (nothing was checked)" }

---The parts of an experiment, a line each: "2 of 2  the handshake".
---@param run table an object of NDJSON
---@param dated boolean? as of reveal.level
---@return string? nil when there are none, or when they may not be told
function reveal.parts(run, dated)
  local lines = {}
  for i, part in ipairs(run.parts or {}) do
    local earned = part.state == "passed" and (run.status ~= "ERROR" and run.status ~= "SKIP") and part.points or 0
    lines[i] = ("%s of %s  %s%s"):format(points.text(earned), points.text(part.points), part.name,
      states[part.state] or "")
  end
  return lines[1] and reveal.level(run, dated) ~= "nothing" and table.concat(lines, "\n") or nil
end

---The name of a run: the experiment's, and which run of several it is.
---@param run table an object of NDJSON
---@return string
function reveal.name(run)
  return run.run and run.run > 1 and ("%s (run %d)"):format(run.name, run.run) or run.name
end

return reveal
