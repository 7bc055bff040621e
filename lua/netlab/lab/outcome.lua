-- outcome.lua: how a check speaks: what it records, and how it stops the run.

local cjson = require "cjson"
local record = require "netlab.core.record"

local outcome = {}

---What is thrown to end the run early; each has been recorded before.
outcome.STOP = setmetatable({}, { __tostring = function() return "the experiment was stopped by a failed check" end })
outcome.SKIP = setmetatable({}, { __tostring = function() return "the experiment was skipped" end })

---Record a check, and stop the run when it failed and is a hard one.
---@param t table the check's object: `t.hard` says whether a failure stops
---@param name string the check's name, "fails"
---@param passed boolean
---@param message string one sentence: what was expected and what was seen
---@param explanation string? more lines for a failure: expected and observed, aligned
---@param line integer? of the script; without it the line that is running
---@param drawn { expected: table?, packet: integer?, met: integer[][]? }? of a check of packets, for pictures: what
---  should have come, { from, to, text }, and the id of the packet that should not; or the packets that came, each
---  with its line
---@return boolean passed
function outcome.check(t, name, passed, message, explanation, line, drawn)
  local text = cjson.encode { message = message, explanation = explanation, drawn = drawn }
  record.append("check", name, passed and 1 or 0, text, line)
  if not passed and t.hard then
    error(outcome.STOP, 0)
  end
  return passed
end

local TRACEBACK, DEEPEST = 10, 200 -- lines shown; levels looked at: endless recursion has 200000

-- A stack of calls without the library's own functions.
local function script_traceback(level)
  local lines = {}
  local info = debug.getinfo(level, "Sl")
  while info and #lines < TRACEBACK and level < DEEPEST do
    if info.source:sub(1, 1) == "@" and info.currentline > 0 then
      lines[#lines + 1] = ("  %s:%d"):format(info.source:sub(2), info.currentline)
    end
    level = level + 1
    info = debug.getinfo(level, "Sl")
  end
  return lines
end

-- What the library says about a wrong argument is about the script's line; its own defects keep their place.
local function without_place(message)
  local rest = message:match "^netlab/[%w_/]+%.lua:%d+: (.*)$"
  return rest and not rest:find "^attempt to" and rest or message
end

local Described = { __tostring = function(self) return self.text end }

---A message handler for xpcall: STOP and SKIP pass, and that memory is over, which Lua itself hands to no such handler;
---any other error becomes a text with where the script was.
---@param err any
---@return any
function outcome.describe(err)
  if err == outcome.STOP or err == outcome.SKIP or getmetatable(err) == Described or err == "not enough memory" then
    return err
  end
  local lines = script_traceback(3)
  lines = #lines > 1 and lines or {} -- one line alone says what `line` says
  table.insert(lines, 1, without_place(tostring(err)))
  return setmetatable({ text = table.concat(lines, "\n"), line = record.line() }, Described)
end

---Record an error that ended a run, unless it is STOP or SKIP: those have been recorded before.
---@param err any of outcome.describe, or a text
function outcome.record_error(err)
  if err == outcome.STOP or err == outcome.SKIP then
    return
  end
  if type(err) ~= "table" then
    err = { text = tostring(err) }
  end
  record.append("script", "error", 0, err.text, err.line)
end

return outcome
