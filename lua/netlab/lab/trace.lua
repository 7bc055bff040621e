-- trace.lua: the checks of packets: t:trace, t:wait_packet, t:quiet. They look at the recording. Packets that were
-- sent before a check began are in it: the lab is asked to drain the wire first. What is expected is waited for; then
-- the wire is drained again, so that nothing unexpected is overlooked.

local argument = require "netlab.lab.argument"
local explain = require "netlab.expect.explain"
local flows = require "netlab.expect.flows"
local grammar = require "netlab.expect.grammar"
local matcher = require "netlab.expect.matcher"
local mutation = require "netlab.lab.mutation"
local order = require "netlab.core.order"
local outcome = require "netlab.lab.outcome"
local place = require "netlab.lab.place"
local record = require "netlab.core.record"
local show = require "netlab.expect.show"
local units = require "netlab.core.units"
local waiting = require "netlab.lab.waiting"

local trace = {}

local WAIT = 2 -- seconds that an expected packet may take to come, unless the script says otherwise

-- ---- the state of an experiment's traces, in t.traces ----

---The state of an experiment in which nothing was looked at yet.
---@return table
function trace.new()
  return { seen = 0, waited = {} } -- packets covered by traces; per form, the last packet that a wait returned
end

-- ---- trace ----

-- What a picture of a failure shows: the line that no packet met, and the packet that met no line.
local function drawn(failure)
  local item, packet = failure.item, failure.packet
  local expected
  if item and item.kind == "packet" then
    local cells = show.form_cells(item)
    local words = { cells.body }
    for i, field in ipairs(cells.fields) do
      words[i + 1] = field.text
    end
    expected = { from = cells.src, to = cells.dst, text = table.concat(words, " ") }
  end
  return { expected = expected, packet = packet and packet.id }
end

local NOTED = 1000 -- packets of one trace whose lines are noted

-- Which line each packet met: { packet's id, line }.
local function met(match, views)
  local list = {}
  for index, item in pairs(match:matches()) do
    if item and #list < NOTED then -- background traffic meets none
      list[#list + 1] = { views[index].id, item.line }
    end
  end
  return list
end

-- Which packets a trace is about: those of one link, or of all where they begin their way: what a router passes on is
-- not seen again. Copies that the wire made were sent by nobody.
local function chooser(self, link)
  if link then
    return function(packet) return packet.link == link and not packet.copy_of end
  end
  local hosts = self.known_hosts
  return function(packet)
    local from = hosts[packet.from]
    local passed_on = from and from.router and packet.src_host and packet.src_host ~= packet.from
    return not packet.copy_of and (packet.made_by or not passed_on)
  end
end

local function feed(match, recording, from, views)
  local failure
  for packet in recording:packets(from) do
    if failure then
      break
    end
    if views.choose(packet) then
      views[#views + 1] = packet
      failure = match:feed(waiting.settled(packet))
    end
    from = packet.id + 1
  end
  return failure, from
end

-- Feed packets as they come, until nothing more is to come or nothing has come for `patience` seconds. A time that
-- the text itself names (within, none for) is waited for to its end.
local function follow(match, recording, from, views, patience)
  local failure
  local progress = recording:now()
  repeat
    local before = from
    failure, from = feed(match, recording, from, views)
    local now = recording:now()
    local deadline = match:deadline(now)
    progress = (from > before or deadline) and now or progress
    if not failure and match:wants_more(now) then
      recording:wait(from - 1, (deadline or progress + patience) - now)
    else
      break
    end
  until not deadline and recording:now() >= progress + patience and recording:packet_count() < from
  if not failure then
    order.drain()
    failure, from = feed(match, recording, from, views)
  end
  return failure or match:finish(recording:now()), from
end

---The packets since the last t:trace (or the beginning) are these, in the expectation language
---(docs/expectations.md). Waits for those that are expected, then makes sure that no other has come.
---@param text string
---@param options { timeout: number|string?, link: string? }? how long to wait for an expected packet, 2 s without it;
---  only packets on this link, instead of all where they begin their way
---@return table binds the variables of the text: $x is binds.x
function trace:trace(text, options)
  local recording = self.recording
  local where = place.of_text(text)
  local tree = grammar.parse(text, where)
  local context = waiting.context(self)
  local first = self.traces.seen + 1
  order.drain()
  context.since = first > 1 and recording:packet(first - 1).time or 0
  local match = matcher.new(tree, context)
  local views = { choose = chooser(self, options and options.link) }
  local timeout = options and options.timeout or WAIT
  local patience = mutation.patience(argument.option("trace", "timeout", units.seconds, timeout))
  local failure, from = follow(match, recording, first, views, patience)
  self.traces.seen = math.max(from - 1, failure and recording:packet_count() or 0)
  if failure then
    for packet in recording:packets(from) do
      views[#views + 1] = views.choose(packet) and packet or nil
    end
    local explanation = explain.failure(failure, tree, views)
    outcome.check(self, "trace", false, "the packets are not as expected", explanation, failure.line or record.line(),
      drawn(failure))
  else
    mutation.saw_trace(tree, views, match:matches())
    outcome.check(self, "trace", true, ("%d packets as expected"):format(#views), nil, nil,
      { met = met(match, views) })
  end
  return match.binds
end

-- ---- one packet ----

local function any()
  return true
end

---Wait for a packet of this form that was sent since the last t:trace, and that no wait for the same form has
---returned yet. It is not taken away: the next t:trace covers it.
---@param text string one packet form: "client -> server SYN"
---@param timeout number|string? 2 s without it
---@return netlab.Packet? packet nil when none came and the check is a soft one
function trace:wait_packet(text, timeout)
  return waiting.packet(self, "wait_packet", text, timeout, any)
end

---No packet passes for a while. Background traffic (ARP, neighbour discovery, MLD, IGMP) does not count.
---@param time number|string how long: seconds or "300ms"
function trace:quiet(time)
  local recording = self.recording
  local duration = argument.pass("quiet", 1, units.seconds, time)
  order.drain()
  local before = recording:packet_count()
  local till = recording:now() + duration
  local first
  local from = before + 1
  repeat
    recording:wait(from - 1, math.max(till - recording:now(), 0))
    for packet in recording:packets(from) do
      first = first or not flows.noise(packet) and packet or nil
      from = packet.id + 1
    end
  until first or recording:now() >= till
  local message = first and ("expected no packet for %.6g s, but there was: %s"):format(duration, explain.packet(first))
    or ("no packet for %.6g s"):format(duration)
  outcome.check(self, "quiet", not first, message)
end

return trace
