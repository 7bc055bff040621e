-- canvas.lua: one line of characters with colours, drawn piece by piece.

local canvas = {}

---@class netlab.Canvas
---@field width integer columns
local Canvas = {}
Canvas.__index = Canvas

---An empty line.
---@param width integer columns
---@return netlab.Canvas
function canvas.new(width)
  return setmetatable({ width = width, cells = {}, colors = {} }, Canvas)
end

-- The characters of a text; bytes that are no UTF-8 count one each.
local function characters(text)
  local list = {}
  if utf8.len(text) then
    for _, code in utf8.codes(text) do
      list[#list + 1] = utf8.char(code)
    end
  else
    for i = 1, #text do
      list[i] = text:sub(i, i)
    end
  end
  return list
end

---Write a text; what would stand outside the line is not drawn.
---@param column integer of its first character, from 1
---@param text string
---@param color string?
function Canvas:put(column, text, color)
  for i, character in ipairs(characters(text)) do
    local at = column + i - 1
    if at >= 1 and at <= self.width then
      self.cells[at], self.colors[at] = character, color
    end
  end
end

---The line as a text without blanks at its end.
---@param paint fun(color: string, text: string): string
---@return string
function Canvas:text(paint)
  local last = 0
  for at = 1, self.width do
    last = self.cells[at] and self.cells[at] ~= " " and at or last
  end
  local parts, run, color = {}, {}, nil
  local function flush()
    local text = table.concat(run)
    parts[#parts + 1] = color and text ~= "" and paint(color, text) or text
    run = {}
  end
  for at = 1, last do
    if self.colors[at] ~= color then
      flush()
      color = self.colors[at]
    end
    run[#run + 1] = self.cells[at] or " "
  end
  flush()
  return table.concat(parts)
end

return canvas
