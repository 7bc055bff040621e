-- report_entry.lua: one experiment of a report as a section of HTML. Pure: a function of what the experiment declares,
-- of the verdict about its run, and of the run's story. Every word of these goes through markup.text.

local keys = require "netlab.expect.keys"
local ladder_svg = require "netlab.view.ladder_svg"
local markup = require "netlab.view.markup"
local packet_fields = require "netlab.view.packet_fields"
local page = require "netlab.view.page"
local story = require "netlab.view.story"
local words = require "netlab.view.words"

local report_entry = {}

---@class netlab.ReportEntry
---@field number integer in the report
---@field entry table what the experiment declares: name, case, tags, source, claim, verdict, look, file, line, text
---@field verdict netlab.Verdict
---@field happened string? report_entry.happened of its story; nil: there was no run
---@field seconds number
---@field level "full"|"observed"|"hint"|"nothing" how much may be told: only "full" shows script, checks and reasons
---@field points string? "2 of 3 points"
---@field runs string? "3 of 5 runs passed"
---@field command string? that runs it again
---@field settings table<string, table<string, string>>? of hosts, which differ from what most have

local RUNGS = 150 -- of a ladder, before its middle is folded
local PACKETS = 100 -- that can be opened
local LONGEST = 4000 -- characters of an explanation or of a printed text

local fill, text = markup.fill, markup.text

local function cut(long)
  return #long > LONGEST and long:sub(1, LONGEST) .. ("\n... %d characters more"):format(#long - LONGEST) or long
end

-- ---- what it is about ----

local function add_about(parts, one)
  local entry, passed = one.entry, one.verdict.status == "PASS"
  local verdict = entry.verdict and (passed and page.verdicts[entry.verdict]
    or ("the script says '%s'; this run does not show it"):format(entry.verdict))
  local rows = {
    { "Claim", entry.claim }, { "Source", entry.source }, { "Verdict", verdict }, { "Look at", entry.look },
    { "Case", entry.case[1] and table.concat(entry.case, ", ") }, { "Tags", entry.tags[1] and
      table.concat(entry.tags, ", ") }, { "Script", ("%s, line %d"):format(entry.file, entry.line or 0) },
  }
  local list = {}
  for _, row in ipairs(rows) do
    if row[2] then
      list[#list + 1] = ("<dt>%s</dt><dd>%s</dd>"):format(row[1], text(row[2]))
    end
  end
  parts[#parts + 1] = '<dl class="about">' .. table.concat(list) .. "</dl>"
end

-- A line of the script as a link to it.
local function line_link(one, line)
  return line and line > 0 and ('<a href="#e%d-L%d">line %d</a>'):format(one.number, line, line) or ""
end

local function add_reasons(parts, one)
  local verdict = one.verdict
  if verdict.reasons[1] then
    parts[#parts + 1] = ('<h3>%s</h3>'):format(verdict.status == "SKIP" and "Why it was skipped"
      or "Why it did not pass")
  end
  for _, reason in ipairs(verdict.reasons) do
    parts[#parts + 1] = fill('<div class="why"><p>{place!}{message}</p>{more!}</div>', {
      place = reason.line and reason.line > 0 and line_link(one, reason.line) .. ": " or "", message = reason.message,
      more = reason.explanation and '<pre tabindex="0">' .. text(cut(reason.explanation)) .. "</pre>",
    })
  end
  for _, idle in ipairs(verdict.idle_rules or {}) do
    parts[#parts + 1] = fill('<p class="dim">Note: {message}</p>', idle)
  end
end

-- ---- what happened ----

local function add_picture(parts, told, options)
  local svg = ladder_svg.draw(told, { id = options.id, plain = true, most = RUNGS, scale = options.scale,
    full = options.full })
  parts[#parts + 1] = '<h3>What happened</h3><div class="picture" tabindex="0" role="region" aria-label="ladder">'
    .. svg .. "</div>"
end

-- What was printed, in the order of time.
local function add_output(parts, told)
  local list = {}
  for _, item in ipairs(told.items) do
    if item.event == "output" then
      list[#list + 1] = item.text:gsub("^printed: ", "")
    end
  end
  if list[1] then
    parts[#parts + 1] = '<details><summary>What it printed</summary><pre tabindex="0">'
      .. text(cut(table.concat(list, "\n"))) .. "</pre></details>"
  end
end

local function packet_details(item, packet, comment)
  local fate = words.fate(item)
  local said = ("#%d  %.3f ms  %s%s"):format(item.id, item.time * 1000, words.packet(item),
    fate and " (" .. fate .. ")" or "")
  return fill('<details class="packet"><summary>{said}</summary><div>{comment!}{fields!}</div></details>', {
    said = said, comment = comment and "<p>" .. text(comment) .. "</p>",
    fields = packet and packet_fields.html(packet),
  })
end

local function add_packets(parts, told, packet_of)
  local comments, list, count = story.comments(told), {}, 0
  for _, item in ipairs(told.items) do
    if item.kind == "packet" then
      count = count + 1
      list[count] = count <= PACKETS and packet_details(item, packet_of(item.id), comments[item.id])
        or nil
    end
  end
  if count > PACKETS then
    list[#list + 1] = fill("<p>{more} packets more: --out saves all of them, netlab trace prints them</p>", {
      more = count - PACKETS,
    })
  end
  if count > 0 then
    parts[#parts + 1] = ("<details><summary>Packets (%d): each opens into its fields</summary>%s</details>")
      :format(count, table.concat(list))
  end
end

---What happened in a run: its ladder, what was printed, its packets.
---@param told netlab.Story
---@param packet_of fun(id: integer): table? a packet of the recording with all its fields
---@param options { id: string, scale: boolean?, full: boolean? } id: unlike all others in the page
---@return string HTML
function report_entry.happened(told, packet_of, options)
  local parts = {}
  add_picture(parts, told, options)
  add_output(parts, told)
  add_packets(parts, told, packet_of)
  return table.concat(parts, "\n")
end

-- ---- checks and script ----

local function add_checks(parts, one)
  local verdict, rows = one.verdict, {}
  for _, check in ipairs(verdict.checks) do
    rows[#rows + 1] = fill('<tr><td class="{class}">{sign}</td><td class="r">{line!}</td><td><code>t:{name}</code></td>'
      .. "<td>{message}</td></tr>", {
        class = check.passed and "ok" or "no", sign = check.passed and "✓ holds" or "✗ does not hold",
        line = line_link(one, check.line), name = check.name, message = check.message,
      })
  end
  if rows[1] then
    parts[#parts + 1] = fill('<details{open!}><summary>Checks ({count}, {failed} failed)</summary><table><thead><tr>'
      .. '<th scope="col">result</th><th scope="col">where</th><th scope="col">check</th>'
      .. '<th scope="col">what it saw</th>'
      .. "</tr></thead><tbody>{rows!}</tbody></table></details>", {
        open = verdict.status ~= "PASS" and " open" or "", count = #verdict.checks, failed = verdict.failed,
        rows = table.concat(rows),
      })
  end
end

-- What is to be said about each line of the script: false where a check or a call failed, true where checks held.
local function judged_lines(verdict)
  local judged = {}
  for _, check in ipairs(verdict.checks) do
    judged[check.line or 0] = judged[check.line or 0] ~= false and check.passed
  end
  for _, reason in ipairs(verdict.reasons) do
    judged[reason.line or 0] = false
  end
  return judged
end

local function add_script(parts, one)
  local judged, lines, number = judged_lines(one.verdict), {}, 0
  for line in ((one.entry.text or ""):gsub("\n$", "") .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    local good = judged[number]
    local id = good ~= nil and (' id="e%d-L%d"'):format(one.number, number) or ""
    local sign = good and "✓" or good == false and "✗" or " "
    local tag = good == false and "mark" or "span"
    lines[number] = ('<%s%s><span class="n">%s%4d | </span>%s%s</%s>'):format(tag, id, sign, number, text(line),
      good == false and " ◀ here" or "", tag)
  end
  if one.entry.text and one.entry.text ~= "" then
    parts[#parts + 1] = ('<details%s><summary>Script</summary><pre class="script" tabindex="0">%s</pre></details>')
      :format(one.verdict.status ~= "PASS" and " open" or "", table.concat(lines))
  end
end

---Names and values.
---@param map table<string, string>
---@return string HTML; "" when there is none
function report_entry.fields(map)
  local rows = {}
  for i, name in ipairs(keys.sorted(map)) do
    rows[i] = ("<div><dt>%s</dt><dd><code>%s</code></dd></div>"):format(text(name), text(map[name]))
  end
  return rows[1] and '<dl class="fields wide">' .. table.concat(rows) .. "</dl>" or ""
end

---Settings as a table of HTML.
---@param settings table<string, table<string, string>> by host
---@return string "" when there is none
function report_entry.settings(settings)
  local rows = {}
  for _, host in ipairs(keys.sorted(settings)) do
    for _, name in ipairs(keys.sorted(settings[host])) do
      rows[#rows + 1] = ("<tr><td>%s</td><td><code>%s</code></td><td><code>%s</code></td></tr>"):format(text(host),
        text(name), text(settings[host][name]))
    end
  end
  return rows[1] and '<table><thead><tr><th scope="col">host</th><th scope="col">setting</th><th scope="col">value</th>'
    .. "</tr></thead><tbody>" .. table.concat(rows) .. "</tbody></table>" or ""
end

local function add_environment(parts, one)
  local settings = report_entry.settings(one.settings or {})
  if settings ~= "" then
    parts[#parts + 1] = "<details><summary>Environment: settings of its own</summary>" .. settings .. "</details>"
  end
  if one.command then
    parts[#parts + 1] = fill("<h3>To run it again</h3><pre tabindex=\"0\">{command}</pre>", one)
  end
end

-- What a report that may not tell all says of a run that did not pass.
local function add_hint(parts, one)
  local hint = one.level ~= "nothing" and one.entry.hint
  if one.verdict.status ~= "PASS" and hint then
    parts[#parts + 1] = fill('<div class="why"><p>{hint}</p></div>', one.entry)
  end
end

-- ---- the whole ----

local claims = { confirmed = "the claim is confirmed", refuted = "the claim is refuted", depends = "it depends" }

local frame = [[
<section class="x" id="e{number}" data-status="{status}" data-tags="{tags}" data-cases="{cases}"
aria-labelledby="e{number}-h">
<details{open!}><summary><span class="badge {status}">{status}</span> <h2 id="e{number}-h">{name}</h2>
<span class="meta">{meta}</span></summary>
<div>
{body!}
</div></details></section>
]]

---The section of an experiment.
---@param one netlab.ReportEntry
---@return string HTML
function report_entry.html(one)
  local entry, status, parts = one.entry, one.verdict.status, {}
  add_about(parts, one)
  if one.level == "full" then
    add_reasons(parts, one)
    parts[#parts + 1] = one.happened
    add_checks(parts, one)
    add_script(parts, one)
    add_environment(parts, one)
  else
    add_hint(parts, one)
    parts[#parts + 1] = one.happened
  end
  local meta = { entry.case[1] and table.concat(entry.case, ", ") }
  meta[#meta + 1] = ("%.3f s"):format(one.seconds)
  meta[#meta + 1] = status == "PASS" and claims[entry.verdict] or nil
  meta[#meta + 1] = one.points
  meta[#meta + 1] = one.runs
  return fill(frame, {
    number = one.number, status = status, tags = table.concat(entry.tags, "\n"), name = entry.name,
    cases = table.concat(entry.case, "\n"), open = (status == "FAIL" or status == "ERROR" or status == "TIMEOUT")
      and " open" or "", meta = table.concat(meta, " · "), body = table.concat(parts, "\n"),
  })
end

return report_entry
