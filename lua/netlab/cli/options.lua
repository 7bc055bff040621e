-- options.lua: the words of the command line, from one table that also makes the help.

local formats = require "netlab.report.formats"
local nearest = require "netlab.expect.nearest"
local units = require "netlab.core.units"

local options = {}

local function whole(text)
  local number = math.tointeger(tonumber(text))
  return number and number >= 1 and number
end

local function jobs(text)
  local number = whole(text)
  return number and number <= 4096 and number
end

local function percent(text)
  local number = tonumber(text)
  return number and number >= 0 and number <= 100 and number
end

local function time(text)
  local fine, seconds = pcall(units.seconds, tonumber(text) or text)
  return fine and seconds > 0 and seconds
end

local function choice(...)
  local allowed = { ... }
  return function(text)
    for _, word in ipairs(allowed) do
      if text == word then
        return word
      end
    end
  end
end

-- NAME=FILE; of several such options all count.
local function format(text, known)
  local name, path = text:match "^([%w_]+)=(.+)$"
  if not name or not formats.by_name[name] then
    return nil
  end
  local list = known or {}
  list[#list + 1] = { name = name, path = path }
  return list
end

local function any(text)
  return text ~= "" and text
end

-- name, short form, argument (nil: none; [=...]: it may be left out), how it is read, what it must be, help; bare: the
-- command for which it takes no argument; words: all that it may be
local rows = {
  { "jobs", "j", "N", jobs, "a whole number from 1 to 4096", "how many experiments run at once (4 a processor)" },
  { "timeout", nil, "TIME", time, "a time such as 5 or 500ms", "time for an experiment that sets none itself (30 s)" },
  { "filter", nil, "TEXT", any, "a text", "only those whose title, case, tag or file contains the text" },
  { "list", nil, nil, nil, nil, "list them instead of running them" },
  { "repeat", nil, "N", whole, "a whole number from 1", "run each so many times" },
  { "shuffle", nil, nil, nil, nil, "start them in a random order; the report keeps the given one" },
  { "seed", nil, "N", whole, "a whole number from 1", "for --shuffle (it prints the one it took) and --sample" },
  { "fail-fast", nil, nil, nil, nil, "stop at the first that does not pass" },
  { "slow", nil, nil, nil, nil, "also those that wait long (slow = true)" },
  { "out", nil, "DIR", any, "a folder", "save each recording there, as pcapng; book: the folder of the pages" },
  { "json", nil, "FILE", any, "a file, - is the standard output", "write one JSON object a run" },
  { "junit", nil, "FILE", any, "a file, - is the standard output", "write the results as JUnit XML" },
  { "tap", nil, "[=FILE]", any, "a file, - is the standard output", "write them in the Test Anything Protocol" },
  { "github", nil, nil, nil, nil, "annotations and a step summary for GitHub Actions" },
  { "gradescope", nil, "FILE", any, "a file, - is the standard output", "write them for Gradescope" },
  { "format", nil, "NAME=FILE", format, "one of " .. table.concat(formats.names, ", ") .. ", = and a file",
    "write them in this format; more than once for several" },
  { "baseline", nil, "FILE", any, "a file that --json wrote", "compare with earlier results; only new failures count" },
  { "html", nil, "FILE", any, "a file", "write a report of all, in one file; show: print a page",
    bare = "show" },
  { "svg", nil, nil, nil, nil, "show: print the drawing as SVG" },
  { "mermaid", nil, nil, nil, nil, "show: print it as a sequence diagram for Mermaid" },
  { "text", nil, nil, nil, nil, "show: print it as text (without another form)" },
  { "scale", nil, nil, nil, nil, "show: SVG and pages with distances that follow the time, not in steps" },
  { "packets", nil, "FORM", any, "a packet form", "trace: only packets of this form: 'client -> server TCP len>0'" },
  { "least", nil, "PERCENT", percent, "a number from 0 to 100", "mutate: so much must be noticed, instead of all" },
  { "sample", nil, "N", whole, "a whole number from 1", "mutate: only so many alterations of each, chosen by --seed" },
  { "quiet", "q", nil, nil, nil, "print only what does not pass, and the summary" },
  { "verbose", "v", nil, nil, nil, "draw every call and packet in the order of time" },
  { "full", nil, nil, nil, nil, "leave nothing out of a long drawing" },
  { "color", nil, "WHEN", choice("auto", "always", "never"), "auto, always or never", "colours; auto obeys NO_COLOR",
    words = { "auto", "always", "never" } },
}

options.rows = rows

local by_name, by_short, names = {}, {}, {}
for _, row in ipairs(rows) do
  by_name[row[1]] = row
  by_short[row[2] or ""] = row
  names[#names + 1] = "--" .. row[1]
end

local function is_optional(row)
  return row[3] and row[3]:sub(1, 1) == "["
end

---The help of the options.
---@return string
function options.help()
  local lines = {}
  for _, row in ipairs(rows) do
    local short = row[2] and "-" .. row[2] .. ", " or "    "
    local word = short .. "--" .. row[1] .. (is_optional(row) and row[3] or row[3] and " " .. row[3] or "")
    lines[#lines + 1] = ("  %-24s %s"):format(word, row[6])
  end
  return table.concat(lines, "\n")
end

local function split(word)
  local name, value = word:match "^%-%-([%w-]+)=(.*)$"
  if name then
    return by_name[name], value
  end
  name = word:match "^%-%-([%w-]+)$"
  if name then
    return by_name[name]
  end
  local short, rest = word:match "^%-(%a)(.*)$"
  return by_short[short or "?"], rest ~= "" and rest or nil
end

---Read the words of a command line.
---@param words string[]
---@param command string? that they are for
---@return table? given by option name, and what are no options as a list; nil when a word makes no sense
---@return string? message
function options.read(words, command)
  local given, i = {}, 1
  local plain = false
  while i <= #words do
    local word = words[i]
    if plain or word == "-" or word:sub(1, 1) ~= "-" then
      given[#given + 1] = word
    elseif word == "--" then
      plain = true
    else
      local row, value = split(word)
      local takes = row and row[3] and not (row.bare and row.bare == command)
      if not row then
        return nil, ("unknown option '%s'%s"):format(word, nearest.hint(word:match "^[^=]*", names))
      elseif not takes and value then
        return nil, ("option --%s takes no value"):format(row[1])
      elseif takes then
        if not value and is_optional(row) then
          value = "-"
        elseif not value then
          i = i + 1
          value = words[i]
        end
        given[row[1]] = value and row[4](value, given[row[1]])
        if not given[row[1]] then
          return nil, ("option --%s needs %s%s"):format(row[1], row[5], value and (", not '%s'"):format(value) or "")
        end
      else
        given[row[1]] = true
      end
    end
    i = i + 1
  end
  return given
end

return options
