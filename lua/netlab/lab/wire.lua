-- wire.lua: orders to the wire that connects the hosts: lose, delay, hold, release, cut, restore.
-- A rule is a packet form of the expectation language (docs/expectations.md). Of the rules that match a packet, cut and
-- drop decide before hold, and hold before delay; among rules of the same kind, the oldest that is not used up. What
-- stays inside a host never meets the wire.

local encode = require "netlab.core.rule".encode
local form = require "netlab.expect.form"
local grammar = require "netlab.expect.grammar"
local order = require "netlab.core.order"
local units = require "netlab.core.units"
local place = require "netlab.lab.place"

---@class netlab.Rule a rule of the wire
---@field id integer
---@field text string as it was written
local Rule = {}
Rule.__index = Rule
Rule.__tostring = function(self) return ("rule %d: %s"):format(self.id, self.text) end

---How many packets the rule has decided so far, and how many it holds back now.
---@return integer decided
---@return integer held
function Rule:hits()
  return order.hits(self.id)
end

---Deliver packets that this rule holds, in the order in which they came.
---@param count integer? at the most so many; all without it
---@return integer released
function Rule:release(count)
  return order.release(self.id, count or 0, "release " .. self.text)
end

---Take the rule out; what it holds or delays is delivered at once.
function Rule:remove()
  order.remove(self.id, "", "remove " .. self.text)
end

---@class netlab.Wire
local Wire = {}
Wire.__index = Wire

local host_fields = { src_host = true, dst_host = true, from = true, to = true }

local function compile(self, text)
  local hosts = self.context().hosts
  local parsed = grammar.packet_form(text, place.of_text(text))
  local terms = form.terms(parsed, { hosts = hosts })
  for _, term in ipairs(terms) do
    if host_fields[term.field] then
      term.value = hosts[term.value].id
    end
  end
  return encode(terms)
end

local function add(self, action, text, options, delay_ns)
  options = options or {}
  for name in pairs(options) do
    if name ~= "count" then
      error(("unknown option '%s': a rule has only count"):format(name), 3)
    end
  end
  local shown = ("%s %s"):format(action, text)
  local id = order.rule(action, compile(self, text), options.count or 0, delay_ns, shown, self.link)
  return setmetatable({ id = id, text = shown }, Rule)
end

---Lose packets.
---@param text string a packet form: "server -> client SYN,ACK"
---@param options { count: integer }? only so many; all without it
---@return netlab.Rule
function Wire:drop(text, options)
  return add(self, "drop", text, options, 0)
end

---Deliver packets later than they were sent. Packets of one rule keep their order.
---@param text string a packet form, or only a direction: "client -> server"
---@param time number|string seconds or "50ms", from the sending to the delivery
---@param options { count: integer }?
---@return netlab.Rule
function Wire:delay(text, time, options)
  return add(self, "delay", text, options, units.nanoseconds(time))
end

---Keep packets back until they are released.
---@param text string a packet form
---@param options { count: integer }?
---@return netlab.Rule
function Wire:hold(text, options)
  return add(self, "hold", text, options, 0)
end

---Deliver what is held, by any rule, in the order in which it came.
---@param count integer? at the most so many; all without it
---@return integer released
function Wire:release(count) -- luacheck: ignore self
  return order.release(0, count or 0, "release")
end

---Cut the cable: nothing arrives any more, until restore().
---@param text string? a direction ("client -> server"); without it all of the wire
---@return netlab.Rule
function Wire:cut(text)
  return add(self, "cut", text or "* -> *", nil, 0)
end

---Undo every cut.
function Wire:restore() -- luacheck: ignore self
  order.remove(0, "cut", "restore")
end

---Wait until everything that was sent before has arrived (what is held or delayed aside). The checks of packets and
---states do this by themselves.
function Wire:drain() -- luacheck: ignore self
  order.drain()
end

---Take all rules out; what they hold or delay is delivered.
function Wire:reset() -- luacheck: ignore self
  order.remove(0, "", "reset")
end

local wire = {}

---The wire of an experiment, or one of its links: then its rules hold there alone.
---@param context fun(): table that gives {hosts = {name = host}} as they are when it is called
---@param link { id: integer, name: string }?
---@return netlab.Wire
function wire.new(context, link)
  return setmetatable({ context = context, link = link and link.id or 0, name = link and link.name }, Wire)
end

return wire
