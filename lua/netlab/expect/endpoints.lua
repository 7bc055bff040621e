-- endpoints.lua: one end of a packet line against one end of a packet: host or address, and port.
-- Pure. A side is "src" or "dst".

local address = require "netlab.expect.address"
local keys = require "netlab.expect.keys"
local nearest = require "netlab.expect.nearest"
local problem = require "netlab.expect.problem"

---@class netlab.expect.Context what an expectation is judged with
---@field hosts table<string, {ip: string?, ip6: string?}> the hosts by name
---@field binds table<string, integer|string|boolean>? variables that have a value already
---@field since number? time of the recording that the first time limit counts from, in seconds; 0 when absent

local endpoints = {}

local port_field = { src = "sport", dst = "dport" }
local host_field = { src = "src_host", dst = "dst_host" }
local interface_field = { src = "from", dst = "to" }
endpoints.port_field, endpoints.host_field = port_field, host_field

---The host that one end of a packet belongs to: the owner of the network address; inside a host (loopback)
---also the host whose interface it is; below the network layer (ARP) that one alone. nil: nobody's.
---@param view table packet view
---@param side "src"|"dst"
---@return string?
function endpoints.host(view, side)
  local below = view.proto == "arp" or not view[side]
  local owner = not below and view[host_field[side]]
  if owner then
    return owner
  end
  if view.loopback or below then
    local interface = view[interface_field[side]]
    return interface ~= "*" and interface or nil
  end
  return nil
end

---Whether the host or address of an endpoint is the packet's.
---@param endpoint netlab.expect.Endpoint
---@param view table
---@param side "src"|"dst"
---@return boolean
function endpoints.is_host(endpoint, view, side)
  if endpoint.host then
    return endpoint.host == endpoints.host(view, side)
  end
  return not endpoint.ip or endpoint.ip == view[side]
end

---Whether the port of an endpoint is the packet's. An unbound variable is bound in `fresh`.
---@param endpoint netlab.expect.Endpoint
---@param view table
---@param side "src"|"dst"
---@param binds table<string, any>
---@param fresh table<string, any> variables bound here
---@return boolean
function endpoints.is_port(endpoint, view, side, binds, fresh)
  local port = view[port_field[side]]
  if endpoint.port then
    return endpoint.port == port
  end
  if endpoint.bind then
    local bound = fresh[endpoint.bind] or binds[endpoint.bind]
    if bound == nil and port then
      fresh[endpoint.bind] = port
      return true
    end
    return bound == port and port ~= nil
  end
  return not endpoint.any_port or port ~= nil
end

---An endpoint as it is written.
---@param endpoint netlab.expect.Endpoint
---@return string
function endpoints.text(endpoint)
  local name = endpoint.host or endpoint.ip or "*"
  local port = endpoint.port or endpoint.bind and "$" .. endpoint.bind or endpoint.any_port and "*"
  if port and endpoint.ip and endpoint.ip:find(":", 1, true) then
    name = "[" .. name .. "]"
  end
  return port and ("%s:%s"):format(name, port) or name
end

---One end of a packet in the language: the host's name when the host owns the address, else the address.
---@param view table
---@param side "src"|"dst"
---@return string
function endpoints.observed(view, side)
  local owner = view.proto ~= "arp" and (view[host_field[side]] or view[side])
  local name = owner or view[interface_field[side]] or "*"
  local port = view[port_field[side]]
  if port and name:find(":", 1, true) then
    name = "[" .. name .. "]"
  end
  return port and ("%s:%d"):format(name, port) or name
end

---Raises a problem when a name is none of the context's hosts.
---@param name string
---@param where netlab.expect.Where
---@param at integer
---@param context netlab.expect.Context
function endpoints.need_host(name, where, at, context)
  if context.hosts[name] then
    return
  end
  local names = keys.sorted(context.hosts)
  local known = #names > 0 and "the hosts are " .. table.concat(names, ", ") or "there are no hosts"
  problem.raise(where, at, ("unknown host %q%s; %s"):format(name, nearest.hint(name, names), known), known)
end

---The part of a flow's key that an endpoint is: the owner's name (or the address) and the port as written.
---@param endpoint netlab.expect.Endpoint
---@param context netlab.expect.Context
---@return string
function endpoints.key(endpoint, context)
  local owner = endpoint.host or endpoint.ip and address.owner(endpoint.ip, context.hosts)
  local name = owner or endpoint.ip or "*"
  local port = endpoint.port or endpoint.bind and "$" .. endpoint.bind or ""
  return ("%s|%s"):format(name, port)
end

return endpoints
