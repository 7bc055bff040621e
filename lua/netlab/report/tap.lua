-- tap.lua: results in the Test Anything Protocol, version 14 (testanything.org/tap-version-14-specification.html), or
-- 13 for consumers that know no later one: a test point a run, a YAML block behind those that did not pass, the plan at
-- the end. A pure function of the objects of NDJSON.

local plain = require "netlab.report.plain"
local points = require "netlab.report.points"
local reveal = require "netlab.report.reveal"

local tap = {}

local function description(words)
  return (plain.line(words):gsub("[\\#]", "\\%0"))
end

local function quoted(words)
  return '"' .. plain.line(words):gsub('[\\"]', "\\%0") .. '"'
end

-- A text of several lines as a literal block (YAML 1.2 8.1.2). Consumers in Perl know no indentation indicator, so its
-- first line must not begin with blanks, and take an empty line for the end.
local function block(lines, key, words)
  words = plain.lines(words)
  lines[#lines + 1] = ("  %s: |"):format(key)
  for line in ((words:find "^%S" and "" or "what happened:\n") .. words .. "\n"):gmatch "(.-)\n" do
    lines[#lines + 1] = "    " .. line
  end
end

local function diagnostic(run)
  local shown, lines = reveal.of(run), { "  ---" }
  local function add(key, value)
    lines[#lines + 1] = ("  %s: %s"):format(key, value)
  end
  add("status", run.status)
  add("message", quoted(shown.message))
  add("file", quoted(run.file))
  add("line", ("%d"):format(shown.line or 0))
  if run.points then
    add("score", points.text(run.score))
    add("points", points.text(run.points))
  end
  for _, row in ipairs {
    { "parts", reveal.parts(run) or false }, { "details", shown.details or false }, { "ladder", shown.ladder or false },
  } do
    if row[2] then
      block(lines, row[1], row[2])
    end
  end
  lines[#lines + 1] = "  ...\n"
  return table.concat(lines, "\n")
end

-- A format for each version: they differ in the first line alone.
local function version(number)
  return {
    begin = function() return { count = 0 }, ("TAP version %d\n"):format(number) end,
    one = function(state, run)
      state.count = state.count + 1
      local passed = run.status == "PASS" or run.status == "SKIP"
      local point = ("%s %d - %s"):format(passed and "ok" or "not ok", state.count, description(reveal.name(run)))
      if run.status == "SKIP" then
        return ("%s # SKIP %s\n"):format(point, description(reveal.of(run).message))
      end
      return point .. "\n" .. (passed and "" or diagnostic(run))
    end,
    finish = function(state, about)
      return ("1..%d\n"):format(state.count) .. (about.ending == "interrupted" and "Bail out! interrupted\n" or "")
    end,
  }
end

tap.version_13, tap.version_14 = version(13), version(14)

return tap
