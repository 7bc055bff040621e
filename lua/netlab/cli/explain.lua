-- explain.lua: netlab explain: an experiment as a page: what is claimed, the script, what happens, and what that says.

local exits = require "netlab.cli.exits"
local files = require "netlab.core.files"
local judge = require "netlab.report.judge"
local ladder_text = require "netlab.view.ladder_text"
local page = require "netlab.view.page"
local plan = require "netlab.cli.plan"
local runner = require "netlab.core.runner"
local screen = require "netlab.cli.screen"
local story = require "netlab.view.story"
local text = require "netlab.report.text"

local explain = {}

local WIDTH = 80
local WHERE = "experiments" -- is looked through when no other place is named

local function is_case(entry, name)
  for _, id in ipairs(entry.case) do
    if id:lower() == name then
      return true
    end
  end
  return false
end

-- How well a name fits an experiment: 3 a case id, the title, or the file; 2 its beginning; 1 a part; nil not at all.
local function fit(entry, name)
  local title, stem = entry.name:lower(), entry.file:lower():match "([^/]+)%.lua$" or ""
  if entry.broken then
    return nil
  elseif is_case(entry, name) or title == name or entry.title:lower() == name or stem == name then
    return 3
  elseif title:sub(1, #name) == name or stem:sub(1, #name) == name then
    return 2
  end
  return title:find(name, 1, true) and 1 or nil
end

-- The experiments that a name means: those that it fits best. Of the variants of one the first; a name with the family
-- behind it fits one alone.
local function named(entries, name)
  local best, found = 0, {}
  for _, entry in ipairs(entries) do
    local fits = fit(entry, name:lower())
    if fits and fits > best then
      best, found = fits, { entry }
    elseif fits and fits == best then
      found[#found + 1] = entry
    end
  end
  return plan.first_variants(found), best
end

-- The experiments that the words mean: a file, or a name and where to look.
local function find(given)
  local name = given[1]
  local is_file = files.kind(name) == "file"
  local places = is_file and { name } or #given > 1 and { table.unpack(given, 2) } or { WHERE }
  local entries, ending = plan.load(plan.files(places), given)
  if ending ~= "done" then
    return nil, exits.INTERRUPTED
  elseif is_file then
    return plan.first_variants(entries), nil
  end
  local found, best = named(entries, name)
  if #found == 0 then
    return nil, exits.complain(("no experiment in %s has the case id, title or file '%s'"):format(
      table.concat(places, ", "), name), exits.NOTHING)
  elseif #found > 1 and best < 3 then
    exits.complain(("'%s' may be one of %d:"):format(name, #found))
    for _, entry in ipairs(found) do
      io.stderr:write("  ", entry.title, "\n")
    end
    return nil, exits.NOTHING
  end
  return found, nil
end

local function tell(given, entry, result)
  local verdict = judge.run(result.recording, result, entry.parts)
  local ladder = screen.ladder(given)
  ladder.width = WIDTH
  entry.program = "netlab"
  local drawn = result.recording and ladder_text.draw(story.of(entry, verdict, result.recording), ladder) or ""
  io.stdout:write(page.of(entry, WIDTH), "\n\nWhat happens\n\n", drawn, "\n\n")
  io.stdout:write(text.line(ladder.paint, entry, verdict.status, result.seconds), "\n")
  if verdict.status ~= "PASS" then
    io.stdout:write(text.details(entry, verdict, result.recording), "\n")
  end
  io.stdout:write "\n"
  return verdict.status == "PASS"
end

---Print the pages of the experiments that a name means, each with a run of it.
---@param given table options; in its list the name, and where to look for it
---@return integer status of the program
function explain.run(given)
  local entries, status = find(given)
  if not entries then
    return status
  end
  local jobs, passed = {}, true
  for i, entry in ipairs(entries) do
    if entry.broken then
      io.stdout:write(text.details(entry, entry.broken), "\n")
      return exits.CANNOT
    end
    jobs[i] = plan.job(entry, given)
  end
  local ending = runner.run {
    jobs = jobs, parallel = 1,
    ended = function(result)
      passed = tell(given, jobs[result.number].entry, result) and passed
    end,
  }
  return ending == "interrupted" and exits.INTERRUPTED or passed and 0 or exits.FAILED
end

return explain
