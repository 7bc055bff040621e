---@meta netlab.core.units
-- What runner/bind/units.c registers: times and sizes as scripts give them. What is none of these is misuse.

local units = {}

---A time as a number of seconds.
---@param time netlab.Time
---@return number
function units.seconds(time) end

---A time in nanoseconds, rounded to the nearest.
---@param time netlab.Time
---@return integer
function units.nanoseconds(time) end

---A size in bytes: an integer, or text with a unit: "64K", "1M", "2G" (powers of 1024), "10B".
---@param size integer|string
---@return integer
function units.size(size) end

return units
