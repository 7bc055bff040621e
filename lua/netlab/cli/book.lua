-- book.lua: netlab book: run all experiments, and write the pages of the book about them.

local alterations = require "netlab.report.alterations"
local book = require "netlab.view.book"
local errno = require "netlab.core.errno"
local exits = require "netlab.cli.exits"
local files = require "netlab.core.files"
local judge = require "netlab.report.judge"
local plan = require "netlab.cli.plan"
local progress = require "netlab.cli.progress"
local story = require "netlab.view.story"
local text = require "netlab.report.text"
local timeline = require "netlab.view.timeline"

local write_book = {}

local RUNS_PER_PROCESSOR = 4

local tcp_states = {
  LISTEN = true, ["SYN-SENT"] = true, ["SYN-RECEIVED"] = true, ESTABLISHED = true, CLOSED = true,
  ["FIN-WAIT-1"] = true, ["FIN-WAIT-2"] = true, ["CLOSE-WAIT"] = true, CLOSING = true, ["LAST-ACK"] = true,
  ["TIME-WAIT"] = true,
}

-- A state counts when the script names it: others are read by the way.
local function add_value(chapter, value)
  if value.kind == "errno" then
    chapter.errors[errno.value(math.tointeger(tonumber(value.value))).name] = true
  elseif value.kind == "text" and tcp_states[value.value] and chapter.entry.text:find('"' .. value.value, 1, true) then
    chapter.states[value.value] = true
  end
end

-- What an experiment looks at: states and errors that it has read.
local function chapter_of(entry, verdict, recording)
  local told = story.of(entry, verdict, recording)
  local chapter = { entry = entry, groups = timeline.of(told, recording, entry.text), states = {}, errors = {} }
  for _, reading in ipairs(alterations.readings(recording)) do
    add_value(chapter, reading.fields.value or {})
    for _, value in ipairs(reading.fields.results or {}) do
      add_value(chapter, value)
    end
  end
  return chapter
end

local function make_jobs(entries, given)
  local jobs = {}
  for _, entry in ipairs(entries) do
    if entry.broken then
      return nil, entry
    end
    local job = plan.mutation_job(entry, given, { observe = true })
    job.chapter = #jobs + 1
    jobs[#jobs + 1] = job
  end
  return jobs
end

local function write_pages(folder, pages)
  local made, problem = files.make_folder(folder)
  if not made then
    return ("cannot make the folder %s: %s"):format(folder, problem)
  end
  for name, words in pairs(pages) do
    local file <close>, wrong = io.open(folder .. "/" .. name, "w")
    if not file then
      return wrong
    end
    file:write(words)
  end
  return nil
end

-- Run the jobs; returns the chapters, or nil when one did not pass.
local function chapters_of(jobs, given, paint)
  local chapters, passed = {}, true
  local bar = progress.new(jobs, given)
  local ending = bar:run(RUNS_PER_PROCESSOR, function(job, result)
    local verdict = judge.run(result.recording, result, job.entry.parts)
    if verdict.status == "PASS" then
      chapters[job.chapter] = chapter_of(job.entry, verdict, result.recording)
    else
      passed, job.entry.program = false, "netlab"
      bar:clear()
      io.stderr:write(text.line(paint, job.entry, verdict.status, result.seconds), "\n",
        text.details(job.entry, verdict, result.recording), "\n")
    end
  end)
  return ending == "done" and passed and chapters or nil, ending
end

---Write the book of these experiments into the folder --out.
---@param entries netlab.Entry[]
---@param given table options
---@return integer status of the program
function write_book.run(entries, given)
  local paint = text.painter(false)
  local jobs, broken = make_jobs(entries, given)
  if not jobs then
    return exits.complain(("%s: %s"):format(broken.file, broken.broken.reasons[1].message), exits.CANNOT)
  end
  local chapters, ending = chapters_of(jobs, given, paint)
  if not chapters then
    return exits.complain("the book is not written: not all experiments have passed",
      ending == "interrupted" and exits.INTERRUPTED or exits.FAILED)
  end
  local pages = book.pages(chapters)
  local problem = write_pages(given.out, pages)
  if problem then
    return exits.complain(problem, exits.CANNOT)
  end
  local count = 0
  for _ in pairs(pages) do
    count = count + 1
  end
  if not given.quiet then
    io.stdout:write(("%d experiments on %d pages in %s\n"):format(#chapters, count, given.out))
  end
  return 0
end

return write_book
