-- matcher.lua: judges packets, in the order of the recording, against a trace's syntax tree.
-- Pure. The text is cut into parts by its `none ... for` lines (flows.lua); a part begins when all of the
-- part before is there. Within a part every flow has its own order (run.lua).

local flows = require "netlab.expect.flows"
local form = require "netlab.expect.form"
local run = require "netlab.expect.run"

---@class netlab.expect.Failure the first thing that is not as expected
---@field kind "unexpected"|"field"|"time"|"quiet"|"missing"
---@field item netlab.expect.Item? the line that was not met, nil when nothing was expected
---@field packet table? the packet view that does not fit, nil when one is missing
---@field index integer? its number in the order of feeding
---@field field string? name of the first field that differs
---@field expected string?
---@field observed string?
---@field differences netlab.expect.Difference[] all that differ
---@field elsewhere netlab.expect.Item? another line that the packet would fit: later, or written for another
---  flow
---@field matches table<integer, netlab.expect.Item|false> by packet number: the line that took it; false: not
---  looked at
---@field binds table<string, any>

---@class netlab.expect.Matcher
---@field binds table<string, any> the variables; complete after m:finish()
---@field failure netlab.expect.Failure?
local Matcher = {}
Matcher.__index = Matcher

local matcher = {}

local ROUNDING = 1e-9

-- The first "..." of a part.
local function skip_of(items)
  for _, item in ipairs(items) do
    local skip = item.kind == "skip" and item or skip_of(item.items or {})
    if skip then
      return skip
    end
  end
  return nil
end

---Makes a matcher. Raises a netlab.expect.Problem for an unknown host.
---@param tree netlab.expect.Tree of grammar.parse
---@param context netlab.expect.Context
---@return netlab.expect.Matcher
function matcher.new(tree, context)
  flows.each_packet(tree, function(packet)
    form.check(packet, context)
  end)
  for _, item in ipairs(tree) do
    if item.form then
      form.check(item.form, context)
    end
  end
  local since = context.since or 0
  local self = setmetatable({
    tree = tree, part = 1, index = 0, guards = {}, loose = {}, quiet_since = since, binds = {},
  }, Matcher)
  for name, value in pairs(context.binds or {}) do
    self.binds[name] = value
  end
  self.env = { context = context, binds = self.binds, last = since }
  self.flows, self.parts = flows.split(tree, context)
  self.wanted_noise = flows.noise_wanted(tree)
  self.runs = {}
  for i, flow in ipairs(self.flows) do
    self.runs[i] = run.new(flow, self.env)
    self.runs[flow] = self.runs[i]
  end
  for _, part in ipairs(self.parts) do
    part.skip = skip_of(part.items)
  end
  return self
end

-- ---- failures ----

local function matches_of(self)
  local matches = {}
  for index, item in pairs(self.loose) do
    matches[index] = item
  end
  for _, one in ipairs(self.runs) do
    local step = (one:completed() or one.threads[1]).history
    while step do
      matches[step.index] = step.item
      step = step.before
    end
  end
  return matches
end

---Which line of the text each packet met so far.
---@return table<integer, netlab.expect.Item|false> by the number of the packet, in the order of feeding; false: not
---  looked at
function Matcher:matches()
  return matches_of(self)
end

local function fail(self, failure)
  failure.differences = failure.differences or {}
  failure.matches, failure.binds = matches_of(self), self.binds
  failure.line = failure.item and failure.item.line
  failure.column = failure.item and failure.item.column
  self.failure = failure
  return failure
end

-- Another line that the packet would fit: one that comes later, or one that stands for another flow as it is
-- written.
local function elsewhere(self, view, except)
  local used, found = {}, nil
  for _, item in pairs(matches_of(self)) do
    used[item] = true
  end
  flows.each_packet(self.tree, function(item)
    local binds = setmetatable({}, { __index = self.binds })
    if not found and item ~= except and not used[item]
      and form.match(item, view, self.env.context, binds) then
      found = item
    end
  end)
  return found
end

local function seconds(value)
  return ("%.6g"):format(math.floor(value * 1e6 + 0.5) / 1e6) .. " s"
end

local wrong_place = { src = true, dst = true, sport = true, dport = true, proto = true }

local function fail_packet(self, view, blame)
  local failure = { kind = "unexpected", packet = view, index = self.index }
  if blame then
    failure.item, failure.differences = blame.item, blame.differences
    local first = blame.differences[1]
    if first then
      failure.field, failure.expected, failure.observed = first.field, first.expected, first.observed
      failure.kind = "field"
      for _, difference in ipairs(blame.differences) do
        failure.kind = wrong_place[difference.field] and "unexpected" or failure.kind
      end
    else
      failure.kind, failure.field = "time", "time"
      failure.expected, failure.observed = blame.item.time.text, seconds(blame.since)
    end
  end
  failure.elsewhere = elsewhere(self, view, failure.item)
  return fail(self, failure)
end

local function fail_quiet(self, item, view, since)
  return fail(self, {
    kind = "quiet", item = item, packet = view, index = view and self.index, field = "time",
    expected = item.text, observed = seconds(since), elsewhere = view and elsewhere(self, view, item),
  })
end

-- ---- parts ----

local function complete(self)
  for _, one in ipairs(self.runs) do
    if not one:completed() then
      return false
    end
  end
  return true
end

local function advance(self)
  local none = self.parts[self.part].none
  self.part = self.part + 1
  for _, one in ipairs(self.runs) do
    one:start(self.part)
  end
  if none.form then
    local from = self.env.last
    self.guards[#self.guards + 1] = { item = none, from = from, till = from + none.duration }
  end
end

local function check_guards(self, view)
  for _, guard in ipairs(self.guards) do
    if view.time < guard.till - ROUNDING
      and form.match(guard.item.form, view, self.env.context, self.binds) then
      return fail_quiet(self, guard.item, view, view.time - guard.from)
    end
  end
  return nil
end

-- ---- packets ----

-- Offers a packet to the flows that describe it most closely.
local function offer(self, view)
  local best
  for _, flow in ipairs(flows.of(self.flows, view, self.binds)) do
    local one = self.runs[flow]
    local item = one:step(view, self.index)
    if item then
      if item.kind ~= "skip" then
        self.env.last = view.time
      end
      return true
    end
    local blame = one:blame(view)
    if blame and (not best or blame.distance < best.distance) then
      best = blame
    end
  end
  return false, best
end

local function accept_loose(self, view)
  local skip = self.parts[self.part].skip
  if not skip or flows.of(self.flows, view, self.binds)[1] then
    return false
  end
  self.loose[self.index] = skip
  return true
end

local function judge(self, view)
  while true do
    local none = self.parts[self.part].none
    local all = none and complete(self)
    if all and not none.form and view.time - self.quiet_since >= none.duration - ROUNDING then
      advance(self)
    else
      local taken, blame = offer(self, view)
      if taken or accept_loose(self, view) then
        return nil
      elseif not all then
        return fail_packet(self, view, blame)
      elseif not none.form then
        return fail_quiet(self, none, view, view.time - self.quiet_since)
      end
      advance(self)
      local broken = check_guards(self, view)
      if broken then
        return broken
      end
    end
  end
end

---Judges the next packet. Packets are fed in the order of the recording; after a failure nothing more is
---judged.
---@param view table packet view; kept only in a failure
---@return netlab.expect.Failure?
function Matcher:feed(view)
  if self.failure then
    return self.failure
  end
  self.index = self.index + 1
  local broken = check_guards(self, view)
  if broken then
    return broken
  end
  local noise = flows.noise(view)
  if noise and not self.wanted_noise[noise] then
    self.loose[self.index] = false
    return nil
  end
  local failure = judge(self, view)
  if not failure then
    self.quiet_since = view.time
  end
  return failure
end

-- ---- the end ----

-- The first line that is missing, in the order of the text.
local function missing(self)
  local first
  for _, one in ipairs(self.runs) do
    local item = one:missing()
    if item and (not first or item.at < first.at) then
      first = item
    end
  end
  return first
end

local function fail_missing(self)
  local item = missing(self)
  return fail(self, { kind = "missing", item = item, expected = item.text, observed = "nothing" })
end

---Judges the end: everything that has to come is there, and every quiet time has passed.
---@param now number? time of the recording's end; nil: long after all quiet times
---@return netlab.expect.Failure?
function Matcher:finish(now)
  while not self.failure do
    if not complete(self) then
      return fail_missing(self)
    end
    local none = self.parts[self.part].none
    if not none then
      break
    elseif not none.form and now and now - self.quiet_since < none.duration - ROUNDING then
      return fail_quiet(self, none, nil, now - self.quiet_since)
    end
    advance(self)
  end
  for _, guard in ipairs(self.failure and {} or self.guards) do
    if now and now < guard.till - ROUNDING then
      return fail_quiet(self, guard.item, nil, now - guard.from)
    end
  end
  for _, one in ipairs(self.runs) do
    for name, value in pairs(one.threads[1].binds) do
      self.binds[name] = self.binds[name] or value
    end
  end
  return self.failure
end

-- ---- waiting ----

-- The time at which all quiet times are over when no more packets come; nil when packets have to come before.
local function quiet_end(self)
  if not complete(self) then
    return nil
  end
  local till = 0
  for _, guard in ipairs(self.guards) do
    till = math.max(till, guard.till)
  end
  for i = self.part, #self.parts - 1 do
    local none = self.parts[i].none
    till = math.max(till, (none.form and self.env.last or self.quiet_since) + none.duration)
    for _, one in ipairs(self.runs) do
      if not one:may_lack(i + 1) then
        return nil
      end
    end
  end
  return till
end

---Whether everything that has to come is there, and every quiet time has passed.
---@param now number? time on the recording's clock, in seconds; absent: that of the last packet
---@return boolean
function Matcher:done(now)
  local till = not self.failure and quiet_end(self)
  return till and (now or self.quiet_since) >= till or false
end

---The next time at which waiting may end without a packet: a `within` runs out, or a quiet time is over.
---@param now number time on the recording's clock, in seconds
---@return number? time nil when only a packet can end it
function Matcher:deadline(now)
  local earliest = quiet_end(self)
  local none = self.parts[self.part].none
  if not earliest and none and not none.form and complete(self) then
    earliest = self.quiet_since + none.duration
  end
  for _, one in ipairs(self.runs) do
    local limit = one:limit()
    if limit and (not earliest or limit < earliest) then
      earliest = limit
    end
  end
  return earliest and earliest > now and earliest or nil
end

---Whether waiting for more packets can still turn out well: nothing has failed, something is still to come,
---and no `within` has run out.
---@param now number time on the recording's clock, in seconds; all packets up to it have been fed
---@return boolean
function Matcher:wants_more(now)
  if self.failure or self:done(now) then
    return false
  end
  for _, one in ipairs(self.runs) do
    local limit = one:limit()
    if limit and now > limit then
      return false
    end
  end
  return true
end

return matcher
