-- watch.lua: netlab watch: run a script whenever its file changes, draw what happened, and say what is different now.

local difference = require "netlab.view.difference"
local exits = require "netlab.cli.exits"
local files = require "netlab.core.files"
local notify = require "netlab.core.notify"
local screen = require "netlab.cli.screen"
local text = require "netlab.report.text"

local watch = {}

local MOST = 24 -- lines of an experiment that came or went and are shown without --full

-- ---- what is different ----

local colors = { ["+"] = "PASS", ["-"] = "FAIL" }

local function add_lines(out, lines, paint, full)
  local most = full and #lines or MOST
  for i = 1, math.min(#lines, most) do
    out[#out + 1] = paint(colors[lines[i].sign], ("    %s %s"):format(lines[i].sign, lines[i].text))
  end
  if #lines > most then
    out[#out + 1] = ("    ... %d more (--full)"):format(#lines - most)
  end
end

-- The words for two runs of the file: { order = {names}, [name] = story }.
local function changes(before, after, script, paint, full)
  local out = {}
  for _, name in ipairs(before.order) do
    if not after[name] then
      out[#out + 1] = ("  %s: it is not there any more"):format(name)
    end
  end
  for _, name in ipairs(after.order) do
    local old, new = before[name], after[name]
    local lines = old and difference.lines(old, new, script) or {}
    if not old then
      out[#out + 1] = ("  %s: new, %s"):format(name, new.status)
    elseif old.status ~= new.status then
      out[#out + 1] = ("  %s: %s, was %s"):format(name, new.status, old.status)
    elseif #lines > 0 then
      out[#out + 1] = ("  %s: %s as before"):format(name, new.status)
    end
    add_lines(out, lines, paint, full)
  end
  return out
end

-- ---- the runs ----

-- Run the file once. Returns the status of the run, and the stories by name: empty when nothing could be run.
local function run_once(given, run)
  local stories = { order = {} }
  function given.heard(entry, told)
    if not stories[entry.name] then
      stories.order[#stories.order + 1] = entry.name
    end
    stories[entry.name] = told
  end
  return run(given), stories
end

local function tell(words)
  io.stdout:write(words, "\n")
  io.stdout:flush()
end

---Run the file of the list now and whenever it changes, until SIGINT or SIGTERM.
---@param given table options
---@param run fun(given: table): integer what netlab run does
---@return integer status of the program
function watch.run(given, run)
  local path = given[1]
  local kind, problem = files.kind(path)
  if kind ~= "file" then
    return exits.complain(("%s: %s"):format(path, problem or "netlab watch takes one script, not a folder"),
      problem and exits.CANNOT or exits.USAGE)
  end
  local changed <close>, refused = notify.open(path)
  if not changed then
    return exits.complain(("%s cannot be watched: %s"):format(path, refused), exits.CANNOT)
  end
  given.verbose = true
  local paint = text.painter(screen.has_colors(given))
  local before, seen
  while true do
    local script = files.read(path)
    if script and script ~= seen then
      seen = script
      local status, stories = run_once(given, run)
      if status == exits.INTERRUPTED then
        return status
      elseif before and #stories.order > 0 then
        local words = changes(before, stories, script, paint, given.full)
        tell(#words == 0 and "nothing else happened than in the run before"
          or "compared with the run before:\n" .. table.concat(words, "\n"))
      end
      before = #stories.order > 0 and stories or before
      tell(("watching %s; Ctrl-C ends it"):format(path))
    end
    local event, gone = changed:wait()
    if event ~= "changed" then
      return gone and exits.complain(("%s cannot be watched any more: %s"):format(path, gone), exits.CANNOT)
        or exits.INTERRUPTED
    end
  end
end

return watch
