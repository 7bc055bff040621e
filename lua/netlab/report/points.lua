-- points.lua: what an experiment has earned, and totals. The most that can be earned is what the script declares, never
-- what a run has done: so a run that ends early, or leaves parts or checks out, loses what it did not reach.

local points = {}

---@class netlab.Part one part of an experiment, after a run
---@field name string
---@field points number what it is worth
---@field state "passed"|"failed"|"unchecked"|"not reached"
---@field line integer? of the script, where it began

-- When the parts of this name ran: { first record, last record or nil, came to its end }.
local function spans_of(recording, name)
  local spans, open = {}, {}
  for _, slot in ipairs(recording:slots "script") do
    if slot.text == name and slot.name == "part" then
      open[slot.pid] = { first = slot.index, line = slot.line }
      spans[#spans + 1] = open[slot.pid]
    elseif slot.text == name and slot.name == "part end" and open[slot.pid] then
      open[slot.pid].last, open[slot.pid].complete = slot.index, slot.result == 1
      open[slot.pid] = nil
    end
  end
  return spans
end

-- Whatever process made them, the checks of that time count.
local function state_of(spans, checks)
  local made = false
  for _, span in ipairs(spans) do
    if not span.complete then
      return "failed"
    end
    for _, check in ipairs(checks) do
      if check.slot > span.first and check.slot < span.last then
        made = true
        if not check.passed then
          return "failed"
        end
      end
    end
  end
  return not spans[1] and "not reached" or made and "passed" or "unchecked"
end

---What became of the parts of an experiment.
---@param declared { name: string, points: number }[]
---@param recording userdata
---@param checks table[] of the run's verdict
---@return netlab.Part[]
function points.parts(declared, recording, checks)
  local parts = {}
  for i, one in ipairs(declared) do
    local spans = spans_of(recording, one.name)
    parts[i] = {
      name = one.name, points = one.points, state = state_of(spans, checks), line = spans[1] and spans[1].line,
    }
  end
  return parts
end

---What a run has earned: all when it passed; the parts that passed when it failed or ran out of time; else nothing,
---since nothing is known about the network then.
---@param declared number what the experiment is worth
---@param status string
---@param parts netlab.Part[]
---@return number
function points.earned(declared, status, parts)
  local sum = status == "PASS" and declared or 0
  for _, part in ipairs((status == "FAIL" or status == "TIMEOUT") and parts or {}) do
    sum = sum + (part.state == "passed" and part.points or 0)
  end
  return sum
end

---A number of points as people write it: "5", "2.5".
---@param number number
---@return string
function points.text(number)
  return (("%.6f"):format(number):gsub("%.?0+$", ""))
end

---@class netlab.Total
---@field file string? nil: of all files
---@field score number
---@field points number
---@field experiments integer

---Totals of runs, per file in the order of the files, and of all. Of several runs of an experiment the one that earned
---least counts.
---@param runs table[] objects of NDJSON; those without points are passed over
---@return netlab.Total[] files
---@return netlab.Total? all nil when nothing has points
function points.totals(runs)
  local least, order = {}, {}
  for _, run in ipairs(runs) do
    local key = ("%s\0%s"):format(run.file, run.name)
    if run.points and not least[key] then
      order[#order + 1] = key
    end
    if run.points and (not least[key] or run.score < least[key].score) then
      least[key] = run
    end
  end
  local files, by_name, all = {}, {}, { score = 0, points = 0, experiments = 0 }
  for _, key in ipairs(order) do
    local run = least[key]
    if not by_name[run.file] then
      by_name[run.file] = { file = run.file, score = 0, points = 0, experiments = 0 }
      files[#files + 1] = by_name[run.file]
    end
    for _, total in ipairs { by_name[run.file], all } do
      total.score, total.points = total.score + run.score, total.points + run.points
      total.experiments = total.experiments + 1
    end
  end
  return files, files[1] and all
end

return points
