-- html_file.lua: the file that --html names: opened before anything is run, so that a wrong name is told at once.

local report_html = require "netlab.view.report_html"
local reveal = require "netlab.report.reveal"
local text = require "netlab.report.text"

local html_file = {}

---@class netlab.HtmlFile
local HtmlFile = {}
HtmlFile.__index = HtmlFile

---Open it.
---@param given table options
---@return netlab.HtmlFile? nil when there is no such option, or when it cannot be opened
---@return string? problem
function html_file.open(given)
  if not given.html then
    return nil
  end
  local file, problem = io.open(given.html, "w")
  if not file then
    return nil, problem
  end
  return setmetatable({ file = file, path = given.html, all = given.verbose, report = report_html.new() }, HtmlFile)
end

---Take in one run. A report is for students, too: it shows what the experiment reveals, all with -v.
---@param entry netlab.Entry
---@param verdict netlab.Verdict
---@param result { recording: userdata?, seconds: number }
---@param object table? the run as NDJSON has it, when it was made
---@param stories netlab.Stories? nil when there is no recording
function HtmlFile:add(entry, verdict, result, object, stories)
  self.report:add(entry.number, entry, verdict, result, {
    stories = stories,
    level = self.all and "full" or reveal.level { visibility = entry.visibility, reveal = entry.reveal },
    points = object and text.points(object):match "^ *(.+)$",
  })
end

---Write the page.
---@param words string what the run came to
---@param environment table<string, string>
---@return string? problem
function HtmlFile:finish(words, environment)
  local written, problem = self.file:write(self.report:html { words = words, environment = environment })
  local closed, late = self.file:close()
  return not (written and closed) and ("cannot write %s: %s"):format(self.path, problem or late) or nil
end

return html_file
