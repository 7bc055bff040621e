-- words.lua: what a story tells, as the words of all pictures. Pure.

local fit = require "netlab.view.fit"

local words = {}

---The names of processes that are not the script's own.
---@param story netlab.Story
---@return table<integer, string> by pid
function words.actors(story)
  local actors = {}
  for _, item in ipairs(story.items) do
    if item.kind == "event" and item.event == "start" then
      actors[item.pid] = item.text:match "^(.-) %(pid"
    end
  end
  return actors
end

---How many conversations of TCP there are.
---@param story netlab.Story
---@return integer
function words.flows(story)
  local seen, count = {}, 0
  for _, item in ipairs(story.items) do
    if item.tcp and not seen[item.tcp.flow] then
      seen[item.tcp.flow], count = true, count + 1
    end
  end
  return count
end

---A call as one line of text: all of it, its begin, or its end.
---@param item netlab.StoryItem
---@param part "call"|"begin"|"end"
---@param actors table<integer, string>
---@param dots string what stands for "and so on"
---@return string
function words.call(item, part, actors, dots)
  local actor = actors[item.pid]
  local text = part == "call" and ("%s %s"):format(item.text, item.result)
    or part == "end" and ("%s %s"):format(item.name, item.result)
    or item.text .. (item.ended and "" or " " .. dots .. " did not return")
  return (actor and actor .. ": " or "") .. text
end

local tells_little = { ["len=0"] = true, sackok = true, ts = true }

---What a packet is: as many fields as there is room for; those that tell little are the last.
---@param item netlab.StoryItem
---@param flows integer so many conversations there are: ports tell them apart
---@param room integer characters
---@return string may be longer than that
function words.label(item, flows, room)
  local text = item.body
  if flows > 1 and item.tcp then
    text = ("%d>%d %s"):format(item.tcp.sport, item.tcp.dport, text)
  end
  for _, little in ipairs { false, true } do
    for _, field in ipairs(item.fields) do
      local fits = fit.length(text) + fit.length(field) < room
      if (tells_little[field] or false) == little and field ~= "len=0" and (fits or not little) then
        text = text .. " " .. field
      end
    end
  end
  return text
end

local lost = { dropped = true, cut = true, nowhere = true }

---Whether a packet did not arrive.
---@param item netlab.StoryItem
---@return boolean
function words.is_lost(item)
  return lost[item.fate] or false
end

---Whether a packet was still kept back at the end.
---@param item netlab.StoryItem
---@return boolean
function words.is_kept(item)
  return item.fate == "held" or item.fate == "pending"
end

local fates = {
  nowhere = "nobody has that address", held = "held", pending = "still on its way", cut = "cut", dropped = "lost",
}

---What became of a packet, where it is worth telling.
---@param item netlab.StoryItem
---@return string? nil when it was delivered
function words.fate(item)
  return fates[item.fate]
end

---A packet with both its ends and all that is worth showing.
---@param item netlab.StoryItem
---@return string
function words.packet(item)
  return ("%s -> %s %s%s"):format(item.ends[1], item.ends[2], item.body,
    #item.fields > 0 and " " .. table.concat(item.fields, " ") or "")
end

---The host of an end as it is written: "client:4000", "server".
---@param ending string
---@return string
function words.host_of(ending)
  return ending:match "^(.*):[^:]*$" or ending
end

return words
