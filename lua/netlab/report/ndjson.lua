-- ndjson.lua: the runs as they are, an object a line, and behind them a total of points for each file that has some.

local json = require "netlab.report.json"
local points = require "netlab.report.points"

local ndjson = {}

---@return { runs: table[] }
function ndjson.begin()
  return { runs = {} }
end

---@param state table
---@param run table an object of NDJSON
---@param line string the same as text
---@return string
function ndjson.one(state, run, line)
  state.runs[#state.runs + 1] = { file = run.file, name = run.name, points = run.points, score = run.score }
  return line .. "\n"
end

---@param state table
---@return string
function ndjson.finish(state)
  local lines = {}
  for i, total in ipairs((points.totals(state.runs))) do
    lines[i] = json.total(total) .. "\n"
  end
  return table.concat(lines)
end

return ndjson
