-- compose_ends.lua: who sends a packet to whom: network addresses, ports, hardware addresses, for compose.lua.

local address = require "netlab.expect.address"
local endpoints = require "netlab.expect.endpoints"
local value = require "netlab.lab.compose_value"

local ends = {}

---The address of a host in the family that the packet has.
---@param state netlab.compose.State
---@param name string
---@param at integer
---@return string ip
function ends.address_of(state, name, at)
  endpoints.need_host(name, state.form.where, at, state.context)
  local host = state.context.hosts[name]
  local ip = state.six and host.ip6 or not state.six and host.ip
  if not ip then
    value.refuse(state, at, ("%s has no %s address"):format(name, state.six and "IPv6" or "IPv4"))
  end
  return ip
end

local function has_colon(ip)
  return ip:find(":", 1, true) ~= nil
end

---Whether a packet goes over IPv6: when an address or the protocol says so, when one of the hosts has nothing else, or
---when the context prefers it and all of them have it.
---@param form netlab.expect.Packet
---@param context netlab.compose.Context
---@return boolean
function ends.is_six(form, context)
  local only_six, six = false, context.six or false
  local named = {}
  for _, side in ipairs { "src", "dst" } do
    named[#named + 1] = form[side]
  end
  for _, field in ipairs(form.fields) do
    local row = field.row
    if (row.name == "src" or row.name == "dst") and field.value then
      named[#named + 1] = field.value
    end
  end
  for _, place in ipairs(named) do
    if place.ip then
      return has_colon(place.ip)
    end
    local host = context.hosts[place.host]
    only_six = only_six or host ~= nil and not host.ip
    six = six and (host == nil or host.ip6 ~= nil)
  end
  return form.proto == "icmp6" or form.proto ~= "icmp" and form.proto ~= "arp" and (only_six or six)
end

local names = { src = "the sender", dst = "the receiver" }

---Sets the network address of one end.
---@param state netlab.compose.State
---@param side "src"|"dst"
function ends.set_address(state, side)
  local endpoint, out = state.form[side], state.out
  local ip = endpoint.ip or endpoint.host and ends.address_of(state, endpoint.host, endpoint.at)
  for _, field in ipairs(state.form.fields) do
    if field.row.name == side then
      local said = value.of(state, field)
      said = field.value.host and ends.address_of(state, said, field.at) or address.canonical(said) or said
      if ip and ip ~= said then
        value.refuse(state, field.at, ("%s is not %s's address"):format(said, endpoints.text(endpoint)),
          ("%s as %s"):format(said, names[side]))
      end
      ip = said
    end
  end
  if not ip then
    value.refuse(state, endpoint.at, ("* is nobody in particular: %s must be named"):format(names[side]),
      "a host or an address")
  end
  out[side] = ip
end

---Sets the port of one end; the conversation knows it when the form does not say it.
---@param state netlab.compose.State
---@param side "src"|"dst"
function ends.set_port(state, side)
  local endpoint, name = state.form[side], endpoints.port_field[side]
  local port = endpoint.port or endpoint.bind and (state.context.binds or {})[endpoint.bind]
  if not port and state.out[name] == nil then
    port = state.flow[name]
  end
  if port then
    value.put(state, name, port, endpoint.at)
  elseif state.out[name] == nil and endpoint.bind then
    value.bound(state, endpoint.bind, endpoint.at)
  elseif state.out[name] == nil then
    value.refuse(state, endpoint.at, ("%s needs a port"):format(names[side]), endpoints.text {
      host = endpoint.host, ip = endpoint.ip, port = "PORT",
    })
  end
end

---The conversation of a packet, as far as the form says it.
---@param state netlab.compose.State
---@return netlab.compose.Ends
function ends.of(state)
  local form = state.form
  local both = { proto = form.proto, src = state.out.src, dst = state.out.dst }
  for side, name in pairs(endpoints.port_field) do
    local endpoint = form[side]
    both[name] = endpoint.port or endpoint.bind and (state.context.binds or {})[endpoint.bind] or state.out[name]
  end
  return both
end

---What the context knows about a conversation.
---@param state netlab.compose.State
---@param of netlab.compose.Ends
---@return netlab.compose.Flow
function ends.flow(state, of)
  return state.context.flow and state.context.flow(of) or {}
end

-- ---- hardware addresses ----

-- RFC 1112 6.4, RFC 2464 7.
local function group_mac(ip)
  local a, b, c, d = ip:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  a = tonumber(a)
  if ip == "255.255.255.255" then
    return "ff:ff:ff:ff:ff:ff"
  elseif a and a >= 224 and a <= 239 then
    return ("01:00:5e:%02x:%02x:%02x"):format(tonumber(b) & 127, c, d)
  elseif not a and ip:match("^ff") then
    local tail = ("0"):rep(8) .. (ip:match("::(.*)$") or ip:match("([^:]*:[^:]*)$"))
      :gsub("%x+", function(group) return ("%04x"):format(tonumber(group, 16)) end):gsub(":", "")
    return "33:33:" .. tail:sub(-8):gsub("(%x%x)(%x%x)(%x%x)(%x%x)", "%1:%2:%3:%4")
  end
  return nil
end

local function owner_mac(ip, context)
  local owner = ip and address.owner(ip, context.hosts)
  return owner and context.hosts[owner].mac
end

---Sets the hardware addresses. Without a network layer the receiver is a host, or all.
---@param state netlab.compose.State
function ends.set_macs(state)
  local out, context, form = state.out, state.context, state.form
  local src, dst = out.src or out.arp_spa, out.dst
  local function host_mac(endpoint)
    return endpoint.host and context.hosts[endpoint.host].mac
  end
  out.src_mac = out.src_mac or context.src_mac or host_mac(form.src) or owner_mac(src, context)
  if not out.dst_mac and (form.proto == "arp" or form.proto == "other") then
    out.dst_mac = host_mac(form.dst) or owner_mac(form.dst.ip, context) or "ff:ff:ff:ff:ff:ff"
  elseif not out.dst_mac and dst then
    out.dst_mac = context.next_hop and context.next_hop(dst) or host_mac(form.dst) or owner_mac(dst, context)
      or group_mac(dst)
  end
  for side, name in pairs { src = "src_mac", dst = "dst_mac" } do
    if not out[name] then
      value.refuse(state, form[side].at, ("nobody is known to have %s's hardware address"):format(names[side]),
        name .. '="02:00:00:00:00:01"')
    end
  end
end

return ends
