-- alterations.lua: what can be altered of the readings of a run that was observed: for each a description in words, and
-- what lua/netlab/lab/mutation.lua needs to make it.

local altered_packets = require "netlab.lab.altered_packets"
local cjson = require "cjson"
local errno = require "netlab.core.errno"
local flows = require "netlab.expect.flows"
local show = require "netlab.expect.show"

local alterations = {}

---@class netlab.Alteration
---@field words string "ack of packet 4 (server:80 -> client ACK) 1 -> 2"
---@field line integer of the script: which should notice it
---@field order integer alterations of one reading have the same, and stand in the order of the readings
---@field spec table? for the run; nil: nobody reads it, so that a run is not needed to see that nobody notices

local EPHEMERAL = 32768 -- from here on the kernel chooses ports, differently in each run

---A packet in short: "client -> server:80 SYN,ACK".
---@param packet netlab.Packet
---@return string
function alterations.packet(packet)
  local cells = show.packet_cells(packet)
  local ends = {}
  for i, side in ipairs { "src", "dst" } do
    local port = packet[side == "src" and "sport" or "dport"]
    ends[i] = port and port >= EPHEMERAL and cells[side]:gsub(":%d+$", "") or cells[side]
  end
  return ("%s %s %s %s"):format(ends[1], cells.arrow, ends[2], cells.body)
end

-- ---- packets ----

-- The packets by id: how they are found again.
local function places_of(recording)
  local places, counts = {}, {}
  for packet in recording:packets() do
    if not packet.copy_of then
      local direction = altered_packets.direction(packet)
      counts[direction] = (counts[direction] or 0) + 1
      places[packet.id] = { direction = direction, number = counts[direction] }
    end
  end
  return places
end

-- What the checks have said about packets: by id. Of two readings the one of a trace holds.
local function packet_readings(list)
  local found = {}
  for _, one in ipairs(list) do
    local id = one.fields.packet
    if id and (not found[id] or one.fields.skipped ~= nil) then
      found[id] = { line = one.line, fields = one.fields }
    end
  end
  return found
end

local compared = {
  "src", "dst", "sport", "dport", "proto", "flags", "seq", "ack", "len", "payload", "icmp_type", "fate",
}

local function alike(a, b)
  for _, name in ipairs(compared) do
    if a[name] ~= b[name] then
      return false
    end
  end
  return true
end

-- The packet that one may be swapped with: the next one of its connection, when the order of the two is judged.
local function neighbour(recording, packet, found)
  for next_packet in recording:packets(packet.id + 1) do
    if next_packet.flow == packet.flow and not next_packet.copy_of then
      local mine, other = found[packet.id].fields, found[next_packet.id]
      local free = mine.anyorder and other and mine.anyorder == other.fields.anyorder
      return other and not other.fields.skipped and not free and not alike(packet, next_packet) and next_packet or nil
    end
  end
  return nil
end

local toggled = { "SYN", "FIN", "RST", "ACK" }

-- The numbers of a packet that are made one higher: as they are called, and as the packet has them.
local function numbers_of(packet)
  if packet.proto == "tcp" then
    return { { "seq", packet.seq }, { "ack", packet.ack }, { "len", packet.len } }
  elseif packet.icmp_type then
    local quoted = packet.quoted
    return quoted and { { "code", packet.icmp_code }, { "quoted.dport", quoted.dport } }
      or { { "code", packet.icmp_code }, { "len", packet.len } }
  end
  return { { "len", packet.len } }
end

local function add_fields(packet, name, add)
  for _, bit in ipairs(packet.proto == "tcp" and toggled or {}) do
    local there = ("," .. packet.flags .. ","):find("," .. bit .. ",", 1, true)
    add(("%s %s %s"):format(bit, there and "taken from" or "added to", name),
      { kind = "field", change = "bit", field = bit })
  end
  for _, row in ipairs(numbers_of(packet)) do
    if row[2] then
      add(("%s of %s %d -> %d"):format(row[1], name, row[2], row[2] + 1),
        { kind = "field", change = "more", field = row[1] })
    end
  end
end

local function add_packet(list, recording, packet, found, place)
  local reading = found[packet.id]
  local name = ("packet %d (%s)"):format(packet.id, alterations.packet(packet))
  local function add(words, spec)
    spec.direction, spec.number = place.direction, place.number
    list[#list + 1] = {
      words = words, line = reading.line, spec = spec, order = #list + 1, group = "line" .. reading.line,
    }
  end
  local fields = reading.fields
  if not fields.optional and not fields.several then
    add(name .. " removed", { kind = "removed" })
  end
  if not fields.several then
    add(name .. " comes twice", { kind = "doubled" })
  end
  local other = neighbour(recording, packet, found)
  if other then
    add(("%s swapped with packet %d (%s)"):format(name, other.id, alterations.packet(other)), { kind = "swapped" })
  end
  add_fields(packet, name, add)
end

-- When the experiment's function came to its end.
local function end_of(recording)
  local last = math.huge
  for _, slot in ipairs(recording:slots "script") do
    last = slot.name == "end" and slot.began or last
  end
  return last
end

-- A packet that nobody has to look at: a copy, one that a router passes on, background traffic, or after the end.
local function is_beside(packet, over)
  local passed_on = packet.src_host and packet.from and packet.src_host ~= packet.from
  return packet.copy_of or passed_on or flows.noise(packet) or packet.time > over
end

local function add_packets(list, recording, readings)
  local found, places, over = packet_readings(readings), places_of(recording), end_of(recording)
  local skipped = 0
  for packet in recording:packets() do
    local reading = found[packet.id]
    if reading and reading.fields.skipped then
      skipped = skipped + (flows.noise(packet) and 0 or 1)
    elseif reading then
      add_packet(list, recording, packet, found, places[packet.id])
    elseif not is_beside(packet, over) then
      list[#list + 1] = {
        words = ("packet %d (%s) is looked at by no trace"):format(packet.id, alterations.packet(packet)),
        line = 0, order = #list + 1,
      }
    end
  end
  return skipped
end

-- ---- results of calls ----

-- A failure that each call may end with.
local failures = {
  socket = "EMFILE", bind = "EADDRINUSE", listen = "EADDRINUSE", connect = "ETIMEDOUT", accept = "ECONNABORTED",
  accept4 = "ECONNABORTED", send = "ECONNRESET", sendto = "ECONNREFUSED", sendmsg = "ECONNRESET", recv = "ECONNRESET",
  recvfrom = "ECONNREFUSED", recvmsg = "ECONNRESET", shutdown = "ENOTCONN", getsockname = "ENOBUFS",
  getpeername = "ENOTCONN", setsockopt = "ENOPROTOOPT", getsockopt = "ENOPROTOOPT", fcntl = "EBADF", ioctl = "EINVAL",
  nonblocking = "EBADF", poll = "EINTR", select = "EINTR", kill = "ESRCH", sigaction = "EINVAL", wait = "ETIMEDOUT",
  exec = "ENOENT", read = "ECONNRESET", write = "ECONNRESET",
}

-- What one error is most easily taken for.
local others = {
  ECONNREFUSED = "ECONNRESET", ECONNRESET = "EPIPE", EPIPE = "ECONNRESET", ETIMEDOUT = "ECONNREFUSED",
  EAGAIN = "EINPROGRESS", EINPROGRESS = "EAGAIN", EALREADY = "EINPROGRESS", EHOSTUNREACH = "ENETUNREACH",
  ENETUNREACH = "EHOSTUNREACH", ENOTCONN = "EINVAL", EADDRINUSE = "EADDRNOTAVAIL", EINTR = "EAGAIN",
}

local states = {
  LISTEN = "CLOSED", ["SYN-SENT"] = "SYN-RECEIVED", ["SYN-RECEIVED"] = "ESTABLISHED", ESTABLISHED = "CLOSE-WAIT",
  ["FIN-WAIT-1"] = "FIN-WAIT-2", ["FIN-WAIT-2"] = "TIME-WAIT", ["CLOSE-WAIT"] = "LAST-ACK", CLOSING = "TIME-WAIT",
  ["LAST-ACK"] = "CLOSED", ["TIME-WAIT"] = "CLOSED", CLOSED = "ESTABLISHED", CONNECTED = "UNCONNECTED",
  UNCONNECTED = "CONNECTED",
}

local function errno_name(value)
  return errno.value(math.tointeger(tonumber(value.value))).name
end

local function encoded_errno(name)
  return { kind = "errno", value = ("%d"):format(errno.value(name).number) }
end

-- A value in words.
local function spoken(value)
  if value.kind == "errno" then
    return errno_name(value)
  elseif value.kind == "text" then
    local short = value.value and #value.value <= 24
    return states[value.value] and value.value or short and '"' .. value.value .. '"' or value.length .. " bytes"
  end
  return value.kind == "number" and ("%.14g"):format(tonumber(value.value)) or value.value or value.kind
end

local function other_text(text)
  if states[text] then
    return states[text]
  end
  local front, last = text:match "^(%d+%.%d+%.%d+%.)(%d+)$"
  return front and ("%s%d"):format(front, (tonumber(last) + 1) % 256) or text .. "x"
end

-- By kind: another value.
local other_values = {
  errno = function(value) return encoded_errno(others[errno_name(value)] or "EIO") end,
  number = function(value)
    local number = tonumber(value.value)
    local whole = math.tointeger(number)
    return { kind = "number", value = whole and ("%d"):format(whole + 1) or ("%a"):format(number + 1) }
  end,
  boolean = function(value) return { kind = "boolean", value = value.value == "true" and "false" or "true" } end,
  text = function(value) return value.value and { kind = "text", value = other_text(value.value) } end,
}

local function add_failed(name, results, add)
  local err = results[2]
  local words = ("%s() fails with %s -> "):format(name, errno_name(err))
  add(words .. "succeeds", { kind = "succeed" })
  local other = other_values.errno(err)
  add(words .. "fails with " .. errno_name(other), { kind = "set", path = { 2 }, from = err, to = other })
end

-- The first result of a call that did not fail.
local function add_first(name, fields, add)
  local first = fields.results[1]
  local function set(to)
    local words = ("%s() %s -> %s"):format(name, spoken(first), spoken(to))
    add(words, { kind = "set", path = { 1 }, from = first, to = to })
  end
  if name == "poll" or name == "select" then
    add(("%s() %s -> %s"):format(name, first.value == "0" and "nothing ready" or first.value .. " ready",
      first.value == "0" and "1 ready" or "nothing ready"), { kind = "ready" })
  elseif name == "getsockopt" and fields.is_error then
    set(first.kind == "errno" and { kind = "number", value = "0" } or encoded_errno "ECONNREFUSED")
    if first.kind == "errno" then
      set(other_values.errno(first))
    end
  elseif first.kind == "text" then
    add(("%s() %d bytes -> %d bytes"):format(name, first.length, first.length + 1), { kind = "longer", path = { 1 } })
  elseif first.kind == "number" or first.kind == "boolean" and name == "getsockopt" then
    set(other_values[first.kind](first))
  end
end

local function add_call(fields, add)
  local name, results = fields.name, fields.results
  local first, second = results[1] or { kind = "nil" }, results[2]
  if first.kind == "nil" and second and second.kind == "errno" then
    add_failed(name, results, add)
  elseif first.kind == "nil" then
    return
  elseif not (first.kind == "boolean" and first.value == "false") and fields.fails and not fields.is_info then
    local err = failures[name] or "EIO"
    add(("%s() succeeds -> fails with %s"):format(name, err), { kind = "fail", errno = errno.value(err).number })
  end
  add_first(name, fields, add)
end

-- "sockets()[2].state"
local function path_words(name, path)
  local words = name .. "()"
  for i, key in ipairs(path) do
    local number = math.tointeger(key)
    if i > 1 then
      words = words .. (number and ("[%d]"):format(number) or "." .. tostring(key))
    elseif number ~= 1 then
      words = ("result %d of %s"):format(number, words)
    end
  end
  return words
end

local function add_inner(fields, add)
  local name, value = path_words(fields.name, fields.path), fields.value
  name = name == "getsockopt().state" and "state of the socket" or name
  if fields.length then
    local length = math.tointeger(tonumber(value.value))
    add(("#%s %d -> %d"):format(name, length, length + 1), { kind = "one_more", path = fields.path, length = length })
    if length > 0 then
      add(("#%s %d -> %d"):format(name, length, length - 1), { kind = "one_less", path = fields.path, length = length })
    end
    return
  end
  local other = other_values[value.kind]
  local to = other and other(value)
  if to then
    add(("%s %s -> %s"):format(name, spoken(value), spoken(to)),
      { kind = "set", path = fields.path, from = value, to = to })
  end
end

local function add_results(list, readings)
  for _, one in ipairs(readings) do
    local fields = one.fields
    if fields.call then
      local function add(words, spec)
        spec.call = fields.call
        local group = ("%d %s"):format(one.line, fields.name)
        list[#list + 1] = { words = words, line = one.line, spec = spec, order = #list + 1, group = group }
      end
      local add_all = fields.path and add_inner or add_call
      add_all(fields, add)
    end
  end
end

-- ---- all ----

local MOST = 4 -- readings of one line, by one call, that are altered

-- Of what one line reads more often than that, the first two, the middle and the last one stay.
local function thinned(list)
  local groups = {}
  for _, one in ipairs(list) do
    if one.spec then
      local id = one.spec.call or one.spec.direction .. one.spec.number
      local group = groups[one.group] or { ids = {}, place = {} }
      groups[one.group] = group
      if not group.place[id] then
        group.ids[#group.ids + 1] = id
        group.place[id] = #group.ids
      end
    end
  end
  local kept = {}
  for _, one in ipairs(list) do
    local group = one.spec and groups[one.group]
    local count = group and #group.ids or 0
    local at = group and group.place[one.spec.call or one.spec.direction .. one.spec.number]
    if count <= MOST or at <= 2 or at == count // 2 + 1 or at == count then
      kept[#kept + 1] = one
    end
  end
  return kept
end

---What a run has read, in order.
---@param recording userdata of a run with {observe = true}
---@return { line: integer, pid: integer, time: number, fields: table }[]
function alterations.readings(recording)
  local readings = {}
  for _, slot in ipairs(recording:slots "script") do
    if slot.name == "reading" then
      local fields = cjson.decode(slot.text)
      readings[#readings + 1] = { line = slot.line, pid = slot.pid, time = slot.began, fields = fields }
    end
  end
  return readings
end

---All alterations of what a run has read.
---@param recording userdata of a run with {observe = true}
---@return netlab.Alteration[] alterations
---@return { skipped: integer } about skipped: packets that `...` took
function alterations.of(recording)
  local readings, list = alterations.readings(recording), {}
  local skipped = add_packets(list, recording, readings)
  add_results(list, readings)
  return thinned(list), { skipped = skipped }
end

return alterations
