-- form.lua: one packet form against one packet view.
-- Pure.

local bits = require "netlab.expect.bits"
local compare = require "netlab.expect.compare"
local endpoints = require "netlab.expect.endpoints"
local fields = require "netlab.expect.fields"
local icmp = require "netlab.expect.icmp"
local terms = require "netlab.expect.terms"

---@class netlab.expect.Difference one thing in which a packet is not what was expected
---@field field string "fate", "src", "sport", "dst", "dport", "proto", "flags", or a field's name
---@field expected string
---@field observed string

local form = {}

local lost_fates = { dropped = true, cut = true, rejected = true }

---Whether the wire lost a packet.
---@param view table
---@return boolean
function form.is_lost(view)
  return lost_fates[view.fate] or false
end

---Raises a problem when a form names an unknown host.
---@param packet netlab.expect.Packet
---@param context netlab.expect.Context
function form.check(packet, context)
  for _, endpoint in ipairs { packet.src, packet.dst } do
    if endpoint.host then
      endpoints.need_host(endpoint.host, packet.where, endpoint.at, context)
    end
  end
  for _, field in ipairs(packet.fields) do
    compare.check(field, packet.where, context)
  end
end

local function add(list, field, expected, observed)
  list[#list + 1] = { field = field, expected = expected, observed = observed }
end

local function compare_fate(packet, view, list)
  if packet.lost ~= form.is_lost(view) then
    local expected = packet.lost and "lost on the wire" or "not lost"
    add(list, "fate", expected, view.fate or "delivered")
  end
end

local function compare_end(packet, view, side, list, binds, fresh)
  local endpoint = packet[side]
  if not endpoints.is_host(endpoint, view, side) then
    add(list, side, endpoints.text(endpoint), endpoints.observed(view, side))
  elseif not endpoints.is_port(endpoint, view, side, binds, fresh) then
    local bound = endpoint.bind and binds[endpoint.bind]
    local expected = endpoint.port or bound and ("%s ($%s)"):format(bound, endpoint.bind) or "present"
    local name = endpoints.port_field[side]
    add(list, name, tostring(expected), tostring(view[name] or "absent"))
  end
end

---Whether a packet is of the protocol that a line names ("ip": also IPv6).
---@param proto string?
---@param view table
---@return boolean
function form.is_proto(proto, view)
  return not proto or proto == view.proto or (proto == "ip" and view.proto == "ip6")
end

local function compare_bits(packet, view, list)
  local observed = bits.of_view(view.flags or "")
  if (observed ~ packet.bits) & bits.checked(packet.bits) ~= 0 then
    add(list, "flags", bits.text(packet.bits), bits.text(observed))
  end
end

local function compare_icmp(packet, view, list)
  local row = packet.icmp
  if row[2] ~= view.icmp_type or (row[3] and row[3] ~= view.icmp_code) then
    local name = icmp.name(packet.proto, view.icmp_type, view.icmp_code)
    add(list, "type", row[1], name or ("type=%s code=%s"):format(view.icmp_type, view.icmp_code))
  end
end

local operations = { "request", "reply" }

local function compare_body(packet, view, list)
  if not form.is_proto(packet.proto, view) then
    add(list, "proto", fields.protocol_word(packet.proto), fields.protocol_word(view.proto))
    return false
  end
  if packet.bits then
    compare_bits(packet, view, list)
  end
  if packet.icmp then
    compare_icmp(packet, view, list)
  end
  if packet.arp_op and packet.arp_op ~= view.arp_op then
    add(list, "op", operations[packet.arp_op], operations[view.arp_op] or tostring(view.arp_op))
  end
  return true
end

---All differences between a form and a packet, none when it matches.
---@param packet netlab.expect.Packet
---@param view table packet view
---@param context netlab.expect.Context
---@param binds table<string, any> variables that have a value; not changed
---@return netlab.expect.Difference[] differences fate and endpoints first, then control bits, then fields as
---  written
---@return table<string, any> fresh variables that the packet gives a value
function form.differences(packet, view, context, binds)
  local list, fresh = {}, {}
  compare_fate(packet, view, list)
  compare_end(packet, view, "src", list, binds, fresh)
  compare_end(packet, view, "dst", list, binds, fresh)
  if compare_body(packet, view, list) then
    for _, field in ipairs(packet.fields) do
      local fits, observed = compare.test(field, view, context, binds, fresh)
      if not fits then
        local known = setmetatable({}, { __index = function(_, name)
          local value = fresh[name]
          return value == nil and binds[name] or value
        end })
        add(list, field.row.name, compare.expected(field, known), compare.text(field.row, observed))
      end
    end
  end
  return list, fresh
end

---Whether a packet matches a form. A match gives the form's unbound variables their values.
---@param packet netlab.expect.Packet
---@param view table packet view
---@param context netlab.expect.Context
---@param binds table<string, any>? variables; changed on a match
---@return boolean
---@return netlab.expect.Difference? difference the first one
function form.match(packet, view, context, binds)
  local list, fresh = form.differences(packet, view, context, binds or {})
  if #list > 0 then
    return false, list[1]
  end
  if binds then
    for name, value in pairs(fresh) do
      binds[name] = value
    end
  end
  return true
end

form.terms = terms.of

return form
