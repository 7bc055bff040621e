-- gradescope.lua: results.json for Gradescope (gradescope-autograders.readthedocs.io/en/latest/specs/): a test an
-- experiment, with its points, its visibility and what a student may see. A pure function of the objects of NDJSON.

local cjson = require "cjson".new()
local json = require "netlab.report.json"
local plain = require "netlab.report.plain"
local points = require "netlab.report.points"
local reveal = require "netlab.report.reveal"

local gradescope = { whole = true }

local DATED = true -- Gradescope itself obeys `visibility`

local function encode(words)
  return cjson.encode(plain.lines(words))
end

-- Of several runs of an experiment the one that earned least, and of these the first that did not pass.
local function worst_of(runs)
  local by_name, order = {}, {}
  for _, run in ipairs(runs) do
    local key = ("%s\0%s"):format(run.file, run.name)
    local known = by_name[key]
    if not known then
      order[#order + 1] = key
    end
    if not known or (run.score or 0) < (known.score or 0)
      or (run.score or 0) == (known.score or 0) and known.status == "PASS" and run.status ~= "PASS" then
      by_name[key] = run
    end
  end
  local list = {}
  for i, key in ipairs(order) do
    list[i] = by_name[key]
  end
  return list
end

local function output_of(run)
  local shown = reveal.of(run, DATED)
  local blocks = { reveal.parts(run, DATED) }
  if run.status ~= "PASS" then
    blocks[#blocks + 1] = shown.details or shown.message
    blocks[#blocks + 1] = shown.ladder
  end
  return table.concat(blocks, "\n\n")
end

local function test_of(run, number)
  local tags = {}
  for i, tag in ipairs(run.tags or {}) do
    tags[i] = encode(tag)
  end
  return json.object {
    { "name", plain.line(run.name) }, { "name_format", "text" }, { "number", tostring(number) },
    { "score", run.score or 0 }, { "max_score", run.points or 0 },
    { "status", run.status == "PASS" and "passed" or "failed" },
    { "output", encode(output_of(run)), raw = true }, { "output_format", "text" },
    { "tags", "[" .. table.concat(tags, ",") .. "]", raw = true }, { "visibility", run.visibility or "visible" },
    { "extra_data", json.object { { "file", run.file }, { "status", run.status } }, raw = true },
  }
end

-- Without the experiments that a student may not see yet.
local function visible_total(runs)
  local visible, hidden = {}, false
  for _, run in ipairs(runs) do
    local is_visible = (run.visibility or "visible") == "visible"
    visible[#visible + 1] = is_visible and run or nil
    hidden = hidden or not is_visible
  end
  local files, all = points.totals(visible)
  local lines = {}
  for i, total in ipairs(files) do
    lines[i] = ("%s of %s points  %s"):format(points.text(total.score), points.text(total.points), total.file)
  end
  if all and files[2] then
    lines[#lines + 1] = ("%s of %s points"):format(points.text(all.score), points.text(all.points))
  end
  lines[#lines + 1] = hidden and "Some tests are not shown yet." or nil
  return table.concat(lines, "\n")
end

local function results(runs, output, seconds)
  local list, totals = worst_of(runs), {}
  local tests = {}
  for i, run in ipairs(list) do
    tests[i] = test_of(run, i)
  end
  for i, total in ipairs((points.totals(list))) do
    totals[i] = json.object { { "file", total.file }, { "score", total.score }, { "points", total.points } }
  end
  return json.object {
    { "score", #list == 0 and 0 or nil }, { "execution_time", seconds and math.ceil(seconds) },
    { "output", encode(output), raw = true }, { "output_format", "text" }, { "stdout_visibility", "hidden" },
    { "tests", "[" .. table.concat(tests, ",\n") .. "]", raw = true },
    { "extra_data", json.object { { "files", "[" .. table.concat(totals, ",") .. "]", raw = true } }, raw = true },
  } .. "\n"
end

---What stands in the file until the end is there after a crash, too: no points.
---@return { runs: table[] } state
---@return string
function gradescope.begin()
  return { runs = {} }, results({}, "The tests did not come to their end. Please tell your teacher.")
end

---@param state table
---@param run table an object of NDJSON
function gradescope.one(state, run)
  state.runs[#state.runs + 1] = run
end

---@param state table
---@param about { ending: string, seconds: number? }
---@return string
function gradescope.finish(state, about)
  local output = visible_total(worst_of(state.runs))
  if about.ending ~= "done" then
    output = output .. ("\nNot all tests were run: %s."):format(about.ending)
  elseif #state.runs == 0 then
    output = "No test was run."
  end
  return results(state.runs, output, about.seconds)
end

return gradescope
