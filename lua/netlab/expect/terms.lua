-- terms.lua: a packet form as the terms of a rule of the wire, which C tests on every packet.
-- Pure. A rule compares numbers, addresses and hosts; what a form says beyond that raises a problem.

local address = require "netlab.expect.address"
local bits = require "netlab.expect.bits"
local endpoints = require "netlab.expect.endpoints"
local compare = require "netlab.expect.compare"
local problem = require "netlab.expect.problem"

---@class netlab.expect.Term
---@field field string the packet view's field
---@field op "=="|"!="|"<"|"<="|">"|">="|"&" "&": (field & mask) == value
---@field value integer|string
---@field mask integer? of "&"

local terms = {}

local function impossible(packet, at, what)
  local message = "%s is not possible in a rule of the wire: a rule compares numbers, addresses and hosts"
  problem.raise(packet.where, at, message:format(what), "a number, an address or a host")
end

local function add(list, field, op, value, mask)
  list[#list + 1] = { field = field, op = op, value = value, mask = mask }
end

local function add_end(list, packet, side, context)
  local endpoint = packet[side]
  if endpoint.host then
    endpoints.need_host(endpoint.host, packet.where, endpoint.at, context)
    add(list, endpoints.host_field[side], "==", endpoint.host)
  elseif endpoint.ip then
    add(list, side, "==", endpoint.ip)
  end
  if endpoint.bind then
    impossible(packet, endpoint.at, ("the variable $%s"):format(endpoint.bind))
  end
  if endpoint.port then
    add(list, endpoints.port_field[side], "==", endpoint.port)
  end
end

local operators = { ["="] = "==", ["!="] = "!=", ["<"] = "<", ["<="] = "<=", [">"] = ">", [">="] = ">=" }

local function address_of(packet, field, context)
  compare.check(field, packet.where, context)
  if field.value.ip then
    return field.value.ip
  end
  local all = address.all(context.hosts[field.value.host])
  if #all ~= 1 then
    impossible(packet, field.at, ("%s (a host with %d addresses)"):format(field.text, #all))
  end
  return all[1]
end

local function add_field(list, packet, field, context)
  local row, value = field.row, field.value
  if not row.term then
    impossible(packet, field.at, "the field " .. row.name)
  elseif not value then
    impossible(packet, field.at, ("%s (whether a field is there)"):format(field.text))
  elseif value.kind == "bind" then
    impossible(packet, field.at, ("the variable $%s"):format(value.name))
  elseif value.kind == "range" then
    if field.op ~= "=" then
      impossible(packet, field.at, ("%s (outside of a range)"):format(field.text))
    end
    add(list, row.view, ">=", value.low)
    add(list, row.view, "<=", value.high)
  elseif value.kind == "address" then
    add(list, row.view, operators[field.op], address_of(packet, field, context))
  else
    local number = row.kind == "serial" and value.number & 0xffffffff or value.number
    add(list, row.view, operators[field.op], number)
  end
end

---The terms of a form, all of which have to hold. PSH counts only when it is named, as everywhere. `seq`,
---`ack` and the timestamps compare modulo 2^32.
---@param packet netlab.expect.Packet
---@param context netlab.expect.Context
---@return netlab.expect.Term[] terms raises a netlab.expect.Problem for what a rule cannot test
function terms.of(packet, context)
  local list = {}
  if packet.lost then
    impossible(packet, packet.at, "-x (what the rule itself decides)")
  end
  add_end(list, packet, "src", context)
  add_end(list, packet, "dst", context)
  if packet.proto == "ip" then
    impossible(packet, packet.at, "IP (of either version)")
  elseif packet.proto then
    add(list, "proto", "==", packet.proto)
  end
  if packet.bits then
    add(list, "flags", "&", packet.bits, bits.checked(packet.bits))
  end
  if packet.icmp then
    add(list, "icmp_type", "==", packet.icmp[2])
    if packet.icmp[3] then
      add(list, "icmp_code", "==", packet.icmp[3])
    end
  end
  if packet.arp_op then
    add(list, "arp_op", "==", packet.arp_op)
  end
  for _, field in ipairs(packet.fields) do
    add_field(list, packet, field, context)
  end
  return list
end

return terms
