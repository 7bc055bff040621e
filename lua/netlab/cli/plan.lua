-- plan.lua: from the words of the command line to the experiments that are to be run.

local cjson = require "cjson"
local files = require "netlab.core.files"
local judge = require "netlab.report.judge"
local runner = require "netlab.core.runner"

local plan = {}

local MORE_CALLS = 65536 -- records that noting the readings may take

---@class netlab.Entry one experiment of a file, or a file that has none because it cannot be loaded
---@field file string as it was given
---@field text string its source
---@field experiment integer which of the file's, from 1; 0: it cannot be loaded
---@field title string
---@field name string the title; of a variant with its family behind it: "title [ipv6]"
---@field family "ipv4"|"ipv6"|"mapped" in which it is run
---@field verdict string? of the claim
---@field several boolean the file declares more than one experiment
---@field broken netlab.Verdict? of a file that cannot be loaded
-- and the fields of netlab.Declaration

local function add_folder(list, folder, message)
  local names, problem = files.list(folder)
  if not names then
    list[#list + 1] = { path = folder, problem = problem }
    return
  end
  local found = #list
  for _, name in ipairs(names) do
    if name:sub(-1) == "/" then
      add_folder(list, folder .. "/" .. name:sub(1, -2))
    elseif name:match "%.lua$" then
      list[#list + 1] = { path = folder .. "/" .. name, from_folder = true }
    end
  end
  if message and #list == found then
    list[#list + 1] = { path = folder, problem = message, empty = true }
  end
end

---The files that the words name, in order; folders stand for all *.lua below them.
---@param words string[]
---@return table[] list of {path=, problem= what is wrong with it, from_folder=, empty= a folder without scripts}
function plan.files(words)
  local list = {}
  for _, word in ipairs(words) do
    local kind, problem = files.kind(word)
    if kind == "directory" then
      add_folder(list, (word:gsub("(.)/+$", "%1")), "there is no *.lua file in this folder")
    elseif kind == "file" then
      list[#list + 1] = { path = word }
    else
      list[#list + 1] = { path = word, problem = problem or "neither a file nor a folder" }
    end
  end
  for _, file in ipairs(list) do
    if not file.problem then
      file.text, file.problem = files.read(file.path)
    end
    if file.text and file.text:find("\0", 1, true) then
      file.problem = "this is a binary file, not a Lua script"
    end
  end
  return list
end

local function broken(file, message, line, explanation)
  local reason = { kind = "error", message = message, line = line, explanation = explanation }
  return {
    file = file.path, text = file.text or "", experiment = 0, name = file.path, title = file.path, family = "ipv4",
    case = {}, tags = {}, line = line or 0,
    empty = file.empty, broken = { status = "ERROR", reasons = { reason }, checks = {}, passed = 0, failed = 0,
      idle_rules = {}, parts = {} },
  }
end

-- The entry of one variant; family nil: the experiment names none.
local function variant(file, slot, family)
  local entry = cjson.decode(slot.text)
  entry.file, entry.text, entry.experiment = file.path, file.text, slot.result
  entry.case, entry.tags, entry.limits = entry.case or {}, entry.tags or {}, entry.limits or {}
  for name, bound in pairs(entry.limits) do -- JSON knows only floats
    entry.limits[name] = math.tointeger(bound)
  end
  entry.title, entry.family = entry.name, family or "ipv4"
  entry.name = family and ("%s [%s]"):format(entry.title, family) or entry.title
  return entry
end

-- What a file declares, an entry for each variant; nil when its text did not come to its end.
local function declared(file, recording)
  local entries, experiments, complete = {}, 0, false
  for _, slot in ipairs(recording and recording:slots "script" or {}) do
    if slot.name == "declare" then
      local families = cjson.decode(slot.text).families or { false }
      for _, family in ipairs(families) do
        entries[#entries + 1] = variant(file, slot, family)
      end
      experiments = experiments + 1
    end
    complete = complete or slot.name == "end"
  end
  for _, entry in ipairs(entries) do
    entry.several = experiments > 1
  end
  return complete and entries or nil
end

local function judge_declarations(file, result)
  local entries = declared(file, result.recording)
  if not entries then
    local entry = broken(file, "")
    entry.broken = judge.run(result.recording, result)
    return { entry }
  elseif #entries == 0 and not file.from_folder then
    return { broken(file, "this script declares no experiment: experiment \"title\" { run = function(t) ... end }") }
  end
  return entries
end

---Ask each file what it declares; the scripts' own text is run for that, in a lab without a network.
---@param list table[] of plan.files
---@param given table options
---@return netlab.Entry[] entries in the order of the files
---@return string ending "done" or "interrupted"
function plan.load(list, given)
  local found, jobs, of_job = {}, {}, {}
  for i, file in ipairs(list) do
    if file.problem then
      found[i] = { broken(file, file.problem) }
    else
      jobs[#jobs + 1] = { path = file.path, text = file.text, experiment = 0, bounds = { timeout = given.timeout } }
      of_job[#jobs] = i
    end
  end
  local ending = runner.run {
    jobs = jobs, parallel = given.jobs or 2 * files.processors(),
    ended = function(result)
      local i = of_job[result.number]
      found[i] = judge_declarations(list[i], result)
    end,
  }
  local entries = {}
  for i = 1, #list do
    for _, entry in ipairs(found[i] or {}) do
      entries[#entries + 1] = entry
    end
  end
  return entries, ending
end

local function mentions(entry, words)
  local places = { entry.name, entry.file, table.unpack(entry.case) }
  table.move(entry.tags, 1, #entry.tags, #places + 1, places)
  for _, place in ipairs(places) do
    if place:lower():find(words, 1, true) then
      return true
    end
  end
  return false
end

---Those that the options ask for. What cannot be loaded always stays: nobody knows what is in it.
---@param entries netlab.Entry[]
---@param given table options
---@return netlab.Entry[]
---@return netlab.Entry[] left_out those that were left out only because they are slow
function plan.select(entries, given)
  local words = given.filter and given.filter:lower()
  local chosen, left_out = {}, {}
  for _, entry in ipairs(entries) do
    local named = entry.broken or not words or mentions(entry, words)
    if named and entry.slow and not (given.slow or given.list or words) then
      left_out[#left_out + 1] = entry
    elseif named then
      chosen[#chosen + 1] = entry
    end
  end
  return chosen, left_out
end

---Why nothing was chosen, and the way out.
---@param entries netlab.Entry[]
---@param given table options
---@return string
function plan.nothing(entries, given)
  if given.filter then
    return ("%d experiments found, none chosen by --filter '%s'"):format(#entries, given.filter)
  elseif #entries == 0 then
    return "no experiment found"
  end
  return ("%s slow (slow = true); --slow runs %s, so does --filter with a part of the name"):format(
    #entries == 1 and "the one experiment found is" or ("all %d experiments found are"):format(#entries),
    #entries == 1 and "it" or "them")
end

---The experiments without further variants: of each the first one that is given.
---@param entries netlab.Entry[]
---@return netlab.Entry[]
function plan.first_variants(entries)
  local first, seen = {}, {}
  for _, entry in ipairs(entries) do
    local key = ("%d %s"):format(entry.experiment or 0, entry.file)
    if not seen[key] then
      seen[key], first[#first + 1] = true, entry
    end
  end
  return first
end

---A run of an experiment, for the runner.
---@param entry netlab.Entry
---@param given table options
---@return table job
function plan.job(entry, given)
  local bounds = { timeout = entry.timeout or given.timeout }
  for name, bound in pairs(entry.limits or {}) do
    bounds[name] = bound
  end
  return {
    entry = entry, path = entry.file, text = entry.text, experiment = entry.experiment, family = entry.family,
    bounds = bounds,
  }
end

---A run with the readings of its script noted, or one of them altered, for the runner.
---@param entry netlab.Entry
---@param given table options
---@param mutation table what lua/netlab/lab/mutation.lua is to do
---@return table job
function plan.mutation_job(entry, given, mutation)
  local job = plan.job(entry, given)
  job.mutation = cjson.encode(mutation)
  job.bounds.calls = (job.bounds.calls or MORE_CALLS) + MORE_CALLS
  return job
end

---Whether all that there is to run are folders without a script.
---@param entries netlab.Entry[]
---@return boolean
function plan.only_empty_folders(entries)
  for _, entry in ipairs(entries) do
    if not entry.empty then
      return false
    end
  end
  return #entries > 0
end

return plan
