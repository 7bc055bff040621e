-- reject.lua: what a rejecting rule of the wire answers: "rst", the name of an ICMP error, or its type and code.

local icmp = require "netlab.expect.icmp"
local nearest = require "netlab.expect.nearest"

local reject = {}

-- Over IPv4 and over IPv6: the names of the expectation language (RFC 792, RFC 1812 5.2.7.1; RFC 4443 3).
local errors = {
  { "net-unreachable", "no-route" }, { "host-unreachable", "address-unreachable" },
  { "proto-unreachable", "unknown-next-header" }, { "port-unreachable", "port-unreachable" },
  { "fragmentation-needed", "packet-too-big" }, { "net-prohibited", "admin-prohibited" },
  { "host-prohibited", "admin-prohibited" }, { "admin-prohibited", "admin-prohibited" },
  { "ttl-exceeded", "hop-limit-exceeded" },
}

local RESET = 1 << 32 -- NLAB_REJECT_RESET, runner/facts/order.h

local known = { "rst" }
local by_name = {}
for _, row in ipairs(errors) do
  local four, six = icmp.find("icmp", row[1]), icmp.find("icmp6", row[2])
  by_name[row[1]] = four[2] << 24 | four[3] << 16 | six[2] << 8 | (six[3] or 0)
  known[#known + 1] = row[1]
end
by_name.rst = RESET

---The names that may be given.
---@type string[]
reject.names = known

local function byte(given, name)
  local number = math.tointeger(given[name] or name == "code" and 0)
  if not number or number < 0 or number > 255 then
    error(("reject: the %s of an ICMP error is a whole number, 0 to 255"):format(name), 0)
  end
  return number
end

-- {type =, code =, mtu =}: the same over both versions.
local function read_table(given)
  for name in pairs(given) do
    if name ~= "type" and name ~= "code" and name ~= "mtu" then
      error(("reject: unknown field '%s' of an ICMP error (type, code, mtu)"):format(tostring(name)), 0)
    end
  end
  local one = byte(given, "type") << 8 | byte(given, "code")
  return one << 16 | one
end

local function read_name(with)
  local near = type(with) == "string" and nearest.find(with, known)
  return by_name[with] or error(("reject: '%s' is no answer%s; the answers are %s, or { type =, code = }"):format(
    tostring(with), near and (" (did you mean \"%s\"?)"):format(near) or "", table.concat(known, ", ")), 0)
end

---The fields of the order for a rule that answers like this.
---@param with string|{ type: integer, code: integer?, mtu: integer? }
---@param options { mtu: integer?, from: string? } mtu: of the next hop; from: the source of ICMP errors
---@return table fields raises an error when they make no sense
function reject.fields(with, options)
  local value = type(with) == "table" and read_table(with) or read_name(with)
  local mtu = options.mtu or type(with) == "table" and with.mtu or nil
  if with == "rst" and (mtu or options.from) then
    error("reject: a reset has no MTU, and comes from whom the packet was sent to", 0)
  elseif with == "fragmentation-needed" and not mtu then
    error("reject: 'fragmentation-needed' tells an MTU: { mtu = 1280 }", 0)
  elseif mtu and not (math.tointeger(mtu) and mtu >= 0 and mtu <= 65535) then
    error("reject: mtu is a whole number of bytes, 0 to 65535", 0)
  elseif options.from ~= nil and type(options.from) ~= "string" then
    error("reject: from is an address as text, as in \"10.0.0.254\"", 0)
  end
  return { action = "reject", value = value, amount = mtu and math.tointeger(mtu) or 0, address = options.from }
end

return reject
