-- family.lua: the address-family variants of an experiment: what the script's sockets and hosts have in each.

local constants = require "netlab.core.constants"

local family = {}

---@class netlab.Family
---@field af integer of the sockets: AF_INET or AF_INET6
---@field any string the wildcard address
---@field loopback string a host's own address
---@field field "ip"|"ip6"|"mapped" of a host: its address in this family
---@field ipv6 boolean hosts have IPv6 addresses without being asked to

---@type table<string, netlab.Family>
local rows = {
  ipv4 = { af = constants.AF_INET, any = "0.0.0.0", loopback = "127.0.0.1", field = "ip", ipv6 = false },
  ipv6 = { af = constants.AF_INET6, any = "::", loopback = "::1", field = "ip6", ipv6 = true },
  mapped = { af = constants.AF_INET6, any = "::", loopback = "::ffff:127.0.0.1", field = "mapped", ipv6 = false },
}

---Read the field `families` of an experiment.
---@param v any
---@return string[]? names in the order given; nil when it is no list of families, each once
function family.list(v)
  local list, seen = type(v) == "table" and v or { v }, {}
  local count = 0
  for _, name in pairs(list) do
    if not rows[name] or seen[name] then
      return nil
    end
    seen[name], count = true, count + 1
  end
  return count > 0 and #list == count and list or nil
end

---The row of a variant.
---@param name string
---@return netlab.Family
function family.of(name)
  return rows[name]
end

-- The kernel shows this file in every network namespace when it has IPv6.
local IPV6 = "/proc/net/if_inet6"

---Why this machine cannot run a variant.
---@param name string
---@return string? reason nil when it can
function family.lacking(name)
  if rows[name].af == constants.AF_INET then
    return nil
  end
  local file = io.open(IPV6)
  if file then
    file:close()
    return nil
  end
  return "this kernel has no IPv6 (CONFIG_IPV6, or booted with ipv6.disable=1)"
end

---The options of a host in a variant: with IPv6 where the variant needs it, unless they say otherwise.
---@param name string of the variant
---@param options table?
---@return table
function family.options(name, options)
  local made = { ipv6 = rows[name].ipv6 or nil }
  for key, v in pairs(options or {}) do
    made[key] = v
  end
  return made
end

---Give a host or a puppet what it is called in this variant: its field `address`, and in "mapped" the field `mapped`,
---which an AF_INET6 socket takes rather than `ip6`.
---@param name string of the variant
---@param host netlab.Host|netlab.Puppet
---@return netlab.Host|netlab.Puppet host the same
function family.address(name, host)
  host.mapped = rows[name].field == "mapped" and host.ip and "::ffff:" .. host.ip or nil
  host.address = host[rows[name].field]
  return host
end

return family
