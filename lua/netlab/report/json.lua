-- json.lua: one object per run, one a line (NDJSON). Keys stand in a fixed order, so that files can be compared.

local cjson = require "cjson".new()
local keys = require "netlab.expect.keys"
local plain = require "netlab.report.plain"
local points = require "netlab.report.points"

cjson.encode_invalid_numbers(false)

local json = {}

-- Text that is not UTF-8 would make the file unreadable for JSON parsers.
local function clean(words)
  return type(words) == "string" and plain.utf8(words) or words
end

-- An object with the fields in this order; absent ones are left out.
local function object(pairs_in_order)
  local parts = {}
  for _, pair in ipairs(pairs_in_order) do
    if pair[2] ~= nil then
      parts[#parts + 1] = ("%s:%s"):format(cjson.encode(pair[1]), pair.raw and pair[2] or cjson.encode(clean(pair[2])))
    end
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function array(list, encode)
  local parts = {}
  for i, item in ipairs(list) do
    parts[i] = encode(item)
  end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function encode_text(words)
  return cjson.encode(clean(words))
end

local function sorted_object(map)
  local fields = {}
  for i, name in ipairs(keys.sorted(map)) do
    local value = map[name]
    fields[i] = { name, type(value) == "table" and sorted_object(value) or value, raw = type(value) == "table" }
  end
  return object(fields)
end

---The settings of the hosts: what the lab pinned, and what the script has set since; the values that held at the end.
---@param recording userdata?
---@return table<string, table<string, string>> by host and name
function json.sysctls(recording)
  local by_host = {}
  local function set(host, name, value)
    by_host[host] = by_host[host] or {}
    by_host[host][name] = value
  end
  for _, event in ipairs(recording and recording:events "sysctl" or {}) do
    set(event.host, event.text:match "^(.-)=(.*)$")
  end
  for _, slot in ipairs(recording and recording:slots "call" or {}) do
    local name, value = slot.args:match "^(%S+) = (.*)$"
    if slot.name == "sysctl" and name and slot.ended and not slot.error then
      set(slot.host, name, value)
    end
  end
  return by_host
end

local function encode_check(check)
  return object { { "name", check.name }, { "passed", check.passed }, { "line", check.line },
    { "message", check.message }, { "explanation", check.explanation } }
end

local function encode_reason(reason)
  return object { { "kind", reason.kind }, { "line", reason.line }, { "message", reason.message },
    { "explanation", reason.explanation } }
end

local function encode_idle(idle)
  return object { { "line", idle.line }, { "rule", idle.rule }, { "count", idle.count }, { "message", idle.message } }
end

local function encode_part(part)
  return object { { "name", part.name }, { "points", part.points }, { "state", part.state }, { "line", part.line } }
end

-- What a teacher declares about an experiment, and what was earned.
local function grading(entry, verdict)
  return {
    { "points", entry.points },
    { "score", entry.points and points.earned(entry.points, verdict.status, verdict.parts) },
    { "parts", entry.parts and array(verdict.parts, encode_part), raw = true },
    { "visibility", entry.visibility }, { "reveal", entry.reveal }, { "hint", entry.hint },
  }
end

json.object = object

---One run as a line of NDJSON.
---@param entry table
---@param verdict netlab.Verdict
---@param recording userdata?
---@param seconds number
---@param environment table<string, string> what was the same for all runs
---@param shown { report: string?, ladder: string?, observed: string?, mermaid: string? }? of a run that did not pass
---@return string without a newline
function json.line(entry, verdict, recording, seconds, environment, shown)
  local surroundings = { sysctl = json.sysctls(recording) }
  for key, value in pairs(environment) do
    surroundings[key] = value
  end
  shown = shown or {}
  local fields = {
    { "file", entry.file }, { "line", entry.line }, { "name", entry.name }, { "family", entry.family },
    { "run", entry.run },
    { "case", array(entry.case, encode_text), raw = true }, { "tags", array(entry.tags, encode_text), raw = true },
    { "source", entry.source }, { "claim", entry.claim }, { "status", verdict.status },
    { "verdict", verdict.status == "PASS" and entry.verdict or nil }, { "seconds", seconds },
    { "packets", recording and recording:packet_count() or 0 },
    { "checks", array(verdict.checks, encode_check), raw = true },
    { "reasons", array(verdict.reasons, encode_reason), raw = true },
    { "idle_rules", array(verdict.idle_rules, encode_idle), raw = true },
    { "report", shown.report }, { "ladder", shown.ladder }, { "observed", shown.observed },
    { "mermaid", shown.mermaid or nil },
    { "environment", sorted_object(surroundings), raw = true },
  }
  table.move(grading(entry, verdict), 1, 6, #fields + 1, fields)
  return object(fields)
end

---The total of a file's experiments with points as a line of NDJSON.
---@param total netlab.Total
---@return string without a newline
function json.total(total)
  return object { { "total", total.file }, { "score", total.score }, { "points", total.points },
    { "experiments", total.experiments } }
end

return json
