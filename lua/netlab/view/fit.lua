-- fit.lua: texts in a room of so many characters. Bytes that are no UTF-8 count one each. Pure.

local fit = {}

local LEAST = 8 -- characters of a line: so that something of the text stands in each

---How many characters a text has.
---@param text string
---@return integer
function fit.length(text)
  return utf8.len(text) or #text
end

-- Where the character with this number begins.
local function place(text, number)
  return utf8.len(text) and utf8.offset(text, number) or number
end

---A text of at most so many characters.
---@param text string
---@param room integer
---@param dots string one character that stands for the rest
---@return string
function fit.cut(text, room, dots)
  if fit.length(text) <= room then
    return text
  end
  return room < 1 and "" or text:sub(1, place(text, room) - 1) .. dots
end

---Words in lines of so many characters, at least 8; all but the first are indented.
---@param text string
---@param room integer
---@return string[]
function fit.wrap(text, room)
  local lines, rest = {}, text
  room = math.max(room, LEAST)
  while fit.length(rest) > room do
    local at = place(rest, room + 1)
    local space = rest:sub(1, at - 1):match ".*()%s"
    local cut = space and space > room // 2 and space or at
    lines[#lines + 1] = rest:sub(1, cut - 1)
    rest = "  " .. rest:sub(cut):gsub("^%s+", "")
  end
  lines[#lines + 1] = rest
  return lines
end

return fit
