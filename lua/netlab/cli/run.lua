-- run.lua: netlab run: run the planned experiments and report them in the order in which they were given.

local cjson = require "cjson".new()
local closing = require "netlab.cli.closing"
local exits = require "netlab.cli.exits"
local files = require "netlab.core.files"
local html_file = require "netlab.cli.html_file"
local judge = require "netlab.report.judge"
local json = require "netlab.report.json"
local outputs = require "netlab.cli.outputs"
local plan = require "netlab.cli.plan"
local progress = require "netlab.cli.progress"
local reveal = require "netlab.report.reveal"
local screen = require "netlab.cli.screen"
local text = require "netlab.report.text"
local ladder_mermaid = require "netlab.view.ladder_mermaid"
local ladder_text = require "netlab.view.ladder_text"
local story = require "netlab.view.story"

local run = {}

local RUNS_PER_PROCESSOR = 4

-- ---- jobs ----

local function shuffle(list, seed)
  math.randomseed(seed)
  for i = #list, 2, -1 do
    local k = math.random(i)
    list[i], list[k] = list[k], list[i]
  end
end

-- Every run of every experiment, and by entry how many of its runs are still to be told.
local function make_jobs(entries, given)
  local jobs = {}
  for number, entry in ipairs(entries) do
    entry.number, entry.runs, entry.left, entry.ends = number, {}, entry.broken and 0 or given["repeat"] or 1, {}
    for i = 1, entry.left do
      local job = plan.job(entry, given)
      job.run = i
      jobs[#jobs + 1] = job
    end
  end
  return jobs
end

-- ---- what is written ----

local function slug(name)
  return (name:lower():gsub("[^%w]+", "-"):gsub("^%-", ""):gsub("%-$", ""):sub(1, 60))
end

-- A name for each entry's recordings: the file's, with the title when it has several and the family when there are
-- variants, and a number when that is taken.
local function name_recordings(entries)
  local taken = {}
  for _, entry in ipairs(entries) do
    local base = entry.file:match "([^/]+)%.lua$" or slug(entry.file)
    local name = base .. (entry.several and "-" .. slug(entry.title) or "")
      .. (entry.families and "-" .. entry.family or "")
    local free, number = name, 1
    while taken[free] do
      number = number + 1
      free = ("%s-%d"):format(name, number)
    end
    taken[free] = true
    entry.recording_name = free
  end
end

local function save(self, job, told, recording)
  local run_number = self.given["repeat"] and ".run" .. job.run or ""
  local path = ("%s/%s%s.pcapng"):format(self.given.out, job.entry.recording_name, run_number)
  local saved, problem = recording:save_pcapng(path, job.entry.name, cjson.encode(told), story.comments(told))
  if not saved then
    self.trouble[#self.trouble + 1] = problem
  end
end

local WIDTH = 100 -- columns of a ladder in the results

-- What the results have of a run that did not pass, as people read it.
local function shown_of(entry, verdict, report, stories)
  local shown = { report = report }
  if stories and verdict.status ~= "SKIP" then
    local told = stories.full
    shown.ladder = ladder_text.draw(told, { width = WIDTH })
    if entry.reveal == "observed" then
      told = stories.observed
      shown.observed = ladder_text.draw(told, { width = WIDTH })
    end
    shown.mermaid = told.hosts[1] and ladder_mermaid.draw(told)
  end
  return shown
end

-- What a student may see of a run that did not pass; -v is for who writes the script.
local function details(self, report, object)
  local full = self.given.verbose or not object or reveal.level(object) == "full"
  local words = full and report or text.shown(reveal.of(object))
  local parts = object and (self.given.verbose or reveal.level(object) ~= "nothing") and reveal.parts(object)
  return words .. (parts and "\n" .. text.indent(parts) or "")
end

-- One run as text, and as an object of NDJSON when that is wanted; made at once, since the recording goes away.
local function describe(self, entry, verdict, result, stories)
  local one = { status = verdict.status, seconds = result.seconds }
  local recording, verbose = result.recording, self.given.verbose
  local report, brief
  if verdict.status ~= "PASS" then
    report, brief = text.details(entry, verdict, recording)
  end
  if self.outputs.wanted or entry.points or entry.reveal or entry.visibility then
    one.json = json.line(entry, verdict, recording, result.seconds, self.environment,
      report and shown_of(entry, verdict, report, stories))
    one.object = cjson.decode(one.json)
  end
  if report then
    one.details = details(self, verbose and brief or report, one.object)
  elseif verdict.idle_rules[1] then
    one.details = text.notes(verdict)
  end
  if verbose and stories then
    one.story = ladder_text.draw(stories.full, self.ladder)
    if self.given.heard then -- netlab watch compares them
      self.given.heard(entry, stories.full)
    end
  end
  if self.page then
    self.page:add(entry, verdict, result, one.object, stories)
  end
  return one
end

-- The report goes to the standard output, unless one of the results has that for itself.
local function tell(self, words)
  self.progress:clear()
  local to = self.outputs.stdout and io.stderr or io.stdout
  to:write(words, "\n")
end

-- The claim of an experiment counts once, when none of its variants speaks against it: a skipped one does not.
local function count_claim(self, entry, passed, worst)
  local key = ("%d %s"):format(entry.experiment, entry.file)
  local claim = self.claims[key] or { verdict = entry.verdict, holds = true, passed = false }
  self.claims[key] = claim
  claim.passed = claim.passed or passed
  claim.holds = claim.holds and (passed or worst.status == "SKIP")
end

local function verdicts_of(claims)
  local verdicts = {}
  for _, claim in pairs(claims) do
    if claim.verdict and claim.passed and claim.holds then
      verdicts[claim.verdict] = (verdicts[claim.verdict] or 0) + 1
    end
  end
  return verdicts
end

-- One experiment, whose runs have all ended.
local function report_entry(self, entry)
  local passed, worst, noted, total, least = 0, nil, nil, 0, nil
  for _, one in ipairs(entry.runs) do
    total = total + one.seconds
    passed = passed + (one.status == "PASS" and 1 or 0)
    worst = worst or one.status ~= "PASS" and one or nil
    noted = noted or one.details and one
    self.counts[one.status] = (self.counts[one.status] or 0) + 1
    if one.json then
      self.outputs:add(one.json, one.object)
    end
    local result = {
      file = entry.file, name = entry.name, status = one.status, seconds = one.seconds,
      points = one.object and one.object.points, score = one.object and one.object.score,
    }
    self.results[#self.results + 1] = result
    least = result.points and (not least or result.score < least.score) and result or least
  end
  if #entry.runs == 0 then
    return
  end
  count_claim(self, entry, passed == #entry.runs, worst)
  if not entry.broken then
    self.ran[#self.ran + 1] = { name = entry.name, seconds = total / #entry.runs }
  end
  if not worst and self.given.quiet then
    return
  end
  local extra = (#entry.runs > 1 and ("  %d of %d runs passed"):format(passed, #entry.runs) or "")
    .. text.points(least or {})
  entry.program = self.program
  tell(self, text.line(self.paint, entry, worst and worst.status or "PASS", total / #entry.runs, extra))
  local shown = worst or noted or entry.runs[1]
  for _, block in ipairs { shown.story or "", shown.details or "" } do
    if block ~= "" then
      tell(self, block)
    end
  end
end

-- ---- the run ----

local function ended(self, job, result)
  local entry = job.entry
  entry.program, entry.run = self.program, job.run
  local verdict = judge.run(result.recording, result, entry.parts)
  local stories = result.recording and story.stories(entry, verdict, result.recording)
  local one = describe(self, entry, verdict, result, stories)
  one.run = job.run
  entry.runs[#entry.runs + 1] = one
  entry.left = entry.left - 1
  if self.given.out and stories then
    save(self, job, stories.full, result.recording)
  end
  if entry.left == 0 then
    table.sort(entry.runs, function(a, b) return a.run < b.run end)
    self.report_ready()
  end
  return not (self.given["fail-fast"] and one.status ~= "PASS" and one.status ~= "SKIP")
end

local function kernel_release()
  local file <close> = io.open "/proc/sys/kernel/osrelease"
  return file and file:read "l" or "unknown"
end

-- Broken files have no runs: their verdict stands already.
local function add_broken(self)
  for _, entry in ipairs(self.entries) do
    if entry.broken then
      entry.program = self.program
      entry.runs = { describe(self, entry, entry.broken, { seconds = 0 }) }
    end
  end
end

local function prepare_out(given)
  if given.out then
    local made, problem = files.make_folder(given.out)
    if not made then
      return ("cannot make the folder %s: %s"):format(given.out, problem)
    end
  end
end

-- GitHub reads commands from all lines, also from those that a script has printed: none counts until the token comes.
local function stop_commands(self)
  local file <close> = assert(io.open("/dev/urandom", "rb"))
  local token = file:read(16):gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
  tell(self, "::stop-commands::" .. token)
  return token
end

-- What stands below all experiments; returns its last line.
local function close(self, earlier, left_out, ending, not_run, seconds)
  local slowest = not self.given.quiet and text.slowest(self.paint, self.ran)
  local totals, earned = closing.points(self.results)
  local compared
  self.changes, compared = closing.changes(earlier, self.results, self.given, ending, left_out)
  for _, lines in ipairs { slowest or "", totals or "", compared or "" } do
    if lines ~= "" then
      tell(self, lines)
    end
  end
  local summary = text.summary(self.counts, verdicts_of(self.claims), seconds) .. earned .. not_run
  tell(self, summary)
  return summary
end

-- End the files of results; returns the status.
local function finish(self, token, about)
  local annotations = self.outputs:finish(about)
  if token then
    tell(self, ("::%s::"):format(token))
  end
  if annotations and annotations ~= "" then
    tell(self, (annotations:gsub("\n$", "")))
  end
  table.move(self.outputs.trouble, 1, #self.outputs.trouble, #self.trouble + 1, self.trouble)
  for _, words in ipairs(self.trouble) do
    exits.complain(words)
  end
  return closing.status(self.results, about.ending, #self.trouble > 0, self.changes)
end

---@class netlab.Prepared
---@field outputs netlab.Outputs
---@field earlier table[]? results that --baseline names
---@field page netlab.HtmlFile? the report of --html

---Open what the options name, before anything is run.
---@param given table options
---@return netlab.Prepared?
---@return string? problem
function run.prepare(given)
  local earlier, unreadable = closing.earlier(given)
  local problem = unreadable or prepare_out(given)
  if problem then
    return nil, problem
  end
  local opened, refused = outputs.open(given)
  if not opened then
    return nil, refused
  end
  local page, unwritable = html_file.open(given)
  return not unwritable and { outputs = opened, earlier = earlier, page = page } or nil, unwritable
end

---End the results of a run that did not begin.
---@param ready netlab.Prepared
---@param ending string why
---@param status integer
---@return integer status
function run.nothing(ready, ending, status)
  ready.outputs:finish { ending = ending }
  if ready.page then
    ready.page:finish(ending, {})
  end
  return status
end

---Run the entries and report them.
---@param entries netlab.Entry[]
---@param left_out netlab.Entry[] those that are not run only because they are slow
---@param given table options
---@param about { program: string, version: string }
---@param ready netlab.Prepared
---@return integer status of the program
function run.all(entries, left_out, given, about, ready)
  name_recordings(entries)
  local jobs = make_jobs(entries, given)
  local self = {
    entries = entries, given = given, outputs = ready.outputs, results = {}, counts = {}, claims = {}, ran = {},
    trouble = {}, program = about.program, paint = text.painter(screen.has_colors(given)),
    progress = progress.new(jobs, given), environment = { kernel = kernel_release(), netlab = about.version },
    ladder = screen.ladder(given), page = ready.page,
  }
  self.report_ready = progress.in_order(entries, function(entry)
    report_entry(self, entry)
    entry.runs = {}
  end)
  local token = ready.outputs.github and stop_commands(self)
  if given.shuffle then
    given.seed = given.seed or os.time()
    tell(self, ("started in a random order: --shuffle --seed %d"):format(given.seed))
    shuffle(jobs, given.seed)
  end
  add_broken(self)
  local clock = files.now()
  self.report_ready()
  local ending = self.progress:run(RUNS_PER_PROCESSOR, function(job, result) return ended(self, job, result) end)
  self.report_ready(true) -- after an interruption or --fail-fast: what has ended is reported all the same
  local behind = #left_out > 0 and ("; %d slow left out (--slow)"):format(#left_out) or ""
  if ending ~= "done" then
    behind = ("%s; %s, %d not run"):format(behind, ending, #jobs - self.progress.done)
  end
  local summary = close(self, ready.earlier, left_out, ending, behind, files.now() - clock)
  if self.page then
    self.trouble[#self.trouble + 1] = self.page:finish(summary, self.environment)
  end
  return finish(self, token, { ending = ending, seconds = files.now() - clock })
end

return run
