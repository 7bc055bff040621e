-- packet_fields.lua: all fields of a packet, layer by layer, as a page shows them when a packet is opened. Pure.

local markup = require "netlab.view.markup"

local packet_fields = {}

local DUMPED = 256 -- bytes of a payload that are shown

-- The layers from the outside in, and their fields in the order of the headers. What is not named stands in the last.
local layers = {
  { "on the wire", "time", "received", "fate", "rule", "copy_of", "from", "to", "link", "length" },
  { "addresses", "src", "src_host", "dst", "dst_host", "proto", "ttl", "tos", "ipid", "df", "mf", "frag" },
  { "transport", "flow", "sport", "dport", "flags", "seq", "ack", "rawseq", "rawack", "win", "urg", "options", "mss",
    "wscale", "sackok", "sack", "ts", "tsval", "tsecr", "fastopen", "icmp_type", "icmp_code", "arp_op", "arp_spa",
    "arp_tpa", "arp_sha", "checksum_ok", "len" },
}

local is_named = { id = true, loopback = true, payload = true, quoted = true }
for _, layer in ipairs(layers) do
  for i = 2, #layer do
    is_named[layer[i]] = true
  end
end

local function shown(name, value)
  if name == "time" or name == "received" then
    return ("%.6f s"):format(value)
  elseif type(value) == "boolean" then
    return value and "yes" or "no"
  end
  return tostring(value)
end

local function dump(bytes)
  local lines = {}
  for at = 1, math.min(#bytes, DUMPED), 16 do
    local row = bytes:sub(at, math.min(at + 15, DUMPED))
    local hex = row:gsub(".", function(byte) return ("%02x "):format(byte:byte()) end)
    lines[#lines + 1] = ("%04x  %-48s %s"):format(at - 1, hex, (row:gsub("[^\32-\126]", ".")))
  end
  if #bytes > DUMPED then
    lines[#lines + 1] = ("... %d bytes more"):format(#bytes - DUMPED)
  end
  return table.concat(lines, "\n")
end

local function add_list(parts, title, names, values)
  local rows = {}
  for _, name in ipairs(names) do
    if values[name] ~= nil then
      rows[#rows + 1] = ("<div><dt>%s</dt><dd>%s</dd></div>"):format(markup.text(name),
        markup.text(shown(name, values[name])))
    end
  end
  if rows[1] then
    parts[#parts + 1] = ("<h5>%s</h5><dl class=\"fields\">%s</dl>"):format(title, table.concat(rows))
  end
end

---The fields of a packet.
---@param packet userdata|table a packet view, or a table with its fields
---@return string HTML
function packet_fields.html(packet)
  local values, others, parts = {}, {}, {}
  for name, value in pairs(packet) do
    values[name] = value
    if not is_named[name] then
      others[#others + 1] = name
    end
  end
  for _, layer in ipairs(layers) do
    add_list(parts, layer[1], { table.unpack(layer, 2) }, values)
  end
  table.sort(others)
  add_list(parts, "more", others, values)
  if type(values.quoted) == "userdata" or type(values.quoted) == "table" then
    local quoted, names = {}, {}
    for name, value in pairs(values.quoted) do
      if name ~= "payload" then
        quoted[name], names[#names + 1] = value, name
      end
    end
    table.sort(names)
    add_list(parts, "the packet that it quotes", names, quoted)
  end
  if values.payload and values.payload ~= "" then
    parts[#parts + 1] = ('<h5>payload</h5><pre tabindex="0">%s</pre>'):format(markup.text(dump(values.payload)))
  end
  return table.concat(parts)
end

return packet_fields
