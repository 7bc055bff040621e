-- Long lists in the order of time; and that packets that meet are found among many.

local test = require "harness"
local stories = require "stories"
local by_time = require "netlab.view.by_time"
local ladder = require "netlab.view.ladder"

test("by time; those of the same time as they are compared", function(t)
  local list = {}
  for i, time in ipairs { 3, math.huge, 1, 2, 1, 2, math.huge, 1.0 } do
    list[i] = { time = time, name = i }
  end
  local names = {}
  for i, one in ipairs(by_time.sorted(list, function(a, b) return a.name > b.name end)) do
    names[i] = one.name
  end
  t.equal(names, { 8, 5, 3, 6, 4, 1, 7, 2 })
  t.equal(list[1].name, 1)
  t.equal(by_time.sorted({}, nil), {})
end)

-- What is drawn as two rungs, by the definition: of at most 64 neighbours on each side one met it, overtook it or was
-- overtaken.
local function meets(packets, index)
  local packet = packets[index]
  for near = math.max(1, index - 64), math.min(#packets, index + 64) do
    local other = packets[near]
    if near ~= index and other.received and other.time < packet.received and other.received > packet.time then
      local same, later = other.from == packet.from and other.to == packet.to, other.time > packet.time
      local overtakes = same and other.time ~= packet.time and other.received ~= packet.received
        and later ~= (other.received > packet.received)
      if overtakes or other.from == packet.to and other.to == packet.from then
        return true
      end
    end
  end
  return false
end

local function is_two(packet, rungs)
  for _, rung in ipairs(rungs) do
    if rung.item == packet then
      return rung.kind == "send"
    end
  end
end

local ways = { "a -> b", "b -> a", "a -> c", "c -> b" }

test("packets that meet are two rungs, whatever else is on its way", function(t)
  math.randomseed(7)
  local found = 0
  for round = 1, 40 do
    local packets, time = {}, 0
    for i = 1, 12 * round do
      time = time + math.random(0, 3)
      local took = math.random() < 0.05 and 200 or math.random(1, 2 + round % 5)
      packets[i] = stories.segment(time, math.random() < 0.9 and time + took or nil, ways[math.random(#ways)], "ACK", i)
    end
    packets[5].to = nil -- nobody has that address
    packets[5].received = nil
    local rungs = ladder.rungs(stories.story(packets, { "a", "b", "c" }), { full = true })
    for i, packet in ipairs(packets) do
      local expected = packet.received ~= nil and meets(packets, i)
      found = found + (expected and 1 or 0)
      t.equal(is_two(packet, rungs), expected, ("round %d, packet %d"):format(round, i))
    end
  end
  t.ok(found > 1000, found)
end)
