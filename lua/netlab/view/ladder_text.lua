-- ladder_text.lua: a ladder for a terminal: a column a host, calls beside it, packets as arrows between.
-- Pure: what comes out depends on the story and the options alone.

local canvas = require "netlab.view.canvas"
local fit = require "netlab.view.fit"
local ladder = require "netlab.view.ladder"
local words = require "netlab.view.words"

local ladder_text = {}

---@class netlab.LadderOptions
---@field width integer? columns, 80 without it; at least 60
---@field ascii boolean? no characters beyond ASCII
---@field full boolean? nothing is folded
---@field paint (fun(color: string, text: string): string)? colours; none without it

local GUTTER = 15 -- columns of the time in milliseconds and the script's line, before the first host
local LEAST = 60

local unicode = {
  line = "│", bar = "┃", first = "┏", last = "┗", dash = "─", right = "▶", left = "◀", cross = "┼", lost = "✗",
  kept = "╌", copy = "⧉", dots = "…",
}
local ascii = {
  line = "|", bar = "#", first = "#", last = "#", dash = "-", right = ">", left = "<", cross = "+", lost = "x",
  kept = ".", copy = "&", dots = "~",
}

-- ---- where things stand ----

local function columns_of(hosts, width)
  local columns, step = {}, #hosts > 1 and (width - GUTTER) / (#hosts - 1) or 0
  for i, host in ipairs(hosts) do
    columns[host] = GUTTER + math.floor((i - 1) * step)
  end
  return columns
end

local function new_line(self, rung)
  local line = canvas.new(self.width)
  if rung then
    line:put(1, ("%9.3f"):format(rung.time * 1000), "dim")
  end
  for _, host in ipairs(self.story.hosts) do
    line:set(self.columns[host], self.glyphs.line, "dim")
    for slot = 1, self.bars[host] and self.bars[host].most or 0 do
      if self.bars[host][slot] then
        line:set(self.columns[host] + slot * self.side[host], self.glyphs.bar, "bold")
      end
    end
  end
  return line
end

local function emit(self, line)
  self.lines[#self.lines + 1] = line:text(self.paint)
end

-- Text beside a host: on its right, or on the left of the last host.
local function beside(self, rung, host, text, color, mark)
  local column, side = self.columns[host], self.side[host]
  local most = self.bars[host] and self.bars[host].most or 0
  local inner = column + (most + 2) * side
  local room = side > 0 and self.width - inner or inner - GUTTER - 1
  for number, piece in ipairs(fit.wrap(text, room)) do
    local line = new_line(self, number == 1 and rung or nil)
    if number == 1 and rung.item and rung.item.line then
      line:put(11, ("%3d"):format(rung.item.line), "dim")
    end
    if number == 1 and mark then
      line:set(column + mark.slot * side, mark.glyph, "bold")
    end
    line:put(side > 0 and inner or inner - fit.length(piece) + 1, piece, color)
    emit(self, line)
  end
end

-- What belongs to no host stands between the first and the last.
local function between(self, rung, text, color)
  local first = self.bars[self.story.hosts[1]]
  local column = GUTTER + 2 + (first and first.most or 0)
  for number, piece in ipairs(fit.wrap(text, self.width - column - 2)) do
    local line = new_line(self, number == 1 and rung or nil)
    if number == 1 and rung.item and rung.item.line then
      line:put(11, ("%3d"):format(rung.item.line), "dim")
    end
    line:put(column, piece, color)
    emit(self, line)
  end
end

-- ---- calls ----

local function open_bar(self, item)
  local bars = self.bars[item.host] or { most = 0 }
  self.bars[item.host] = bars
  local slot = 1
  while bars[slot] do
    slot = slot + 1
  end
  bars[slot], bars.most = item, math.max(bars.most, slot)
  return slot
end

local function close_bar(self, item)
  local bars = self.bars[item.host]
  for slot = 1, bars.most do
    if bars[slot] == item then
      bars[slot] = nil
      return slot
    end
  end
end

local function shrink_bars(self, host)
  local bars = self.bars[host]
  while bars.most > 0 and not bars[bars.most] do
    bars.most = bars.most - 1
  end
end

local function color_of(item)
  return item.failed and "TIMEOUT" or nil
end

local draw = {}

function draw.call(self, rung)
  local item = rung.item
  local text = words.call(item, "call", self.actors, self.glyphs.dots)
  if item.host and self.columns[item.host] then
    beside(self, rung, item.host, text, color_of(item))
  else
    between(self, rung, text, color_of(item))
  end
end

draw["begin"] = function(self, rung)
  local item = rung.item
  local text = words.call(item, "begin", self.actors, self.glyphs.dots)
  if not (item.host and self.columns[item.host]) then
    return between(self, rung, text)
  end
  local slot = open_bar(self, item)
  beside(self, rung, item.host, text, nil, { slot = slot, glyph = self.glyphs.first })
end

draw["end"] = function(self, rung)
  local item = rung.item
  local text = words.call(item, "end", self.actors, self.glyphs.dots)
  if not (item.host and self.columns[item.host]) then
    return between(self, rung, text, color_of(item))
  end
  local slot = close_bar(self, item)
  beside(self, rung, item.host, text, color_of(item), { slot = slot, glyph = self.glyphs.last })
  shrink_bars(self, item.host)
end

-- ---- packets ----

-- Where the shaft ends and what stands there, for a part of a packet's way: all of it, its begin, or its end.
local function shaft(self, item, part)
  local from, to = self.columns[item.from], self.columns[item.to]
  local step = to > from and 1 or -1
  local length = math.abs(to - from)
  local head = step > 0 and self.glyphs.right or self.glyphs.left
  if part == "send" then
    return { from = from + step, to = from + step * (length * 3 // 4), head = self.glyphs.kept, step = step }
  elseif part == "arrive" then
    return { from = from + step * (length // 4), to = to - step, head = head, step = step, tail = self.glyphs.kept }
  elseif words.is_lost(item) then
    return { from = from + step, to = from + step * (length * 3 // 4), head = self.glyphs.lost, step = step }
  elseif words.is_kept(item) then
    return { from = from + step, to = from + step * (length // 2), head = self.glyphs.kept, step = step }
  end
  return { from = from + step, to = to - step, head = head, step = step }
end

local function draw_shaft(self, line, s, color)
  for column = s.from, s.to, s.step do
    local crossed = line.cells[column] == self.glyphs.line
    line:set(column, crossed and self.glyphs.cross or self.glyphs.dash, color)
  end
  line:set(s.to, s.head, color)
  if s.tail then
    line:set(s.from, s.tail, color)
  end
end

-- A packet that stays in its host, or goes to all.
local function draw_unplaced(self, rung, more)
  local item = rung.item
  if self.columns[item.from] then
    beside(self, rung, item.from, words.packet(item) .. more, "SKIP")
  else
    between(self, rung, words.packet(item) .. more, "SKIP")
  end
end

local function draw_packet(self, rung)
  local item = rung.item
  local from, to = self.columns[item.from], self.columns[item.to]
  local fate = words.fate(item)
  local more = fate and " " .. fate or ""
  if item.copy_of then
    more = more .. " " .. self.glyphs.copy .. " copy"
  end
  if not from or not to or from == to then
    return draw_unplaced(self, rung, more)
  end
  local line = new_line(self, rung)
  local s = shaft(self, item, rung.kind)
  local color = (words.is_lost(item) or rung.unexpected) and "FAIL" or "SKIP"
  if rung.unexpected then
    more = more .. " (not expected)"
  end
  draw_shaft(self, line, s, color)
  local low, high = math.min(s.from, s.to), math.max(s.from, s.to)
  local room = high - low - 5 - fit.length(more)
  local text = (" %s%s "):format(fit.cut(words.label(item, self.flows, room), room, self.glyphs.dots), more)
  line:put(low + math.max(2, (high - low - fit.length(text) + 1) // 2), text, "bold")
  emit(self, line)
end

draw.arrow, draw.send, draw.arrive = draw_packet, draw_packet, draw_packet

-- What a check waited for in vain: a dashed arrow.
function draw.missing(self, rung)
  local expected = rung.item.expected
  local from, to = self.columns[words.host_of(expected.from)], self.columns[words.host_of(expected.to)]
  if not from or not to or from == to then
    local text = ("%s -> %s %s (missing)"):format(expected.from, expected.to, expected.text)
    return between(self, { time = rung.time }, text, "FAIL")
  end
  local line = new_line(self, { time = rung.time })
  local step = to > from and 1 or -1
  for column = to - 3 * step, from + step, -2 * step do
    line:set(column, self.glyphs.dash, "FAIL")
  end
  line:set(to - step, step > 0 and self.glyphs.right or self.glyphs.left, "FAIL")
  local room = math.abs(to - from) - 19
  local text = (" %s (missing) "):format(fit.cut(expected.text, room, self.glyphs.dots))
  line:put(math.min(from, to) + math.max(3, (math.abs(to - from) - fit.length(text)) // 2), text, "FAIL")
  emit(self, line)
end

-- ---- the rest ----

function draw.state(self, rung)
  local line = new_line(self, nil)
  for host, state in pairs(rung.states) do
    local column, side = self.columns[host], self.side[host]
    if column then
      local inner = column + ((self.bars[host] and self.bars[host].most or 0) + 2) * side
      line:put(side > 0 and inner or inner - #state + 1, state, "PASS")
    end
  end
  emit(self, line)
end

function draw.folded(self, rung)
  between(self, rung, ("%s %d more"):format(self.glyphs.dots, rung.count), "dim")
end

-- The calls in which a process was when it ended are over, too.
local function close_bars(self, pid)
  for _, bars in pairs(self.bars) do
    for slot = 1, bars.most do
      if bars[slot] and bars[slot].pid == pid then
        bars[slot] = nil
      end
    end
  end
end

function draw.text(self, rung)
  local item = rung.item
  if item.event == "exit" then
    close_bars(self, item.pid)
  end
  if item.kind == "check" then
    between(self, rung, ("%s t:%s: %s"):format(self.glyphs.lost, item.name, item.text), "FAIL")
  elseif item.host and self.columns[item.host] then
    beside(self, rung, item.host, item.text, "dim")
  else
    between(self, rung, item.text, "dim")
  end
  if item.event == "exit" then
    for host in pairs(self.bars) do
      shrink_bars(self, host)
    end
  end
end

-- ---- the whole ----

local function heading(self)
  local line = canvas.new(self.width)
  line:put(1, "       msline", "dim")
  for _, host in ipairs(self.story.hosts) do
    local column, width = self.columns[host], fit.length(host)
    line:put(math.max(GUTTER, math.min(column - width // 2, self.width - width + 1)), host, "bold")
  end
  emit(self, line)
end

---The ladder of a story.
---@param story netlab.Story
---@param options netlab.LadderOptions?
---@return string lines without a line feed at the end
function ladder_text.draw(story, options)
  options = options or {}
  local self = {
    story = story, width = math.max(options.width or 80, LEAST), glyphs = options.ascii and ascii or unicode,
    paint = options.paint or function(_, text) return text end, lines = {}, bars = {}, side = {},
    actors = words.actors(story), flows = words.flows(story),
  }
  self.columns = columns_of(story.hosts, self.width)
  for i, host in ipairs(story.hosts) do
    self.side[host] = i == #story.hosts and i > 1 and -1 or 1
  end
  heading(self)
  for _, rung in ipairs(ladder.rungs(story, options)) do
    draw[rung.kind](self, rung)
  end
  return table.concat(self.lines, "\n")
end

return ladder_text
