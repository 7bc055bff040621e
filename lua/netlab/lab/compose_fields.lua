-- compose_fields.lua: what each field of a packet form says about a packet that is sent, for compose.lua.

local ends = require "netlab.lab.compose_ends"
local value = require "netlab.lab.compose_value"

local compose_fields = {}

local function set_plain(state, field)
  value.put(state, field.row.view, value.of(state, field), field.at)
end

local function set_boolean(state, field)
  value.put(state, field.row.view, field.op == "present", field.at)
end

local function relative(base)
  return function(state, field)
    local name = field.row.name
    if name == "ack" and not (state.out.flags or ""):find "ACK" then
      value.refuse(state, field.at, "ack= needs the ACK bit", "rawack=, which goes into the header without it")
    end
    value.put(state, name, value.modulo(value.of(state, field) + (state.flow[base] or 0)), field.at)
  end
end

local function raw(name)
  return function(state, field)
    value.put(state, name, value.of(state, field), field.at)
  end
end

local function set_urgent(state, field)
  if not (state.out.flags or ""):find "URG" then
    value.refuse(state, field.at, "urg= needs the URG bit", "URG among the control bits")
  end
  set_plain(state, field)
end

local function set_sack(state, field)
  local blocks = {}
  local said = tostring(value.of(state, field))
  local base = state.flow.ack_base or 0
  for block in said:gmatch "%S+" do
    local left, right = block:match "^(%d+):(%d+)$"
    left, right = tonumber(left), tonumber(right)
    if math.type(left) ~= "integer" or math.type(right) ~= "integer" then
      value.refuse(state, field.at, ("%s is no block"):format(block), 'sack="1:1001 2001:3001"')
    end
    blocks[#blocks + 1] = ("%d:%d"):format(value.modulo(left + base), value.modulo(right + base))
  end
  value.put(state, "sack", table.concat(blocks, " "), field.at)
end

local function set_fastopen(state, field)
  local asks = field.op == "present"
  local cookie = asks and "" or tostring(value.of(state, field))
  if not cookie:match "^%x*$" or #cookie % 2 == 1 then
    value.refuse(state, field.at, "a Fast Open cookie is hexadecimal",
      'fastopen="cafebabe", or fastopen to ask for one')
  end
  value.put(state, "fastopen", cookie, field.at)
end

local function set_checksum(state, field)
  local said = value.of(state, field)
  local number = tonumber(said)
  if said ~= "bad" and not (math.type(number) == "integer" and number >= 0 and number <= 65535) then
    value.refuse(state, field.at, ("%s is no checksum"):format(field.text),
      field.row.name .. "=bad or a number, 0 to 65535")
  end
  value.put(state, field.row.view, number or said, field.at)
end

local function set_checksum_ok(state, field)
  if field.op == "absent" then
    value.put(state, state.form.proto == "ip" and "ipchecksum" or "checksum", "bad", field.at)
  end
end

local function set_length(state, field)
  state.length, state.length_at = value.of(state, field), field.at
end

local function set_fragments(state, field)
  state.fragments = value.of(state, field)
  if state.fragments == 0 or state.fragments % 8 ~= 0 then
    value.refuse(state, field.at, "fragments have a multiple of 8 bytes", "fragments=8, 16, 24, ...")
  end
end

local function set_quoted(state, field)
  local said = value.of(state, field)
  state.quoted = state.quoted or {}
  state.quoted[field.row.view] = field.value.host and ends.address_of(state, said, field.at) or said
end

local function set_mac(state, field)
  local mac = tostring(value.of(state, field))
  if not mac:match("^" .. ("%x%x:"):rep(5) .. "%x%x$") then
    value.refuse(state, field.at, ("%s is no hardware address"):format(mac), field.row.name .. '="02:00:00:00:00:01"')
  end
  value.put(state, field.row.view, mac, field.at)
end

local function set_arp_address(state, field)
  local said = value.of(state, field)
  value.put(state, field.row.view, field.value.host and ends.address_of(state, said, field.at) or said, field.at)
end

local function done() end

local function never(why, instead)
  return function(state, field)
    value.refuse(state, field.at, ("%s cannot be sent: %s"):format(field.row.name, why), instead)
  end
end

local setters = {
  src = done, dst = done, -- compose_ends.lua has read them
  seq = relative "seq_base", ack = relative "ack_base", rawseq = raw "seq", rawack = raw "ack",
  urg = set_urgent, sack = set_sack, fastopen = set_fastopen, len = set_length,
  checksum = set_checksum, ipchecksum = set_checksum, checksum_ok = set_checksum_ok, fragments = set_fragments,
  mac = set_mac, target_mac = set_mac, src_mac = set_mac, dst_mac = set_mac,
  target = set_arp_address, sender = set_arp_address,
  length = never("it follows from all the rest", "len= for the payload"),
  from = never("the sender is who sends", "the sender in front of ->"),
  to = never("the network finds the receiver", "the receiver behind ->"),
  fate = never("what becomes of a packet is the wire's", "a rule of the wire"),
}

-- What a packet can go without.
local optional = {
  mss = true, wscale = true, tsval = true, tsecr = true, sack = true, fastopen = true, options = true, urg = true,
  rawoptions = true, ipoptions = true,
}

---Takes one field of a form.
---@param state netlab.compose.State
---@param field netlab.expect.Field
function compose_fields.set(state, field)
  local row = field.row
  if field.op == "absent" and row.kind ~= "boolean" then
    local no_ack = row.name == "ack" and not (state.out.flags or ""):find "ACK"
    if not optional[row.name] and not no_ack then
      value.refuse(state, field.at, ("every such packet has %s"):format(row.name),
        ("%s=%s, or nothing"):format(row.name, value.samples[row.kind]))
    end
    state.absent[row.view] = field
  elseif row.quoted then
    set_quoted(state, field)
  elseif setters[row.name] then
    setters[row.name](state, field)
  elseif row.kind == "boolean" then
    set_boolean(state, field)
  else
    set_plain(state, field)
  end
end

return compose_fields
