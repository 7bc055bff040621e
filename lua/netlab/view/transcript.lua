-- transcript.lua: what was typed at the prompt, as an experiment that does the same and checks that the same comes out.
-- Pure: a function of the typed chunks with their outcomes, and of the packets.

local show = require "netlab.expect.show"

local transcript = {}

---@class netlab.Typed one chunk
---@field text string
---@field values { kind: string, text: string }[]? what it returned, nil: it ended with an error
---@field called boolean it made system calls
---@field failed string? the errno of its last call, when that failed
---@field judged integer how many packets traces had judged then
---@field settled integer how many there were when the next one was begun

local EPHEMERAL = 32768

-- ---- the chunks ----

local function is_statement(text)
  return load(text) ~= nil
end

local function is_expression(text)
  return load("return " .. text) ~= nil
end

local function is_call(text)
  return text:match "%)%s*$" or text:match "[%w_]%s*[\"'{].*[\"'}]%s*$" or text:match "%]=*%]%s*$"
end

-- A bare call as a check of what it returned.
local function checked_call(text, values)
  local first, second = values[1], values[2]
  if text:match "^%s*t[.:]" or not first then
    return text
  elseif second and second.kind == "errno" then
    return ("t:fails(%s, %s)"):format(second.text, text)
  elseif first.kind == "integer" or first.kind == "string" and not first.text:find "%.%.%.\"$" then
    return ("t:equal(%s, %s)"):format(text:match "^(.-)%s*$", first.text)
  end
  return ("t:ok(%s)"):format(text)
end

-- `names = call` of a chunk that made system calls.
local function checked_assignment(names, right, typed)
  local one_call = is_call(right) and is_expression(right) and not right:match "^t[.:]"
  if not typed.called or not one_call or names:find "," then
    return ("%s = %s"):format(names, right)
  elseif typed.failed then
    return ("t:fails(%s, %s)"):format(typed.failed, right), true
  end
  return ("%s = t:ok(%s)"):format(names, right)
end

-- The two sides of `a, b = ...`, or nil.
local function assignment(text)
  local names, right = text:gsub("^local%s+", ""):match "^([%a_][%w_%s,]-)%s*=%s*([^=].*)$"
  for name in ((names or "") .. ","):gmatch "%s*(.-)%s*," do
    if not name:find "^[%a_][%w_]*$" then
      return nil
    end
  end
  return names, right
end

-- One chunk as a statement, nil for none; the names that it makes are added to those that are known.
local function statement(typed, known)
  local text = typed.text:match "^%s*(.-)%s*$"
  local names, right = assignment(text)
  if names then
    local line, dropped = checked_assignment(names, right, typed)
    local fresh = not dropped
    for name in names:gmatch "[%w_]+" do
      fresh = fresh and not known[name]
    end
    for name in (fresh and names or ""):gmatch "[%w_]+" do
      known[name] = true
    end
    return (fresh and "local " or "") .. line
  elseif is_expression(text) and is_call(text) then
    return checked_call(text, typed.values)
  end
  return is_statement(text) and text or nil -- a mere value was only looked at
end

-- ---- the packets ----

local told = { seq = true, ack = true, len = true, target = true, sender = true }

-- An end without the port that the kernel chose.
local function without_ephemeral(place, source)
  local before, digits = place:match "^(.*):(%d+)$"
  local port = tonumber(digits)
  if port and port >= EPHEMERAL and not source:find("%f[%d]" .. digits .. "%f[%D]") then
    return before:match "^%[(.*)%]$" or before
  end
  return place
end

-- A packet as a line of a trace, in columns: where, what, fields.
local function packet_row(packet, source)
  local cells, fields = show.packet_cells(packet), {}
  for _, field in ipairs(cells.fields) do
    fields[#fields + 1] = told[field.name] and field.text or nil
  end
  return {
    ("%s %s %s"):format(without_ephemeral(cells.src, source), cells.arrow, without_ephemeral(cells.dst, source)),
    (cells.body:gsub("PSH,", "")), -- whether the kernel pushes is not certain
    table.concat(fields, " "),
  }
end

-- A mere acknowledgement may travel with data in another run, or a little later; that of a SYN does not.
local function is_mere_ack(packet, before)
  return packet.proto == "tcp" and packet.flags == "ACK" and packet.len == 0
    and not (before and before.flow == packet.flow and (before.flags or ""):find "SYN")
end

local function takes_sequence_numbers(packet)
  return packet.proto == "tcp" and (packet.len > 0 or packet.flags:find "FIN")
end

-- Some acknowledgements, or none, of what a packet carries.
local function acknowledgements(packet, source)
  local cells = show.packet_cells(packet)
  return {
    ("repeat 0..3 %s -> %s"):format(without_ephemeral(cells.dst, source), without_ephemeral(cells.src, source)),
    "ACK", "len=0",
  }
end

local function rows_of(packets, source)
  local rows = {}
  for i, packet in ipairs(packets) do
    if not is_mere_ack(packet, packets[i - 1]) then
      rows[#rows + 1] = packet_row(packet, source)
      rows[#rows + 1] = takes_sequence_numbers(packet) and acknowledgements(packet, source) or nil
    end
  end
  return rows
end

local function trace_lines(packets, source)
  local rows, widths, lines = rows_of(packets, source), { 0, 0 }, {}
  for _, row in ipairs(rows) do
    widths[1], widths[2] = math.max(widths[1], #row[1]), math.max(widths[2], #row[2])
  end
  for i, row in ipairs(rows) do
    lines[i] = ("%-" .. widths[1] .. "s  %-" .. widths[2] .. "s  %s"):format(row[1], row[2], row[3]):gsub("%s+$", "")
  end
  return lines
end

-- What is typed is slow: the next call came only after the last acknowledgement. The script waits for it.
local function wait_line(typed, packets, source)
  local last = typed.settled > 0 and packets[typed.settled]
  if last and is_mere_ack(last, packets[typed.settled - 1]) then
    return ('    t:wait_packet "%s"'):format(table.concat(packet_row(last, source), " "))
  end
end

-- The packets behind the last t:trace that is saved, without the copies that the wire made.
local function unjudged(chunks, packets, judged)
  local list = {}
  for _, typed in ipairs(chunks) do
    judged = typed.values and typed.judged or judged
  end
  for i = judged + 1, #packets do
    list[#list + 1] = not packets[i].copy_of and packets[i] or nil
  end
  return list
end

-- ---- the script ----

local function source_of(chunks)
  local source = {}
  for i, typed in ipairs(chunks) do
    source[i] = typed.text
  end
  return table.concat(source, "\n")
end

local function indented(text)
  return "    " .. text:gsub("\n", "\n    ")
end

---What was typed, as statements.
---@param chunks netlab.Typed[] in their order; those that ended with an error are left out
---@param packets netlab.Packet[] all of them, by id
---@param begin { packets: integer, judged: integer, names: string[] }? how many packets there were before, how many of
---  them traces had judged, and which local variables there were
---@return string
function transcript.body(chunks, packets, begin)
  local lines, known, source, before = {}, {}, source_of(chunks), begin and begin.packets or 0
  for _, name in ipairs(begin and begin.names or {}) do
    known[name] = true
  end
  for _, typed in ipairs(chunks) do
    local line = typed.values and statement(typed, known)
    lines[#lines + 1] = line and indented(line)
    lines[#lines + 1] = line and typed.settled > before and wait_line(typed, packets, source) or nil
    before = typed.settled
  end
  local left = unjudged(chunks, packets, begin and begin.judged or 0)
  if left[1] then
    lines[#lines + 1] = "    t:trace [[\n      " .. table.concat(trace_lines(left, source), "\n      ") .. "\n    ]]"
  end
  return table.concat(lines, "\n")
end

---Statements as the text of an experiment.
---@param title string
---@param body string of transcript.body
---@return string
function transcript.script(title, body)
  return ("-- luacheck: std lua54, read globals experiment, ignore 113/^[A-Z][A-Z0-9_]*$ 211 221 311\n\n"
    .. "experiment %q {\n  run = function(t)\n%s\n  end\n}\n"):format(title, body)
end

---A script with statements at the end of one of its functions.
---@param source string
---@param last integer the line on which the function ends
---@param body string of transcript.body
---@return string? source nil when more than the function's end stands on that line
function transcript.continued(source, last, body)
  local lines = {}
  for line in (source:gsub("\n$", "") .. "\n"):gmatch "(.-)\n" do
    lines[#lines + 1] = line
  end
  if not (lines[last] or ""):find "^%s*end[%s,}]*$" then
    return nil
  end
  table.insert(lines, last, body)
  return table.concat(lines, "\n") .. "\n"
end

return transcript
