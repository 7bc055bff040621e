-- evidence.lua: the few rows of a time line that tell most about what an experiment shows.
-- Pure.

local evidence = {}

local MOST = 3

-- What a packet or a call is worth by itself.
local packets = { { "RST", 6 }, { "ICMP", 6 }, { "FIN", 3 }, { "SYN", 2 }, { "UDP", 2 } }
local calls = {
  connect = 4, accept = 3, accept4 = 3, recv = 3, recvfrom = 3, recvmsg = 3, read = 3, write = 2,
  poll = 3, select = 3, getsockopt = 3,
  ioctl = 3, send = 2, sendto = 2, sendmsg = 2, close = 2, shutdown = 2, waitpid = 2,
}
local mild = { EINPROGRESS = 2, EAGAIN = 3 }

local function own_weight(row)
  if row.kind == "packet" then
    for _, one in ipairs(packets) do
      if row.flags:find(one[1], 1, true) then
        return one[2]
      end
    end
    return row.lost and 3 or row.text:find "len=[1-9]" and 2 or 1
  elseif row.kind == "event" then
    return row.text:find "killed" and 1 or 0
  elseif row.begins then
    return 0
  end
  return row.error and (mild[row.error] or 7) or calls[row.name] or 0
end

-- Names in a text: "RST", "EPIPE", "TIME-WAIT", and calls.
local function names_in(words)
  local names = {}
  for name in words:gmatch "%u[%u%d_%-]+%f[%A]" do
    names[name] = true
  end
  for name in words:gmatch "%l+" do
    names[name] = calls[name] and true or nil
  end
  names[" = 0"] = words:find "%f[%w]0%f[%W]" and true or nil
  return names
end

local function weight(row, names)
  local sum = own_weight(row)
  for name in pairs(sum > 0 and names or {}) do
    sum = sum + (row.text:find(name, 1, true) and 4 or 0)
  end
  return sum
end

---The most telling rows, in their order.
---@param groups { rows: netlab.TimelineRow[] }[] of timeline.of
---@param look string what the reader is told to look at: what it names counts more
---@return netlab.TimelineRow[] at the most three
function evidence.of(groups, look)
  local rows, names, seen = {}, names_in(look), {}
  for _, group in ipairs(groups) do
    for _, row in ipairs(group.rows) do
      local worth = weight(row, names)
      if worth > 0 and not seen[row.text] then
        seen[row.text] = true
        rows[#rows + 1] = { row = row, worth = worth, place = #rows + 1 }
      end
    end
  end
  table.sort(rows, function(a, b)
    if a.worth ~= b.worth then
      return a.worth > b.worth
    end
    return a.place > b.place
  end)
  local best = table.move(rows, 1, MOST, 1, {})
  table.sort(best, function(a, b) return a.place < b.place end)
  for i, one in ipairs(best) do
    best[i] = one.row
  end
  return best
end

return evidence
