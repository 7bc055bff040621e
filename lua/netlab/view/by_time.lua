-- by_time.lua: long lists in the order of time. Pure.
-- Times are sorted as numbers, without a function that compares: what has a time of its own, which is nearly all of a
-- long recording, costs no call.

local by_time = {}

---A list in the order of the times of what is in it.
---@generic T: { time: number }
---@param list T[] is not changed; times are numbers, also math.huge
---@param before fun(a: T, b: T): boolean the order of those with the same time
---@return T[]
function by_time.sorted(list, before)
  local at, times, shared = {}, {}, {} -- at: the one with a time, or false where it is shared
  for _, one in ipairs(list) do
    local time = one.time
    local other = at[time]
    if other == nil then
      at[time], times[#times + 1] = one, time
    elseif other then
      at[time], shared[time] = false, { other, one }
    else
      table.insert(shared[time], one)
    end
  end
  table.sort(times)
  local sorted = {}
  for _, time in ipairs(times) do
    local group = shared[time]
    if group then
      table.sort(group, before)
      table.move(group, 1, #group, #sorted + 1, sorted)
    else
      sorted[#sorted + 1] = at[time]
    end
  end
  return sorted
end

return by_time
