-- baseline.lua: results compared with earlier ones: what newly fails, newly passes, is slower, missing or new.
-- A pure function of two lists of objects of NDJSON.

local baseline = {}

-- Slower is what takes so many times as long, and so many seconds more: below that it is the machine's mood.
local RATIO, SECONDS = 1.5, 0.3

local bad = { FAIL = 1, TIMEOUT = 2, ERROR = 3 }

---@class netlab.Change
---@field kind "fails"|"passes"|"still fails"|"skipped"|"slower"|"missing"|"new"
---@field name string
---@field file string
---@field before string? status
---@field now string? status
---@field seconds number[]? before and now

local function key_of(run)
  return ("%s\0%s"):format(run.file:gsub("^%./", ""), run.name)
end

-- By experiment: its worst status, and the time of its fastest run.
local function gather(runs)
  local by_key, order = {}, {}
  for _, run in ipairs(runs) do
    local key = key_of(run)
    local known = by_key[key]
    if not known then
      known = { key = key, file = run.file, name = run.name, status = run.status, seconds = run.seconds }
      by_key[key] = known
      order[#order + 1] = known
    end
    if (bad[run.status] or 0) > (bad[known.status] or 0) or known.status == "SKIP" then
      known.status = run.status
    end
    known.seconds = math.min(known.seconds or 0, run.seconds or 0)
  end
  return by_key, order
end

local function kind_of(before, now)
  if bad[now.status] then
    return before and bad[before.status] and "still fails" or "fails"
  elseif not before then
    return "new"
  elseif now.status == "PASS" and bad[before.status] then
    return "passes"
  elseif now.status == "SKIP" and before.status ~= "SKIP" then
    return "skipped"
  elseif now.status == "PASS" and before.status == "PASS" and now.seconds >= before.seconds * RATIO
    and now.seconds - before.seconds >= SECONDS then
    return "slower"
  end
  return nil
end

---What has changed.
---@param before table[] runs
---@param now table[] runs
---@param complete boolean all that there is was run now: what is not among it is missing
---@param left_out { file: string, name: string }[]? these are not missing
---@return netlab.Change[] in the order of `now`, what is missing last
function baseline.compare(before, now, complete, left_out)
  local old, old_order = gather(before)
  local new, new_order = gather(now)
  for _, one in ipairs(left_out or {}) do
    new[key_of(one)] = one
  end
  local changes = {}
  for _, one in ipairs(new_order) do
    local was = old[one.key]
    local kind = kind_of(was, one)
    if kind then
      changes[#changes + 1] = {
        kind = kind, name = one.name, file = one.file, before = was and was.status, now = one.status,
        seconds = was and { was.seconds, one.seconds },
      }
    end
  end
  for _, one in ipairs(complete and old_order or {}) do
    if not new[one.key] then
      changes[#changes + 1] = { kind = "missing", name = one.name, file = one.file, before = one.status }
    end
  end
  return changes
end

-- By kind: what stands before the name, and what behind it.
local titles = {
  { "fails", "newly failing", function(change)
    return ("%s, was %s"):format(change.now, change.before or "not there")
  end },
  { "still fails", "still failing", function(change)
    return change.now == change.before and change.now or ("%s, was %s"):format(change.now, change.before)
  end },
  { "passes", "newly passing", function(change) return "was " .. change.before end },
  { "skipped", "skipped now", function(change) return "was " .. change.before end },
  { "slower", "slower", function(change)
    return ("%.3f s, was %.3f s: %.1f times"):format(change.seconds[2], change.seconds[1],
      change.seconds[2] / math.max(change.seconds[1], 0.001))
  end },
  { "missing", "missing", function(change) return "was " .. change.before end },
  { "new", "new", function(change) return change.now end },
}

---The changes as lines for people.
---@param changes netlab.Change[]
---@param name string of the file that is compared with
---@return string
function baseline.text(changes, name)
  local lines = { ("compared with %s:%s"):format(name, changes[1] and "" or " nothing has changed") }
  for _, row in ipairs(titles) do
    for _, change in ipairs(changes) do
      if change.kind == row[1] then
        lines[#lines + 1] = ("  %-13s  %s  (%s)  %s"):format(row[2], change.name, row[3](change), change.file)
      end
    end
  end
  return table.concat(lines, "\n")
end

return baseline
