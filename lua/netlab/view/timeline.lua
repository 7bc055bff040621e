-- timeline.lua: what happened in a run, in words that are the same in every run of the experiment: without times, with
-- names for the ports that the kernel chose, and in an order that does not depend on which processor was faster.
--
-- The script's calls stand in their order, the packets in the order of the traces that judged them: each where it must
-- have been at the latest. What a call sends stands behind its beginning, what a call waits for before its return, what
-- a wait or a trace has seen before the next call. Packets that a trace allows but does not demand are left out.

local alterations = require "netlab.report.alterations"
local keys = require "netlab.expect.keys"
local ports = require "netlab.view.ports"

local timeline = {}

---@class netlab.TimelineRow
---@field kind "call"|"return"|"packet"|"event"
---@field line integer? of the script
---@field host string?
---@field text string
---@field error string? call, return: its errno
---@field flags string? packet: control bits or protocol

local function begins_or_ends(item)
  local flags = item.tcp and item.tcp.flags
  return not flags or flags:find "SYN" or flags:find "RST"
end

local function is_weighty(item) -- not a mere acknowledgement
  return begins_or_ends(item) or item.tcp.len > 0 or item.tcp.flags:find "FIN"
end

-- Calls that return when something has come: what that may be.
local waits = {
  connect = begins_or_ends, accept = begins_or_ends, accept4 = begins_or_ends, recv = is_weighty,
  recvfrom = is_weighty, recvmsg = is_weighty, read = is_weighty, poll = is_weighty, select = is_weighty,
}
local sends = {
  connect = true, send = true, sendto = true, sendmsg = true, close = true, shutdown = true, write = true,
  setsockopt = true,
}
-- Results of calls that have not waited.
local at_once = { ["= -1 EINPROGRESS"] = true, ["= -1 EAGAIN"] = true, ["= -1 EALREADY"] = true }
local reads = { recv = true, recvfrom = true, recvmsg = true, read = true }

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

-- Hosts where other processes than the script make calls, too: then it is not certain who has sent a packet.
local function shared_hosts(told)
  local shared = {}
  for _, item in ipairs(told.items) do
    if item.kind == "call" and item.pid ~= told.script and item.host then
      shared[item.host] = true
    end
  end
  return shared
end

local function packets_in_order(told, readings)
  local found, list, met = packet_readings(readings), { shared = shared_hosts(told), unread = {} }, {}
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
  local fields = table.concat(item.fields, " "):gsub('fastopen="%x+"', "fastopen")
  if item.body:find "^ICMP" then -- what it quotes has identifiers that are new each time
    fields = fields:gsub(' ?payload=".*"', "")
  end
  local body = item.body:gsub("^PSH,", ""):gsub(",PSH", "") -- where the kernel cuts data into segments differs
  local words = ("%s %s %s  %s%s%s"):format(item.ends[1], lost(item.fate) and "-x" or "->", item.ends[2], body,
    fields ~= "" and "  " or "", fields)
  local one_port, other = item.ends[1]:match ":(%d+)$", item.ends[2]:match ":(%d+)$"
  local both = item.tcp and { { one_port, other }, { other, one_port } } or nil
  return { kind = "packet", text = words, flags = item.body, lost = lost(item.fate), ports = both }
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

-- How far the packets have come when a call begins, or returns: the place of the last one that is certain then.
local function sent_by(packets, call, from)
  local place = from
  for i = from + 1, #packets do
    local item = packets[i].item
    local within = item.time >= call.time and item.time <= (call.ended or call.time)
    if within and item.from == call.host and is_weighty(item) then
      place = i
    elseif place > from then
      return place -- what is sent after an answer has come is not the call's own doing
    end
  end
  return place
end

-- The packet that a call has waited for: the first one that it can have been. None when something was there already.
local function come_by(packets, call, from)
  local counts = waits[call.name]
  if counts == is_weighty and packets.unread[call.host] then
    return from
  end
  for i = from + 1, #packets do
    local item = packets[i].item
    if counts(item) and item.to == call.host and item.time <= call.ended then
      local answer = item.tcp and item.tcp.flags:find "SYN" and packets[i + 1]
      if answer and answer.item.from == call.host and not is_weighty(answer.item) then
        return i + 1 -- the kernel acknowledges a SYN,ACK before anybody hears of it
      end
      return i
    end
  end
  return from
end

local function emit_packets(rows, packets, from, to)
  for i = from + 1, to do
    local item = packets[i].item
    rows[#rows + 1] = packet_row(packets[i])
    if item.to and is_weighty(item) and not lost(item.fate) then
      packets.unread[item.to] = true
    end
  end
  return math.max(from, to)
end

-- Bytes that are no text, such as those of packets, differ from run to run.
local function without_bytes(result)
  return (result:gsub('\\"', "\1"):gsub('"[^"]*\\%d%d%d[^"]*"%.*', '"..."'):gsub("\1", '\\"'))
end

local function emit_call(rows, packets, call, at)
  local result = without_bytes(call.result)
  local row = {
    kind = "call", line = call.line, host = call.host, text = call.text,
    error = call.failed and call.result:match "(E%u+)" or nil, name = call.name, result = result,
  }
  rows[#rows + 1] = row
  local sent = sends[call.name] and not packets.shared[call.host] and sent_by(packets, call, at) or at
  local waited = waits[call.name] and call.ended and not at_once[call.result]
  local come = waited and come_by(packets, call, sent) or sent
  local now = emit_packets(rows, packets, at, come)
  packets.unread[call.host or ""] = not reads[call.name] and packets.unread[call.host] or nil
  if now > at then
    rows[#rows + 1] = {
      kind = "return", line = call.line, host = call.host, text = ("%s %s"):format(call.name, result),
      error = row.error, name = call.name, result = result,
    }
    row.error, row.begins = nil, true
  else
    row.text = call.text .. " " .. result
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

-- How far a process came before others put an end to it is not the same in each run: of its last calls those are left
-- out that it waited in.
local function cut_tail(rows, ending)
  local last = rows[#rows]
  if ending and not ending:find "SIGKILL" and not ending:find "SIGTERM" or not last then
    return
  elseif last.result == "did not return" and waits[last.name] then
    rows[#rows] = nil
  end
  last = rows[#rows]
  if last then
    last.text = last.text:gsub(" did not return$", ""):gsub(" = %-?%d.*$", "")
  end
end

local function other_rows(told, polled, pid)
  local rows = {}
  for _, call in ipairs(calls_of(told, pid, polled)) do
    emit_call(rows, { shared = {}, unread = {} }, call, 0)
  end
  local ending = exit_of(told, pid)
  cut_tail(rows, ending)
  if ending then
    rows[#rows + 1] = { kind = "event", text = ending }
  end
  return rows
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
  for _, pid in ipairs(keys.sorted(names)) do
    groups[#groups + 1] = { name = names[pid], rows = other_rows(told, polled, pid) }
  end
  ports.name(groups, script)
  return groups
end

return timeline
