-- keys.lua: the keys of tables in an order that is the same in every run. Pure.

local keys = {}

---The keys of one or more tables in ascending order. They are all strings or all numbers.
---@param ... table
---@return any[] keys one that several tables have stands there as often
function keys.sorted(...)
  local list = {}
  for _, map in ipairs { ... } do
    for key in pairs(map) do
      list[#list + 1] = key
    end
  end
  table.sort(list)
  return list
end

return keys
