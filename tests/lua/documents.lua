-- documents.lua: reading docs, annotations and sources, for the tests that compare them with what the program has.

local documents = {}

---The text of a file; an error when it cannot be read.
---@param path string
---@return string
function documents.read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

---The rows of the table behind <!-- name -->, as lists of cells without backquotes around them, and without its head.
---@param text string
---@param name string
---@return string[][]
function documents.rows(text, name)
  local body = assert(text:match("<!%-%- " .. name .. " %-%->\n(.-)\n\n"), "no table " .. name)
  local rows = {}
  for line in (body .. "\n"):gmatch "(|[^\n]*)\n" do
    local cells = {}
    for cell in line:gsub("\\|", "\1"):gmatch "| *(.-) *%f[|]" do
      cell = cell:gsub("\1", "|")
      cells[#cells + 1] = cell:match "^`([^`]*)`$" or cell
    end
    rows[#rows + 1] = cells
  end
  return { table.unpack(rows, 3) }
end

---The first cells of rows.
---@param rows string[][]
---@return string[]
function documents.first(rows)
  local cells = {}
  for i, row in ipairs(rows) do cells[i] = row[1] end
  return cells
end

---The fenced blocks of a text: their language ("" without one), the line where they begin, what stands in them.
---@param text string
---@return { language: string, line: integer, text: string }[]
function documents.blocks(text)
  local blocks, number, open = {}, 0, nil
  for line in text:gmatch "([^\n]*)\n" do
    number = number + 1
    local language = line:match "^```(.*)$"
    if open and language then
      blocks[#blocks + 1] = { language = open.language, line = open.line, text = table.concat(open, "\n") }
      open = nil
    elseif language then
      open = { language = language, line = number + 1 }
    elseif open then
      open[#open + 1] = line
    end
  end
  return blocks
end

---The text of the fenced block that begins with these words.
---@param text string
---@param start string
---@return string
function documents.block(text, start)
  for _, block in ipairs(documents.blocks(text)) do
    if block.text:sub(1, #start) == start then return block.text end
  end
  error("no block begins with " .. start)
end

---What a pattern finds in a text, sorted.
---@param text string
---@param pattern string
---@return string[]
function documents.names(text, pattern)
  local names = {}
  for name in text:gmatch(pattern) do names[#names + 1] = name end
  table.sort(names)
  return names
end

---The keys of a table, sorted.
---@param of table<string, any>
---@return string[]
function documents.keys(of)
  local names = {}
  for name in pairs(of) do names[#names + 1] = name end
  table.sort(names)
  return names
end

return documents
