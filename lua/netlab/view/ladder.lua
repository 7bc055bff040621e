-- ladder.lua: a story as the rungs of a ladder, from top to bottom: what a picture has to show, without how.
-- A call that something happened during is two rungs, its begin and its end; a packet that was overtaken, crossed or
-- kept back is two, its sending and its arrival.

local by_time = require "netlab.view.by_time"
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

-- Whether a packet was sent against another one that was on its way, or overtook it, or was overtaken by it.
local function crosses(packet, other)
  if not (other.received and other.time < packet.received and other.received > packet.time) then
    return false
  elseif other.from == packet.from then
    return other.to == packet.to and (other.time > packet.time and other.received < packet.received
      or other.time < packet.time and other.received > packet.received)
  end
  return other.from == packet.to and other.to == packet.from
end

-- Packets whose times on the wire may overlap: neighbours in the list, which is in the order of time.
local NEAR = 64

-- Whether one of the packets at these places, of which the first `before` stand in front of the packet, crosses it.
local function is_crossed(packets, index, places, before)
  local packet = packets[index]
  for number = before, 1, -1 do
    if places[number] < index - NEAR then
      break
    elseif crosses(packet, packets[places[number]]) then
      return true
    end
  end
  for number = before + 1, #places do
    local other = packets[places[number]]
    if places[number] > index + NEAR or other.time >= packet.received then
      break
    elseif crosses(packet, other) then
      return true
    end
  end
  return false
end

-- The ways from host to host: the places of their packets; when the latest of those so far arrived, and the soonest of
-- those to come.
local function new_ways()
  local ways = setmetatable({}, { __index = function(all, from)
    all[from] = {}
    return all[from]
  end })
  return function(from, to) -- a packet may have none
    from, to = from or false, to or false
    local way = ways[from][to]
    if not way then
      way = { places = {}, latest = -math.huge, soonest = math.huge }
      ways[from][to] = way
    end
    return way
  end
end

-- By place: whether the packet is one of two on the same way that did not arrive as they were sent, or one of two on
-- opposite ways that met.
local function crossed(packets)
  local way_of, own, before, against, meets, overtakes = new_ways(), {}, {}, {}, {}, {}
  for index, packet in ipairs(packets) do
    local way, received = way_of(packet.from, packet.to), packet.received
    own[index], before[index] = way, #way.places
    against[index] = #way_of(packet.to, packet.from).places
    overtakes[index] = received and way.latest > received
    way.places[#way.places + 1] = index
    way.latest = math.max(way.latest, received or way.latest)
  end
  for index = #packets, 1, -1 do
    local way, packet = own[index], packets[index]
    local received = packet.received
    meets[index] = received and (is_crossed(packets, index, way_of(packet.to, packet.from).places, against[index])
      or (overtakes[index] or way.soonest < received) and is_crossed(packets, index, way.places, before[index]))
    way.soonest = math.min(way.soonest, received or way.soonest)
  end
  return meets
end

local function add_packets(points, packets)
  local meets = crossed(packets)
  for index, packet in ipairs(packets) do
    local arrives = packet.received and packet.from ~= packet.to
    local kept_back = packet.rule and keeps_back[packet.rule:match "^%a+"]
    if arrives and (kept_back or meets[index]) then
      points[#points + 1] = { kind = "send", time = packet.time, item = packet }
      points[#points + 1] = { kind = "arrive", time = packet.received, item = packet }
    else
      points[#points + 1] = { kind = "arrow", time = packet.time, item = packet }
    end
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
  add_packets(points, packets)
  for i, point in ipairs(points) do
    point.order = i
  end
  return points
end

-- At the same time: what ends stands before what begins.
local rank = { ["end"] = 1, arrive = 2, missing = 3, text = 4, begin = 5, arrow = 6, send = 6 }

local function at_same_time(a, b)
  if rank[a.kind] ~= rank[b.kind] then
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

local none = {}

-- The changes that a rung brings: those of its packet's sending, of its arrival, or of both. nil: none.
local function states_of(rung, changes)
  local states
  for _, change in ipairs(changes or none) do
    if rung.kind == "arrow" or change.sent == (rung.kind == "send") then
      states = states or {}
      states[change.host] = change.state
    end
  end
  return states
end

local function add_states(rungs, changes)
  local by_packet = {}
  for _, change in ipairs(changes) do
    local list = by_packet[change.packet] or {}
    by_packet[change.packet], list[#list + 1] = list, change
  end
  local all = {}
  for _, rung in ipairs(rungs) do
    all[#all + 1] = rung
    local states = states_of(rung, rung.item and rung.item.kind == "packet" and by_packet[rung.item.id])
    if states then
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
  for _, rung in ipairs(next(unexpected) and rungs or {}) do
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
    if inner then
      table.move(inner, 1, #inner, #hidden + 1, hidden)
    else
      hidden[#hidden + 1] = rungs[index]
    end
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
  local rungs = join_calls(by_time.sorted(points_of(story.items), at_same_time))
  mark_unexpected(rungs, story.items)
  rungs = add_states(rungs, tcp_states.changes(story.items))
  if options and options.full then
    return rungs
  end
  rungs = fold(rungs)
  return options and options.most and bound(rungs, options.most) or rungs
end

return ladder
