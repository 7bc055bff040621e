-- github.lua: results for GitHub Actions: an annotation for each run that did not pass (workflow commands, on the
-- standard output), and a summary in Markdown for the file that GITHUB_STEP_SUMMARY names.
-- A pure function of the objects of NDJSON.

local plain = require "netlab.report.plain"
local points = require "netlab.report.points"
local reveal = require "netlab.report.reveal"

local github = { whole = true }

local SUMMARY_MOST = 900 * 1024 -- bytes; a step may write 1 MiB

-- The characters that end a message, and those that end a property.
local function escape(words, more)
  return (plain.lines(words):gsub("[%%\r\n" .. more .. "]", function(c) return ("%%%02X"):format(c:byte()) end))
end

local kinds = { FAIL = "error", TIMEOUT = "error", ERROR = "error", SKIP = "notice" }

local function annotation(run)
  local shown = reveal.of(run)
  return ("::%s file=%s,line=%d,title=%s::%s\n"):format(kinds[run.status], escape(run.file:gsub("^%./", ""), ":,"),
    math.max(shown.line or 1, 1), escape(plain.line(("%s: %s"):format(run.status, reveal.name(run))), ":,"),
    escape(shown.details or shown.message, ""))
end

local function markdown(words)
  return (plain.line(words):gsub("[\\`*_{}%[%]<>()#+!|~&$@]", "\\%0"))
end

-- A fence is longer than any that stands in the text.
local function fenced(words)
  local fence = "```"
  for ticks in words:gmatch "`+" do
    fence = #ticks >= #fence and ticks .. "`" or fence
  end
  return ("%stext\n%s\n%s\n"):format(fence, plain.lines(words), fence)
end

local MERMAID_MOST = 45000 -- characters; GitHub draws none of 50000

local function diagram(words)
  local drawn = words and #words < MERMAID_MOST and not words:find("`", 1, true)
  return drawn and ("```mermaid\n%s\n```\n\n"):format(plain.lines(words)) or ""
end

local function row(run)
  return ("| %s | %s | %.3f s | %s |\n"):format(run.status, markdown(reveal.name(run)), run.seconds or 0,
    run.points and ("%s of %s"):format(points.text(run.score), points.text(run.points)) or "")
end

local function section(run)
  local shown = reveal.of(run)
  local parts = {
    ("\n### %s: %s\n\n"):format(run.status, markdown(reveal.name(run))),
    ("%s:%d: %s\n\n"):format(markdown(run.file), shown.line or 0, markdown(shown.message)),
  }
  local earned = reveal.parts(run)
  for _, block in ipairs { earned or "", shown.details or "" } do
    parts[#parts + 1] = block ~= "" and fenced(block) .. "\n" or ""
  end
  parts[#parts + 1] = diagram(shown.mermaid)
  parts[#parts + 1] = shown.ladder and fenced(shown.ladder) or ""
  return table.concat(parts)
end

local function headline(runs, about)
  local counts, words = {}, {}
  for _, run in ipairs(runs) do
    counts[run.status] = (counts[run.status] or 0) + 1
  end
  for _, status in ipairs { "PASS", "FAIL", "ERROR", "TIMEOUT", "SKIP" } do
    words[#words + 1] = counts[status] and ("%d %s"):format(counts[status], status) or nil
  end
  local _, all = points.totals(runs)
  return ("## netlab: %s%s%s\n"):format(words[1] and table.concat(words, ", ") or "nothing was run",
    all and ("; %s of %s points"):format(points.text(all.score), points.text(all.points)) or "",
    about.ending ~= "done" and "; " .. about.ending or "")
end

local function summary(runs, about)
  local parts, rows, left_out = { headline(runs, about) }, {}, 0
  for _, run in ipairs(runs) do
    if run.status ~= "PASS" or run.points then
      rows[#rows + 1] = row(run)
    end
  end
  parts[2] = rows[1] and "\n| status | experiment | time | points |\n|---|---|---|---|\n" .. table.concat(rows) or ""
  local size = #parts[1] + #parts[2]
  for _, run in ipairs(runs) do
    local words = run.status ~= "PASS" and run.status ~= "SKIP" and section(run) or ""
    if size + #words > SUMMARY_MOST then
      left_out = left_out + 1
    else
      parts[#parts + 1], size = words, size + #words
    end
  end
  parts[#parts + 1] = left_out > 0 and ("\n%d more did not pass; the summary is full.\n"):format(left_out) or ""
  return table.concat(parts)
end

---@return { runs: table[] }
function github.begin()
  return { runs = {} }
end

---@param state table
---@param run table an object of NDJSON
function github.one(state, run)
  state.runs[#state.runs + 1] = run
end

---@param state table
---@param about { ending: string }
---@return string annotations
---@return string summary
function github.finish(state, about)
  local lines = {}
  for _, run in ipairs(state.runs) do
    lines[#lines + 1] = kinds[run.status] and annotation(run) or nil
  end
  return table.concat(lines), summary(state.runs, about)
end

return github
