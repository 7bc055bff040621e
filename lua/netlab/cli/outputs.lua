-- outputs.lua: the files of results that the command line asks for: --json, --junit, --format NAME=FILE, ...

local cjson = require "cjson"
local formats = require "netlab.report.formats"

local outputs = {}

---@class netlab.Outputs
---@field stdout boolean one of them goes to the standard output: the report then goes to the standard error
---@field github boolean annotations go among the lines of the report
---@field trouble string[] what could not be written
---@field wanted boolean there is one
local Outputs = {}
Outputs.__index = Outputs

-- The options that stand for --format NAME=FILE.
local short = { "json", "junit", "tap", "gradescope" }

-- What is asked for: { name, path }; path nil: among the report's lines.
local function requests(given)
  local list = {}
  for _, name in ipairs(short) do
    if given[name] then
      list[#list + 1] = { name = name, path = given[name] }
    end
  end
  if given.github then
    list[#list + 1] = { name = "github" }
  end
  for _, request in ipairs(given.format or {}) do
    list[#list + 1] = request
  end
  return list
end

-- At once: a reader may follow, and a run that is killed has told what it knew.
local function write(self, sink, words)
  local written, problem = true, nil
  if words and words ~= "" then
    written, problem = sink.file:write(words)
    if written then
      written, problem = sink.file:flush()
    end
  end
  if not written and not sink.broken then
    sink.broken = true
    self.trouble[#self.trouble + 1] = ("cannot write %s: %s"):format(sink.path, problem)
  end
end

-- Open one; what a whole file says until its end is there stands in it at once, so that a crash leaves that.
local function open_sink(self, request)
  local format = formats.by_name[request.name]
  local sink = { format = format, path = request.path }
  local state, words = format.begin()
  sink.state = state
  if not request.path then
    self.github = true
    return sink
  elseif request.path == "-" then
    if self.stdout then
      return nil, "only one result can go to the standard output"
    end
    self.stdout, sink.file = true, io.stdout
    words = not format.whole and words or nil
  else
    local problem
    sink.file, problem = io.open(request.path, "w")
    if not sink.file then
      return nil, problem
    end
  end
  write(self, sink, words)
  return sink
end

---Open what the options ask for.
---@param given table options
---@return netlab.Outputs?
---@return string? problem
function outputs.open(given)
  local self = setmetatable({ sinks = {}, trouble = {}, stdout = false, github = false }, Outputs)
  for i, request in ipairs(requests(given)) do
    local sink, problem = open_sink(self, request)
    if not sink then
      return nil, problem
    end
    self.sinks[i] = sink
  end
  self.wanted = self.sinks[1] ~= nil
  return self
end

---One run.
---@param line string of NDJSON
---@param run table? the same decoded
function Outputs:add(line, run)
  run = run or self.wanted and cjson.decode(line)
  for _, sink in ipairs(self.sinks) do
    local words = sink.format.one(sink.state, run, line)
    if sink.file then
      write(self, sink, words)
    end
  end
end

local function append(self, path, words)
  local file, problem = io.open(path, "a")
  if not file then
    self.trouble[#self.trouble + 1] = problem
    return
  end
  file:write(words)
  file:close()
end

-- The end of a file: a whole one is written anew.
local function finish_file(self, sink, words)
  if sink.format.whole and sink.path ~= "-" then
    sink.file:close()
    local problem
    sink.file, problem = io.open(sink.path, "w")
    if not sink.file then
      self.trouble[#self.trouble + 1] = problem
      return
    end
  end
  write(self, sink, words)
  if sink.path ~= "-" then
    sink.file:close()
  end
end

---Nothing more comes.
---@param about netlab.RunEnd
---@return string? annotations for the lines of the report
function Outputs:finish(about)
  local annotations
  for _, sink in ipairs(self.sinks) do
    local words, summary = sink.format.finish(sink.state, about)
    if sink.file then
      finish_file(self, sink, words)
    else
      annotations = words
    end
    local step = summary and os.getenv "GITHUB_STEP_SUMMARY"
    if step and step ~= "" then
      append(self, step, summary)
    end
  end
  return annotations
end

return outputs
