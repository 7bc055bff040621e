-- ladder_mermaid.lua: a ladder as a sequence diagram for Mermaid (https://mermaid.js.org/syntax/sequenceDiagram.html),
-- which GitHub and GitLab draw in Markdown. Pure.
-- It has no slanted arrows: a packet that crosses another is sent in one message and arrives in another.

local fit = require "netlab.view.fit"
local ladder = require "netlab.view.ladder"
local markup = require "netlab.view.markup"
local words = require "netlab.view.words"

local ladder_mermaid = {}

local LONGEST = 120 -- characters of one text

-- Any bytes as text: what could mean something to Mermaid, or to HTML, is written by its number.
local function safe(text)
  local codes = {}
  for _, code in utf8.codes(fit.cut((markup.printable(text):gsub("[\n\t]", " ")), LONGEST, "…")) do
    local plain = code < 127 and string.char(code):find "[%w ,.()/=_*|!?]"
    codes[#codes + 1] = plain and string.char(code) or ("#%d;"):format(code)
  end
  return table.concat(codes)
end

local function add(self, form, ...)
  self.lines[#self.lines + 1] = "    " .. form:format(...)
end

local function over(self, host)
  local all = self.story.hosts
  return host and self.names[host] or self.names[all[1]] .. (all[2] and "," .. self.names[all[#all]] or "")
end

local function note(self, rung, host, text)
  add(self, "Note over %s: %.3f ms%s<br/>%s", over(self, host), rung.time * 1000,
    rung.item.line and (", line %d"):format(rung.item.line) or "", safe(text))
end

local draw = {}

function draw.call(self, rung)
  note(self, rung, rung.item.host, words.call(rung.item, "call", self.actors, "…"))
end

draw["begin"] = function(self, rung)
  local item = rung.item
  note(self, rung, item.host, words.call(item, "begin", self.actors, "…"))
  if item.ended and self.names[item.host] then
    add(self, "activate %s", self.names[item.host])
    self.active[item] = true
  end
end

draw["end"] = function(self, rung)
  local item = rung.item
  if self.active[item] then -- its begin may be folded
    add(self, "deactivate %s", self.names[item.host])
  end
  note(self, rung, item.host, words.call(item, "end", self.actors, "…"))
end

local function packet(self, rung)
  local item = rung.item
  local from, to = self.names[item.from], self.names[item.to]
  local fate = words.fate(item)
  local more = (fate and " " .. fate or "") .. (item.copy_of and " copy" or "")
    .. (rung.unexpected and " (not expected)" or "")
  if not from or not to or from == to then
    return note(self, rung, item.from, words.packet(item) .. more)
  end
  local arrow = words.is_lost(item) and "-x" or (words.is_kept(item) or rung.kind == "send") and "--)" or "->>"
  local part = rung.kind == "send" and " (sent)" or rung.kind == "arrive" and " (arrives)" or ""
  add(self, "%s%s%s: %s", from, arrow, to, safe(words.label(item, self.flows, 80) .. part .. more))
end

draw.arrow, draw.send, draw.arrive = packet, packet, packet

function draw.missing(self, rung)
  local expected = rung.item.expected
  local from, to = self.names[words.host_of(expected.from)], self.names[words.host_of(expected.to)]
  if from and to and from ~= to then
    add(self, "%s--x%s: %s", from, to, safe(expected.text .. " (missing)"))
  else
    add(self, "Note over %s: %s", over(self), safe(("%s -> %s %s (missing)"):format(expected.from, expected.to,
      expected.text)))
  end
end

-- Hosts in their order, so that the same story makes the same text.
function draw.state(self, rung)
  for _, host in ipairs(self.story.hosts) do
    if rung.states[host] then
      add(self, "Note over %s: %s", self.names[host], rung.states[host])
    end
  end
end

function draw.folded(self, rung)
  add(self, "Note over %s: #8230; %d more", over(self), rung.count)
end

function draw.text(self, rung)
  local item = rung.item
  local text = item.kind == "check" and ("✗ t:%s: %s"):format(item.name, item.text) or item.text
  note(self, rung, self.names[item.host] and item.host, text)
end

---The ladder of a story.
---@param story netlab.Story
---@param options { full: boolean?, most: integer? }?
---@return string lines
function ladder_mermaid.draw(story, options)
  local self = {
    story = story, lines = {}, names = {}, active = {}, actors = words.actors(story), flows = words.flows(story),
  }
  add(self, "title: %s", safe(story.title))
  for i, host in ipairs(story.hosts) do
    self.names[host] = "h" .. i
    add(self, "participant h%d as %s", i, safe(host))
  end
  for _, rung in ipairs(story.hosts[1] and ladder.rungs(story, options) or {}) do
    draw[rung.kind](self, rung)
  end
  return "sequenceDiagram\n" .. table.concat(self.lines, "\n") .. "\n"
end

return ladder_mermaid
