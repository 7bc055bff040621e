-- progress.lua: how far a run is: one line on a terminal that is written over, nothing elsewhere.

local progress = {}

---@param width integer? of the terminal; nil: there is none
---@param total integer
---@return table with update(done, running), clear()
function progress.new(width, total)
  local shown = false
  local self = {}

  ---Show how many are done and what has run for how long.
  ---@param done integer
  ---@param running { name: string, seconds: number }[]
  function self.update(done, running)
    if not width then
      return
    end
    local longest
    for _, one in ipairs(running) do
      if not longest or one.seconds > longest.seconds then
        longest = one
      end
    end
    local line = ("[%d/%d] %d running"):format(done, total, #running)
    if longest then
      line = line .. (", longest: %s (%.1f s)"):format(longest.name, longest.seconds)
    end
    io.stderr:write("\r\27[K", line:sub(1, width - 1))
    shown = true
  end

  ---Take the line away, before something else is printed.
  function self.clear()
    if shown then
      io.stderr:write "\r\27[K"
      shown = false
    end
  end

  return self
end

return progress
