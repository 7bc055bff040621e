-- text.lua: the report for people: a line an experiment, and for one that did not pass all that helps to see why.

local judge = require "netlab.report.judge"
local points = require "netlab.report.points"
local remedy = require "netlab.report.remedy"

local text = {}

local colors = {
  PASS = "32", FAIL = "31", ERROR = "35", TIMEOUT = "33", SKIP = "36",
  confirmed = "2", refuted = "1;33", depends = "1;36", dim = "2", bold = "1",
}

---@param use boolean
---@return fun(color: string, text: string): string
function text.painter(use)
  return function(color, words)
    return use and ("\27[%sm%s\27[0m"):format(colors[color], words) or words
  end
end

local function indent(block, margin)
  return margin .. block:gsub("\n", "\n" .. margin)
end

local AROUND = 4 -- calls shown before the place

-- The calls before a check, and those that were going on then.
local function calls_around(recording, reason)
  local before = {}
  for _, slot in ipairs(recording:slots "call") do
    if slot.index <= reason.slot and slot.name ~= "sysctl" then
      before[#before + 1] = slot
    end
  end
  local lines = {}
  for i = math.max(1, #before - AROUND + 1), #before do
    local slot = before[i]
    local host, call = slot.host or "", judge.call_text(slot)
    lines[#lines + 1] = ("%10.6f  line %-3d %-8s %s"):format(slot.began, slot.line, host, call)
  end
  return #lines > 0 and "the calls before it:\n  " .. table.concat(lines, "\n  ") or nil
end

---A line of an experiment's script.
---@param entry table text
---@param line integer?
---@return string? nil when there is no such line
function text.source_line(entry, line)
  local at = 0
  for words in (entry.text .. "\n"):gmatch "(.-)\n" do
    at = at + 1
    if at == line then
      return words
    end
  end
  return nil
end

local function reason_lines(lines, entry, recording, reason)
  local where = reason.line and reason.line > 0 and ("%s:%d: "):format(entry.file, reason.line) or entry.file .. ": "
  if reason.message:sub(1, #entry.file + 1) == entry.file .. ":" then -- Lua's messages say it themselves
    where = ""
  end
  lines[#lines + 1] = indent(where .. reason.message, "    ")
  local source = text.source_line(entry, reason.line)
  if source then
    lines[#lines + 1] = ("    %4d | %s"):format(reason.line, source)
  end
  if reason.explanation then
    lines[#lines + 1] = indent(reason.explanation, "      ")
  end
  if reason.kind == "lab" then
    lines[#lines + 1] = indent("what to do: " .. remedy.of(reason.message), "      ")
  elseif recording and reason.slot and reason.kind == "check" then
    local around = calls_around(recording, reason)
    lines[#lines + 1] = around and indent(around, "      ")
  end
end

-- Printed bytes without those that would move the terminal's cursor or change its colours.
local function harmless(printed)
  return (printed:gsub("\n$", ""):gsub("[%c\x7f]", function(c)
    return (c == "\n" or c == "\t") and c or ("\\x%02x"):format(c:byte())
  end))
end

local PRINTED = 2000 -- bytes shown of what was printed

local function output_text(recording)
  local parts = {}
  for _, event in ipairs(recording:events "output") do
    parts[#parts + 1] = event.text
  end
  local printed = table.concat(parts)
  local shown = harmless(printed)
  if #shown > PRINTED then
    shown = shown:sub(1, PRINTED) .. ("\n... (%d bytes in all)"):format(#printed)
  end
  return printed ~= "" and "    it printed:\n" .. indent(shown, "      ") or nil
end

---A word for the shell: sh(1).
---@param word string
---@return string
function text.quote(word)
  return word:match "^[%w%./_-]+$" and word or "'" .. word:gsub("'", "'\\''") .. "'"
end

---Lines below an experiment's own.
---@param block string
---@return string
function text.indent(block)
  return indent(block, "    ")
end

---What may be told of a run that did not pass.
---@param shown netlab.Shown
---@return string
function text.shown(shown)
  local blocks = { shown.details or shown.message, shown.ladder }
  return text.indent(harmless(table.concat(blocks, "\n")))
end

---The ids of an experiment, behind its name.
---@param case string[]
---@return string "" when there are none
function text.case(case)
  return case[1] and ("  [%s]"):format(table.concat(case, ", ")) or ""
end

---What a run has earned, behind its line.
---@param run { points: number?, score: number? }
---@return string
function text.points(run)
  return run.points and ("  %s of %s points"):format(points.text(run.score), points.text(run.points)) or ""
end

---The command that runs an experiment again and draws it.
---@param entry table of the run: file, name, program
---@return string
function text.command(entry)
  return ("%s %s%s -v"):format(entry.program, text.quote(entry.file),
    (entry.several or entry.families) and " --filter " .. text.quote(entry.name) or "")
end

---What is worth knowing of a run, whatever its status is: rules of the wire that did nothing.
---@param verdict netlab.Verdict
---@return string "" when there is nothing
function text.notes(verdict)
  local lines = {}
  for i, idle in ipairs(verdict.idle_rules) do
    local several = idle.count > 1 and ("; there are %d of them"):format(idle.count) or ""
    lines[i] = ("    note: %s%s"):format(idle.message, several)
  end
  return table.concat(lines, "\n")
end

---All that helps to see why a run did not pass.
---@param entry table of the run: file, text, name, program
---@param verdict netlab.Verdict
---@param recording userdata?
---@return string
---@return string brief the same without what was printed, for below a story, which has that
function text.details(entry, verdict, recording)
  local lines = {}
  for _, reason in ipairs(verdict.reasons) do
    reason_lines(lines, entry, recording, reason)
  end
  local behind_reasons = #lines + 1
  if verdict.idle_rules[1] then
    lines[#lines + 1] = text.notes(verdict)
  end
  if verdict.status ~= "SKIP" then
    lines[#lines + 1] = "    to run it again: " .. text.command(entry)
  end
  local brief, printed = table.concat(lines, "\n"), recording and output_text(recording)
  if printed then
    table.insert(lines, behind_reasons, printed)
  end
  return table.concat(lines, "\n"), brief
end

-- A claim that does not simply hold is in capitals: it is what a reader should not miss among many lines.
local claims = { confirmed = "the claim is confirmed", refuted = "the claim is REFUTED", depends = "it DEPENDS" }

---The line of one experiment.
---@param paint fun(color: string, text: string): string
---@param entry table name, case, verdict, file
---@param status string
---@param seconds number
---@param extra string? behind it
---@return string
function text.line(paint, entry, status, seconds, extra)
  local claim = status == "PASS" and entry.verdict and "  " .. paint(entry.verdict, claims[entry.verdict]) or ""
  return ("%s  %s%s%s%s"):format(paint(status, ("%-7s"):format(status)), entry.name,
    paint("dim", text.case(entry.case)), paint("dim", ("  %.3f s"):format(seconds)), claim .. (extra or ""))
end

local SLOWEST, MANY = 5, 10 -- so many are named when more than so many ran

---Which experiments took longest.
---@param paint fun(color: string, text: string): string
---@param ran { name: string, seconds: number }[] is sorted
---@return string? lines nil when few ran
function text.slowest(paint, ran)
  if #ran <= MANY then
    return nil
  end
  table.sort(ran, function(a, b)
    return a.seconds > b.seconds or a.seconds == b.seconds and a.name < b.name
  end)
  local lines = {}
  for i = 1, SLOWEST do
    lines[i] = paint("dim", ("%-7s  %6.3f s  %s"):format(i == 1 and "slowest" or "", ran[i].seconds, ran[i].name))
  end
  return table.concat(lines, "\n")
end

local words = {
  { "PASS", "passed" }, { "FAIL", "failed" }, { "ERROR", "error" }, { "TIMEOUT", "timed out" }, { "SKIP", "skipped" },
}

---The last line of a report.
---@param counts table<string, integer> by status
---@param verdicts table<string, integer> by verdict of the claim, of what passed
---@param seconds number
---@return string
function text.summary(counts, verdicts, seconds)
  local parts = {}
  for _, row in ipairs(words) do
    local count = counts[row[1]] or 0
    if count > 0 or row[1] == "PASS" or row[1] == "FAIL" then
      parts[#parts + 1] = ("%d %s"):format(count, row[2])
    end
  end
  local claimed = {}
  for _, name in ipairs { "confirmed", "refuted", "depends" } do
    if verdicts[name] then
      claimed[#claimed + 1] = ("%d %s"):format(verdicts[name], name)
    end
  end
  return ("%s in %.2f s%s"):format(table.concat(parts, ", "), seconds,
    #claimed > 0 and "; claims: " .. table.concat(claimed, ", ") or "")
end

return text
