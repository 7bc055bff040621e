-- live.lua: what is new in a recording that still grows, as lines for a terminal: each call when it has returned (and
-- when it blocks), each packet, what the wire did with it later, checks, signals, what happened in the lab.
-- A function of the recording and of what was told before.

local cjson = require "cjson"
local judge = require "netlab.report.judge"
local show = require "netlab.expect.show"
local story = require "netlab.view.story"

local live = {}

---@class netlab.Live
local Live = {}
Live.__index = Live

-- Packets whose fate may still change.
local undecided = { pending = true, held = true, asked = true }

local fates = {
  held = "held", asked = "a filter is asked", pending = "on its way", dropped = "lost", cut = "lost: the cable is cut",
  rejected = "rejected", nowhere = "nobody takes it", altered = "altered",
}

local function add(out, time, text, color)
  out[#out + 1] = { time = time, order = #out, text = text, color = color }
end

-- ---- calls and checks ----

local function call_line(self, slot)
  local host = slot.host or ""
  local process = self.processes[slot.pid]
  return ("%-8s %s%s"):format(host, process and ("[%s] "):format(process) or "", judge.call_text(slot))
end

local function add_call(self, out, slot)
  if slot.name == "sysctl" then
    return true
  elseif not slot.ended then
    if self.waiting[slot.index] == 1 then
      add(out, slot.began, call_line(self, slot):gsub("did not return$", "has not returned yet"), "dim")
    end
    self.waiting[slot.index] = (self.waiting[slot.index] or 0) + 1
    return false
  end
  local blocked = (self.waiting[slot.index] or 0) > 1
  local after = blocked and ("  (after %.3f s)"):format(slot.ended - slot.began) or ""
  add(out, blocked and slot.ended or slot.began, call_line(self, slot) .. after, slot.error and "depends" or nil)
  return true
end

local function add_check(_, out, slot)
  if not slot.ended then
    return false
  end
  local fields, passed = cjson.decode(slot.text), slot.result == 1
  if passed and slot.name == "ok" then -- the call before it has said so
    return true
  end
  local text = ("%-8s t:%s: %s"):format(passed and "ok" or "FAIL", slot.name, fields.message)
  local more = not passed and fields.explanation
  add(out, slot.began, text .. (more and "\n  " .. more:gsub("\n", "\n  ") or ""), passed and "PASS" or "FAIL")
  return true
end

local function add_note(_, out, slot)
  add(out, slot.began, "note     " .. slot.text)
  return true
end

local function add_signal(_, out, slot)
  add(out, slot.began, ("signal   %s in process %d"):format(judge.signal_name(slot.result), slot.pid))
  return true
end

local slots = { call = add_call, check = add_check, note = add_note, signal = add_signal }

-- True when there is nothing more to tell about the slot.
local function add_slot(self, out, slot)
  local tell = slots[slot.kind]
  return not tell or tell(self, out, slot)
end

local function add_slots(self, out)
  local still = {}
  for _, index in ipairs(self.open) do
    for _, slot in ipairs(self.recording:slots(nil, index, index)) do
      if not add_slot(self, out, slot) then
        still[#still + 1] = index
      end
    end
  end
  local fresh, behind = self.recording:slots(nil, self.next_slot)
  self.next_slot = behind
  for _, slot in ipairs(fresh) do
    if not add_slot(self, out, slot) then
      still[#still + 1] = slot.index
    end
  end
  self.open = still
end

-- ---- packets ----

local function fate_text(self, packet)
  local fate = fates[packet.fate]
  local rule = packet.rule and self.rules[packet.rule]
  return fate and ("  (%s%s)"):format(fate, rule and " by: " .. rule or "") or ""
end

local function add_packets(self, out)
  local still = {}
  for _, packet in ipairs(self.undecided) do
    if undecided[packet.fate] then
      still[#still + 1] = packet
    elseif packet.fate == "delivered" then
      add(out, packet.received or packet.time, ("  #%-4d delivered"):format(packet.id), "dim")
    else
      add(out, packet.time, ("  #%-4d %s"):format(packet.id, fate_text(self, packet):match "%((.*)%)$" or packet.fate))
    end
  end
  for packet in self.recording:packets(self.next_packet) do
    self.next_packet = packet.id + 1
    add(out, packet.time, ("  #%-4d %s%s"):format(packet.id, show.packet(packet), fate_text(self, packet)))
    if undecided[packet.fate] then
      still[#still + 1] = packet
    end
  end
  self.undecided = still
end

-- ---- events ----

local function remember(self, event)
  if event.kind == "rule" then
    self.rules[event.a] = event.text
  elseif event.kind == "start" and event.text ~= "script" then
    self.processes[event.pid] = event.text
  end
end

local function add_events(self, out)
  local all = self.recording:events()
  for i = self.events + 1, #all do
    local event = all[i]
    remember(self, event)
    local text = event.text ~= "script" and story.event_text(event)
    if text and event.kind ~= "rule" and event.kind ~= "order" then -- these are what was typed
      add(out, event.time, ("%-8s %s"):format(event.host or "", text))
    end
  end
  self.events = #all
end

---What is new since the last time.
---@return { time: number, text: string, color: string? }[] lines in the order of time; a text may have several lines
function Live:take()
  local out, progress = {}, self.recording:progress()
  if progress == self.progress and not self.open[1] and not self.undecided[1] then
    return out
  end
  self.progress = progress
  add_events(self, out)
  add_packets(self, out)
  add_slots(self, out)
  table.sort(out, function(a, b)
    if a.time ~= b.time then
      return a.time < b.time
    end
    return a.order < b.order
  end)
  return out
end

---Begin to follow a recording.
---@param recording userdata
---@return netlab.Live
function live.new(recording)
  return setmetatable({
    recording = recording, next_slot = 0, next_packet = 1, events = 0,
    open = {}, waiting = {}, undecided = {}, rules = {}, processes = {},
  }, Live)
end

return live
