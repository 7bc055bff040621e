-- part.lua: t:part: the parts of an experiment that earn points. What was earned is not decided here: the recording
-- says where a part began and ended, and report/points.lua looks at the checks between.

local nearest = require "netlab.expect.nearest"
local outcome = require "netlab.lab.outcome"
local record = require "netlab.core.record"

local part = {}

---What one experiment's parts are.
---@param declared { name: string, points: number }[]? of the experiment's field `points`
---@return { names: table<string, boolean>, list: string[], open: string? }
function part.new(declared)
  local parts = { names = {}, list = {} }
  for i, one in ipairs(declared or {}) do
    parts.names[one.name], parts.list[i] = true, one.name
  end
  return parts
end

local function check_arguments(parts, name, fn)
  if not parts.list[1] then
    error('t:part: the experiment declares no parts: points = { { 2, "the handshake" }, ... }', 3)
  elseif type(name) ~= "string" or not parts.names[name] then
    error(("t:part: the experiment declares no part '%s'%s"):format(tostring(name),
      nearest.hint(tostring(name), parts.list)), 3)
  elseif type(fn) ~= "function" then
    error(("bad argument #2 to 'part' (a function expected, got %s)"):format(type(fn)), 3)
  elseif parts.open then
    error(("t:part: '%s' cannot begin within '%s'"):format(name, parts.open), 3)
  end
end

---Do what earns the points of one part: they are earned when the function comes to its end, something was checked
---meanwhile, and no check failed. A failed check ends the part and the experiment; with t.soft only the part.
---@param name string as the field `points` of the experiment calls it
---@param fn fun(): any
---@return any ... what the function returned; with t.soft nothing when a check failed
function part:part(name, fn)
  check_arguments(self.parts, name, fn)
  local parts, line = self.parts, record.line()
  parts.open = name
  local _ <close> = setmetatable({}, { __close = function() parts.open = nil end })
  record.append("script", "part", 0, name, line)
  if self.hard then
    local results = table.pack(fn())
    record.append("script", "part end", 1, name, line)
    return table.unpack(results, 1, results.n)
  end
  local results = table.pack(xpcall(fn, outcome.describe))
  if results[1] then
    record.append("script", "part end", 1, name, line)
    return table.unpack(results, 2, results.n)
  elseif results[2] ~= outcome.STOP then
    error(results[2], 0)
  end
  record.append("script", "part end", 0, name, line)
end

return part
