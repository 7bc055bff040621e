-- nearest.lua: which known name was probably meant by an unknown one.
-- Pure; requires nothing.

local nearest = {}

---How many single-letter changes (insert, delete, replace, swap of neighbours) lead from one text to the
---other.
---@param a string
---@param b string
---@return integer
function nearest.distance(a, b)
  local before, previous = {}, {}
  for j = 0, #b do
    previous[j] = j
  end
  for i = 1, #a do
    local row = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      row[j] = math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        row[j] = math.min(row[j], before[j - 2] + 1)
      end
    end
    before, previous = previous, row
  end
  return previous[#b]
end

---The known name that is nearest to an unknown one, nil when none is near. Case does not count.
---@param name string
---@param known string[]
---@return string?
function nearest.find(name, known)
  local best, best_distance
  local limit = math.max(1, #name // 3)
  for _, candidate in ipairs(known) do
    local distance = nearest.distance(name:lower(), candidate:lower())
    if distance <= limit and (not best or distance < best_distance) then
      best, best_distance = candidate, distance
    end
  end
  return best
end

---The end of an error message: '; did you mean "mss"?', or "" when no known name is near.
---@param name string
---@param known string[]
---@return string
function nearest.hint(name, known)
  local found = nearest.find(name, known)
  return found and ('; did you mean "%s"?'):format(found) or ""
end

return nearest
