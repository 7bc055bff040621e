-- meaning.lua: what a failure means, in one sentence for a student.
-- Pure. A table of rules, the first that fits says it. Sources of the explanations: RFC 9293, RFC 5681,
-- tcp(7).

local bits = require "netlab.expect.bits"
local endpoints = require "netlab.expect.endpoints"
local form = require "netlab.expect.form"
local icmp = require "netlab.expect.icmp"
local show = require "netlab.expect.show"

local meaning = {}

local SYN, FIN, RST, ACK = bits.value.SYN, bits.value.FIN, bits.value.RST, bits.value.ACK
local MAIN = SYN | FIN | RST | ACK

---@class netlab.expect.Case what the rules look at
---@field failure netlab.expect.Failure
---@field item netlab.expect.Item?
---@field packet table?
---@field differs table<string, netlab.expect.Difference>
---@field want integer? expected control bits, without PSH
---@field have integer? observed ones
---@field sender string? who sent the packet
---@field repeats integer? number of the packet that this one repeats

-- ---- words ----

local function article(word)
  return (word:match("^[AEIOU]") and not word:match("^U[A-Z]") and "an " or "a ") .. word
end

local function ends(packet)
  local from = packet.src.host or packet.src.ip
  local to = packet.dst.host or packet.dst.ip
  return (from and " from " .. from or "") .. (to and not from and " to " .. to or "")
end

local function described(item)
  local form_of = item.kind == "packet" and item or nil
  return form_of and article(show.form_cells(form_of).body) .. ends(form_of) or item.text
end

local function number(case, index)
  return ("#%d"):format(case.views[index] and case.views[index].id or index)
end

local function time_text(value)
  local scaled = value < 1 and value * 1000 or value
  return ("%.3f"):format(scaled):gsub("%.?0+$", "") .. (value < 1 and " ms" or " s")
end
meaning.time_text = time_text

-- ---- control bits: what it means when others come than expected ----

local function at_port(case)
  return case.packet.sport and (" on port %d"):format(case.packet.sport) or ""
end

-- expected, observed (masks that must be there), without (masks that must not), what it means
local bit_rules = {
  { RST, SYN | ACK, 0, function(case) return "somebody listens" .. at_port(case) end },
  { SYN | ACK, RST, 0, function(case) return "nobody listens" .. at_port(case) end },
  { FIN, RST, 0, function(case)
    return case.sender .. " aborted the connection instead of closing it in order (it had unread data, or"
      .. " lingers for 0 s, or its socket was gone)"
  end },
  { RST, FIN, 0, function(case)
    return case.sender .. " closed the connection in order, it did not abort it"
  end },
  { RST, RST, 0, function()
    return "a RST that answers a segment with ACK takes its number from there and has no ACK bit; every other"
      .. " RST has it (RFC 9293 3.10.7.1)"
  end },
  { ACK, RST, 0, function(case) return case.sender .. " knows no such connection, or aborted it" end },
  { ACK, FIN | ACK, SYN, function(case)
    return ("the ACK and the FIN came in one segment: %s closed before it had sent the ACK alone")
      :format(case.sender)
  end },
  { FIN, ACK, SYN, function(case)
    return ("only an acknowledgement came, the FIN was not in it: %s has not closed its side yet")
      :format(case.sender)
  end },
  { SYN | ACK, SYN, ACK, function(case)
    return ("%s opens a connection itself instead of answering one"):format(case.sender)
  end },
  { SYN | ACK, ACK, SYN, function(case)
    return ("%s acknowledges, but does not open its side: it believes the connection to exist already")
      :format(case.sender)
  end },
  { SYN, RST, 0, function(case) return case.sender .. " refuses or aborts, where it was to open" end },
  { SYN, SYN | ACK, 0, function(case)
    return case.sender .. " answers a SYN instead of sending the first one"
  end },
}

local function bits_mean(case)
  if not case.differs.flags or not case.want or not case.have then
    return nil
  end
  for _, rule in ipairs(bit_rules) do
    if case.want & rule[1] == rule[1] and case.have & rule[2] == rule[2] and case.have & rule[3] == 0
      and case.want ~= case.have then
      return rule[4](case)
    end
  end
  return nil
end

-- ---- fields ----

local function difference_of(case, name)
  local one = case.differs[name]
  return one and math.tointeger(tonumber(one.expected)), one and math.tointeger(tonumber(one.observed))
end

local COUNTED = " (SYN and FIN count as one each)"

-- "3 bytes more", from one sequence number to another.
local function gap_text(want, have, more, less)
  local gap = (have - want + 0x80000000) % 0x100000000 - 0x80000000
  local count = math.abs(gap)
  return ("%d byte%s %s"):format(count, count == 1 and "" or "s", gap > 0 and more or less)
end

local field_rules = {
  ack = function(_, want, have)
    return want and have and "it acknowledges " .. gap_text(want, have, "more", "less") .. " than expected"
      .. COUNTED or nil
  end,
  seq = function(case, want, have)
    return want and have and "it begins " .. gap_text(want, have, "later", "earlier")
      .. (" in %s's stream"):format(case.sender) .. COUNTED or nil
  end,
  len = function(_, want, have)
    return want == 0 and ("it carries %d bytes of data"):format(have)
      or have == 0 and "it carries no data"
      or want and have and ("%d bytes of data came, not %d"):format(have, want) or nil
  end,
  win = function(case, _, have)
    return have == 0 and ("%s's receive buffer is full"):format(case.sender) or nil
  end,
}

local function fields_mean(case)
  for _, one in ipairs(case.failure.differences) do
    local rule = field_rules[one.field]
    local text = rule and rule(case, difference_of(case, one.field))
    if text then
      return text
    end
  end
  return nil
end

-- ---- the other reasons ----

local lost_because = {
  dropped = "a rule of the wire dropped it", cut = "the link was cut", rejected = "a rule of the wire rejected it",
}

local function repeat_means(case)
  local text = "it is the same segment as %s, sent again: its sender saw no acknowledgement in time"
  return case.repeats and text:format(number(case, case.repeats)) or nil
end

local function icmp_means(case)
  local packet = case.packet
  if not packet or (packet.proto ~= "icmp" and packet.proto ~= "icmp6") or not packet.quoted then
    return nil
  end
  local name = icmp.name(packet.proto, packet.icmp_type, packet.icmp_code) or "an error"
  return ("%s reports %s for a packet to %s"):format(case.sender, name, packet.quoted.dst or "somewhere")
end

local function elsewhere_means(case)
  local other, item = case.failure.elsewhere, case.item
  if not other or case.failure.kind == "field" and #case.failure.differences == 1
    and case.differs.flags == nil then
    return nil
  end
  if item and other.at > item.at then
    return ("line %d describes it, but line %d has to come before"):format(other.line, item.line)
  elseif not item then
    local text = "line %d describes it, but belongs to another flow as it is written: name the same ports in"
      .. " all lines of a flow"
    return text:format(other.line)
  end
  return nil
end

local reasons = { repeat_means, elsewhere_means, bits_mean, icmp_means, fields_mean }

local function because(case)
  for _, reason in ipairs(reasons) do
    local text = reason(case)
    if text then
      return ": " .. text
    end
  end
  return ""
end

-- ---- the sentences ----

local function differing(case)
  local parts = {}
  for _, one in ipairs(case.failure.differences) do
    parts[#parts + 1] = ("%s %s, not %s"):format(one.field, one.observed, one.expected)
  end
  return table.concat(parts, "; ")
end

local function fate_sentence(case, what)
  if case.item.lost then
    return what .. " was to be lost on the wire, but it was not: no rule dropped it and the link was not cut"
  end
  return ("%s was to arrive, but %s"):format(what, lost_because[case.differs.fate.observed])
end

local function came(case)
  return ("%s sent %s"):format(case.sender, article(show.body(case.packet)))
end

local function answered(case)
  local before = case.views[case.failure.index - 1]
  local answer = before and before.src == case.packet.dst and before.src ~= case.packet.src
  return answer and ("%s answered %s"):format(case.sender, show.body(case.packet)) or came(case)
end

local sentences = {}

function sentences.field(case)
  if case.differs.flags or case.differs.type or case.differs.op then
    return ("expected %s, but %s%s"):format(described(case.item), answered(case), because(case))
  end
  local what = described(case.item):gsub("^.", string.upper)
  if case.differs.fate then
    return fate_sentence(case, what)
  end
  return ("%s came as expected, but with %s%s"):format(what, differing(case), because(case))
end

function sentences.unexpected(case)
  if not case.item then
    return ("%s, where nothing (more) was expected between these endpoints%s"):format(came(case),
      because(case))
  end
  return ("expected %s, but %s%s"):format(described(case.item), came(case), because(case))
end

function sentences.time(case)
  local item, since = case.item, tonumber(case.failure.observed:match("^[%d.e-]+"))
  local early = since < item.time.min
  return ("%s came as expected, but too %s: %s after the packet before it, and the line says %s"):format(
    described(item):gsub("^.", string.upper), early and "early" or "late", time_text(since), item.time.text)
end

function sentences.quiet(case)
  local item, since = case.item, tonumber(case.failure.observed:match("^[%d.e-]+"))
  if not case.packet then
    return ("%q was not waited for: the trace ends after %s"):format(item.text, time_text(since))
  end
  return ("expected %q, but %s %s after the packet before%s"):format(item.text, came(case), time_text(since),
    because(case))
end

local function who_missed(case)
  local item, last = case.item, case.views[#case.views]
  local from = item.kind == "packet" and (item.src.host or item.src.ip)
  if #case.views == 0 then
    return ": there was no packet at all"
  elseif form.is_lost(last) then
    return (": the packet before it, #%d, was lost on the wire"):format(last.id or #case.views)
  elseif from and item.dst.host == endpoints.host(last, "src") then
    return (": %s did not answer the %s"):format(from, show.body(last))
  end
  return ""
end

function sentences.missing(case)
  return ("expected %s, but nothing more came%s"):format(described(case.item), who_missed(case))
end

local SEGMENT = { "proto", "src", "dst", "sport", "dport", "seq", "len", "flags" }

-- An earlier packet that is the same segment.
local function repeated(packet, index, views)
  for i = 1, (packet and packet.proto == "tcp") and index - 1 or 0 do
    local other = views[i]
    local same = true
    for _, name in ipairs(SEGMENT) do
      same = same and other[name] == packet[name]
    end
    if same and ((packet.len or 0) > 0 or bits.of_view(packet.flags or "") & (SYN | FIN) ~= 0) then
      return i
    end
  end
  return nil
end

---What a failure means, in one sentence.
---@param failure netlab.expect.Failure
---@param views table[] all packet views, in the order of feeding
---@return string
function meaning.of(failure, views)
  local item, packet, differs = failure.item, failure.packet, {}
  for _, one in ipairs(failure.differences) do
    differs[one.field] = one
  end
  return sentences[failure.kind] {
    failure = failure, item = item, packet = packet, differs = differs, views = views,
    want = item and item.bits and item.bits & MAIN,
    have = packet and packet.proto == "tcp" and bits.of_view(packet.flags or "") & MAIN or nil,
    sender = packet and (endpoints.host(packet, "src") or packet.src or "somebody"),
    repeats = repeated(packet, failure.index, views),
  }
end

return meaning
