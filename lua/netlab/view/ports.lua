-- ports.lua: names for the ports that the kernel chooses, differently in each run.
-- Pure.

local ports = {}

local EPHEMERAL = 32768

-- The names of ports that the kernel has chosen: $a, $b, ... Each connection has its own, also when the kernel has
-- taken the same port twice. Those that the script names keep their number.
local function port_names(script)
  local names, count = {}, 0
  return function(digits, peer)
    local port = tonumber(digits)
    if port < EPHEMERAL or port > 65535 or script:find("%f[%d]" .. digits .. "%f[%D]") then
      return digits
    end
    local key = digits .. " " .. (peer or "")
    if peer and not names[key] or not names[digits] then
      names[key] = "$" .. string.char(97 + count % 26) .. (count >= 26 and count // 26 or "")
      count = count + 1
    end
    names[digits] = names[key] or names[digits] -- the latest is meant where a peer is not named
    return names[digits]
  end
end

---Give the ports in the texts of rows their names.
---@param groups { rows: netlab.TimelineRow[] }[] changed
---@param script string the script's source
function ports.name(groups, script)
  local name = port_names(script)
  for _, group in ipairs(groups) do
    for _, row in ipairs(group.rows) do
      for _, pair in ipairs(row.ports or {}) do
        name(pair[1], pair[2])
      end
      local function named(before, digits)
        return before .. name(digits)
      end
      row.text = row.text:gsub("([%w%]]:)(%d+)%f[%D]", named):gsub("(port=)(%d+)%f[%D]", named)
    end
  end
end

return ports
