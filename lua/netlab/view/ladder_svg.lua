-- ladder_svg.lua: a ladder as SVG: a column a host, calls beside it, packets as slanted arrows.
-- Pure. It needs no script, is readable in light and dark, and each of its rungs is an item of a list with a title of
-- its own, for screen readers and under the mouse. All words go through markup.text.

local fit = require "netlab.view.fit"
local ladder = require "netlab.view.ladder"
local layout = require "netlab.view.ladder_layout"
local markup = require "netlab.view.markup"
local spoken = require "netlab.view.ladder_spoken"
local style = require "netlab.view.ladder_style"
local words = require "netlab.view.words"

local ladder_svg = {}

---@class netlab.SvgOptions
---@field scale boolean? heights follow the time; otherwise each rung is a step
---@field full boolean? nothing is folded
---@field most integer? about so many rungs, the middle is folded
---@field id string? what the ids in it begin with: pictures in one page need different ones
---@field plain boolean? without a style of its own: the page has ladder_style.sheet()

local HEAD = 34 -- above the first rung
local TALL = 700 -- from this height on, the names of the hosts stand below, too

local n, text = markup.number, markup.text

local function add(self, ...)
  for _, piece in ipairs { ... } do
    self.parts[#self.parts + 1] = piece
  end
end

local function put(self, x, y, class, content)
  add(self, ('<text x="%s" y="%s"%s>%s</text>'):format(n(x), n(y), class and ' class="' .. class .. '"' or "",
    text(content)))
end

local function path(self, class, form, ...)
  local numbers = { ... }
  for i, number in ipairs(numbers) do
    numbers[i] = n(number)
  end
  add(self, ('<path class="%s" d="%s"/>'):format(class, form:format(table.unpack(numbers))))
end

-- ---- pieces ----

local function margin(self, rung, y)
  put(self, 74, y, "dim end", ("%.3f"):format(rung.time * 1000))
  if rung.item and rung.item.line and rung.kind ~= "missing" then
    put(self, layout.GUTTER - 10, y, "dim end", ("%d"):format(rung.item.line))
  end
end

-- Text beside a host's line, or in the middle between all hosts.
local function lines(self, rung, host, class)
  local at, y = self.at, self.at.y[rung] + 12
  local column = host and at.columns[host]
  local outward = column and 10 + math.max(1, at.most[host] or 0) * layout.BAR - 4
  local x = column and column + at.side[host] * outward or self.middle
  local anchor = not column and " mid" or at.side[host] < 0 and " end" or ""
  local classes = "halo" .. anchor .. (class and " " .. class or "")
  for i, piece in ipairs(at.lines[rung]) do
    put(self, x, y + (i - 1) * layout.LINE + (column and 0 or 3), classes, piece)
  end
  margin(self, rung, y + (column and 0 or 3))
end

local function sign(self, name)
  self.signs[name] = true
end

-- A tip that points from one place to another.
local function tip(self, class, x1, y1, x2, y2)
  local length = math.sqrt((x2 - x1) ^ 2 + (y2 - y1) ^ 2)
  local ux, uy = (x2 - x1) / length, (y2 - y1) / length
  path(self, class, "M%s %sL%s %sL%s %sz", x2, y2, x2 - 10 * ux + 4 * uy, y2 - 10 * uy - 4 * ux,
    x2 - 10 * ux - 4 * uy, y2 - 10 * uy + 4 * ux)
end

-- Words along a line, above it: in its middle, or near its begin.
local function along(self, x1, y1, x2, y2, where, class, content)
  local length = math.sqrt((x2 - x1) ^ 2 + (y2 - y1) ^ 2)
  local half = fit.length(content) * layout.CHARACTER / 2 + 8
  local part = where == "middle" and 0.5 or math.min(0.5, math.max(0.3, half / length))
  local x, y = x1 + (x2 - x1) * part, y1 + (y2 - y1) * part
  local angle = math.deg(math.atan(y2 - y1, x2 - x1))
  angle = angle > 90 and angle - 180 or angle < -90 and angle + 180 or angle
  if math.abs(angle) > 30 then -- too steep to read
    angle = 0
  end
  add(self, ('<text class="halo mid %s" transform="translate(%s %s)rotate(%s)" y="-5">%s</text>'):format(class, n(x),
    n(y), n(angle), text(content)))
end

-- ---- the rungs ----

local draw = {}

local function class_of(item)
  return item.failed and "warn" or nil
end

function draw.call(self, rung)
  local item, at = rung.item, self.at
  local column = item.host and at.columns[item.host]
  if column then
    local x = column - 3.5 + at.slots[rung] * layout.BAR * at.side[item.host]
    path(self, "bar", "M%s %sh7v%sh-7z", x, at.y[rung] + 3, math.max(10, at.ends[rung] or 0))
    sign(self, "call")
  end
  lines(self, rung, item.host, class_of(item))
end

draw["begin"] = function(self, rung)
  lines(self, rung, rung.item.host, not rung.item.ended and "warn" or nil)
end

draw["end"] = function(self, rung)
  lines(self, rung, rung.item.host, class_of(rung.item))
end

-- What stands at an arrow besides its fields.
local function label(self, item, unexpected, room)
  local fate = words.fate(item)
  local more = (fate and " " .. fate or "") .. (item.copy_of and (" copy of #%d"):format(item.copy_of) or "")
    .. (unexpected and " (not expected)" or "")
  local left = room - #more
  local shown = fit.cut(words.label(item, self.at.flows, left), math.max(left, 1), "…")
  return shown .. more
end

-- From and to: the places of both ends; how it is drawn depends on what became of the packet.
local function arrow(self, rung, from, to, where)
  local item = rung.item
  local bad = words.is_lost(item) or rung.unexpected
  local color = bad and "bad " or ""
  local way = words.is_lost(item) and 0.75 or words.is_kept(item) and 0.5 or 1
  local room = math.floor(math.abs(to[1] - from[1]) * way / layout.CHARACTER * (where == "begin" and 0.7 or 1)) - 2
  local x2, y2 = from[1] + (to[1] - from[1]) * way, from[2] + (to[2] - from[2]) * way
  if rung.unexpected then
    path(self, "glow", "M%s %sL%s %s", from[1], from[2] - 5, to[1], to[2] - 5)
    sign(self, "unexpected")
  end
  path(self, color .. (words.is_kept(item) and "p dots" or "p"), "M%s %sL%s %s", from[1], from[2], x2, y2)
  if item.copy_of then
    path(self, color .. "p", "M%s %sL%s %s", from[1], from[2] + 4, x2, y2 + 4)
    sign(self, "copy")
  end
  if words.is_lost(item) then
    path(self, "cross", "M%s %sl9 10m0 -10l-9 10", x2 - 4.5, y2 - 5)
    sign(self, "lost")
  elseif words.is_kept(item) then
    path(self, "wait", "M%s %sv12m5 -12v12", x2 + (to[1] > from[1] and 2 or -7), y2 - 6)
    sign(self, "kept")
  else
    tip(self, color .. "tip", from[1], from[2], x2, y2 + (item.copy_of and 2 or 0))
    sign(self, "packet")
  end
  along(self, from[1], from[2], x2, y2, where, bad and "bad" or "", label(self, item, rung.unexpected, room))
end

function draw.arrow(self, rung)
  local item, at = rung.item, self.at
  local y = at.y[rung] + 22
  margin(self, rung, y + 2)
  local lower = y + math.max(layout.SLANT, at.ends[rung] or 0)
  arrow(self, rung, { at.columns[item.from], y }, { at.columns[item.to], lower }, "middle")
end

-- An arrow whose ends are two rungs is drawn at the first of them.
function draw.send(self, rung)
  local item, at = rung.item, self.at
  local y = at.y[rung] + 18
  margin(self, rung, y + 3)
  arrow(self, rung, { at.columns[item.from], y }, { at.columns[item.to], at.y[self.arrivals[item]] + 16 }, "begin")
end

function draw.arrive(self, rung)
  margin(self, rung, self.at.y[rung] + 20)
  local send = self.sends[rung.item]
  if self.inside[send] then -- its begin is folded
    draw.send(self, send)
  end
end

local function draw_beside(self, rung)
  lines(self, rung, rung.item.from, "dim")
end

function draw.missing(self, rung)
  local expected, at = rung.item.expected, self.at
  local from, to = at.columns[words.host_of(expected.from)], at.columns[words.host_of(expected.to)]
  local y = at.y[rung] + 22
  if not from or not to or from == to then
    local shown = ("%s -> %s %s (missing)"):format(expected.from, expected.to, expected.text)
    return put(self, self.middle, y, "halo mid bad", shown)
  end
  path(self, "bad p dash", "M%s %sL%s %s", from, y, to, y + layout.SLANT)
  tip(self, "bad tip", from, y, to, y + layout.SLANT)
  local room = math.floor(math.abs(to - from) / layout.CHARACTER) - 13
  local shown = fit.cut(expected.text, math.max(room, 8), "…")
  along(self, from, y, to, y + layout.SLANT, "middle", "bad", shown .. " (missing)")
  sign(self, "missing")
end

-- Beside the end of the packet that changes it: the rung before it.
function draw.state(self, rung, before)
  local at = self.at
  for _, host in ipairs(self.story.hosts) do
    local state, item = rung.states[host], before and before.item
    if state then
      local outer = host == at.hosts[1] or host == at.hosts[#at.hosts]
      local receives = item and item.to == host and item.from ~= host
      local y = not (outer and item) and at.y[rung] + 13
        or before.kind == "arrow" and at.y[before] + 26 + (receives and layout.SLANT + (at.ends[before] or 0) or 0)
        or at.y[before] + 21
      local outward = 10 + math.max(1, at.most[host] or 0) * layout.BAR - 4
      put(self, at.columns[host] + at.side[host] * outward, y, "halo state" .. (at.side[host] < 0 and " end" or ""),
        state)
      sign(self, "state")
    end
  end
end

function draw.folded(self, rung)
  put(self, self.middle, self.at.y[rung] + 20, "halo mid dim", ("⋮ %d more ⋮"):format(rung.count))
end

local faults = { crash = true, cable = true, interface = true }

function draw.text(self, rung)
  local item, at = rung.item, self.at
  if item.kind == "check" then
    path(self, "alarm", "M0 %sh%sv%sh%sz", at.y[rung], at.width, #at.lines[rung] * layout.LINE + 6, -at.width)
    path(self, "cross", "M%s %sl8 9m0 -9l-8 9", layout.GUTTER - 2, at.y[rung] + 5)
    for i, piece in ipairs(at.lines[rung]) do
      put(self, layout.GUTTER + 14, at.y[rung] + 14 + (i - 1) * layout.LINE, "bad", piece)
    end
    return margin(self, rung, at.y[rung] + 14)
  end
  local telling = item.kind == "signal" or faults[item.event] or item.event == "exit" and item.text:find "killed"
  lines(self, rung, item.host, telling and "warn" or "dim")
end

-- ---- the whole ----

local function lifelines(self)
  local at = self.at
  for _, host in ipairs(at.hosts) do
    path(self, "life", "M%s %sV%s", at.columns[host], -6, at.height)
  end
  for _, bar in ipairs(at.bars) do
    local x = at.columns[bar.host] - 3.5 + bar.slot * layout.BAR * at.side[bar.host]
    path(self, "bar", "M%s %sh7V%sh-7z", x, bar.from, math.max(bar.to or at.height, bar.from + 8))
    sign(self, "bar")
  end
end

local function add_pauses(self, rungs)
  for _, rung in ipairs(rungs) do
    local pause = self.at.pauses[rung]
    if pause then
      put(self, 74, pause.y + 4, "dim end", ("⋮ %d ms"):format(math.floor(pause.seconds * 1000 + 0.5)))
      sign(self, "pause")
    end
  end
end

local function host_names(self, y)
  for _, host in ipairs(self.at.hosts) do
    local x, width = self.at.columns[host], #host * 7.6 + 20
    add(self, ('<rect class="box" x="%s" y="%s" width="%s" height="20" rx="4"/>'):format(n(x - width / 2), n(y),
      n(width)))
    put(self, x, y + 14, "host", host)
  end
end

-- Signs that the picture has, in lines below it; returns their height.
local function add_legend(self, y)
  local x, top = 12, y
  for _, row in ipairs(style.legend) do
    if self.signs[row[1]] then
      local width = 60 + #row[3] * layout.CHARACTER
      if x > 12 and x + width > self.at.width then
        x, y = 12, y + 22
      end
      add(self, ('<g transform="translate(%s %s)">%s<text class="dim" x="42" y="12">%s</text></g>'):format(n(x), n(y),
        row[2], text(row[3])))
      x = x + width
    end
  end
  return y + 24 - top
end

local function index_packets(self, rungs, inside)
  for _, rung in ipairs(rungs) do
    self.inside[rung] = inside
    if rung.kind == "send" then
      self.sends[rung.item] = rung
    elseif rung.kind == "arrive" then
      self.arrivals[rung.item] = rung
    end
    index_packets(self, rung.hidden or {}, true)
  end
end

local function add_rungs(self, rungs)
  local before
  for _, rung in ipairs(rungs) do
    local item = rung.item
    local unplaced = item and item.kind == "packet" and not layout.is_placed(self.at, item)
    add(self, '<g role="listitem"><title>', text(spoken.rung(self.at, rung)), "</title>")
    if unplaced then
      if rung.kind ~= "send" then
        draw_beside(self, rung)
      end
    else
      draw[rung.kind](self, rung, before)
    end
    add(self, "</g>\n")
    before = rung
  end
end

---The ladder of a story as an SVG element; a file of its own when it has its style.
---@param story netlab.Story
---@param options netlab.SvgOptions?
---@return string
function ladder_svg.draw(story, options)
  options = options or {}
  local rungs = ladder.rungs(story, options)
  local at = layout.of(story, rungs, options)
  local first, last = at.columns[at.hosts[1]], at.columns[at.hosts[#at.hosts]]
  local self = {
    story = story, at = at, parts = {}, signs = {}, sends = {}, arrivals = {}, inside = {},
    middle = first and #at.hosts > 1 and (first + last) / 2 or at.width / 2,
  }
  index_packets(self, rungs, false)
  add(self, ('<g transform="translate(0 %d)">\n'):format(HEAD))
  lifelines(self)
  host_names(self, -26)
  put(self, 74, -12, "dim end", "ms")
  put(self, layout.GUTTER - 10, -12, "dim end", "line")
  local height = at.height
  if height > TALL then
    host_names(self, height + 2)
    height = height + 26
  end
  add_pauses(self, rungs)
  add(self, '<g role="list">\n')
  add_rungs(self, rungs)
  add(self, '</g>\n<g aria-hidden="true">')
  height = height + 10 + add_legend(self, height + 10)
  add(self, "</g>\n</g>")
  local id = markup.text(options.id or "ladder")
  local sheet = options.plain and "" or ("<style>%s</style>\n"):format(style.sheet())
  return ('<svg xmlns="http://www.w3.org/2000/svg" class="ladder" role="group" aria-labelledby="%s-t %s-d" '
    .. 'width="%s" height="%s" viewBox="0 0 %s %s">\n<title id="%s-t">%s</title>\n<desc id="%s-d">%s</desc>\n%s'
    .. '<rect class="paper" width="100%%" height="100%%"/>\n%s\n</svg>\n'):format(id, id, n(at.width), n(HEAD + height),
    n(at.width), n(HEAD + height), id, text(story.title), id, text(spoken.story(story)), sheet,
    table.concat(self.parts))
end

return ladder_svg
