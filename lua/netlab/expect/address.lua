-- address.lua: network addresses as text, in the one form that packet views use (RFC 5952, as inet_ntop(3)
-- prints). Pure; requires nothing.

local address = {}

local function canonical4(text)
  local bytes = { text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
  if #bytes ~= 4 then
    return nil
  end
  for i, digits in ipairs(bytes) do
    local number = tonumber(digits)
    if #digits > 3 or number > 255 then
      return nil
    end
    bytes[i] = number
  end
  return table.concat(bytes, "."), bytes
end

-- The 16-bit groups of one side of "::"; an IPv4 address may end it.
local function groups_of(text, groups)
  if text == "" then
    return groups
  end
  for part in (text .. ":"):gmatch("([^:]*):") do
    if part:match("^%x%x?%x?%x?$") then
      groups[#groups + 1] = tonumber(part, 16)
    else
      local _, bytes = canonical4(part)
      if not bytes or groups.closed then
        return nil
      end
      groups[#groups + 1] = bytes[1] << 8 | bytes[2]
      groups[#groups + 1] = bytes[3] << 8 | bytes[4]
      groups.closed = true
    end
  end
  return groups
end

local function parse6(text)
  local left, right = text:match("^(.-)::(.*)$")
  if not left then
    local groups = groups_of(text, {})
    return groups and #groups == 8 and groups or nil
  end
  if right:find("::", 1, true) then
    return nil
  end
  local first, last = groups_of(left, {}), groups_of(right, {})
  if not first or not last or first.closed or #first + #last > 7 then
    return nil
  end
  local groups = table.move(first, 1, #first, 1, {})
  for _ = 1, 8 - #first - #last do
    groups[#groups + 1] = 0
  end
  return table.move(last, 1, #last, #groups + 1, groups)
end

-- The longest run of at least two zero groups, the first of equals: its first index and its length.
local function longest_zeros(groups)
  local best_start, best_length, start = nil, 1, nil
  for i = 1, 9 do
    if groups[i] == 0 then
      start = start or i
    elseif start then
      if i - start > best_length then
        best_start, best_length = start, i - start
      end
      start = nil
    end
  end
  return best_start, best_length
end

local function print6(groups)
  local start, length = longest_zeros(groups)
  if start == 1 and (length == 5 and groups[6] == 0xffff or length == 6) then -- IPv4-mapped, IPv4-compatible
    return (length == 5 and "::ffff:%d.%d.%d.%d" or "::%d.%d.%d.%d"):format(groups[7] >> 8, groups[7] & 255,
      groups[8] >> 8, groups[8] & 255)
  end
  local left, right = {}, {}
  for i, group in ipairs(groups) do
    if not start or i < start then
      left[#left + 1] = ("%x"):format(group)
    elseif i >= start + length then
      right[#right + 1] = ("%x"):format(group)
    end
  end
  return start and table.concat(left, ":") .. "::" .. table.concat(right, ":") or table.concat(left, ":")
end

---The canonical text of an IPv4 or IPv6 address, or nil when the text is none.
---@param text string
---@return string?
function address.canonical(text)
  if not text:find(":", 1, true) then
    return (canonical4(text))
  end
  local groups = parse6(text)
  return groups and print6(groups)
end

---The addresses of a host: of all its interfaces, when it has some.
---@param host {ip: string?, ip6: string?, interfaces: table<string, {addresses: string[]}>?}
---@return string[] canonical texts, each once
function address.all(host)
  local list, seen = {}, {}
  local function add(ip)
    if ip and not seen[ip] then
      seen[ip], list[#list + 1] = true, ip
    end
  end
  add(host.ip)
  add(host.ip6)
  for _, interface in pairs(host.interfaces or {}) do
    for _, own in ipairs(interface.addresses) do
      add(address.canonical(own:match "^[^/]*"))
    end
  end
  return list
end

---The name of the host that owns an address, or nil.
---@param ip string canonical text
---@param hosts table<string, table> as for address.all
---@return string?
function address.owner(ip, hosts)
  for name, host in pairs(hosts) do
    for _, own in ipairs(address.all(host)) do
      if own == ip then
        return name
      end
    end
  end
  return nil
end

return address
