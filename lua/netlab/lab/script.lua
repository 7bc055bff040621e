-- script.lua: the script process: loads the script, and either says what it declares or runs one of its experiments.

local cjson = require "cjson"
local environment = require "netlab.lab.environment"
local experiment = require "netlab.lab.experiment"
local family = require "netlab.lab.family"
local grammar = require "netlab.expect.grammar"
local mutation = require "netlab.lab.mutation"
local outcome = require "netlab.lab.outcome"
local place = require "netlab.lab.place"
local record = require "netlab.core.record"
local test = require "netlab.lab.test"

local script = {}

-- LPeg compiles a pattern when it is first matched: once here, before the processes of the experiments are forked,
-- instead of in each of them.
grammar.parse("a -> b:1 SYN", { source = "", line = 1 })
grammar.packet_form("a -> b:1 SYN", { source = "", line = 1 })

-- Run the script's own text; returns its declarations and its globals.
local function load_script(job)
  local declared, names, begun = {}, {}, {}
  local function declare(name)
    local line = record.line()
    experiment.check_title(name)
    begun[line] = name
    return function(fields)
      begun[line] = nil
      local made = experiment.declare(name, fields, line)
      if names[name] then
        error(("there are two experiments '%s', on lines %d and %d"):format(name, names[name], line), 0)
      end
      names[name] = line
      declared[#declared + 1] = made
    end
  end
  place.set(job.path, job.text)
  local text = job.text:gsub("^#[^\n]*", "") -- a first line for the shell
  local globals = environment.new(job.path, declare)
  local chunk, problem = load(text, "@" .. job.path, "t", globals)
  if not chunk then
    error(problem, 0)
  end
  chunk()
  for line, name in pairs(begun) do
    error(("%s:%d: experiment '%s' has no table behind its title"):format(job.path, line, name), 0)
  end
  return declared, globals
end

local function announce(declared)
  for i, made in ipairs(declared) do
    local fields = {}
    for key, v in pairs(made) do
      if key ~= "run" and not (type(v) == "table" and next(v) == nil) then -- an empty table would become an object
        fields[key] = v
      end
    end
    record.append("script", "declare", i, cjson.encode(fields), made.line)
  end
  record.append("script", "end", 1, "")
end

local function run_experiment(made, variant)
  record.append("script", "begin", 0, made.name, made.line)
  local lacking = family.lacking(variant)
  if lacking then
    record.append("script", "skip", 0, lacking, made.line)
    record.append("script", "end", 0, "")
    return 1
  end
  local passed, err = xpcall(made.run, outcome.describe, test.new(variant, made.parts))
  if not passed then
    outcome.record_error(err)
  end
  record.append("script", "end", passed and 1 or 0, "")
  return passed and 0 or 1
end

---Be the script process.
---@param job { path: string, text: string, experiment: integer, family: string?, mutation: string?, prompt: boolean? }
---  experiment 0: only say what is declared; family: the variant, "ipv4" without it; prompt: go on with what is typed
---@return integer status of the process
function script.main(job)
  if job.mutation then
    mutation.install(job.mutation)
  end
  local loaded, declared, globals = xpcall(load_script, outcome.describe, job)
  if not loaded then
    outcome.record_error(declared)
    return 1
  elseif job.prompt then
    require "netlab.lab.prompt".serve(job, globals, declared[job.experiment])
    return 0
  elseif job.experiment == 0 then
    announce(declared)
    return 0
  end
  return run_experiment(declared[job.experiment], job.family or "ipv4")
end

return script
