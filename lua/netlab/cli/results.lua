-- results.lua: netlab results: results that --json saved, in other formats, added up, and compared.

local closing = require "netlab.cli.closing"
local exits = require "netlab.cli.exits"
local outputs = require "netlab.cli.outputs"
local saved = require "netlab.cli.saved"
local screen = require "netlab.cli.screen"
local text = require "netlab.report.text"

local results = {}

local function read_all(paths)
  local all = {}
  for _, path in ipairs(paths) do
    local list, problem = saved.read(path)
    if not list then
      return nil, problem
    end
    table.move(list, 1, #list, #all + 1, all)
  end
  return all
end

---Read results, write them in the formats that the options name, and say how they ended.
---@param given table options; the files in its list
---@return integer status as of the run whose results they are
function results.run(given)
  local earlier, unreadable = closing.earlier(given)
  local list, problem = read_all(given)
  if unreadable then
    return exits.complain(unreadable, exits.USAGE)
  elseif not list then
    return exits.complain(problem, exits.CANNOT)
  end
  local out, refused = outputs.open(given)
  if not out then
    return exits.complain(refused, exits.USAGE)
  end
  local to = out.stdout and io.stderr or io.stdout
  local runs, counts, verdicts, seconds = {}, {}, {}, 0
  local paint = text.painter(screen.has_colors(given))
  for i, one in ipairs(list) do
    local run = one.run
    out:add(one.line, run)
    runs[i], seconds = run, seconds + run.seconds
    counts[run.status] = (counts[run.status] or 0) + 1
    if run.status ~= "PASS" or not given.quiet then
      to:write(text.line(paint, { name = run.name, case = run.case or {}, verdict = run.verdict }, run.status,
        run.seconds, text.points(run)), "\n")
    end
  end
  local annotations = out:finish { ending = "done", seconds = seconds }
  local totals, earned = closing.points(runs)
  local changes, compared = closing.changes(earlier, runs, given, "done")
  for _, lines in ipairs { totals or "", compared or "", text.summary(counts, verdicts, seconds) .. earned,
    annotations or "" } do
    to:write(lines, lines ~= "" and lines:sub(-1) ~= "\n" and "\n" or "")
  end
  for _, words in ipairs(out.trouble) do
    exits.complain(words)
  end
  return closing.status(runs, "done", #out.trouble > 0, changes)
end

return results
