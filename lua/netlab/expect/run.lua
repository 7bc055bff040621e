-- run.lua: the automaton of one flow at work: every way in which the packets so far fit its lines
-- ("threads"). Pure. The number of threads is bounded, since equal ones are one; a packet costs at most
-- threads x lines that may come.

local form = require "netlab.expect.form"
local keys = require "netlab.expect.keys"
local states = require "netlab.expect.states"

---@class netlab.expect.Thread
---@field state netlab.expect.State
---@field binds table<string, any> variables that only this thread has bound
---@field last number? time of the flow's last matched packet
---@field history table? {index=, item=, before=}: which packet matched which line

---@class netlab.expect.Environment
---@field context netlab.expect.Context
---@field binds table<string, any> variables that are bound for all flows
---@field last number time of the last matched packet of any flow

---@class netlab.expect.Run
---@field flow netlab.expect.Flow
---@field threads netlab.expect.Thread[]
---@field env netlab.expect.Environment
local Run = {}
Run.__index = Run

local run = {}

local LIMIT = 500
local ROUNDING = 1e-9

---@param flow netlab.expect.Flow
---@param env netlab.expect.Environment
---@return netlab.expect.Run
function run.new(flow, env)
  local self = setmetatable({ flow = flow, env = env, scope = { __index = env.binds } }, Run)
  self.threads = { { binds = setmetatable({}, self.scope) } }
  self:start(1)
  return self
end

---Goes on with a part of the text. The flow must be complete.
---@param part integer
function Run:start(part)
  local thread = self:completed() or self.threads[1]
  local node_states = self.flow.states
  self.threads = { {
    state = node_states:sequence(self.flow.parts[part], node_states.done),
    binds = thread.binds,
    last = thread.last,
    history = thread.history,
  } }
end

---The first thread that needs no more packets, nil when each does.
---@return netlab.expect.Thread?
function Run:completed()
  for _, thread in ipairs(self.threads) do
    if thread.state and self.flow.states:closure(thread.state).complete then
      return thread
    end
  end
  return nil
end

-- What a time limit counts from: the flow's last packet, or the last one of any flow for a flow's first
-- packet and for what answers another flow (ICMP, ARP).
local function reference(self, thread)
  local own = self.flow.proto == "tcp" or self.flow.proto == "udp"
  return own and thread.last or self.env.last
end

local function in_time(self, thread, item, view)
  local time = item.time
  if not time then
    return true
  end
  local since = view.time - reference(self, thread)
  return since >= time.min - ROUNDING and (not time.max or since <= time.max + ROUNDING), since
end

local function key_of(thread)
  if not next(thread.binds) then
    return thread.state.id
  end
  local names = keys.sorted(thread.binds)
  for i, name in ipairs(names) do
    names[i] = ("%s=%s"):format(name, thread.binds[name])
  end
  return thread.state.id .. " " .. table.concat(names, " ")
end

local function add(list, seen, thread)
  local key = key_of(thread)
  if seen[key] then
    return
  end
  if #list >= LIMIT then
    error(("the expectation fits the packets in more than %d ways; make it simpler"):format(LIMIT), 0)
  end
  seen[key], list[#list + 1] = true, thread
end

local function advanced(self, thread, leaf, view, index, fresh)
  local binds = thread.binds
  if next(fresh) then
    binds = setmetatable({}, self.scope)
    for _, source in ipairs { thread.binds, fresh } do
      for name, value in pairs(source) do
        binds[name] = value
      end
    end
  end
  return {
    state = leaf.next, binds = binds, last = view.time,
    history = { index = index, item = leaf.item, before = thread.history },
  }
end

-- "..." takes what nothing behind it takes.
local function may_skip(self, leaf, taken)
  for _, behind in ipairs(self.flow.states:closure(leaf.next).leaves) do
    if taken[behind.item] then
      return false
    end
  end
  return true
end

local function step_thread(self, thread, view, index, list, seen)
  local leaves, taken = self.flow.states:closure(thread.state).leaves, {}
  for _, leaf in ipairs(leaves) do
    if not leaf.skip then
      local differences, fresh = form.differences(leaf.item, view, self.env.context, thread.binds)
      if #differences == 0 and in_time(self, thread, leaf.item, view) then
        taken[leaf.item] = true
        add(list, seen, advanced(self, thread, leaf, view, index, fresh))
      end
    end
  end
  for _, leaf in ipairs(leaves) do
    if leaf.skip and may_skip(self, leaf, taken) then
      add(list, seen, {
        state = leaf.stay, binds = thread.binds, last = thread.last,
        history = { index = index, item = leaf.item, before = thread.history },
      })
    end
  end
end

-- Variables that all threads agree on hold for all flows from now on.
local function publish(self)
  local first = self.threads[1]
  for name, value in pairs(first.binds) do
    local agreed = true
    for _, thread in ipairs(self.threads) do
      agreed = agreed and rawget(thread.binds, name) == value
    end
    if agreed then
      self.env.binds[name] = value
    end
  end
  if #self.threads == 1 and next(first.binds) then
    first.binds = setmetatable({}, self.scope)
  end
end

---Offers a packet to the flow. When it does not fit, nothing changes.
---@param view table packet view
---@param index integer the packet's number in the order of feeding
---@return netlab.expect.Item? item the line that took it, nil when none does
function Run:step(view, index)
  local list, seen = {}, {}
  for _, thread in ipairs(self.threads) do
    step_thread(self, thread, view, index, list, seen)
  end
  if #list == 0 then
    return nil
  end
  self.threads = list
  publish(self)
  return list[1].history.item
end

-- ---- what is wrong ----

local weights = { src = 1000, dst = 1000, proto = 1000, sport = 500, dport = 500, flags = 10, type = 10,
  op = 10 }

local function distance(differences, late)
  local sum = late and 1 or 0
  for _, difference in ipairs(differences) do
    sum = sum + (weights[difference.field] or 2)
  end
  return sum
end

---@class netlab.expect.Blame
---@field item netlab.expect.Item the line that comes nearest to the packet
---@field differences netlab.expect.Difference[]
---@field since number? seconds since the packet before, when the time is wrong
---@field distance integer

---Which of the lines that may come next is nearest to a packet that none of them takes, and what differs.
---@param view table
---@return netlab.expect.Blame? blame nil when nothing may come
function Run:blame(view)
  local best
  for _, thread in ipairs(self.threads) do
    for _, leaf in ipairs(self.flow.states:closure(thread.state).leaves) do
      if not leaf.skip then
        local differences = form.differences(leaf.item, view, self.env.context, thread.binds)
        local timely, since = in_time(self, thread, leaf.item, view)
        local far = distance(differences, not timely)
        if not best or far < best.distance then
          best = { item = leaf.item, differences = differences, distance = far }
          best.since = not timely and since or nil
        end
      end
    end
  end
  return best
end

---The first line that the flow still lacks, nil when it is complete.
---@return netlab.expect.Item?
function Run:missing()
  return not self:completed() and states.missing(self.threads[1].state) or nil
end

---The latest time at which the next packet may come, nil when there is no such time or nothing needs to come.
---@return number? seconds on the recording's clock
function Run:limit()
  local latest
  for _, thread in ipairs(self.threads) do
    local closure = self.flow.states:closure(thread.state)
    if closure.complete then
      return nil
    end
    for _, leaf in ipairs(closure.leaves) do
      local time = leaf.item.time
      if not leaf.skip and not (time and time.max) then
        return nil
      elseif not leaf.skip then
        latest = math.max(latest or 0, reference(self, thread) + time.max)
      end
    end
  end
  return latest
end

---Whether the flow would be complete with nothing of a part of the text.
---@param part integer
---@return boolean
function Run:may_lack(part)
  local node_states = self.flow.states
  return node_states:closure(node_states:sequence(self.flow.parts[part], node_states.done)).complete
end

return run
