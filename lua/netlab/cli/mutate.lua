-- mutate.lua: netlab mutate: which alterations of what an experiment sees does nobody notice?
-- Each experiment is run once as it is, with its readings noted; then once for each alteration of one of them. All runs
-- are live. An alteration is noticed when its run does not pass.

local alterations = require "netlab.report.alterations"
local cjson = require "cjson"
local exits = require "netlab.cli.exits"
local files = require "netlab.core.files"
local judge = require "netlab.report.judge"
local json = require "netlab.report.json"
local plan = require "netlab.cli.plan"
local progress = require "netlab.cli.progress"
local text = require "netlab.report.text"

local mutate = {}

local RUNS_PER_PROCESSOR = 16 -- at once: they wait rather than compute
local TRIES = 3              -- of a run that the lab could not carry out
local SURE = 2               -- runs in which an alteration must stay unnoticed: on a busy machine one may differ

-- ---- jobs ----

-- A mutated run waits less in vain: as long as the experiment takes by itself, and time to spare for a busy machine.
local function mutated_job(entry, given, one)
  one.spec.patience = 2 * entry.seconds + 0.5
  local job = plan.mutation_job(entry, given, one.spec)
  job.one, job.tries = one, 0
  job.bounds.timeout = math.min(job.bounds.timeout or 30, 4 * entry.seconds + 5)
  return job
end

local function run_jobs(self, jobs, ended)
  local bar = progress.new(jobs, self.given)
  return bar:run(RUNS_PER_PROCESSOR, function(job, result)
    bar:clear()
    ended(job, result)
  end)
end

-- ---- what is declared ----

-- A declared text as a pattern: anywhere, "*" stands for anything.
local function pattern_of(words)
  return (words:gsub("%*+", "\0"):gsub("[%^%$%(%)%%%.%[%]%+%-%?]", "%%%0"):gsub("%z", ".*"))
end

-- The text of the script's field `unnoticed` that speaks of an alteration: in its words, or in the line.
local function declaration(entry, one)
  local declared, line = {}, text.source_line(entry, one.line) or ""
  for words in pairs(entry.unnoticed or {}) do
    declared[#declared + 1] = words
  end
  table.sort(declared)
  for _, words in ipairs(declared) do
    local pattern = pattern_of(words)
    if one.words:find(pattern) or line:find(pattern) then
      return words
    end
  end
  return nil
end

-- ---- runs ----

local function observed(self, entry, result)
  local verdict = judge.run(result.recording, result, entry.parts)
  entry.seconds = result.seconds
  if verdict.status ~= "PASS" then
    entry.refused = ("it does not pass unaltered: %s: %s"):format(verdict.status, verdict.reasons[1].message)
    return
  end
  local list, about = alterations.of(result.recording)
  local limit = self.given.sample
  if limit and #list > limit then
    for i = 1, limit do
      local k = math.random(i, #list)
      list[i], list[k] = list[k], list[i]
    end
    list = table.move(list, 1, limit, 1, {})
    table.sort(list, function(a, b) return a.order < b.order end)
  end
  entry.alterations, entry.skipped = list, about.skipped
end

local unable = { lab = true, recorder = true, limit = true }

-- "noticed", "unnoticed", "not reached", or nil: the lab could not carry it out.
local function outcome_of(one, result)
  local verdict = judge.run(result.recording, result)
  for _, reason in ipairs(verdict.reasons) do
    if unable[reason.kind] then
      return nil
    end
  end
  local seen = {}
  for _, slot in ipairs(result.recording:slots "script") do
    seen[slot.name] = true
  end
  local ignored = one.spec.kind == "fail" and not seen.looked -- a real failure that nothing looks at fails a run
  if not seen.altered then
    return "not reached"
  end
  return (ignored or verdict.status ~= "PASS" and verdict.status ~= "SKIP") and "noticed" or "unnoticed"
end

-- ---- the report ----

local function where(one)
  return one.line > 0 and ("line %d: "):format(one.line) or ""
end

local function json_line(entry, one)
  return json.object {
    { "file", entry.file }, { "name", entry.name }, { "case", cjson.encode(entry.case), raw = true },
    { "line", one.line }, { "alteration", one.words }, { "outcome", one.outcome }, { "reason", one.reason },
  }
end

-- By outcome: what is said of an alteration; verbose: only with -v.
local said = {
  declared = { "    declared: %s%s: %s" }, unnoticed = { "    %s%s: nobody noticed" },
  failed = { "    %s%s: the lab could not carry it out" },
  ["not reached"] = { "    %s%s: not reached", verbose = true }, noticed = { "    %s%s: noticed", verbose = true },
}

local function count(self, entry, one, lines, used)
  local declared = one.outcome == "unnoticed" and declaration(entry, one)
  if declared then
    used[declared], one.outcome, one.reason = true, "declared", entry.unnoticed[declared]
  end
  local row = said[one.outcome]
  if self.given.verbose or not row.verbose then
    lines[#lines + 1] = row[1]:format(where(one), one.words, one.reason)
  end
  entry.counts[one.outcome] = (entry.counts[one.outcome] or 0) + 1
  self.counts[one.outcome] = (self.counts[one.outcome] or 0) + 1
  if self.json then
    self.json:write(json_line(entry, one), "\n")
  end
end

local function out_of_date(self, entry, lines, used)
  for words in pairs(not self.given.sample and entry.unnoticed or {}) do
    if not used[words] then
      lines[#lines + 1] = ("    out of date: '%s' is declared, but no such alteration stays unnoticed"):format(words)
    end
  end
end

local function remarks(entry, lines)
  if entry.counts["not reached"] then
    lines[#lines + 1] = ("    not reached in their runs, and not counted: %d"):format(entry.counts["not reached"])
  end
  if entry.skipped > 0 then
    lines[#lines + 1] = ("    packets that '...' took, and that were not altered: %d"):format(entry.skipped)
  end
end

local function tell(self, words)
  local to = self.json == io.stdout and io.stderr or io.stdout
  to:write(words, "\n")
end

local function report_entry(self, entry)
  local lines, used = {}, {}
  entry.counts = {}
  if entry.refused then
    self.refused = self.refused + 1
    tell(self, ("not mutated  %s\n    %s"):format(entry.name, entry.refused))
    return
  end
  for _, one in ipairs(entry.alterations) do
    count(self, entry, one, lines, used)
  end
  out_of_date(self, entry, lines, used)
  remarks(entry, lines)
  local noticed, open = entry.counts.noticed or 0, entry.counts.unnoticed or 0
  local all = noticed + open + (entry.counts.declared or 0)
  if not self.given.quiet or open > 0 then
    tell(self, ("%d of %d noticed  %s%s"):format(noticed, all, entry.name, text.case(entry.case)))
    tell(self, table.concat(lines, "\n") .. (#lines > 0 and "\n" or ""))
  end
end

local function percent_of(counts)
  local noticed = counts.noticed or 0
  local all = noticed + (counts.unnoticed or 0) + (counts.declared or 0)
  return all > 0 and 100 * noticed / all or 100, noticed, all
end

local function summary(self, seconds)
  local percent, noticed, all = percent_of(self.counts)
  return ("%d of %d alterations noticed: %.1f %%; %d declared, %d unnoticed, %d not reached, in %.2f s"):format(noticed,
    all, percent, self.counts.declared or 0, self.counts.unnoticed or 0, self.counts["not reached"] or 0, seconds)
end

-- FAILED: too little is noticed; CANNOT: something could not be run
local function exit_status(self, ending)
  if ending == "interrupted" then
    return exits.INTERRUPTED
  elseif self.refused > 0 or self.counts.failed then
    return exits.CANNOT
  end
  local percent = percent_of(self.counts)
  local enough = self.given.least and percent >= self.given.least or not self.given.least and not self.counts.unnoticed
  return enough and 0 or exits.FAILED
end

-- ---- the command ----

-- What --json names: nil without the option; nil and why when it cannot be opened.
local function open_json(given)
  if not given.json or given.json == "-" then
    return given.json and io.stdout
  end
  return io.open(given.json, "w")
end

local function observe_all(self)
  local jobs = {}
  for _, entry in ipairs(self.entries) do
    if entry.broken then
      entry.refused = entry.broken.reasons[1].message
    else
      jobs[#jobs + 1] = plan.mutation_job(entry, self.given, { observe = true })
    end
  end
  return run_jobs(self, jobs, function(job, result) observed(self, job.entry, result) end)
end

local function make_jobs(self)
  local jobs = {}
  for _, entry in ipairs(self.entries) do
    entry.left = 0
    for _, one in ipairs(entry.alterations or {}) do
      one.outcome = "unnoticed"
      if one.spec then
        entry.left = entry.left + 1
        jobs[#jobs + 1] = mutated_job(entry, self.given, one)
      end
    end
  end
  return jobs
end

local function mutated(self, job, result, again)
  job.one.outcome = outcome_of(job.one, result)
  job.tries = job.tries + 1
  if job.tries < (job.one.outcome and (job.one.outcome == "noticed" and 1 or SURE) or TRIES) then
    again[#again + 1] = job
    return
  end
  job.one.outcome = job.one.outcome or "failed"
  job.entry.left = job.entry.left - 1
  self.report_ready()
end

---Mutate the experiments of the entries and report what nobody noticed.
---@param entries netlab.Entry[]
---@param given table options
---@return integer status of the program
function mutate.run(entries, given)
  local output, problem = open_json(given)
  if problem then
    return exits.complain(problem, exits.USAGE)
  end
  math.randomseed(given.seed or 1)
  local self = { entries = entries, given = given, json = output, counts = {}, refused = 0 }
  self.report_ready = progress.in_order(entries, function(entry) report_entry(self, entry) end)
  local clock = files.now()
  local ending = observe_all(self)
  local jobs = ending == "done" and make_jobs(self) or {}
  if ending == "done" then
    self.report_ready()
  end
  while #jobs > 0 and ending == "done" do
    local again = {}
    ending = run_jobs(self, jobs, function(job, result) mutated(self, job, result, again) end)
    jobs = again
  end
  tell(self, summary(self, files.now() - clock) .. (ending ~= "done" and "; " .. ending or ""))
  if output and output ~= io.stdout then
    output:close()
  end
  return exit_status(self, ending)
end

return mutate
