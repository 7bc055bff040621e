-- ladder_spoken.lua: what a ladder shows, as sentences: the titles of a picture and of its rungs. Pure.

local layout = require "netlab.view.ladder_layout"
local words = require "netlab.view.words"

local ladder_spoken = {}

local function milliseconds(seconds)
  return ("%.3f ms"):format(seconds * 1000)
end

local function packet_title(item, rung)
  local fate = words.fate(item)
  local verb = rung.kind == "send" and "sends, to arrive later" or rung.kind == "arrive" and "arrives" or nil
  return ("#%d %s%s%s%s%s"):format(item.id, words.packet(item), verb and " (" .. verb .. ")" or "",
    fate and ", " .. fate or "", item.copy_of and (", a copy of #%d"):format(item.copy_of) or "",
    rung.unexpected and ", not expected" or "")
end

local function state_title(rung)
  local list = {}
  for host, state in pairs(rung.states) do
    list[#list + 1] = ("%s is in %s"):format(host, state)
  end
  table.sort(list)
  return table.concat(list, ", ")
end

---What a rung of a picture shows, for those who do not see it, and under the mouse.
---@param at netlab.Layout
---@param rung netlab.Rung
---@return string
function ladder_spoken.rung(at, rung)
  local item = rung.item
  if rung.kind == "state" then
    return state_title(rung)
  elseif rung.kind == "folded" then
    return ("%d more"):format(rung.count)
  elseif rung.kind == "missing" then
    local expected = item.expected
    return ("expected, but did not come: %s -> %s %s"):format(expected.from, expected.to, expected.text)
  end
  local line = item.line and (", line %d"):format(item.line) or ""
  local what = item.kind == "packet" and packet_title(item, rung) or layout.text_of(at, rung)
  local host = item.kind ~= "packet" and item.host and item.host .. ": " or ""
  local took = item.ended and rung.kind == "call" and (", took " .. milliseconds(item.ended - item.time)) or ""
  return ("%s%s: %s%s%s"):format(milliseconds(rung.time), line, host, what, took)
end

---What a ladder shows, in a few sentences.
---@param story netlab.Story
---@return string
function ladder_spoken.story(story)
  local calls, packets, lost = 0, 0, 0
  for _, item in ipairs(story.items) do
    calls = calls + (item.kind == "call" and 1 or 0)
    packets = packets + (item.kind == "packet" and 1 or 0)
    lost = lost + (item.kind == "packet" and words.is_lost(item) and 1 or 0)
  end
  local claim = story.about and story.about.claim
  return ("Time runs downwards. Hosts: %s. %d system calls, %d packets%s.%s%s"):format(table.concat(story.hosts, ", "),
    calls, packets, lost > 0 and (", %d of them lost"):format(lost) or "",
    story.status and " Result: " .. story.status .. "." or "", claim and " Claim: " .. claim .. "." or "")
end

return ladder_spoken
