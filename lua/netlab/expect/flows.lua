-- flows.lua: which lines of a trace belong together, and to which of them a packet belongs.
-- Pure. The lines of one flow have the same unordered pair of endpoints as written, and the same protocol;
-- all ARP is one flow. Each flow has its own order. `none ... for` cuts the text into parts; each part has
-- all flows.

local endpoints = require "netlab.expect.endpoints"
local form = require "netlab.expect.form"
local icmp = require "netlab.expect.icmp"
local states = require "netlab.expect.states"

---@class netlab.expect.Flow
---@field key string
---@field keys table<netlab.expect.Packet, string> the key of every packet line
---@field ends {src: netlab.expect.Endpoint, dst: netlab.expect.Endpoint} as its first line has them
---@field proto string
---@field order integer place of its first line in the text
---@field parts table[] the nodes of each part of the text, for states.sequence
---@field states netlab.expect.States

local flows = {}

local everybody = { src = {}, dst = {} }

local function key_of(packet, context)
  if packet.proto == "arp" then
    return "arp"
  end
  local a, b = endpoints.key(packet.src, context), endpoints.key(packet.dst, context)
  if b < a then
    a, b = b, a
  end
  return ("%s %s %s"):format(packet.proto, a, b)
end

-- Calls visit(item) for every packet line of a list of items.
local function each_packet(items, visit)
  for _, item in ipairs(items) do
    if item.kind == "packet" then
      visit(item)
    elseif item.items then
      each_packet(item.items, visit)
    end
  end
end
flows.each_packet = each_packet

-- ---- the lines of one flow as nodes ----

local project

local function block(flow, item)
  local body, named = project(flow, item.items)
  if not named then
    return nil
  end
  return flow.states:node { kind = item.kind, body = body, min = item.min, max = item.max, item = item }
end

-- Text of a child without its layout, so that equal children are recognised.
local function shape(items, where)
  local parts = {}
  each_packet(items, function(item)
    parts[#parts + 1] = item.text:gsub("%s+", " ")
  end)
  local first = items[1]
  local plain = #items == 1 and first.kind == "packet" and not first.time
  return plain and parts[1] or ("%s@%d"):format(table.concat(parts, "\n"), where)
end

local function anyorder(flow, item)
  local children, shapes = {}, {}
  for _, child in ipairs(item.items) do
    local body, named = project(flow, { child })
    if named then
      children[#children + 1] = body
      shapes[#children] = shape({ child }, child.at)
    end
  end
  if #children == 0 then
    return nil
  elseif #children > 60 then
    error("anyorder has more than 60 lines", 0)
  end
  return flow.states:node {
    kind = "anyorder", children = children, shapes = shapes, left = (2 << #children) - 2, item = item,
  }
end

local makers = { optional = block, ["repeat"] = block, anyorder = anyorder }

---The part of a list of items that belongs to a flow.
---@return table[] nodes
---@return boolean named whether a packet line of the flow is in it
function project(flow, items)
  local nodes, named = {}, false
  for _, item in ipairs(items) do
    local node
    if item.kind == "packet" then
      node = flow.keys[item] == flow.key and flow.states:node { kind = "packet", item = item } or nil
      named = named or node ~= nil
    elseif item.kind == "skip" then
      node = flow.states:node { kind = "skip", item = item }
    else
      node = makers[item.kind](flow, item)
      named = named or node ~= nil
    end
    nodes[#nodes + 1] = node
  end
  return nodes, named
end

---Cuts a tree into parts and flows.
---@param tree netlab.expect.Tree
---@param context netlab.expect.Context
---@return netlab.expect.Flow[] flows in the order of the text
---@return {items: netlab.expect.Item[], none: netlab.expect.Item?}[] parts none: what ends the part
function flows.split(tree, context)
  local list, by_key, parts = {}, {}, { { items = {} } }
  for _, item in ipairs(tree) do
    if item.kind == "none" then
      parts[#parts].none = item
      parts[#parts + 1] = { items = {} }
    else
      table.insert(parts[#parts].items, item)
    end
  end
  local keys = {}
  each_packet(tree, function(packet)
    local key = key_of(packet, context)
    keys[packet] = key
    if not by_key[key] then
      local ends = key == "arp" and everybody or packet
      local flow = { key = key, keys = keys, ends = ends, proto = packet.proto, order = #list + 1,
        states = states.new() }
      list[#list + 1], by_key[key] = flow, flow
    end
  end)
  for _, flow in ipairs(list) do
    flow.parts = {}
    for i, part in ipairs(parts) do
      flow.parts[i] = project(flow, part.items)
    end
  end
  return list, parts
end

-- ---- which flow a packet belongs to ----

-- How closely an endpoint describes the packet's: ports named, ports known, hosts named; nil when it does
-- not.
local function closeness(endpoint, view, side, binds, fresh)
  if not endpoints.is_host(endpoint, view, side) then
    return nil
  end
  local known = endpoint.port or (endpoint.bind and binds[endpoint.bind])
  if not endpoints.is_port(endpoint, view, side, binds, fresh) then
    return nil
  end
  local named = endpoint.port or endpoint.bind
  return (named and 100 or 0) + (known and 10 or 0) + ((endpoint.host or endpoint.ip) and 1 or 0)
end

local function both(packet, view, first, second, binds)
  local fresh = {}
  local a = closeness(packet.src, view, first, binds, fresh)
  local b = a and closeness(packet.dst, view, second, binds, fresh)
  return b and a + b
end

---How closely a flow describes a packet: the higher, the closer; nil when the packet is not the flow's.
---@param flow netlab.expect.Flow
---@param view table
---@param binds table<string, any>
---@return integer?
function flows.closeness(flow, view, binds)
  if not form.is_proto(flow.proto, view) then
    return nil
  end
  local forth = both(flow.ends, view, "src", "dst", binds)
  local back = both(flow.ends, view, "dst", "src", binds)
  return forth and back and math.max(forth, back) or forth or back
end

---The flows that describe a packet most closely, in the order of the text.
---@param list netlab.expect.Flow[]
---@param view table
---@param binds table<string, any>
---@return netlab.expect.Flow[]
function flows.of(list, view, binds)
  local best, found = nil, {}
  for _, flow in ipairs(list) do
    local score = flows.closeness(flow, view, binds)
    if score and (not best or score > best) then
      best, found = score, { flow }
    elseif score and score == best then
      found[#found + 1] = flow
    end
  end
  return found
end

-- ---- background traffic ----

---What kind of background traffic a packet is: "arp", "nd", "mld", "igmp", or nil.
---@param view table
---@return string?
function flows.noise(view)
  if view.proto == "arp" then
    return "arp"
  elseif view.proto == "icmp6" then
    return icmp.noise(view.icmp_type)
  elseif (view.proto == "ip" or view.proto == "other") and (view.dst or ""):match("^224%.0%.0%.") then
    return "igmp"
  end
  return nil
end

-- The kind of background traffic that a line names.
local function noise_named(packet)
  if packet.proto == "arp" then
    return "arp"
  elseif packet.proto == "ip" then
    return "igmp"
  elseif packet.proto ~= "icmp6" then
    return nil
  end
  local kind = packet.icmp and packet.icmp[2]
  for _, field in ipairs(packet.fields) do
    if field.row.name == "type" and field.value and field.value.number then
      kind = field.value.number
    end
  end
  return icmp.noise(kind)
end

---The kinds of background traffic that a text speaks of; all others are not looked at.
---@param tree netlab.expect.Tree
---@return table<string, boolean>
function flows.noise_wanted(tree)
  local wanted = {}
  each_packet(tree, function(packet)
    local kind = noise_named(packet)
    if kind then
      wanted[kind] = true
    end
  end)
  return wanted
end

return flows
