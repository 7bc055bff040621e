-- progress.lua: jobs while they run: how far they are, as one line on a terminal that is written over (nothing
-- elsewhere), and what has ended in the order that was given.

local files = require "netlab.core.files"
local runner = require "netlab.core.runner"

local progress = {}

local STANDARD_ERROR = 2
local INTERVAL = 0.2 -- seconds from one line to the next

---@class netlab.Progress
---@field done integer jobs that have ended
local Progress = {}
Progress.__index = Progress

---@param jobs table[] of plan.job
---@param given table options
---@return netlab.Progress
function progress.new(jobs, given)
  return setmetatable({
    jobs = jobs, at_once = given.jobs, done = 0, shown = false,
    width = not given.quiet and files.terminal(STANDARD_ERROR) or nil, -- nil: nothing is shown
  }, Progress)
end

-- How many are done, and what has run longest.
local function show(self, running)
  local longest
  for _, one in ipairs(running) do
    if not longest or one.seconds > longest.seconds then
      longest = one
    end
  end
  local line = ("[%d/%d] %d running"):format(self.done, #self.jobs, #running)
  if longest then
    line = line .. (", longest: %s (%.1f s)"):format(self.jobs[longest.number].entry.name, longest.seconds)
  end
  io.stderr:write("\r\27[K", line:sub(1, self.width - 1))
  self.shown = true
end

---Take the line away, before something else is printed.
function Progress:clear()
  if self.shown then
    io.stderr:write "\r\27[K"
    self.shown = false
  end
end

---Run the jobs.
---@param per_processor integer so many at once, unless -j says how many
---@param ended fun(job: table, result: table): boolean? false: no more is started
---@return "done"|"stopped"|"interrupted"
function Progress:run(per_processor, ended)
  local ending = runner.run {
    jobs = self.jobs, parallel = self.at_once or per_processor * files.processors(),
    ended = function(result)
      self.done = self.done + 1
      return ended(self.jobs[result.number], result)
    end,
    tick = self.width and function(running) show(self, running) end, tick_interval = INTERVAL,
  }
  self:clear()
  return ending
end

---Report entries in their order: each once, when its runs have ended (`left` is 0) and nothing before it is missing.
---@param entries netlab.Entry[]
---@param report fun(entry: netlab.Entry)
---@return fun(all: boolean?) ready reports what can be reported; all: also those whose runs have not all ended
function progress.in_order(entries, report)
  local reported = 0
  return function(all)
    local entry = entries[reported + 1]
    while entry and (all or entry.left == 0) do
      report(entry)
      reported = reported + 1
      entry = entries[reported + 1]
    end
  end
end

return progress
