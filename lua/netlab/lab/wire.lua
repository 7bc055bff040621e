-- wire.lua: orders to the wire that connects the hosts: lose, reject, delay, change, hold, release, cut, restore.
-- A rule is a packet form of the expectation language (docs/expectations.md). docs/network.md says which rule decides.
-- What stays inside a host never meets the wire.

local argument = require "netlab.lab.argument"
local encode = require "netlab.core.rule".encode
local filter = require "netlab.lab.filter"
local form = require "netlab.expect.form"
local grammar = require "netlab.expect.grammar"
local held = require "netlab.lab.held"
local order = require "netlab.core.order"
local units = require "netlab.core.units"
local place = require "netlab.lab.place"
local reject = require "netlab.lab.reject"

---@class netlab.Rule a rule of the wire
---@field id integer as the fields rule and made_by of packets name it
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

---Deliver packets that this rule holds: in the order in which they came, or in the order that is given.
---@param what integer|(string|integer)[]|nil at the most so many, nil: all; or a list: a packet form is the oldest held
---  packet that matches it, a number the place among the held packets
---@return integer released
function Rule:release(what)
  return held.release(self.context(), self.id, what, "release " .. self.text)
end

---The packets that this rule holds now, in the order in which they came.
---@return netlab.Packet[]
function Rule:held()
  return held.list(self.context().recording, self.id)
end

---Take the rule out; what it holds or delays is delivered at once.
function Rule:remove()
  order.remove(self.id, "", "remove " .. self.text)
end

---@class netlab.Wire a link between hosts, and what may go wrong on it
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

-- "10M" -> 10000000: a rate counts in powers of ten.
local function decimal(text)
  local factors = { [""] = 1, K = 1e3, M = 1e6, G = 1e9 }
  local number, unit = text:match "^([%d.]+)([KMG]?)$"
  local value = tonumber(number) and tonumber(number) * factors[unit]
  return value and math.tointeger(value // 1)
    or error(("'%s' is no rate: bits a second, as 64K, 10M or 1G"):format(text), 3)
end

-- A whole number in this range.
local function whole(v, low, high, what)
  local number = math.tointeger(v)
  if not number or number < low or number > high then
    error(("%s: a whole number, %d to %d, is needed"):format(what, low, high), 3)
  end
  return number
end

-- An option of a rule's own, nil when it is not given.
local function option(options, name)
  if options ~= nil and type(options) ~= "table" then
    error("the options of a rule are a table, as in { count = 1 }", 3)
  end
  return options and options[name]
end

local function integer_from(low, high)
  return function(v)
    local number = math.tointeger(v)
    return number and number >= low and number <= high and number
  end
end

-- What every rule may say beside its own: how it is read, and what it must be.
local common = {
  count = { integer_from(1, 2 ^ 32 - 2), "a whole number from 1: only so many packets" },
  skip = { integer_from(0, 2 ^ 32 - 2), "a whole number: so many matching packets pass first" },
  chance = { function(v)
    local percent = type(v) == "string" and tonumber(v:match "^([%d.]+)%%$")
    local chance = percent and percent / 100 or type(v) == "number" and v
    local units_of = chance and chance > 0 and chance <= 1 and math.floor(chance * 2 ^ 32)
    return units_of and math.max(1, math.min(units_of, 2 ^ 32 - 1)) // 1 | 0
  end, 'a fraction (0.1) or "10%"' },
  seed = { integer_from(0, math.maxinteger), "a whole number from 0: begins the rule's random numbers" },
}

local function add(self, order_fields, text, options, own)
  option(options) -- a table, or nothing
  for name, value in pairs(options or {}) do
    local field = common[name]
    if not field and not (own and own[name]) then
      error(("unknown option '%s' of this rule: count, skip, chance, seed%s"):format(tostring(name),
        own and ", " .. table.concat(own, ", ") or ""), 3)
    elseif field then
      order_fields[name] = field[1](value) or error(("option '%s' must be %s"):format(name, field[2]), 3)
    end
  end
  local shown = ("%s %s"):format(order_fields.action, text)
  order_fields.rule, order_fields.text, order_fields.link = compile(self, text), shown, self.link
  return setmetatable({ id = order.rule(order_fields), text = shown, context = self.context }, Rule)
end

---@class netlab.RuleOptions what any rule may be given
---@field count integer? it decides only so many packets; all without it
---@field skip integer? so many matching packets pass first: skip = 2, count = 1 is the third
---@field chance number|string? it decides with this probability: 0.1 or "10%"
---@field seed integer? begins its random numbers; the same seed gives the same run; 0 without it

---Lose packets.
---@param text string a packet form: "server -> client SYN,ACK", or only a direction: "client -> server"
---@param options netlab.RuleOptions|{ burst: integer }|nil chance = 0.1 is a loss of a tenth of the frames; burst: how
---  many matching packets in a row are lost when one is, 1 without it
---@return netlab.Rule
function Wire:drop(text, options)
  local burst = whole(option(options, "burst") or 1, 1, 1000000, "burst")
  return add(self, { action = "drop", amount = burst }, text, options, { "burst", burst = true })
end

---Lose packets, and answer each to its sender, on behalf of the receiver, a router or a firewall. The answer is a
---packet of the interface that the rejected one was on its way to; its field made_by is this rule. What may not be
---answered (an ICMP error, a reset with "rst", a broadcast) is lost only.
---@param text string a packet form, or only a direction
---@param with string|{ type: integer, code: integer?, mtu: integer? } "rst", or the name of an ICMP error
---  ("port-unreachable", "fragmentation-needed" ...), or its type and code
---@param options netlab.RuleOptions|{ from: string, mtu: integer }|nil from: the source of the ICMP error, the address
---  that the packet was sent to without it; mtu: of the next hop
---@return netlab.Rule
function Wire:reject(text, with, options)
  option(options)
  return add(self, reject.fields(with, options or {}), text, options, { "from", "mtu", from = true, mtu = true })
end

---Do with packets what a function says. It is called in a process of its own, a copy of the script's made by this call,
---with one packet at a time; what it assigns stays there. It is slow (docs/network.md), and must not wait for the
---script. An error in it fails the experiment, and takes the rule out.
---@param text string a packet form, or only a direction
---@param fn fun(packet: netlab.Packet): "pass"|"drop"|"hold"|"duplicate"|{ delay: number|string }
---@param options netlab.RuleOptions?
---@return netlab.Rule
function Wire:filter(text, fn, options)
  if type(fn) ~= "function" then
    error("filter: a function is needed that is given a packet and returns what to do with it", 2)
  end
  local rule = add(self, { action = "filter" }, text, options)
  local err = filter.start(rule.id, self.context().recording, fn)
  if err then
    rule:remove()
    error("filter: cannot start its process: " .. tostring(err), 2)
  end
  return rule
end

---Deliver packets later than they were sent. Packets of one rule keep their order, also with jitter; a rule with a
---chance reorders them, since those that it does not decide about are not delayed.
---@param text string a packet form, or only a direction
---@param time number|string one way: seconds or "50ms", from the sending to the delivery
---@param options netlab.RuleOptions|{ jitter: number|string }|nil jitter: evenly up to so much earlier or later
---@return netlab.Rule
function Wire:delay(text, time, options)
  local jitter = argument.option("delay", "jitter", units.nanoseconds, option(options, "jitter") or 0)
  local fields = { action = "delay", value = argument.pass("delay", 2, units.nanoseconds, time), amount = jitter }
  return add(self, fields, text, options, { "jitter", jitter = true })
end

---Deliver packets twice or more often. The copies are recorded with copy_of; t:trace does not see them, since
---nobody sent them.
---@param text string
---@param options netlab.RuleOptions|{ copies: integer }|nil copies: how many more, 1 to 64, 1 without it
---@return netlab.Rule
function Wire:duplicate(text, options)
  local copies = whole(option(options, "copies") or 1, 1, 64, "copies")
  return add(self, { action = "duplicate", amount = copies }, text, options, { "copies", copies = true })
end

---Deliver packets with one bit inverted. The recording has both: the packet as it was sent (fate "altered") and the
---copy.
---@param text string
---@param options netlab.RuleOptions|{ byte: integer, bit: integer }|nil byte of the frame, from 0 at the Ethernet
---  header, and
---  bit of it, from 0, the highest; without a byte a bit of the TCP, UDP or ICMP checksum
---@return netlab.Rule
function Wire:corrupt(text, options)
  local byte = option(options, "byte") and whole(options.byte, 0, 65534, "byte")
  local bit = whole(option(options, "bit") or 0, 0, 7, "bit")
  local fields = { action = "corrupt", value = (byte or 0) * 8 + bit, amount = byte and 0 or 1 }
  return add(self, fields, text, options, { "byte", "bit", byte = true, bit = true })
end

---Deliver only the beginning of packets.
---@param text string
---@param bytes integer of the frame with its Ethernet header, 14 at the least
---@param options netlab.RuleOptions?
---@return netlab.Rule
function Wire:truncate(text, bytes, options)
  return add(self, { action = "truncate", value = whole(bytes, 14, 65535, "truncate") }, text, options)
end

---Deliver packets as a line of this rate does, one after the other; those that find the queue before it full are
---lost.
---@param text string
---@param rate integer|string bits a second: 1000000 or "1M"
---@param options netlab.RuleOptions|{ queue: integer|string }|nil queue: bytes that may wait, "64K" without it
---@return netlab.Rule
function Wire:rate(text, rate, options)
  local bits = whole(type(rate) == "string" and decimal(rate) or rate, 1, 1000000000000, "rate, in bits a second")
  local queue = argument.option("rate", "queue", units.size, option(options, "queue") or "64K")
  local fields = { action = "rate", value = bits, amount = whole(queue, 1, 1 << 40, "queue, in bytes") }
  return add(self, fields, text, options, { "queue", queue = true })
end

---Deliver packets behind others that were sent after them: a packet is delivered right behind the next `gap` packets of
---its direction that are delivered. The rule decides about no other packet of that direction meanwhile.
---@param text string a packet form, or only a direction
---@param options netlab.RuleOptions|{ gap: integer, limit: number|string }|nil gap: how many packets, 1 to 1000000, 1
---  without it; limit: a time after which it is delivered anyway, none without it
---@return netlab.Rule
function Wire:reorder(text, options)
  local gap = whole(option(options, "gap") or 1, 1, 1000000, "gap")
  local limit = argument.option("reorder", "limit", units.nanoseconds, option(options, "limit") or 0)
  local fields = { action = "reorder", amount = gap, value = limit }
  return add(self, fields, text, options, { "gap", "limit", gap = true, limit = true })
end

---Keep packets back until they are released.
---@param text string a packet form
---@param options netlab.RuleOptions?
---@return netlab.Rule
function Wire:hold(text, options)
  return add(self, { action = "hold" }, text, options)
end

---Deliver what is held, by any rule: in the order in which it came, or in the order that is given.
---@param what integer|(string|integer)[]|nil as of rule:release
---@return integer released
function Wire:release(what)
  return held.release(self.context(), 0, what, "release")
end

---Cut the cable: nothing arrives any more, until restore().
---@param text string? a direction ("client -> server"); without it all of the wire
---@return netlab.Rule
function Wire:cut(text)
  return add(self, { action = "cut" }, text or "* -> *")
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
---@param context fun(): table that gives {hosts = {name = host}, recording =} as they are when it is called
---@param link { id: integer, name: string }?
---@return netlab.Wire
function wire.new(context, link)
  return setmetatable({ context = context, link = link and link.id or 0, name = link and link.name }, Wire)
end

return wire
