-- grammar.lua: the grammar of the expectation language (docs/expectations.md), text to syntax tree.
-- Pure. A syntax error is raised as a problem value (problem.lua) with line and column of the script.

local lpeg = require "lpeg"
local packets = require "netlab.expect.packets"
local problem = require "netlab.expect.problem"
local tokens = require "netlab.expect.tokens"

local P, S, V, Cg, Cp, Ct = lpeg.P, lpeg.S, lpeg.V, lpeg.Cg, lpeg.Cp, lpeg.Ct
local space, must, checked, keyword = tokens.space, tokens.must, tokens.checked, tokens.keyword

---@class netlab.expect.Time time since the packet before, in seconds
---@field kind "after"|"within"
---@field min number
---@field max number? nil: no upper bound
---@field text string as written

---@class netlab.expect.Item
---@field kind "packet"|"skip"|"none"|"optional"|"anyorder"|"repeat"
---@field items netlab.expect.Item[]? of a block
---@field min integer? of repeat
---@field max integer? of repeat
---@field form netlab.expect.Packet? of none: what must not come; nil: anything
---@field duration number? of none, in seconds
---@field text string as written, the first line of a block
---@field at integer
---@field line integer
---@field column integer

---@class netlab.expect.Tree : netlab.expect.Item[]
---@field where netlab.expect.Where

local grammar = {}

local MAX_REPEAT = 1000
local keywords = { "optional", "anyorder", "repeat", "none", "after", "within" }
local EXPECTED_ITEM = "a packet (client -> server:80 SYN), after, within, optional, anyorder, repeat, none"
  .. " or ..."

local function located(kind)
  return function(where, at, item)
    item.kind, item.at = kind, at
    item.line, item.column = problem.place(where, at)
    item.text = where.text:sub(at, (item.stop or at) - 1):match("^[^\n]*"):gsub("%s+$", "")
    return item
  end
end

local function item_of(kind, pattern)
  return checked(Ct(pattern * Cg(Cp(), "stop")), located(kind))
end

-- ---- time ----

local function tolerance(where, at, time)
  local low = time.low
  local spread = time.percent and low * time.percent / 100 or time.spread or 0
  if time.high and time.high < low then
    problem.raise(where, at, "the range of times is empty", "a smaller time .. a larger time")
  end
  local bounded = time.high or time.percent or time.spread
  return {
    kind = "after",
    min = math.max(0, low - spread),
    max = bounded and (time.high or low + spread) or nil,
    text = where.text:sub(at, time.stop - 1),
  }
end

local function at_most(where, at, time)
  return { kind = "within", min = 0, max = time.high, text = where.text:sub(at, time.stop - 1) }
end

local duration = tokens.duration
local plus_minus = P "±" + "+-" + "+/-"
local spread = Cg(tokens.amount * "%", "percent") + Cg(duration, "spread")
local after = checked(Ct(keyword "after" * space * Cg(duration, "low")
  * (P ".." * Cg(duration, "high") + space * plus_minus * space * spread) ^ -1 * Cg(Cp(), "stop")), tolerance)
local within = checked(Ct(keyword "within" * space * Cg(duration, "high") * Cg(Cp(), "stop")), at_most)

-- ---- items ----

local function check_repeat(where, at, node)
  node.max = node.max or node.min
  if node.max < node.min or node.max < 1 or node.max > MAX_REPEAT then
    problem.raise(where, at, ("repeat %d..%d: the numbers must rise, from 0 to %d"):format(
      node.min, node.max, MAX_REPEAT), "a number or low..high")
  end
  return located "repeat"(where, at, node)
end

local comment = P "#" * (1 - P "\n") ^ 0
local line_end = space * comment ^ -1 * (P "\n" + -1 + #P "}")
local block_end = must(space * P "}", "a line of the block, or } that closes it")
local block = Cg(P "{" * Ct(V "lines") * block_end, "items")
local body = space * (block + Cg(Ct(V "inner"), "items"))
local packet = packets.pattern { keywords = keywords, expected = EXPECTED_ITEM, any_protocol = false }
local loose_packet = packets.pattern {
  keywords = {}, expected = "a host name, an address or *", any_protocol = true,
}

local function timed(_, _, time, form)
  form.time = time
  return form
end

local for_time = keyword "for" * space * Cg(duration, "duration")
local rules = {
  "lines",
  lines = (space * comment ^ -1 * "\n"
    + space * V "item" * must(line_end, "a field or the end of the line")) ^ 0 * space * comment ^ -1,
  inner = V "item",
  item = -(-1 + S "}") * (V "skip" + V "none" + V "optional" + V "anyorder" + V "repeated" + V "packet"),
  skip = item_of("skip", P "..."),
  none = item_of("none", keyword "none" * space * for_time
    + keyword "none" * space * Cg(loose_packet, "form") * space
    * must(for_time, "for and a duration, as in for 300ms")),
  optional = item_of("optional", keyword "optional" * body),
  anyorder = item_of("anyorder", keyword "anyorder" * space * must(block, "{ and the lines of the block")),
  repeated = checked(Ct(keyword "repeat" * space * Cg(must(tokens.count, "a number or low..high"), "min")
    * (P ".." * Cg(must(tokens.count, "the upper number"), "max")) ^ -1 * body
    * Cg(Cp(), "stop")), check_repeat),
  packet = checked((after + within) * space * packet, timed) + packet,
}
local whole = Ct(P(rules)) * must(-1, "a line; nothing is open that } could close")

local function refuse_nested(items, where)
  for _, item in ipairs(items) do
    for _, inner in ipairs(item.items or {}) do
      if inner.kind == "none" then
        problem.raise(where, inner.at, "none ... for cannot stand in a block: it is about the whole trace",
          "none ... for on a line outside of the block")
      elseif inner.kind == "skip" and (item.kind == "anyorder" or #item.items == 1) then
        problem.raise(where, inner.at,
          ("... means nothing here: it stands between lines, not alone in %s"):format(item.kind),
          "a packet line")
      end
    end
    refuse_nested(item.items or {}, where)
  end
end

local function with_text(where, text)
  return { source = where.source, line = where.line, column = where.column, text = text }
end

---Parses the text of a trace.
---@param text string
---@param where netlab.expect.Where source and first line of the text in the script
---@return netlab.expect.Tree tree raises a netlab.expect.Problem
function grammar.parse(text, where)
  where = with_text(where, text)
  local tree = whole:match(text, 1, where)
  refuse_nested(tree, where)
  tree.where = where
  return tree
end

local single = space * loose_packet * space * comment ^ -1 * must(-1, "a field or the end of the packet form")

---Parses one packet form, for rules of the wire and for waiting: "server -> client SYN,ACK". Control bits and
---protocol may be left out (any protocol).
---@param text string
---@param where netlab.expect.Where
---@return netlab.expect.Packet form raises a netlab.expect.Problem
function grammar.packet_form(text, where)
  where = with_text(where, text)
  return single:match(text, 1, where)
end

return grammar
