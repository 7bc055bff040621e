-- ladder_layout.lua: where the rungs of a ladder stand in a picture of any size. Pure; lengths are in pixels.
-- Time runs downwards. The calls of the first host stand on the left of its line, those of all others on the right.

local fit = require "netlab.view.fit"
local words = require "netlab.view.words"

local layout = {}

---@class netlab.LayoutOptions
---@field scale boolean? heights follow the time; otherwise each rung is a step

---@class netlab.Bar a call that waits
---@field item netlab.StoryItem
---@field host string
---@field slot integer 0 on the host's line, 1 beside it, ...
---@field from number where it begins
---@field to number? where it ends; nil: it does not

---@class netlab.Layout
---@field width number
---@field height number of the rungs, below `top`
---@field columns table<string, number> the place of each host's line
---@field side table<string, integer> -1: the texts of a host stand on the left of its line
---@field y table<netlab.Rung, number> of each rung, also of the hidden ones
---@field lines table<netlab.Rung, string[]> the words of a rung, in lines
---@field ends table<netlab.Rung, number> how far down a call or an arrow that is one rung goes on
---@field pauses table<netlab.Rung, { y: number, seconds: number }> before a rung nothing happened for so long
---@field slots table<netlab.Rung, integer> how many bars stand where a call is that is one rung
---@field bars netlab.Bar[]
---@field most table<string, integer> so many bars stand beside each other
---@field actors table<integer, string> names of processes
---@field flows integer

layout.CHARACTER = 7.25 -- a character of 12 pixels in a font of fixed width
layout.LINE = 15 -- a line of text
layout.GUTTER = 122 -- for the times and the lines of the script
layout.BAR = 9 -- a bar with its distance
layout.SLANT = 9 -- how much lower a packet arrives that took no time worth telling

local TEXT_MOST, TEXT_LEAST = 44, 14 -- characters of a call beside its host
local LABEL_MOST, LABEL_LEAST = 54, 30 -- characters between two hosts
local INNER_MOST = 36 -- the same, where the calls of a host stand between it and the next
local PAUSE, PAUSE_HEIGHT = 0.05, 20 -- seconds in which nothing happens that are told, and the room for that
local TALLEST = 900 -- what all pauses together may take in a picture to scale

-- ---- what stands where ----

local LONGEST = 400 -- characters of one text; the rest of a long print is left out

local function shortened(text)
  text = text:gsub("%s+$", ""):gsub("[\n\t]", " ")
  return fit.cut(text, LONGEST, "…")
end

local is_call = { call = true, begin = true, ["end"] = true }
local is_packet = { arrow = true, send = true, arrive = true }

local function is_placed(self, item)
  return self.columns[item.from] and self.columns[item.to] and item.from ~= item.to
end

layout.is_placed = is_placed

---The words of a rung that stand beside a host or between the hosts; nil: it is drawn.
---@param self netlab.Layout
---@param rung netlab.Rung
---@return string?
---@return string? host nil: between the hosts
function layout.text_of(self, rung)
  local item = rung.item
  if is_call[rung.kind] then
    return shortened(words.call(item, rung.kind, self.actors, "…")), item.host
  elseif is_packet[rung.kind] and not is_placed(self, item) then
    local fate = words.fate(item)
    local all = item.to == "*" and " (to all)" or ""
    return shortened(words.packet(item)) .. all .. (fate and " " .. fate or ""), item.from
  elseif rung.kind == "text" and item.kind == "check" then
    return shortened(("t:%s: %s"):format(item.name, item.text))
  elseif rung.kind == "text" then
    return shortened(item.text), item.host
  end
  return nil
end

-- ---- from left to right ----

local function clamp(value, least, most)
  return math.max(least, math.min(value, most))
end

-- The longest word of the hosts' texts and of what stands between hosts, in characters.
local function measure(self, rungs)
  local longest, label = {}, 0
  for _, rung in ipairs(rungs) do
    local text, host = layout.text_of(self, rung)
    if text and host and self.columns[host] then
      longest[host] = math.max(longest[host] or 0, fit.length(text))
    elseif is_packet[rung.kind] and not text then
      local part = words.is_lost(rung.item) and 0.75 or words.is_kept(rung.item) and 0.5 or 1
      local fate = words.fate(rung.item)
      local shown = words.label(rung.item, self.flows, LABEL_MOST)
      label = math.max(label, (fit.length(shown) + (fate and #fate or 0)) / part)
    elseif text and rung.item.kind ~= "check" then
      label = math.max(label, fit.length(text))
    elseif rung.kind == "missing" then
      label = math.max(label, fit.length(rung.item.expected.text) + 10)
    end
  end
  return longest, label
end

local function place_columns(self, hosts, rungs)
  for i, host in ipairs(hosts) do
    self.columns[host], self.side[host] = 0, i == 1 and #hosts > 1 and -1 or 1
  end
  local longest, label = measure(self, rungs)
  local function room(host)
    local characters = clamp(longest[host] or 0, TEXT_LEAST, TEXT_MOST)
    return characters * layout.CHARACTER + 14 + (self.most[host] or 0) * layout.BAR
  end
  local x = layout.GUTTER
  for i, host in ipairs(hosts) do
    if i == 1 and #hosts > 1 then
      x = x + room(host)
    elseif i == 1 then
      x = x + 40
    else
      local inner = i > 2 and math.min(longest[hosts[i - 1]] or 0, INNER_MOST) + 3 or 0
      x = x + math.max(clamp(label + 7, LABEL_LEAST, LABEL_MOST), inner) * layout.CHARACTER
    end
    self.columns[host] = x
    self.rooms[host] = i > 1 and i < #hosts and INNER_MOST or TEXT_MOST
  end
  local last = hosts[#hosts]
  self.width = x + (last and room(last) or 300) + 12
end

-- ---- bars ----

local function each(rungs, visit)
  for _, rung in ipairs(rungs) do
    visit(rung)
    for _, hidden in ipairs(rung.hidden or {}) do
      visit(hidden)
    end
  end
end

local function place_bars(self, rungs)
  local open, by_item = {}, {}
  local function close(bar, rung)
    bar.till = rung
    open[bar.host][bar.slot] = nil
  end
  each(rungs, function(rung)
    local item = rung.item
    local slot = 0
    if (rung.kind == "begin" or rung.kind == "call") and item.host and self.columns[item.host] then
      while open[item.host] and open[item.host][slot] do
        slot = slot + 1
      end
      self.slots[rung] = slot
      self.most[item.host] = math.max(self.most[item.host] or 0, slot + 1)
    end
    if rung.kind == "begin" and self.slots[rung] then
      local bars = open[item.host] or {}
      local bar = { item = item, host = item.host, slot = slot, since = rung }
      open[item.host], bars[slot], by_item[item] = bars, bar, bar
      self.bars[#self.bars + 1] = bar
    elseif rung.kind == "end" and by_item[item] then
      close(by_item[item], rung)
    elseif rung.kind == "text" and item.event == "exit" then -- the calls of a process end with it
      for _, bars in pairs(open) do
        for _, bar in pairs(bars) do
          if bar.item.pid == item.pid then
            bar.broken = true
            close(bar, rung)
          end
        end
      end
    end
  end)
end

-- ---- from top to bottom ----

-- A change of a state stands beside its packet, where there is room: at the first and the last host.
local function has_own_line(self, rung)
  for host in pairs(rung.states) do
    if host ~= self.hosts[1] and host ~= self.hosts[#self.hosts] then
      return true
    end
  end
  return false
end

local function height_of(self, rung)
  local lines = self.lines[rung]
  if lines then
    local between = not (rung.item.host or rung.item.from)
    return #lines * layout.LINE + (between and 12 or 7)
  elseif rung.kind == "arrow" or rung.kind == "missing" then
    return 40
  elseif rung.kind == "state" then
    return has_own_line(self, rung) and 20 or 0
  elseif rung.kind == "folded" then
    return 34
  end
  return 28
end

local function wrap_all(self, rungs)
  for _, rung in ipairs(rungs) do
    local text, host = layout.text_of(self, rung)
    if text then
      local column = host and self.columns[host]
      local room = column and self.rooms[host] or LABEL_LEAST
      if not column and #self.hosts > 1 then
        local first, last = self.columns[self.hosts[1]], self.columns[self.hosts[#self.hosts]]
        room = rung.item.kind == "check" and (self.width - layout.GUTTER) // layout.CHARACTER - 6
          or (last - first) // layout.CHARACTER - 4
      end
      self.lines[rung] = fit.wrap(text, math.floor(room))
    end
  end
end

local function place_rungs(self, rungs, options)
  local first, last = rungs[1], rungs[#rungs]
  local span = first and last.time < math.huge and last.time - first.time or 0
  local per_second = options.scale and span > 0 and TALLEST / span or 0
  local y, time, height = 0, first and first.time or 0, 0
  for _, rung in ipairs(rungs) do
    local since = rung.time < math.huge and rung.time - time or 0
    local gap = math.max(height + (since >= PAUSE and PAUSE_HEIGHT or 0), since * per_second)
    if since >= PAUSE then
      self.pauses[rung] = { y = y + (height + gap) / 2, seconds = since }
    end
    y = y + gap
    self.y[rung], height = y, height_of(self, rung)
    time = math.max(time, rung.time < math.huge and rung.time or time)
    for _, hidden in ipairs(rung.hidden or {}) do
      self.y[hidden] = y + height / 2
    end
  end
  self.height = y + height + 6
  for index, rung in ipairs(rungs) do
    local item, below = rung.item, rungs[index + 1] and self.y[rungs[index + 1]] or self.height
    local over = rung.kind == "call" and item.ended or rung.kind == "arrow" and item.received
    if over then
      local room = below - self.y[rung] - (rung.kind == "call" and 3 or 22)
      self.ends[rung] = math.min((over - rung.time) * per_second, room)
    end
  end
  for _, bar in ipairs(self.bars) do
    bar.from, bar.to = self.y[bar.since] + 1, bar.till and self.y[bar.till] + layout.LINE
  end
end

---Where everything stands.
---@param story netlab.Story
---@param rungs netlab.Rung[]
---@param options netlab.LayoutOptions?
---@return netlab.Layout
function layout.of(story, rungs, options)
  local self = {
    hosts = story.hosts, columns = {}, side = {}, rooms = {}, y = {}, ends = {}, slots = {}, lines = {}, bars = {},
    pauses = {}, most = {}, actors = words.actors(story), flows = words.flows(story), width = 0, height = 0,
  }
  for _, host in ipairs(story.hosts) do
    self.columns[host] = 0
  end
  place_bars(self, rungs)
  place_columns(self, story.hosts, rungs)
  wrap_all(self, rungs)
  place_rungs(self, rungs, options or {})
  return self
end

return layout
