-- ladder.lua: a story as the rungs of a ladder, from top to bottom: what a picture has to show, without how.
-- A call that something happened during is two rungs, its begin and its end; a packet that was overtaken, crossed or
-- kept back is two, its sending and its arrival.

local tcp_states = require "netlab.view.tcp_states"

local ladder = {}

---@class netlab.Rung
---@field kind "call"|"begin"|"end"|"arrow"|"send"|"arrive"|"missing"|"state"|"text"|"folded"
---@field time number seconds
---@field item netlab.StoryItem? of a call, packet or text
---@field unexpected boolean? of a packet: a check says that it should not have come
---@field states table<string, string>? of "state": the new state by host
---@field count integer? of "folded": how many rungs are not shown
---@field hidden netlab.Rung[]? of "folded": these

-- Rules of the wire whose packets arrive later than they would: the first word of a rule as it was written.
local keeps_back = { hold = true, delay = true, rate = true, reorder = true, filter = true }

-- ---- points in time ----

-- Whether the receiver sent something to the sender while the packet was on its way, or another packet overtook it.
local function is_crossed(packet, packets)
  for _, other in ipairs(packets) do
    if other ~= packet and other.received and other.time < packet.received and other.received > packet.time then
      local against = other.from == packet.to and other.to == packet.from
      local overtakes = other.from == packet.from and other.to == packet.to
        and (other.time > packet.time and other.received < packet.received
          or other.time < packet.time and other.received > packet.received)
      if against or overtakes then
        return true
      end
    end
  end
  return false
end

-- Packets whose times on the wire may overlap with this one: neighbours in the list.
local NEAR = 64
local function neighbours(packets, index)
  return table.move(packets, math.max(1, index - NEAR), math.min(#packets, index + NEAR), 1, {})
end

local function packet_points(points, packets, index)
  local packet = packets[index]
  local arrives = packet.received and packet.from ~= packet.to
  local kept_back = packet.rule and keeps_back[packet.rule:match "^%a+"]
  if arrives and (kept_back or is_crossed(packet, neighbours(packets, index))) then
    points[#points + 1] = { kind = "send", time = packet.time, item = packet }
    points[#points + 1] = { kind = "arrive", time = packet.received, item = packet }
  else
    points[#points + 1] = { kind = "arrow", time = packet.time, item = packet }
  end
end

local told = { note = true, event = true, signal = true }

local function points_of(items)
  local points, packets = {}, {}
  for _, item in ipairs(items) do
    if item.kind == "packet" then
      packets[#packets + 1] = item
    elseif item.kind == "call" then
      points[#points + 1] = { kind = "begin", time = item.time, item = item }
      points[#points + 1] = { kind = "end", time = item.ended or math.huge, item = item }
    elseif told[item.kind] or item.kind == "check" and item.failed then
      points[#points + 1] = item.expected and { kind = "missing", time = item.time, item = item } or nil
      points[#points + 1] = { kind = "text", time = item.time, item = item }
    end
  end
  for index = 1, #packets do
    packet_points(points, packets, index)
  end
  for i, point in ipairs(points) do
    point.order = i
  end
  return points
end

-- At the same time: what ends stands before what begins.
local rank = { ["end"] = 1, arrive = 2, missing = 3, text = 4, begin = 5, arrow = 6, send = 6 }

local function by_time(a, b)
  if a.time ~= b.time then
    return a.time < b.time
  elseif rank[a.kind] ~= rank[b.kind] then
    return rank[a.kind] < rank[b.kind]
  end
  return a.order < b.order
end

-- ---- calls ----

-- A call is one rung when nothing came between, or nothing but what its own host sent in it.
local function is_whole(points, first)
  local item = points[first].item
  local index = first + 1
  while points[index] and points[index].item ~= item do
    local between = points[index]
    local sent = (between.kind == "arrow" or between.kind == "send") and between.item.from == item.host
    if not sent then
      return false
    end
    index = index + 1
  end
  return item.ended ~= nil
end

local function join_calls(points)
  local rungs, whole = {}, {}
  for index, point in ipairs(points) do
    if point.kind == "begin" and is_whole(points, index) then
      whole[point.item] = true
      rungs[#rungs + 1] = { kind = "call", time = point.time, item = point.item }
    elseif not (point.kind == "end" and (whole[point.item] or not point.item.ended)) then
      rungs[#rungs + 1] = point
    end
  end
  return rungs
end

-- ---- states ----

-- The changes that a rung brings: those of a packet's sending, of its arrival, or of both.
local function add_states(rungs, changes)
  local by_packet = {}
  for _, change in ipairs(changes) do
    local list = by_packet[change.packet] or {}
    by_packet[change.packet], list[#list + 1] = list, change
  end
  local all = {}
  for _, rung in ipairs(rungs) do
    all[#all + 1] = rung
    local states = {}
    for _, change in ipairs(rung.item and rung.item.kind == "packet" and by_packet[rung.item.id] or {}) do
      if rung.kind == "arrow" or change.sent == (rung.kind == "send") then
        states[change.host] = change.state
      end
    end
    if next(states) then
      all[#all + 1] = { kind = "state", time = rung.time, states = states }
    end
  end
  return all
end

-- ---- what checks say ----

local function mark_unexpected(rungs, items)
  local unexpected = {}
  for _, item in ipairs(items) do
    if item.kind == "check" and item.failed and item.packet then
      unexpected[item.packet] = true
    end
  end
  for _, rung in ipairs(rungs) do
    rung.unexpected = rung.item and rung.item.kind == "packet" and unexpected[rung.item.id] or nil
  end
end

-- ---- folding ----

local STRETCH, EDGE = 14, 4 -- rungs of packets alone from which they are folded; how many stay at each end

local function is_traffic(rung)
  return (rung.kind == "arrow" or rung.kind == "send" or rung.kind == "arrive") and not rung.unexpected
end

-- One rung for those from first to last.
local function folded_rung(rungs, first, last)
  local hidden = {}
  for index = first, last do
    local inner = rungs[index].hidden
    table.move(inner or { rungs[index] }, 1, inner and #inner or 1, #hidden + 1, hidden)
  end
  return { kind = "folded", time = rungs[first].time, count = #hidden, hidden = hidden }
end

local function fold(rungs)
  local folded, index = {}, 1
  while index <= #rungs do
    local last = index
    while rungs[last + 1] and is_traffic(rungs[last]) and is_traffic(rungs[last + 1]) do
      last = last + 1
    end
    if last - index + 1 > STRETCH then
      table.move(rungs, index, index + EDGE - 1, #folded + 1, folded)
      folded[#folded + 1] = folded_rung(rungs, index + EDGE, last - EDGE)
      table.move(rungs, last - EDGE + 1, last, #folded + 1, folded)
    else
      table.move(rungs, index, last, #folded + 1, folded)
    end
    index = last + 1
  end
  return folded
end

local NEAR_FAILURE = 10 -- rungs that stay on both sides of what a check complains about

local function is_failure(rung)
  return rung.kind == "missing" or rung.unexpected or rung.item and rung.item.kind == "check" and rung.item.failed
end

-- At most so many rungs, and some around failures: the first and the last ones stay.
local function bound(rungs, most)
  if #rungs <= most then
    return rungs
  end
  local stays = {}
  for index, rung in ipairs(rungs) do
    stays[index] = stays[index] or index <= most // 2 or index > #rungs - most // 2
    for near = index - NEAR_FAILURE, is_failure(rung) and index + NEAR_FAILURE or 0 do
      stays[near] = true
    end
  end
  local bounded, index = {}, 1
  while index <= #rungs do
    local last = index
    while rungs[last + 1] and not stays[index] and not stays[last + 1] do
      last = last + 1
    end
    bounded[#bounded + 1] = last > index and folded_rung(rungs, index, last) or rungs[index]
    index = last + 1
  end
  return bounded
end

---The rungs of a story.
---@param story netlab.Story
---@param options { full: boolean?, most: integer? }? full: nothing is folded; most: about so many rungs, the middle
---  is folded
---@return netlab.Rung[]
function ladder.rungs(story, options)
  local points = points_of(story.items)
  table.sort(points, by_time)
  local rungs = join_calls(points)
  mark_unexpected(rungs, story.items)
  rungs = add_states(rungs, tcp_states.changes(story.items))
  if options and options.full then
    return rungs
  end
  rungs = fold(rungs)
  return options and options.most and bound(rungs, options.most) or rungs
end

return ladder
