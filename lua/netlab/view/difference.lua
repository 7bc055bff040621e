-- difference.lua: what came and went from one run of an experiment to the next: its calls, packets and events as
-- lines without what differs in every run (times, descriptors, ports that the kernel chose). Where they stand among
-- each other does not count. Pure.

local difference = {}

---@class netlab.DifferenceLine
---@field sign "+"|"-" it came, or went
---@field text string

local EPHEMERAL = 32768 -- the first port that the kernel chooses; ip(7), ip_local_port_range

-- Without the ports that the kernel has chosen; those that the script names stay.
local function without_ports(text, script)
  return (text:gsub("([%w%]]):(%d+)%f[%D]", function(before, digits)
    local port = tonumber(digits)
    local chosen = port >= EPHEMERAL and port <= 65535 and not script:find("%f[%d]" .. digits .. "%f[%D]")
    return chosen and before or nil
  end))
end

local returns_descriptor = { socket = true, accept = true, accept4 = true }

local function call_line(item)
  local text = item.fd and item.text:gsub("%(%d+", "(fd", 1) or item.text
  local result = returns_descriptor[item.name] and item.result:gsub("^= %d+", "= fd") or item.result
  return ("%s  %s %s"):format(item.host or "", text, result)
end

local fate_words = {
  dropped = "lost", rejected = "rejected", cut = "cut", held = "held", pending = "still on its way",
  nowhere = "nobody has that address",
}

local function packet_line(item)
  local fate = fate_words[item.fate]
  return ("%s %s %s  %s  %s%s%s"):format(item.ends[1], fate and "-x" or "->", item.ends[2], item.body,
    table.concat(item.fields, " "), fate and "  " .. fate or "", item.copy_of and "  copy" or "")
end

local told = { event = true, signal = true, note = true }

local function line_of(item)
  if item.kind == "call" then
    return call_line(item)
  elseif item.kind == "packet" then
    return packet_line(item)
  end
  return told[item.kind] and ("%s  %s"):format(item.host or "", item.text:gsub("%(pid %d+%) ", "")) or nil
end

-- The lines of a story, and how often each is there.
local function lines_of(story, script)
  local lines, counts = {}, {}
  for _, item in ipairs(story.items) do
    local line = line_of(item)
    if line then
      line = without_ports(line, script):gsub("^ +", "")
      lines[#lines + 1], counts[line] = line, (counts[line] or 0) + 1
    end
  end
  return lines, counts
end

-- Of the lines those that there are not as many of elsewhere: the last ones of each.
local function surplus(lines, counts, elsewhere, sign, list)
  local seen = {}
  for _, line in ipairs(lines) do
    seen[line] = (seen[line] or 0) + 1
    if seen[line] > math.min(counts[line], elsewhere[line] or 0) then
      list[#list + 1] = { sign = sign, text = line }
    end
  end
end

---What went, then what came.
---@param before netlab.Story
---@param after netlab.Story
---@param script string the source of both, or of the later one: ports that it names are compared
---@return netlab.DifferenceLine[]
function difference.lines(before, after, script)
  local old, old_counts = lines_of(before, script)
  local new, new_counts = lines_of(after, script)
  local list = {}
  surplus(old, old_counts, new_counts, "-", list)
  surplus(new, new_counts, old_counts, "+", list)
  return list
end

return difference
