-- place.lua: where in the script a text of the expectation language stands, for messages.

local argument = require "netlab.lab.argument"
local record = require "netlab.core.record"

local place = { source = "script", lines = {} }

---Set what the running script is.
---@param source string its path
---@param text string its source
function place.set(source, text)
  place.source = source
  place.lines = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do
    place.lines[#place.lines + 1] = line
  end
end

---Where a text that the script passed to the function that is running begins. Lua only knows the line on which the
---call stands (the last one of a long string), so the text is looked for backwards from there.
---@param text string
---@return { source: string, line: integer, column: integer? } where the text's first character stands
function place.of_text(text)
  if type(text) ~= "string" then
    argument.refuse("a text in the expectation language expected, got %s", type(text))
  end
  local at = record.line()
  local lines = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do
    lines[#lines + 1] = line
  end
  -- The first line may have something before it, the last one something behind it.
  local function stands_at(first)
    for i, line in ipairs(lines) do
      local there = place.lines[first + i - 1] or ""
      local fits = there == line or i == 1 and there:sub(-#line) == line or i == #lines and there:sub(1, #line) == line
        or #lines == 1 and there:find(line, 1, true)
      if not fits then
        return false
      end
    end
    return true
  end
  local function column_in(line)
    local from = lines[2] and #line - #lines[1] + 1 or line:find(lines[1], 1, true) or 1
    return (utf8.len(line:sub(1, from - 1)) or from - 1) + 1
  end
  for distance = 0, #place.lines do
    for _, first in ipairs { at + distance, at - distance } do
      if first >= 1 and stands_at(first) then
        return { source = place.source, line = first, column = column_in(place.lines[first] or "") }
      end
    end
  end
  return { source = place.source, line = at }
end

return place
