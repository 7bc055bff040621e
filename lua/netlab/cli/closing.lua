-- closing.lua: how a report of many runs ends: points, what has changed since earlier results, the exit status.

local baseline = require "netlab.report.baseline"
local exits = require "netlab.cli.exits"
local points = require "netlab.report.points"
local saved = require "netlab.cli.saved"

local closing = {}

---The points of runs: a line for each file when there are several, and what the last line says of them.
---@param runs table[]
---@return string? lines
---@return string behind "" when nothing has points
function closing.points(runs)
  local files, all = points.totals(runs)
  if not all then
    return nil, ""
  end
  local lines = {}
  for i, total in ipairs(files) do
    lines[i] = ("%-7s  %s of %s  %s"):format(i == 1 and "points" or "", points.text(total.score),
      points.text(total.points), total.file)
  end
  return files[2] and table.concat(lines, "\n") or nil,
    ("; %s of %s points"):format(points.text(all.score), points.text(all.points))
end

---The earlier results that --baseline names.
---@param given table options
---@return table[]? runs nil without the option
---@return string? problem
function closing.earlier(given)
  if not given.baseline then
    return nil
  end
  return saved.runs(given.baseline)
end

---What has changed, when there are earlier results.
---@param earlier table[]? of closing.earlier
---@param runs table[]
---@param given table options
---@param ending string "done": all that was asked for was run
---@param left_out { file: string, name: string }[]? those that were not run, and are not missing
---@return netlab.Change[]? changes
---@return string? lines
function closing.changes(earlier, runs, given, ending, left_out)
  if not earlier then
    return nil
  end
  local changes = baseline.compare(earlier, runs, ending == "done" and not given.filter, left_out)
  return changes, baseline.text(changes, given.baseline)
end

---The exit status: 0 all passed, 1 one failed or ran out of time, 3 one could not be run, 130 interrupted. With
---earlier results only what newly fails counts.
---@param runs table[]
---@param ending string
---@param trouble boolean something could not be written
---@param changes netlab.Change[]?
---@return integer
function closing.status(runs, ending, trouble, changes)
  local seen = {}
  for _, run in ipairs(changes and {} or runs) do
    seen[run.status] = true
  end
  for _, change in ipairs(changes or {}) do
    seen[change.kind == "fails" and change.now or "PASS"] = true
  end
  if ending == "interrupted" then
    return exits.INTERRUPTED
  elseif seen.ERROR or trouble then
    return exits.CANNOT
  end
  return (seen.FAIL or seen.TIMEOUT) and exits.FAILED or 0
end

return closing
