-- icmp.lua: the names of ICMP and ICMPv6 messages that the expectation language knows.
-- Pure; requires nothing. Sources: RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1; RFC 4443, RFC 4861, RFC 3810.

local icmp = {}

-- name, type, code (absent: any code of that type)
icmp.messages = {
  icmp = {
    { "echo-reply", 0 }, { "unreachable", 3 }, { "net-unreachable", 3, 0 }, { "host-unreachable", 3, 1 },
    { "proto-unreachable", 3, 2 }, { "port-unreachable", 3, 3 }, { "fragmentation-needed", 3, 4 },
    { "source-route-failed", 3, 5 }, { "net-unknown", 3, 6 }, { "host-unknown", 3, 7 },
    { "host-isolated", 3, 8 }, { "net-prohibited", 3, 9 }, { "host-prohibited", 3, 10 },
    { "net-unreachable-tos", 3, 11 }, { "host-unreachable-tos", 3, 12 }, { "admin-prohibited", 3, 13 },
    { "precedence-violation", 3, 14 }, { "precedence-cutoff", 3, 15 }, { "source-quench", 4 },
    { "redirect", 5 }, { "net-redirect", 5, 0 }, { "host-redirect", 5, 1 }, { "echo-request", 8 },
    { "router-advertisement", 9 }, { "router-solicitation", 10 }, { "time-exceeded", 11 },
    { "ttl-exceeded", 11, 0 }, { "reassembly-exceeded", 11, 1 }, { "parameter-problem", 12 },
    { "timestamp-request", 13 }, { "timestamp-reply", 14 },
  },
  icmp6 = {
    { "unreachable", 1 }, { "no-route", 1, 0 }, { "admin-prohibited", 1, 1 }, { "beyond-scope", 1, 2 },
    { "address-unreachable", 1, 3 }, { "port-unreachable", 1, 4 }, { "policy-failed", 1, 5 },
    { "reject-route", 1, 6 }, { "packet-too-big", 2 }, { "time-exceeded", 3 },
    { "hop-limit-exceeded", 3, 0 }, { "reassembly-exceeded", 3, 1 }, { "parameter-problem", 4 },
    { "unknown-next-header", 4, 1 }, { "echo-request", 128 }, { "echo-reply", 129 }, { "mld-query", 130 },
    { "mld-report", 131 }, { "mld-done", 132 }, { "router-solicitation", 133 },
    { "router-advertisement", 134 }, { "neighbor-solicitation", 135 }, { "neighbor-advertisement", 136 },
    { "redirect", 137 }, { "mld2-report", 143 },
  },
}

---What kind of background traffic an ICMPv6 type is: "nd" (neighbour discovery, RFC 4861), "mld" (RFC 3810),
---or nil.
---@param kind integer? ICMPv6 type
---@return "nd"|"mld"|nil
function icmp.noise(kind)
  if not kind then
    return nil
  end
  if kind >= 133 and kind <= 137 then
    return "nd"
  end
  return ((kind >= 130 and kind <= 132) or kind == 143) and "mld" or nil
end

---The row of a named message, or nil.
---@param proto "icmp"|"icmp6"
---@param name string
---@return {[1]: string, [2]: integer, [3]: integer?}?
function icmp.find(proto, name)
  for _, row in ipairs(icmp.messages[proto]) do
    if row[1] == name then
      return row
    end
  end
  return nil
end

---All names of a protocol's messages, in the order of their types.
---@param proto "icmp"|"icmp6"
---@return string[]
function icmp.names(proto)
  local names = {}
  for i, row in ipairs(icmp.messages[proto]) do
    names[i] = row[1]
  end
  return names
end

---The name of a message: the one with its code, else the one of its type, else nil.
---@param proto "icmp"|"icmp6"
---@param kind integer?
---@param code integer?
---@return string? name
---@return boolean exact whether the name says the code as well
function icmp.name(proto, kind, code)
  local general
  for _, row in ipairs(icmp.messages[proto]) do
    if row[2] == kind and row[3] == code then
      return row[1], true
    end
    if row[2] == kind and not row[3] then
      general = row[1]
    end
  end
  return general, false
end

return icmp
