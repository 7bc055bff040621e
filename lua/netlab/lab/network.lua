-- network.lua: t:network{...}: links, hosts with several interfaces, routers, and the routes between them.
--
--   local net = t:network {
--     { "client 192.168.1.2/24", "gate 192.168.1.1/24", name = "left" },
--     { "gate 10.1.0.1/24", "server 10.1.0.2/24", name = "right", mtu = 1400 },
--     routers = { "gate" },
--   }
--   net.client, net.gate and net.server are hosts; net.left and net.right are links.

local network_of = require "netlab.core.link".network
local order = require "netlab.core.order"

local network = {}

local link_fields = { name = "string", mtu = "number", arp = "boolean" }

-- ---- reading the declaration ----

local function complain(message, ...)
  error("t:network: " .. message:format(...), 0)
end

-- "client 192.168.1.2/24 fd01::2/64" -> name, list of addresses
local function read_end(text)
  local name, rest = tostring(text):match "^%s*(%a[%w_-]*)%s*(.-)%s*$"
  if not name then
    complain("'%s' is not a host with its addresses, as in \"client 192.168.1.2/24\"", tostring(text))
  end
  local addresses = {}
  for address in rest:gmatch "%S+" do
    if not address:match "^[%x:.]+/%d+$" then
      complain("'%s' of host %s is not an address with its prefix length, as in 192.168.1.2/24", address, name)
    end
    addresses[#addresses + 1] = address
  end
  return name, addresses
end

local function read_link(given, number)
  if type(given) ~= "table" then
    complain("link %d is no table, as in { \"client\", \"server\" }", number)
  end
  local link = { name = given.name or "link" .. number, mtu = given.mtu, arp = given.arp or false, ends = {} }
  for key, value in pairs(given) do
    if math.type(key) ~= "integer" and type(value) ~= link_fields[key] then
      complain("link %s: unknown or bad field '%s' (name = text, mtu = bytes, arp = true)", link.name, tostring(key))
    end
  end
  if link.mtu and not (math.tointeger(link.mtu) and link.mtu >= 68 and link.mtu <= 65535) then
    complain("link %s: an MTU is 68 to 65535 bytes", link.name)
  end
  for i, text in ipairs(given) do
    local name, addresses = read_end(text)
    if #addresses == 0 then -- the n-th of a link without addresses of its own
      addresses = { ("10.%d.0.%d/24"):format(number, i) }
    end
    link.ends[i] = { host = name, addresses = addresses }
  end
  if #link.ends == 0 then
    complain("link %s joins no host", link.name)
  end
  return link
end

local function read_names(given)
  local names = {}
  for _, name in ipairs(type(given) == "table" and given or { given }) do
    names[name] = true
  end
  return names
end

-- Each end that has no IPv6 address gets one: the n-th of its link.
local function add_ipv6(link, number)
  for i, stop in ipairs(link.ends) do
    if not table.concat(stop.addresses):find ":" then
      stop.addresses[#stop.addresses + 1] = ("fd00:%x::%x/64"):format(number, i)
    end
  end
end

-- The declaration as {links = {...}, hosts = {names in order}, routers = set, ipv6 = set}.
local function read(given, ipv6)
  local plan = {
    links = {}, hosts = {}, routers = read_names(given.routers), puppets = read_names(given.puppets), ipv6 = {},
  }
  local known = {}
  for key in pairs(given) do
    if math.type(key) ~= "integer" and key ~= "routers" and key ~= "puppets" then
      complain("unknown field '%s' (links as a list, routers = {names}, puppets = {names})", tostring(key))
    end
  end
  for number, one in ipairs(given) do
    local link = read_link(one, number)
    plan.links[number] = link
    if ipv6 then
      add_ipv6(link, number)
    end
    for _, stop in ipairs(link.ends) do
      if not known[stop.host] then
        known[stop.host] = true
        plan.hosts[#plan.hosts + 1] = stop.host
      end
      for _, address in ipairs(stop.addresses) do
        plan.ipv6[stop.host] = plan.ipv6[stop.host] or address:find ":" ~= nil
      end
    end
  end
  for name in pairs(plan.routers) do
    if not known[name] then
      complain("router '%s' is on no link", name)
    end
  end
  for name in pairs(plan.puppets) do
    if not known[name] or plan.routers[name] then
      complain("puppet '%s' is on no link, or a router too", name)
    end
  end
  return plan
end

-- ---- routes ----

local function family_of(address)
  return address:find ":" and 6 or 4
end

-- The address of one end in this family, without its length.
local function address_in(stop, family)
  for _, address in ipairs(stop.addresses) do
    if family_of(address) == family then
      return address:match "^[^/]+"
    end
  end
  return nil
end

-- Whom a host can hand packets to: the routers on its links, as {router, link, from = its end, to = the router's end}.
local function routers_beside(plan, name)
  local beside = {}
  for _, link in ipairs(plan.links) do
    local own
    for _, stop in ipairs(link.ends) do
      own = stop.host == name and stop or own
    end
    for _, stop in ipairs(own and link.ends or {}) do
      if stop.host ~= name and plan.routers[stop.host] then
        beside[#beside + 1] = { router = stop.host, link = link, from = own, to = stop }
      end
    end
  end
  return beside
end

local function links_of(plan, name)
  local own = {}
  for _, link in ipairs(plan.links) do
    for _, stop in ipairs(link.ends) do
      own[link] = own[link] or stop.host == name or nil
    end
  end
  return own
end

-- By link that is not a host's own: the first step on a shortest way to it (breadth first, in the order of the text).
local function first_steps(plan, name)
  local steps, seen, queue = {}, { [name] = true }, {}
  for _, step in ipairs(routers_beside(plan, name)) do
    queue[#queue + 1] = { at = step.router, first = step }
  end
  local own = links_of(plan, name)
  local i = 1
  while queue[i] do
    local here = queue[i]
    if not seen[here.at] then
      seen[here.at] = true
      for link in pairs(links_of(plan, here.at)) do
        if not own[link] and not steps[link] then
          steps[link] = here.first
        end
      end
      for _, step in ipairs(routers_beside(plan, here.at)) do
        queue[#queue + 1] = { at = step.router, first = here.first }
      end
    end
    i = i + 1
  end
  return steps
end

local function add_route(host, destination, step, family)
  local gateway = address_in(step.to, family)
  if gateway and address_in(step.from, family) then
    host:route(destination, gateway)
  end
end

-- A host that is no router sends everything to the first router beside it; a router knows the way to every link.
local function add_routes(plan, hosts, name)
  local steps = first_steps(plan, name)
  if not plan.routers[name] then
    local beside = routers_beside(plan, name)[1]
    if beside then
      add_route(hosts[name], "0.0.0.0/0", beside, 4)
      add_route(hosts[name], "::/0", beside, 6)
    end
    return
  end
  for _, link in ipairs(plan.links) do
    local known = {}
    for _, stop in ipairs(steps[link] and link.ends or {}) do
      for _, address in ipairs(stop.addresses) do
        local destination = network_of(address)
        if not known[destination] then
          known[destination] = true
          add_route(hosts[name], destination, steps[link], family_of(address))
        end
      end
    end
  end
end

-- ---- building ----

local function attach_all(plan, made)
  for _, link in ipairs(plan.links) do
    local id = order.link(link.name, link.arp)
    if made[link.name] then
      complain("the name '%s' is used twice", link.name)
    end
    made[link.name] = { id = id, name = link.name }
    for _, stop in ipairs(link.ends) do
      made[stop.host]:attach(id, link.name, stop.addresses, link.mtu)
    end
  end
end

---Make the hosts and links of a declaration.
---@param given table of t:network
---@param new_host fun(name: string, options: table): netlab.Host makes a host without interfaces
---@param ipv6 boolean? every end has an IPv6 address, also where none is given
---@return table<string, any> made hosts and {id=, name=} of links, by name
---@return table[] links in order
function network.build(given, new_host, ipv6)
  if type(given) ~= "table" then
    complain("a table of links is needed")
  end
  local plan = read(given, ipv6)
  local made, links = {}, {}
  for _, name in ipairs(plan.hosts) do
    local options = { ipv6 = plan.ipv6[name] or false, router = plan.routers[name] or false }
    options.puppet = plan.puppets[name]
    made[name] = new_host(name, options)
  end
  attach_all(plan, made)
  for _, name in ipairs(plan.hosts) do
    if not plan.puppets[name] then
      add_routes(plan, made, name)
    end
  end
  for i, link in ipairs(plan.links) do
    links[i] = made[link.name]
  end
  return made, links
end

return network
