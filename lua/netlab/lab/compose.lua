-- compose.lua: from a packet form of the expectation language to the table that netlab.core.build makes a frame of, so
-- that what a puppet sends reads like a line of a trace. A form that can be sent says one packet: what is a condition
-- (a range, !=, *) raises a problem that says where and what to write instead.
--
-- What a form does not name: control bits not at all (they must be named), seq and ack as the conversation has them,
-- else 0, win 65535, ttl 64, no options, no payload; everything else is 0.

local bits = require "netlab.expect.bits"
local build = require "netlab.core.build"
local compose_fields = require "netlab.lab.compose_fields"
local endpoints = require "netlab.expect.endpoints"
local ends = require "netlab.lab.compose_ends"
local grammar = require "netlab.expect.grammar"
local value = require "netlab.lab.compose_value"

---@class netlab.compose.Ends the conversation that a packet belongs to, as its sender sees it
---@field proto string "tcp", "udp", ...
---@field src string network addresses
---@field dst string
---@field sport integer? nil: the form does not say it
---@field dport integer?

---@class netlab.compose.Flow what is known about a conversation; all may be absent
---@field sport integer? ports, where the form does not say them
---@field dport integer?
---@field seq_base integer? what seq= counts from, as on the wire; 0 without it
---@field ack_base integer? what ack= and sack= count from
---@field seq integer? relative, when the form does not name it
---@field ack integer? relative, when the form does not name it and the ACK bit is set

---@class netlab.compose.Context
---@field hosts table<string, {ip: string?, ip6: string?, mac: string?}>
---@field binds table<string, integer|string>? variables that have a value; not changed
---@field flow (fun(ends: netlab.compose.Ends): netlab.compose.Flow?)?
---@field six boolean? over IPv6 when the form does not say it, and the hosts have IPv6 addresses
---@field src_mac string? of the interface that sends; else that of the host with the source address
---@field next_hop (fun(ip: string): string?)? the hardware address for a network address; asked first
---@field where netlab.expect.Where? of a form that is given as text

local compose = {}

local function set_body(state)
  local form = state.form
  if not form.proto then
    value.refuse(state, form.at, "what is sent must be said", "control bits (SYN, or none) or a protocol")
  end
  value.put(state, "proto", form.proto, form.at)
  if form.proto == "tcp" then
    if not form.bits then
      value.refuse(state, form.at, "TCP says no control bits", "them (SYN,ACK), or none")
    end
    local text = bits.text(form.bits)
    value.put(state, "flags", text == "none" and "" or text, form.at)
  end
  if form.icmp then
    value.put(state, "icmp_type", form.icmp[2], form.at)
    state.out.icmp_code = form.icmp[3]
  end
  state.out.arp_op = form.arp_op
end

local function set_ends(state)
  local form, out = state.form, state.out
  if form.proto == "arp" then
    local target = form.dst.ip or form.dst.host and ends.address_of(state, form.dst.host, form.dst.at)
    state.arp = { arp_spa = form.src.ip or form.src.host and ends.address_of(state, form.src.host, form.src.at),
      arp_tpa = target }
    return
  elseif form.proto == "other" then
    return
  end
  ends.set_address(state, "src")
  ends.set_address(state, "dst")
  if (out.src:find(":", 1, true) == nil) ~= (out.dst:find(":", 1, true) == nil) then
    value.refuse(state, form.dst.at, ("%s and %s are of different families"):format(out.src, out.dst))
  end
end

local function set_ports(state)
  local ported = state.form.proto == "tcp" or state.form.proto == "udp"
  for _, field in ipairs(state.form.fields) do
    if ported and (field.row.name == "sport" or field.row.name == "dport") then
      compose_fields.set(state, field)
    end
  end
  if ported then
    state.flow = ends.flow(state, ends.of(state))
    ends.set_port(state, "src")
    ends.set_port(state, "dst")
  end
end

-- What an ARP message and an ICMP error have when the form does not say it.
local function fill_arp(state)
  for name, ip in pairs(state.arp) do
    state.out[name] = state.out[name] or ip
  end
  for name, field in pairs { arp_spa = "sender", arp_tpa = "target" } do
    if not state.out[name] then
      value.refuse(state, state.form.at, ("ARP needs the %s's address"):format(field), field .. "=ADDRESS")
    end
  end
  if not state.out.arp_op then
    value.refuse(state, state.form.at, "ARP is a request or a reply", "ARP request, ARP reply or op=NUMBER")
  end
end

local errors = {
  icmp = { [3] = true, [4] = true, [5] = true, [11] = true, [12] = true },
  icmp6 = { [1] = true, [2] = true, [3] = true, [4] = true },
}

-- The packet that an ICMP error quotes; of another protocol than TCP and UDP it is an echo request.
local function fill_quoted(quoted, flow)
  if quoted.proto == "tcp" then
    quoted.flags = "ACK"
    quoted.seq = value.modulo((quoted.seq or flow.seq or 0) + (flow.seq_base or 0))
  end
  if quoted.proto == "tcp" or quoted.proto == "udp" then
    quoted.sport, quoted.dport = quoted.sport or flow.sport, quoted.dport or flow.dport
  else
    quoted.icmp_type = ({ icmp = 8, icmp6 = 128 })[quoted.proto]
  end
end

local function fill_icmp(state)
  local out, quoted = state.out, state.quoted
  local kind = out.icmp_type
  if not kind then
    value.refuse(state, state.form.at, "an ICMP packet has a type", "the message's name, or type=NUMBER")
  end
  if quoted then
    quoted.proto = quoted.proto or "tcp"
    quoted.src, quoted.dst = quoted.src or out.dst, quoted.dst or out.src
    fill_quoted(quoted, ends.flow(state, quoted))
    out.quoted = quoted
  elseif errors[state.form.proto][kind] and not out.payload and not state.length and not out.quoted then
    value.refuse(state, state.form.at, "an ICMP error quotes the packet that it is about",
      'quoted.sport=, quoted.dport=, ..., or payload="" for none')
  end
end

local function fill_tcp(state)
  local out, flow = state.out, state.flow
  out.seq = out.seq or value.modulo((flow.seq_base or 0) + (flow.seq or 0))
  if out.flags:find "ACK" and not out.ack then
    out.ack = value.modulo((flow.ack_base or 0) + (flow.ack or 0))
  end
end

local function fill_payload(state)
  local out, length = state.out, state.length
  if length and (out.payload or out.quoted) then
    if not out.payload or #out.payload ~= length then
      value.refuse(state, state.length_at, ("len=%d is not the length of what is sent"):format(length), "one of both")
    end
  elseif length then
    out.payload = ("0123456789"):rep(length // 10 + 1):sub(1, length)
  end
end

local function fill(state)
  local proto = state.form.proto
  if proto == "arp" then
    fill_arp(state)
  elseif proto == "icmp" or proto == "icmp6" then
    fill_icmp(state)
  elseif proto == "tcp" then
    fill_tcp(state)
  elseif proto == "ip" and not state.out.ipproto then
    value.refuse(state, state.form.at, "IP says no protocol inside of it", "ipproto=NUMBER")
  elseif proto == "other" and not state.out.ethertype then
    value.refuse(state, state.form.at, "OTHER says no Ethernet type", "ethertype=NUMBER")
  end
  fill_payload(state)
  ends.set_macs(state)
end

local function check_line(state)
  local form = state.form
  for _, endpoint in ipairs { form.src, form.dst } do
    if endpoint.host then
      endpoints.need_host(endpoint.host, form.where, endpoint.at, state.context)
    end
  end
  if form.lost then
    value.refuse(state, form.at, "-x says that a packet was lost, which the wire decides", "->")
  elseif form.time then
    value.refuse(state, form.at, ("%s is not possible here: it is sent now"):format(form.time.text),
      "the line without it")
  end
end

---The table that build.frame, or build.fragments, makes the packet of.
---@param form netlab.expect.Packet|string a packet form, parsed or as text
---@param context netlab.compose.Context
---@param more table? further fields of build.frame; they win over what the form says
---@return table packet raises a netlab.expect.Problem for what cannot be sent
---@return integer? fragments bytes of data in each: the packet is to go out with build.fragments(packet, fragments)
function compose.packet(form, context, more)
  if type(form) == "string" then
    form = grammar.packet_form(form, context.where or { source = "packet", line = 1 })
  end
  local state = { form = form, context = context, out = {}, flow = {}, absent = {} }
  check_line(state)
  state.six = ends.is_six(form, context)
  set_body(state)
  set_ends(state)
  set_ports(state)
  for _, field in ipairs(form.fields) do
    compose_fields.set(state, field)
  end
  for name, field in pairs(state.absent) do
    if state.out[name] ~= nil then
      value.refuse(state, field.at, ("the form says %s twice, and not the same"):format(field.row.name))
    end
  end
  for name, said in pairs(more or {}) do
    state.out[name] = said
  end
  fill(state)
  return state.out, state.fragments
end

---The frames of a packet: one, or its fragments.
---@param form netlab.expect.Packet|string
---@param context netlab.compose.Context
---@param more table?
---@return string[] frames from the Ethernet header on; raises a netlab.expect.Problem, or what build.frame says
function compose.frames(form, context, more)
  local packet, fragments = compose.packet(form, context, more)
  return fragments and build.fragments(packet, fragments) or { build.frame(packet) }
end

return compose
