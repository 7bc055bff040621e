-- show.lua: packets and packet lines in the language, whole or as cells that can be aligned.
-- Pure. What show.packet prints parses, and matches the packet.

local bits = require "netlab.expect.bits"
local compare = require "netlab.expect.compare"
local endpoints = require "netlab.expect.endpoints"
local fields = require "netlab.expect.fields"
local form = require "netlab.expect.form"
local icmp = require "netlab.expect.icmp"

local show = {}

local MAX_PAYLOAD = 32

---@class netlab.expect.Cells one packet or packet line, cut into what stands under each other
---@field src string
---@field arrow string
---@field dst string
---@field body string control bits or protocol
---@field fields {name: string, text: string}[]

-- Fields that are always worth showing, by protocol.
local usual = {
  tcp = { "seq", "ack", "len", "urg", "mss", "sackok", "ts", "wscale", "sack", "fastopen" },
  udp = { "len" },
  icmp = { "quoted.src", "quoted.dst", "quoted.sport", "quoted.dport" },
  icmp6 = { "quoted.src", "quoted.dst", "quoted.sport", "quoted.dport" },
  arp = { "target", "sender" },
  ip = { "len" },
  ip6 = { "len" },
  other = { "length" },
}

---A field as it is written with a packet's value: "seq=0", "ts", "!mss".
---@param row netlab.expect.FieldRow
---@param value any
---@return string
function show.field(row, value)
  if value == nil or value == false then
    return "!" .. row.name
  end
  return value == true and row.name or ("%s=%s"):format(row.name, compare.text(row, value))
end

local operations = { "request", "reply" }

local function icmp_body(view)
  local word, code = fields.protocol_word(view.proto), view.icmp_code
  local name, exact = icmp.name(view.proto, view.icmp_type, code)
  local said = exact or (name and code == 0) or not code
  return ("%s %s%s"):format(word, name or "type=" .. view.icmp_type, said and "" or " code=" .. code)
end

---Control bits or protocol of a packet: "SYN,ACK", "UDP", "ICMP port-unreachable", "ARP request".
---@param view table packet view
---@return string
function show.body(view)
  if view.proto == "tcp" then
    return bits.text(bits.of_view(view.flags or ""))
  elseif view.icmp_type and icmp.messages[view.proto] then
    return icmp_body(view)
  elseif view.proto == "arp" then
    return operations[view.arp_op] and "ARP " .. operations[view.arp_op] or "ARP op=" .. tostring(view.arp_op)
  end
  return fields.protocol_word(view.proto)
end

-- The fields that are only worth showing when they are out of the ordinary.
local function unusual(view)
  local list = {}
  if view.win == 0 and not (view.flags or ""):find("[RS][SY][TN]") then
    list[#list + 1] = "win"
  end
  if view.mf or (view.frag or 0) > 0 then
    list[#list + 1], list[#list + 2] = "mf", "frag"
  end
  if view.checksum_ok == false then
    list[#list + 1] = "checksum_ok"
  end
  if (view.len or 0) > 0 and view.payload and #view.payload <= MAX_PAYLOAD then
    list[#list + 1] = "payload"
  end
  return list
end

local function field_cells(view, all)
  local list, cells = {}, {}
  table.move(usual[view.proto] or {}, 1, 100, 1, list)
  local always = #list
  table.move(unusual(view), 1, 100, #list + 1, list)
  local names = all and fields.names(view.proto == "ip6" and "ip" or view.proto) or list
  for i, name in ipairs(names) do
    local row = fields.by_name[name]
    local value = fields.value(row, view)
    local there = value ~= nil and value ~= false
    if there or (not all and i > always and value == false) then
      cells[#cells + 1] = { name = name, text = show.field(row, value) }
    end
  end
  return cells
end

---A packet as cells.
---@param view table packet view
---@param all boolean? with every field that has a value
---@return netlab.expect.Cells
function show.packet_cells(view, all)
  return {
    src = endpoints.observed(view, "src"),
    arrow = form.is_lost(view) and "-x" or "->",
    dst = endpoints.observed(view, "dst"),
    body = show.body(view),
    fields = field_cells(view, all),
  }
end

local function joined(cells)
  local parts = { cells.src, cells.arrow, cells.dst, " " .. cells.body }
  for i, cell in ipairs(cells.fields) do
    parts[#parts + 1] = (i == 1 and " " or "") .. cell.text
  end
  return table.concat(parts, " ")
end

---A packet in the language. The line matches the packet.
---@param view table packet view
---@param options {all: boolean?}? all: every field that has a value, not only the usual ones
---@return string
function show.packet(view, options)
  return joined(show.packet_cells(view, options and options.all))
end

---A packet line as cells.
---@param packet netlab.expect.Packet
---@return netlab.expect.Cells
function show.form_cells(packet)
  local body = packet.bits and bits.text(packet.bits) or packet.proto and fields.protocol_word(packet.proto)
    or "any packet"
  if packet.icmp then
    body = body .. " " .. packet.icmp[1]
  elseif packet.arp_op then
    body = body .. " " .. operations[packet.arp_op]
  end
  local cells = {}
  for i, field in ipairs(packet.fields) do
    cells[i] = { name = field.row.name, text = field.text }
  end
  return {
    src = endpoints.text(packet.src),
    arrow = packet.lost and "-x" or "->",
    dst = endpoints.text(packet.dst),
    body = body,
    fields = cells,
  }
end

return show
