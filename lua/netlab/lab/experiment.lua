-- experiment.lua: what a script declares: experiment "title" { fields }.

local family = require "netlab.lab.family"
local keys = require "netlab.expect.keys"
local nearest = require "netlab.expect.nearest"
local units = require "netlab.core.units"

local experiment = {}

---@class netlab.Declaration
---@field name string the title
---@field case string[] ids of the documented cases
---@field source string? where the claim is made
---@field claim string? in one sentence
---@field verdict "confirmed"|"refuted"|"depends"|nil what Linux makes of the claim, when the experiment passes
---@field look string? what a student should look at
---@field tags string[]
---@field families string[]? the variants that it is run in; without it one, "ipv4", which has no name of its own
---@field slow boolean? more than about five seconds of real waiting
---@field timeout number? seconds
---@field limits table<string, integer>? bounds of this experiment
---@field points number? what it is worth; with parts the sum of theirs
---@field parts { name: string, points: number }[]? those that t:part earns, in their order
---@field visibility "visible"|"hidden"|"after_due_date"|"after_published"|nil when students see the result
---@field reveal "full"|"observed"|"hint"|"nothing"|nil how much a failure tells them
---@field hint string? for a student whose run fails
---@field unnoticed table<string, string>? alterations that netlab mutate may make unnoticed, with the reason
---@field line integer of the script

-- The words that a field may have, in the order in which they are documented.
experiment.visibilities = { "visible", "hidden", "after_due_date", "after_published" }
experiment.reveals = { "full", "observed", "hint", "nothing" }

local verdicts = { confirmed = true, refuted = true, depends = true }

-- How each limit is read, the least and the most that it may be.
local limit_rows = {
  memory = { units.size, 4096, 1 << 40 }, output = { units.size, 0, 1 << 30 }, tmp = { units.size, 4096, 1 << 40 },
  packets = { units.size, 4096, 1 << 34 }, calls = { math.tointeger, 16, 1 << 24 },
  processes = { math.tointeger, 1, 4096 }, files = { math.tointeger, 16, 1 << 20 },
}

local function is_text(v)
  return type(v) == "string" and v:match "%S" and v
end

-- Titles stand in lines of reports that programs read: a title of several lines could forge others.
local function is_title(v)
  return is_text(v) and not v:find "%c" and v
end

local function text_list(v)
  local list = type(v) == "table" and v or { v }
  for _, item in ipairs(list) do
    if not is_text(item) then
      return nil
    end
  end
  return list
end

local function read_limits(v)
  local limits = {}
  for name, bound in pairs(type(v) == "table" and v or { [tostring(v)] = v }) do
    local row = limit_rows[name]
    if not row then
      error(("limits has no field '%s': memory, output, tmp, packets, calls, processes, files")
        :format(tostring(name)), 0)
    end
    local fine, number = pcall(row[1], bound)
    if not fine or not number or number < row[2] or number > row[3] then
      error(("limit '%s' must be %s from %d to %d, not %s"):format(name,
        row[1] == units.size and 'a size ("64K", "16M")' or "a whole number", row[2], row[3], tostring(bound)), 0)
    end
    limits[name] = number
  end
  return limits
end

local function text_map(v)
  for key, reason in pairs(type(v) == "table" and v or { v }) do
    if not is_text(key) or not is_text(reason) then
      return nil
    end
  end
  return v
end

local POINTS_MOST = 1e6

local function points_number(v)
  return math.type(v) and v > 0 and v <= POINTS_MOST and v
end

-- One number, or a list of parts, each { number, name }.
local function read_points(v)
  if type(v) ~= "table" then
    return points_number(v)
  end
  local list, names = {}, {}
  for i, one in ipairs(v) do
    local fine = type(one) == "table" and points_number(one[1]) and is_title(one[2]) and not names[one[2]]
    if not fine then
      return nil
    end
    names[one[2]] = true
    list[i] = { points = one[1], name = one[2] }
  end
  return list[1] and list
end

local function one_of(words)
  return function(v)
    for _, word in ipairs(words) do
      if v == word then
        return v
      end
    end
  end
end

local function read_timeout(v)
  local fine, seconds = pcall(units.seconds, v)
  return fine and seconds > 0 and seconds
end

-- Each field: how it is read (nil or false: refused), and what it must be.
local fields = {
  case = { text_list, "a case id, or a list of them" },
  source = { is_text, "a text" },
  claim = { is_text, "a text" },
  look = { is_text, "a text" },
  verdict = { function(v) return verdicts[v] and v end, '"confirmed", "refuted" or "depends"' },
  tags = { text_list, "a list of texts" },
  families = { family.list, '"ipv4", "ipv6" or "mapped", or a list of them, each once' },
  slow = { function(v) return v == true end, "true" },
  timeout = { read_timeout, 'a time above 0: 5 or "500ms"' },
  limits = { read_limits, "a table of bounds" },
  points = { read_points, 'a number above 0, or a list of parts: { { 2, "the handshake" }, ... }, each name once' },
  visibility = { one_of(experiment.visibilities), '"visible", "hidden", "after_due_date" or "after_published"' },
  reveal = { one_of(experiment.reveals), '"full", "observed", "hint" or "nothing"' },
  hint = { is_text, "a text" },
  unnoticed = { text_map, 'a table of texts: ["ack of packet 3"] = "why nothing checks it"' },
  run = { function(v) return type(v) == "function" and v end, "a function" },
}

---Raise a message for the script's author unless this is a title.
---@param name any
function experiment.check_title(name)
  if not is_text(name) then
    error("an experiment needs a title: experiment \"title\" { ... }", 0)
  elseif not is_title(name) then
    error(("the title %q has a control character: a title is one line"):format(name), 0)
  end
end

---Check and complete what a script declares. Raises a message for the script's author.
---@param name string the title
---@param given any the table behind it
---@param line integer of the script
---@return netlab.Declaration declaration with the function in `run`
function experiment.declare(name, given, line)
  if type(given) ~= "table" then
    error(("experiment '%s' needs a table behind its title: experiment \"title\" { run = function(t) ... end }")
      :format(name), 0)
  end
  local made = { name = name, line = line, case = {}, tags = {} }
  for key, v in pairs(given) do
    local field = fields[key]
    if not field then
      error(("experiment '%s' has an unknown field '%s'%s"):format(name, tostring(key),
        nearest.hint(tostring(key), keys.sorted(fields))), 0)
    end
    made[key] = field[1](v) or error(("field '%s' of experiment '%s' must be %s"):format(key, name, field[2]), 0)
  end
  if type(made.points) == "table" then
    made.parts, made.points = made.points, 0
    for _, part in ipairs(made.parts) do
      made.points = made.points + part.points
    end
  end
  if made.reveal == "hint" and not made.hint then
    error(("experiment '%s' reveals a hint, but has none: hint = \"...\""):format(name), 0)
  end
  if not made.run then
    error(("experiment '%s' has no function: run = function(t) ... end"):format(name), 0)
  end
  return made
end

return experiment
