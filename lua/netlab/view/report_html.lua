-- report_html.lua: the report of a whole run in one file of HTML (--html): a summary, filters, a section for each
-- experiment. What has to be read from a recording is read by report:add, while it is there.

local html_page = require "netlab.view.html_page"
local json = require "netlab.report.json"
local keys = require "netlab.expect.keys"
local markup = require "netlab.view.markup"
local report_entry = require "netlab.view.report_entry"
local text = require "netlab.report.text"

local report_html = {}

---@class netlab.HtmlReport
---@field sections table<integer, table> by the number of the entry
local Report = {}
Report.__index = Report

---An empty report.
---@return netlab.HtmlReport
function report_html.new()
  return setmetatable({ sections = {} }, Report)
end

-- What happened, in as far as a report may tell: all of it, what was observed without what was expected, or nothing.
local function happened(number, recording, stories, level)
  if not stories or level == "hint" or level == "nothing" then
    return nil
  end
  return report_entry.happened(level == "full" and stories.full or stories.observed,
    function(id) return recording:packet(id) end, { id = "e" .. number })
end

---Take in one run. Of several runs of an experiment the first one that did not pass is shown, or the first one.
---@param number integer the experiment's place in the report
---@param entry table what it declares
---@param verdict netlab.Verdict
---@param result { recording: userdata?, seconds: number }
---@param more { level: string, points: string?, stories: netlab.Stories? } level: how much may be told
---  (report/reveal.lua); stories: nil when there is no recording
function Report:add(number, entry, verdict, result, more)
  local section = self.sections[number] or { runs = 0, passed = 0 }
  self.sections[number] = section
  section.runs = section.runs + 1
  section.passed = section.passed + (verdict.status == "PASS" and 1 or 0)
  if section.one and (section.one.verdict.status ~= "PASS" or verdict.status == "PASS") then
    return
  end
  section.one = {
    number = number, entry = entry, verdict = verdict, seconds = result.seconds, command = text.command(entry),
    level = more.level, points = more.points,
    happened = happened(number, result.recording, more.stories, more.level),
  }
  section.settings = json.sysctls(result.recording)
end

-- ---- the whole ----

local order = { "PASS", "FAIL", "ERROR", "TIMEOUT", "SKIP" }
local names = { PASS = "passed", FAIL = "failed", ERROR = "error", TIMEOUT = "timed out", SKIP = "skipped" }

local function counted(sections)
  local counts = {}
  for _, section in ipairs(sections) do
    local status = section.one.verdict.status
    counts[status] = (counts[status] or 0) + 1
  end
  return counts
end

local function in_order(self)
  local list = {}
  for i, number in ipairs(keys.sorted(self.sections)) do
    list[i] = self.sections[number]
  end
  return list
end

-- By setting the value that most hosts had; those that most hosts did not have are left out.
local function common_settings(sections)
  local counts, common, hosts = {}, {}, 0
  for _, section in ipairs(sections) do
    for _, settings in pairs(section.settings) do
      hosts = hosts + 1
      for name, value in pairs(settings) do
        local count = counts[name] or {}
        counts[name], count[value] = count, (count[value] or 0) + 1
      end
    end
  end
  for name, count in pairs(counts) do
    for value, times in pairs(count) do
      common[name] = 2 * times > hosts and value or common[name]
    end
  end
  return common
end

local function without(all, common)
  local differing = {}
  for host, settings in pairs(all) do
    for name, value in pairs(settings) do
      if common[name] ~= value then
        differing[host] = differing[host] or {}
        differing[host][name] = value
      end
    end
  end
  return differing
end

local function choices(sections, field)
  local seen, list = {}, {}
  for _, section in ipairs(sections) do
    for _, word in ipairs(section.one.entry[field]) do
      if not seen[word] then
        seen[word], list[#list + 1] = true, word
      end
    end
  end
  table.sort(list)
  for i, word in ipairs(list) do
    list[i] = ('<option value="%s">%s</option>'):format(markup.text(word), markup.text(word))
  end
  return table.concat(list)
end

local form = [[
<form id="filter" hidden>
<fieldset><legend>Status</legend>{status!}</fieldset>
<label>Tag <select name="tag"><option value="">all</option>{tags!}</select></label>
<label>Case <select name="case"><option value="">all</option>{cases!}</select></label>
<label>Words <input type="search" name="words" size="16"></label>
<button type="reset">Show all</button> <button type="button" id="open">Open all</button>
<button type="button" id="fold">Fold all</button>
<output id="shown" aria-live="polite"></output>
</form>
]]

local function filters(sections, counts)
  local boxes = {}
  for _, status in ipairs(order) do
    if counts[status] then
      boxes[#boxes + 1] = ('<label><input type="checkbox" name="status" value="%s" checked> %s (%d)</label>'):format(
        status, status, counts[status])
    end
  end
  return markup.fill(form, {
    status = table.concat(boxes, " "), tags = choices(sections, "tags"), cases = choices(sections, "case"),
  })
end

local function summary(counts)
  local parts, plain = {}, {}
  for _, status in ipairs(order) do
    if counts[status] then
      parts[#parts + 1] = ('<li><span class="badge %s">%s</span> %d %s</li>'):format(status, status, counts[status],
        names[status])
      plain[#plain + 1] = ("%d %s"):format(counts[status], names[status])
    end
  end
  return '<ul class="counts">' .. table.concat(parts) .. "</ul>",
    plain[1] and table.concat(plain, ", ") or "nothing was run"
end

local head = [[
<a class="skip" href="#all">To the experiments</a>
<header>
<h1>netlab: {plain}</h1>
{counts!}
<p class="dim">{about}</p>
<p>Each line below opens: the claim, a drawing of what happened, the checks, the packets, the script.
In a drawing time runs downwards; hold the pointer on something to see all of it.</p>
{common!}
</header>
{filters!}<main id="all">
]]

---The page.
---@param about { words: string, environment: table<string, string> } the summary of the run in words, and what was the
---  same for all
---@return string HTML
function Report:html(about)
  local sections, environment = in_order(self), about.environment
  local counts, common = counted(sections), common_settings(sections)
  local list, plain = summary(counts)
  local settings = report_entry.fields(common)
  local parts = { markup.fill(head, {
    plain = plain, counts = list, filters = filters(sections, counts),
    about = about.words .. (environment.kernel and ("; kernel %s, netlab %s"):format(environment.kernel,
      environment.netlab) or ""),
    common = settings ~= "" and "<details><summary>Environment: the settings of hosts</summary>"
      .. "<p>Where an experiment has others, it says so.</p>" .. settings
      .. "</details>" or "",
  }) }
  for _, section in ipairs(sections) do
    local one = section.one
    one.settings = without(section.settings, common)
    one.runs = section.runs > 1 and ("%d of %d runs passed"):format(section.passed, section.runs) or nil
    parts[#parts + 1] = report_entry.html(one)
  end
  parts[#parts + 1] = "</main>\n"
  return html_page.of("netlab: " .. plain, table.concat(parts), true)
end

return report_html
