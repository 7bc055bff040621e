-- junit.lua: results as JUnit XML, in the dialect that CI servers share: testsuites, a testsuite a file, a testcase a
-- run; `failure` for a result that is not as expected, `error` for a run that could not be carried out.
-- A pure function of the objects of NDJSON.

local plain = require "netlab.report.plain"
local points = require "netlab.report.points"
local reveal = require "netlab.report.reveal"

local junit = { whole = true }

local entities = {
  ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["\n"] = "&#10;", ["\t"] = "&#9;",
}

local function attribute(value)
  return (plain.lines(tostring(value)):gsub('[&<>"\n\t]', entities))
end

local function content(words)
  return (plain.lines(words):gsub("[&<>]", entities))
end

-- An element's begin: <name key="value" ...; absent values are left out.
local function open(name, pairs_in_order)
  local parts = { "<" .. name }
  for _, pair in ipairs(pairs_in_order) do
    if pair[2] ~= nil then
      parts[#parts + 1] = ('%s="%s"'):format(pair[1], attribute(pair[2]))
    end
  end
  return table.concat(parts, " ")
end

local function seconds(number)
  return ("%.6f"):format(number or 0)
end

-- By status: the element that says so, and the count that it adds to.
local elements = {
  FAIL = { "failure", "failures" }, TIMEOUT = { "failure", "failures" }, ERROR = { "error", "errors" },
  SKIP = { "skipped", "skipped" },
}

local function testcase(lines, run)
  local shown = reveal.of(run)
  lines[#lines + 1] = "    " .. open("testcase", {
    { "name", reveal.name(run) }, { "classname", (run.file:gsub("%.lua$", ""):gsub("^%./", ""):gsub("/", ".")) },
    { "file", run.file }, { "line", run.line and ("%d"):format(run.line) }, { "time", seconds(run.seconds) },
  }) .. ">"
  if run.points then
    lines[#lines + 1] = ('      <properties>%s/>%s/></properties>'):format(
      open("property", { { "name", "score" }, { "value", points.text(run.score) } }),
      open("property", { { "name", "points" }, { "value", points.text(run.points) } }))
  end
  local element = elements[run.status]
  if element then
    lines[#lines + 1] = ("      %s>%s</%s>"):format(open(element[1], {
      { "message", shown.message }, { "type", run.status ~= "SKIP" and run.status or nil },
    }), content(shown.details or ""), element[1])
  end
  if shown.ladder then
    lines[#lines + 1] = ("      <system-out>%s</system-out>"):format(content(shown.ladder))
  end
  lines[#lines + 1] = "    </testcase>"
end

local function sums(runs)
  local sum = { tests = #runs, failures = 0, errors = 0, skipped = 0, time = 0 }
  for _, run in ipairs(runs) do
    local element = elements[run.status]
    if element then
      sum[element[2]] = sum[element[2]] + 1
    end
    sum.time = sum.time + (run.seconds or 0)
  end
  return {
    { "tests", sum.tests }, { "failures", sum.failures }, { "errors", sum.errors }, { "skipped", sum.skipped },
    { "time", seconds(sum.time) },
  }
end

---@return { runs: table[] }
function junit.begin()
  return { runs = {} }
end

---@param state table
---@param run table an object of NDJSON
function junit.one(state, run)
  state.runs[#state.runs + 1] = run
end

---The file as it is when nothing more comes.
---@param state table
---@return string
function junit.finish(state)
  local by_file, files = {}, {}
  for _, run in ipairs(state.runs) do
    if not by_file[run.file] then
      by_file[run.file] = {}
      files[#files + 1] = run.file
    end
    table.insert(by_file[run.file], run)
  end
  local lines = {
    '<?xml version="1.0" encoding="UTF-8"?>',
    open("testsuites", { { "name", "netlab" }, table.unpack(sums(state.runs)) }) .. ">",
  }
  for _, file in ipairs(files) do
    lines[#lines + 1] = "  " .. open("testsuite",
      { { "name", file }, { "file", file }, table.unpack(sums(by_file[file])) }) .. ">"
    for _, run in ipairs(by_file[file]) do
      testcase(lines, run)
    end
    lines[#lines + 1] = "  </testsuite>"
  end
  lines[#lines + 1] = "</testsuites>\n"
  return table.concat(lines, "\n")
end

return junit
