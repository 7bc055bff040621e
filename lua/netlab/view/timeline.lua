-- timeline.lua: what happened in a run, in words that are the same in every run of the experiment: without times, with
-- names for the ports that the kernel chose, and in an order that does not depend on which processor was faster.
--
-- The script's calls stand in their order, the packets in the order of the traces that judged them: each where it must
-- have been at the latest. What a call sends stands behind its beginning, what a call waits for before its return, what
-- a wait or a trace has seen before the next call. Packets that a trace allows but does not demand are left out.

local alterations = require "netlab.report.alterations"

local timeline = {}

---@class netlab.TimelineRow
---@field kind "call"|"return"|"packet"|"event"
---@field line integer? of the script
---@field host string?
---@field text string
---@field error string? call, return: its errno
---@field flags string? packet: control bits or protocol

-- Calls that return when something has come, and those that send.
local waits = {
  connect = true, accept = true, accept4 = true, recv = true, recvfrom = true, recvmsg = true, poll = true,
  select = true,
}
local sends = {
  connect = true, send = true, sendto = true, sendmsg = true, close = true, shutdown = true, setsockopt = true,
}

-- ---- the packets, in the order of the traces ----

local function order_of(a, b)
  if a.trace ~= b.trace then
    return a.trace < b.trace
  elseif a.at ~= b.at then
    return a.at < b.at
  end
  return a.id < b.id
end

-- By packet id the reading that says most about it: that of a trace.
local function packet_readings(readings)
  local found, traces, count = {}, {}, 0
  for _, one in ipairs(readings) do
    local fields = one.fields
    if fields.packet and fields.trace then
      if not traces[fields.trace] then
        count = count + 1
        traces[fields.trace] = count
      end
      found[fields.packet] = { fields = fields, line = one.line, trace = traces[fields.trace], checked = one.time }
    end
  end
  for _, one in ipairs(readings) do -- of those that no trace covers: what a wait found
    local id = one.fields.packet
    if id and not found[id] then
      found[id] = { fields = one.fields, trace = math.huge }
    end
  end
  return found
end

-- Of a line that may be met a different number of times only the packets that must come.
local function is_certain(reading, met)
  local fields = reading.fields
  if fields.skipped or fields.optional then
    return false
  elseif fields.several then
    local key = ("%s %d"):format(reading.trace, reading.line or 0)
    met[key] = (met[key] or 0) + 1
    return met[key] <= (fields.least or 0)
  end
  return true
end

local function packets_in_order(told, readings)
  local found, list, met = packet_readings(readings), {}, {}
  for _, item in ipairs(told.items) do
    local reading = item.kind == "packet" and found[item.id]
    if reading and is_certain(reading, met) then
      list[#list + 1] = {
        id = item.id, trace = reading.trace, at = reading.fields.at or item.id, item = item, checked = reading.checked,
      }
    end
  end
  table.sort(list, order_of)
  local places = {}
  for i, one in ipairs(list) do
    places[one.id] = i
  end
  return list, places
end

local function lost(fate)
  return fate == "dropped" or fate == "cut"
end

local function packet_row(one)
  local item = one.item
  local fields = table.concat(item.fields, " "):gsub("fastopen=%x+", "fastopen")
  local words = ("%s %s %s  %s%s%s"):format(item.ends[1], lost(item.fate) and "-x" or "->", item.ends[2], item.body,
    fields ~= "" and "  " or "", fields)
  return { kind = "packet", text = words, flags = item.body, lost = lost(item.fate) }
end

-- ---- the calls of one process ----

-- The lines on which conditions of t:eventually are evaluated, again and again.
local function polled_lines(readings)
  local lines = {}
  for _, one in ipairs(readings) do
    if one.fields.call and one.fields.call:match "^[%d.]+%.e%d" then
      lines[one.line] = true
    end
  end
  return lines
end

-- Of the calls of a condition that was evaluated many times only the last ones.
local function without_polling(calls, polled)
  local kept, run = {}, {}
  local function flush()
    local last = {}
    for i, item in ipairs(run) do
      last[("%d %s"):format(item.line, item.text)] = i
    end
    for i, item in ipairs(run) do
      if last[("%d %s"):format(item.line, item.text)] == i then
        kept[#kept + 1] = item
      end
    end
    run = {}
  end
  for _, item in ipairs(calls) do
    if item.kind == "call" and polled[item.line] then
      run[#run + 1] = item
    else
      flush()
      kept[#kept + 1] = item
    end
  end
  flush()
  return kept
end

-- The script's own process, and the names of all others, in the order of their first call.
local function processes_of(told)
  local names, first = {}, nil
  for _, item in ipairs(told.items) do
    if item.event == "start" then
      names[item.pid] = item.text:match "^(.-) %(pid"
    elseif item.kind == "call" and not names[item.pid] then
      first = first or item.pid
    end
  end
  return first, names
end

local function calls_of(told, pid, polled)
  local calls = {}
  for _, item in ipairs(told.items) do
    local is_order = item.event == "rule" or item.event == "order" or item.event == "cable" or item.event == "interface"
      or item.event == "crash"
    if item.kind == "call" and item.pid == pid or is_order and pid == told.script then
      calls[#calls + 1] = item
    end
  end
  return without_polling(calls, polled)
end

-- ---- both together ----

local function is_weighty(item) -- not a mere acknowledgement
  local tcp = item.tcp
  return not tcp or tcp.len > 0 or tcp.flags:find "SYN" or tcp.flags:find "FIN" or tcp.flags:find "RST"
end

-- How far the packets have come when a call begins, or returns: the place of the last one that is certain then.
local function sent_by(packets, call, from)
  local place = from
  for i = from + 1, #packets do
    local item = packets[i].item
    local within = item.time >= call.time and item.time <= (call.ended or call.time)
    if within and item.from == call.host and is_weighty(item) then
      place = i
    end
  end
  return place
end

local function come_by(packets, call, from)
  local place = from
  for i = from + 1, #packets do
    local item = packets[i].item
    if is_weighty(item) and item.to == call.host and (item.received or item.time) <= (call.ended or call.time) then
      place = i
    end
  end
  return place
end

-- What was sent before a state is read has arrived: t:state sees to it.
local function seen_by(packets, call, from)
  local place = from
  for i = from + 1, #packets do
    if packets[i].item.time < call.time then
      place = i
    end
  end
  return place
end

local function emit_packets(rows, packets, from, to)
  for i = from + 1, to do
    rows[#rows + 1] = packet_row(packets[i])
  end
  return math.max(from, to)
end

local function emit_call(rows, packets, call, at)
  if call.text:find "TCP_INFO" then
    at = emit_packets(rows, packets, at, seen_by(packets, call, at))
  end
  local row = {
    kind = "call", line = call.line, host = call.host, text = call.text,
    error = call.failed and call.result:match "(E%u+)" or nil, name = call.name, result = call.result,
  }
  rows[#rows + 1] = row
  local sent = sends[call.name] and sent_by(packets, call, at) or at
  local come = waits[call.name] and call.ended and come_by(packets, call, sent) or sent
  local now = emit_packets(rows, packets, at, come)
  if now > at then
    rows[#rows + 1] = {
      kind = "return", line = call.line, host = call.host, text = ("%s %s"):format(call.name, call.result),
      error = row.error, name = call.name, result = call.result,
    }
    row.error, row.begins = nil, true
  else
    row.text = call.text .. " " .. call.result
  end
  return now
end

-- Where the script has looked at packets: they have come before the call that follows. {time =, place =}
local function marks_of(readings, packets, places, pid)
  local marks = {}
  for _, one in ipairs(readings) do
    local place = one.fields.packet and places[one.fields.packet]
    if place and one.pid == pid then
      marks[#marks + 1] = { time = one.time, place = place }
    end
  end
  for i, one in ipairs(packets) do
    if one.checked then
      marks[#marks + 1] = { time = one.checked, place = i }
    end
  end
  return marks
end

local function script_rows(told, readings, polled)
  local packets, places = packets_in_order(told, readings)
  local marks, rows, at = marks_of(readings, packets, places, told.script), {}, 0
  for _, item in ipairs(calls_of(told, told.script, polled)) do
    for _, mark in ipairs(marks) do
      if mark.time < item.time then
        at = emit_packets(rows, packets, at, mark.place)
      end
    end
    if item.kind == "call" then
      at = emit_call(rows, packets, item, at)
    else
      rows[#rows + 1] = { kind = "event", host = item.host, text = item.text }
    end
  end
  emit_packets(rows, packets, at, #packets)
  return rows
end

local function exit_of(told, pid)
  for _, item in ipairs(told.items) do
    if item.event == "exit" and item.pid == pid then
      return item.text:match "%) (.*)$"
    end
  end
  return nil
end

local function other_rows(told, polled, pid)
  local rows = {}
  for _, call in ipairs(calls_of(told, pid, polled)) do
    emit_call(rows, {}, call, 0)
  end
  local ending = exit_of(told, pid)
  if ending then
    rows[#rows + 1] = { kind = "event", text = ending }
  end
  return rows
end

-- ---- names for ports ----

local EPHEMERAL = 32768

-- Ports that the kernel has chosen are called $a, $b, ...; those that the script names keep their number.
local function name_ports(groups, script)
  local names, count = {}, 0
  local function name(before, digits)
    local port = tonumber(digits)
    if port < EPHEMERAL or port > 65535 or script:find("%f[%d]" .. digits .. "%f[%D]") then
      return before .. digits
    elseif not names[digits] then
      names[digits] = "$" .. string.char(97 + count % 26) .. (count >= 26 and count // 26 or "")
      count = count + 1
    end
    return before .. names[digits]
  end
  for _, group in ipairs(groups) do
    for _, row in ipairs(group.rows) do
      row.text = row.text:gsub("([%w%]]:)(%d+)%f[%D]", name):gsub("(port=)(%d+)%f[%D]", name)
    end
  end
end

-- ---- the whole ----

---What happened, process by process; the first one is the script, and has the packets.
---@param told netlab.Story
---@param recording userdata of a run with {observe = true}
---@param script string its source
---@return { name: string?, rows: netlab.TimelineRow[] }[] groups
function timeline.of(told, recording, script)
  local readings = alterations.readings(recording)
  local polled = polled_lines(readings)
  local first, names = processes_of(told)
  told.script = first
  local groups = { { rows = script_rows(told, readings, polled) } }
  local pids = {}
  for pid in pairs(names) do
    pids[#pids + 1] = pid
  end
  table.sort(pids)
  for _, pid in ipairs(pids) do
    groups[#groups + 1] = { name = names[pid], rows = other_rows(told, polled, pid) }
  end
  name_ports(groups, script)
  return groups
end

return timeline
