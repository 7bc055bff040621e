-- trace.lua: netlab trace: the packets of a capture file in the expectation language, or judged by an expectation.

local capfile = require "netlab.core.capfile"
local exits = require "netlab.cli.exits"
local explain = require "netlab.expect.explain"
local files = require "netlab.core.files"
local form = require "netlab.expect.form"
local grammar = require "netlab.expect.grammar"
local matcher = require "netlab.expect.matcher"

local trace = {}

-- Below what has been printed.
local function complain(text, status)
  io.stdout:flush()
  return exits.complain(text, status)
end

-- A comment of a file as one line that does nothing to a terminal.
local function printable(text)
  local known = utf8.len(text) and text:gsub("\xc2[\x80-\x9f]", "?") or text:gsub("[\x80-\xff]", "?")
  return (known:gsub("%s+", " "):gsub("%c", "?"))
end

-- ---- which packets ----

-- The iteration over the packets that are asked for. Raises a problem when there is no such packet form.
local function chooser(recording, context, wanted)
  local parsed = wanted and grammar.packet_form(wanted, { source = "--packets", line = 1 })
  if not parsed then
    return function() return recording:packets() end
  end
  form.check(parsed, context)
  return function()
    local next_packet = recording:packets()
    return function()
      local packet
      repeat
        packet = next_packet()
      until not packet or form.match(parsed, packet, context, {})
      return packet
    end
  end
end

-- ---- printing ----

local function print_packets(file, packets, given)
  local all = given.verbose and { all = true } or nil
  for _, comment in ipairs(file.about) do
    io.stdout:write("# ", printable(comment), "\n")
  end
  for packet in packets() do
    local label = given.quiet and "" or ("#%-5d %12.6f  "):format(packet.id, packet.time)
    local comment = file.comments[packet.id]
    local tail = comment and "  # " .. printable(comment) or ""
    io.stdout:write(label, explain.packet(packet, all), tail, "\n")
  end
end

-- ---- judging ----

-- What is not as the text says, and how many packets were judged.
local function judge(packets, context, text, path)
  local tree = grammar.parse(text, { source = path, line = 1 })
  local match = matcher.new(tree, context)
  local views = {}
  for packet in packets() do
    views[#views + 1] = packet
    match:feed(packet)
  end
  local failure = match.failure or match:finish()
  return failure and explain.failure(failure, tree, views), #views
end

local function judge_and_tell(packets, context, given)
  local name, path = given[1], given[2]
  local text, unreadable = files.read(path)
  if not text then
    return complain(("%s: %s"):format(path, unreadable), exits.CANNOT)
  end
  local fine, explanation, count = pcall(judge, packets, context, text, path)
  if not fine then
    return complain(tostring(explanation), exits.CANNOT)
  elseif explanation then
    io.stdout:write(("%s is not as %s says\n"):format(name, path), explanation, "\n")
    return exits.FAILED
  elseif not given.quiet then
    io.stdout:write(("%s: %d packets as expected\n"):format(name, count))
  end
  return 0
end

-- ---- the command ----

---Print a capture file, or judge it.
---@param given table options, and as a list the file and perhaps an expectation file
---@return integer status 0; 1: not as expected; 2: no such packet form; 3: a file cannot be read to its end
function trace.run(given)
  local file, problem = capfile.read(given[1])
  if not file then
    return complain(problem, exits.CANNOT)
  end
  local context = { hosts = file.recording:hosts() }
  local fine, packets = pcall(chooser, file.recording, context, given.packets)
  if not fine then
    return complain(tostring(packets), exits.USAGE)
  end
  if not given[2] or given.verbose then
    print_packets(file, packets, given)
  end
  local status = given[2] and judge_and_tell(packets, context, given) or 0
  if file.unknown then
    complain(("%s: %d packets are of a link type that is not known (%s)"):format(given[1], file.unknown, file.linktype))
  end
  if file.broken then
    return complain(("%s: %s"):format(given[1], file.broken), exits.CANNOT)
  end
  return status
end

return trace
