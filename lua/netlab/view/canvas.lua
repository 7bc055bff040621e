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
  local cells, colors = {}, {}
  for column = 1, width do
    cells[column], colors[column] = " ", false
  end
  return setmetatable({ width = width, cells = cells, colors = colors }, Canvas)
end

---Write one character; outside the line it is not drawn.
---@param column integer from 1
---@param character string
---@param color string?
function Canvas:set(column, character, color)
  if column >= 1 and column <= self.width then
    self.cells[column], self.colors[column] = character, color or false
  end
end

---Write a text; what would stand outside the line is not drawn. Bytes that are no UTF-8 are a character each.
---@param column integer of its first character, from 1
---@param text string
---@param color string?
function Canvas:put(column, text, color)
  local count = utf8.len(text)
  if count == #text or not count then
    for at = 1, #text do
      self:set(column + at - 1, text:sub(at, at), color)
    end
    return
  end
  for _, code in utf8.codes(text) do
    self:set(column, utf8.char(code), color)
    column = column + 1
  end
end

---The line as a text without blanks at its end. Nothing is written to it any more.
---@param paint fun(color: string, text: string): string
---@return string
function Canvas:text(paint)
  local cells, colors, last = self.cells, self.colors, self.width
  while last > 0 and cells[last] == " " do
    last = last - 1
  end
  local parts, from = {}, 1
  for at = 1, last do
    if at == last or colors[at + 1] ~= colors[at] then
      local run = table.concat(cells, "", from, at)
      parts[#parts + 1] = colors[at] and paint(colors[at], run) or run
      from = at + 1
    end
  end
  return table.concat(parts)
end

return canvas
