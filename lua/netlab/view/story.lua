-- story.lua: a run as plain data: its hosts, its processes, and everything that happened, in the order of time.
-- All pictures are made from it alone (ladder_text.lua, ladder_svg.lua, ...), live or from a saved recording: it holds
-- nothing but texts, numbers, booleans and tables of them, so that it goes through JSON unchanged.

local judge = require "netlab.report.judge"
local show = require "netlab.expect.show"

local story = {}

---@class netlab.Story
---@field title string
---@field hosts string[] in the order in which they were made
---@field status string? "PASS", ...
---@field about table case, source, claim, verdict, look, file, line: as the script declares them
---@field items netlab.StoryItem[] in the order of time

---@class netlab.StoryItem
---@field kind "call"|"packet"|"check"|"note"|"signal"|"event"
---@field time number seconds since the recording's start
---@field host string? where it happened
---@field pid integer? of the process
---@field line integer? of the script
---@field text string? as people read it
---@field ended number? call: when it returned; nil: it did not
---@field name string? call or check: its name
---@field fd integer? call: the descriptor that its text begins with
---@field result string? call: "= 3", "= -1 ECONNREFUSED", "did not return"
---@field failed boolean? call or check
---@field id integer? packet: its number in the recording
---@field received number? packet: when the receiver got it
---@field from string? packet: the host that its interface belongs to
---@field to string? packet: the receiving host, "*" for all
---@field fate string? packet: "delivered", "dropped", ...
---@field rule string? packet: the rule of the wire that decided
---@field body string? packet: control bits or protocol
---@field fields string[]? packet: "seq=0", ...
---@field ends string[]? packet: source and destination, "client:4000"
---@field tcp table? packet: what the states are deduced from: flow, flags, seq, ack, len, sport, dport
---@field event string? event: "start", "exit", "rule", "order", "output", "cable", "interface", "crash"
---@field expected table? check: what did not come: { from, to, text }, the ends as the script wrote them
---@field met integer[][]? check of packets: { id, line }
---@field packet integer? check: id of the packet that came instead, or behind all that was expected

-- ---- what happened, one by one ----

local function call_item(slot)
  local text, result, fd = judge.call(slot)
  local state = result:match "^= %d+ {tcpi_state=([%u%d-]+), %.%.%.}$" -- what a script wants to know of TCP_INFO
  return {
    kind = "call", time = slot.began, ended = slot.ended, host = slot.host, pid = slot.pid, line = slot.line, fd = fd,
    name = slot.name, text = text, result = state and "= " .. state or result,
    failed = slot.error ~= nil and slot.ended ~= nil,
  }
end

local function tcp_facts(packet)
  return packet.proto == "tcp" and packet.flow and not packet.copy_of and {
    flow = packet.flow, flags = packet.flags, seq = packet.seq, ack = packet.ack, len = packet.len,
    sport = packet.sport, dport = packet.dport, src = packet.src_host, dst = packet.dst_host,
  } or nil
end

local function packet_item(packet, rules)
  local cells = show.packet_cells(packet)
  local fields = {}
  for i, cell in ipairs(cells.fields) do
    fields[i] = cell.text
  end
  return {
    kind = "packet", id = packet.id, time = packet.time, received = packet.received, fate = packet.fate,
    rule = packet.rule and rules[packet.rule], from = packet.from, to = packet.to, copy_of = packet.copy_of,
    body = cells.body, fields = fields, ends = { cells.src, cells.dst }, tcp = tcp_facts(packet),
  }
end

local function exit_text(event)
  return event.b ~= 0 and ("%s (pid %d) was killed by %s"):format(event.text, event.pid, judge.signal_name(event.b))
    or ("%s (pid %d) ended with status %d"):format(event.text, event.pid, event.a)
end

-- How an event of the lab is told; what is not here is not.
local events = {
  start = function(event) return ("%s (pid %d) started"):format(event.text, event.pid) end,
  exit = exit_text,
  rule = function(event) return "wire: " .. event.text end,
  order = function(event) return "wire: " .. event.text end,
  output = function(event) return "printed: " .. event.text:gsub("\n$", "") end,
  cable = function(event) return ("cable of %s %s"):format(event.text, event.a == 0 and "pulled" or "plugged in") end,
  interface = function(event) return ("%s set %s"):format(event.text, event.a == 0 and "down" or "up") end,
  crash = function(event) return event.a == 0 and "crashes" or "boots again" end,
}

---What an event of the lab says, as people read it.
---@param event table of recording:events
---@return string? text nil when it is not told
function story.event_text(event)
  local tell = events[event.kind]
  return tell and tell(event)
end

local function add_events(items, recording)
  local rules = {}
  for _, event in ipairs(recording:events()) do
    if event.kind == "rule" then
      rules[event.a] = event.text
    end
    local tell = events[event.kind]
    if tell and event.text ~= "script" then
      items[#items + 1] = {
        kind = "event", event = event.kind, time = event.time, host = event.host, pid = event.pid, text = tell(event),
      }
    end
  end
  return rules
end

local function add_slots(items, recording)
  for _, slot in ipairs(recording:slots "call") do
    items[#items + 1] = call_item(slot)
  end
  for _, slot in ipairs(recording:slots "note") do
    items[#items + 1] = { kind = "note", time = slot.began, line = slot.line, text = slot.text }
  end
  for _, slot in ipairs(recording:slots "signal") do
    items[#items + 1] = {
      kind = "signal", time = slot.began, host = slot.host, pid = slot.pid,
      text = ("%s in process %d"):format(judge.signal_name(slot.result), slot.pid),
    }
  end
end

local function add_checks(items, verdict)
  for _, check in ipairs(verdict.checks) do
    items[#items + 1] = {
      kind = "check", time = check.time, name = check.name, failed = not check.passed, line = check.line,
      pid = check.pid, text = check.message, expected = check.drawn and check.drawn.expected,
      packet = check.drawn and check.drawn.packet, met = check.drawn and check.drawn.met,
    }
  end
end

-- ---- the whole ----

-- Where times are equal: a packet stands behind the call that sent it, a check behind what it is about.
local rank = { event = 1, call = 2, signal = 3, packet = 4, note = 5, check = 6 }

local function sort(items)
  for i, item in ipairs(items) do
    item.order = i
  end
  table.sort(items, function(a, b)
    if a.time ~= b.time then
      return a.time < b.time
    elseif a.kind ~= b.kind then
      return rank[a.kind] < rank[b.kind]
    end
    return a.order < b.order
  end)
  for _, item in ipairs(items) do
    item.order = nil
  end
end

local function hosts_of(recording)
  local hosts = {}
  for _, event in ipairs(recording:events "host") do
    hosts[#hosts + 1] = event.text
  end
  return hosts
end

---What checks said about packets, in words.
---@param told netlab.Story
---@return table<integer, string> comments by packet id
function story.comments(told)
  local comments = {}
  local function add(id, words)
    comments[id] = (comments[id] and comments[id] .. "; " or "") .. words
  end
  for _, item in ipairs(told.items) do
    for _, pair in ipairs(item.met or {}) do
      add(pair[1], ("line %d: as expected"):format(pair[2]))
    end
    if item.kind == "check" and item.failed and item.packet then
      add(item.packet, ("line %d: not expected: %s"):format(item.line, item.text))
    end
  end
  return comments
end

---The story of a run.
---@param entry table the experiment: name, case, source, claim, verdict, look, file, line
---@param verdict netlab.Verdict
---@param recording userdata
---@return netlab.Story
function story.of(entry, verdict, recording)
  local items = {}
  local rules = add_events(items, recording)
  add_slots(items, recording)
  for packet in recording:packets() do
    items[#items + 1] = packet_item(packet, rules)
  end
  add_checks(items, verdict)
  sort(items)
  local about = {}
  for _, name in ipairs { "case", "source", "claim", "verdict", "look", "file", "line" } do
    about[name] = entry[name]
  end
  return { title = entry.name, status = verdict.status, about = about, hosts = hosts_of(recording), items = items }
end

---@class netlab.Stories each is made when somebody first asks for it; the recording must be there then
---@field full netlab.Story
---@field observed netlab.Story without what the checks say

---The stories of a run.
---@param entry table as of story.of
---@param verdict netlab.Verdict
---@param recording userdata
---@return netlab.Stories
function story.stories(entry, verdict, recording)
  local judged = { full = verdict, observed = { status = verdict.status, checks = {} } }
  return setmetatable({}, { __index = function(stories, name)
    local told = story.of(entry, judged[name], recording)
    stories[name] = told
    return told
  end })
end

return story
