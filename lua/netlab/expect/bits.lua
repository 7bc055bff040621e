-- bits.lua: the TCP control bits by their RFC 9293 names (3.1), and as tcpdump abbreviates them.
-- Pure; requires nothing.

local bits = {}

-- In the canonical order of packet views: name, tcpdump's letter, value in the header's flags byte.
bits.list = {
  { "SYN", "S", 0x02 }, { "FIN", "F", 0x01 }, { "RST", "R", 0x04 }, { "PSH", "P", 0x08 },
  { "ACK", ".", 0x10 }, { "URG", "U", 0x20 }, { "ECE", "E", 0x40 }, { "CWR", "W", 0x80 },
}

---@type table<string, integer>
bits.value, bits.names = {}, {}
local letters = {}
for i, row in ipairs(bits.list) do
  bits.value[row[1]] = row[3]
  bits.names[i] = row[1]
  letters[row[2]] = row[3]
end

bits.PSH = bits.value.PSH
bits.ALL = 0xff

local function from_names(text)
  local mask = 0
  for name in (text .. ","):gmatch("([^,]*),") do
    local value = bits.value[name]
    if not value then
      return nil, name
    end
    mask = mask | value
  end
  return mask
end

local function from_letters(text)
  local mask = 0
  for letter in text:gmatch(".") do
    if not letters[letter] then
      return nil
    end
    mask = mask | letters[letter]
  end
  return mask
end

---Reads control bits: "SYN,ACK", "none", or tcpdump's "S.", "[S.]".
---@param text string
---@return integer? mask nil when the text is none
---@return string? wrong the part that is no control bit
function bits.read(text)
  if text == "none" then
    return 0
  end
  local inner = text:match("^%[(.*)%]$")
  if inner == "none" then
    return 0
  end
  local mask, wrong = from_names(text)
  mask = mask or from_letters(inner or text)
  if mask then
    return mask
  end
  return nil, wrong
end

---The canonical text of a mask: "SYN,ACK", "none".
---@param mask integer
---@return string
function bits.text(mask)
  local names = {}
  for _, row in ipairs(bits.list) do
    if mask & row[3] ~= 0 then
      names[#names + 1] = row[1]
    end
  end
  return #names > 0 and table.concat(names, ",") or "none"
end

---The mask of a packet view's `flags`.
---@param flags string "SYN,ACK", "" for none
---@return integer
function bits.of_view(flags)
  return flags == "" and 0 or from_names(flags) or 0
end

---Which bits of an observed segment count against a line that names `expected`: PSH only when it is named.
---@param expected integer mask
---@return integer mask
function bits.checked(expected)
  return bits.ALL & ~(bits.PSH & ~expected)
end

return bits
