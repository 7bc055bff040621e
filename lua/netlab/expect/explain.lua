-- explain.lua: a failure as text for a student: what it means, and what was expected and observed, aligned.
-- Pure. Lines are at most options.width (100) columns wide, where no single field is wider.

local compare = require "netlab.expect.compare"
local fields = require "netlab.expect.fields"
local flows = require "netlab.expect.flows"
local meaning = require "netlab.expect.meaning"
local show = require "netlab.expect.show"

local explain = {}

explain.packet = show.packet

local WIDTH = 100
local BEFORE, AFTER = 6, 3

---@class netlab.expect.Row
---@field mark string "x" at the failure, else " "
---@field line integer? line of the script
---@field what string "#2  0.041 ms", "expected", "not reached", ...
---@field cells netlab.expect.Cells?
---@field text string? instead of cells
---@field wrong table<string, boolean>? cells to underline

-- ---- rows ----

local function packet_label(view, index)
  return ("#%-3d %10s"):format(view.id or index, meaning.time_text(view.time or 0))
end

-- A packet that a line took: only what the line names.
local function taken_cells(view, item)
  local cells = show.packet_cells(view)
  if item.kind ~= "packet" then
    return cells
  end
  cells.fields = {}
  for i, field in ipairs(item.fields) do
    cells.fields[i] = { name = field.row.name, text = show.field(field.row, fields.value(field.row, view)) }
  end
  return cells
end

local function rows_before(failure, views)
  local rows, last = {}, failure.index and failure.index - 1 or #views
  for index = 1, last do
    local item = failure.matches[index]
    if item then
      rows[#rows + 1] = {
        mark = " ", line = item.line, what = packet_label(views[index], index),
        cells = taken_cells(views[index], item),
      }
    end
  end
  local hidden = #rows - BEFORE
  if hidden > 1 then
    rows = table.move(rows, hidden + 1, #rows, 2, {})
    rows[1] = { mark = " ", what = "", text = ("(%d packets before these were as expected)"):format(hidden) }
  end
  return rows
end

-- What the line demands, with the values that its variables have.
local function expected_cells(failure)
  local item = failure.item
  local cells = show.form_cells(item)
  for i, field in ipairs(item.fields) do
    if field.value and field.value.kind == "bind" then
      local sign = field.op == "=" and "=" or ""
      cells.fields[i].text = field.row.name .. sign .. compare.expected(field, failure.binds)
    end
  end
  if item.time then
    table.insert(cells.fields, 1, { name = "time", text = item.time.text })
  end
  return cells
end

-- The packet, with the fields that the line names first and in its order.
local function observed_cells(failure)
  local item, view = failure.item, failure.packet
  local cells = show.packet_cells(view)
  if not item or item.kind ~= "packet" then
    return cells
  end
  local list, named = {}, {}
  if item.time then
    local since = failure.field == "time" and failure.observed .. " later" or "in time"
    list[1] = { name = "time", text = since }
  end
  for _, field in ipairs(item.fields) do
    list[#list + 1] = { name = field.row.name, text = show.field(field.row, fields.value(field.row, view)) }
    named[field.row.name] = true
  end
  for _, cell in ipairs(cells.fields) do
    if not named[cell.name] then
      list[#list + 1] = cell
    end
  end
  cells.fields = list
  return cells
end

-- The cell that a difference shows in.
local cell_of = {
  src = "src", sport = "src", dst = "dst", dport = "dst", flags = "body", type = "body", op = "body",
    proto = "body",
  fate = "arrow",
}

local function wrong_cells(failure)
  local wrong = { time = failure.kind == "time" or nil }
  for _, one in ipairs(failure.differences) do
    wrong[cell_of[one.field] or one.field] = true
  end
  return wrong
end

local function rows_at(failure)
  local item, view = failure.item, failure.packet
  local expected = { mark = "x", line = failure.line, what = "expected" }
  if not item then
    expected.text = "nothing more"
  elseif item.kind == "packet" then
    expected.cells = expected_cells(failure)
  else
    expected.text = item.text
  end
  local observed = { mark = "x", what = "observed", text = "nothing" }
  if view then
    observed = { mark = "x", what = packet_label(view, failure.index), cells = observed_cells(failure) }
    if item and item.kind == "packet" then
      observed.wrong = wrong_cells(failure)
    end
  end
  return { expected, observed }
end

-- Lines of the text that have not been met, behind the failing one.
local function rows_unmet(failure, tree)
  local rows, met = {}, {}
  for _, item in pairs(failure.matches) do
    met[item] = true
  end
  local count = 0
  flows.each_packet(tree, function(item)
    if failure.item and item.at > failure.item.at and not met[item] then
      count = count + 1
      if count <= AFTER then
        rows[count] = { mark = " ", line = item.line, what = "not reached", cells = show.form_cells(item) }
      end
    end
  end)
  if count > AFTER then
    rows[AFTER + 1] = { mark = " ", what = "", text = ("(%d more lines)"):format(count - AFTER) }
  end
  return rows
end

local function rows_unjudged(failure, views)
  local rows = {}
  local first = failure.index and failure.index + 1 or #views + 1
  for index = first, math.min(#views, first + AFTER - 1) do
    local cells = show.packet_cells(views[index])
    rows[#rows + 1] = { mark = " ", what = packet_label(views[index], index), cells = cells }
  end
  local more = #views - first + 1 - #rows
  if more > 0 then
    rows[#rows + 1] = { mark = " ", what = "", text = ("(%d more packets)"):format(more) }
  end
  return rows
end

-- ---- layout ----

local function columns(text)
  return utf8.len(text) or #text
end

local function padded(text, width)
  return text .. (" "):rep(width - columns(text))
end

local fixed = { "src", "arrow", "dst", "body" }

local function widths_of(rows)
  local widths = {}
  for _, row in ipairs(rows) do
    for _, name in ipairs(row.cells and fixed or {}) do
      widths[name] = math.max(widths[name] or 0, columns(row.cells[name]))
    end
  end
  return widths
end

-- A row's cells as a list of {text, width, wrong}; `other` is the row it is aligned with.
local function list_of(row, widths, other)
  local list, wrong = {}, row.wrong or {}
  for _, name in ipairs(fixed) do
    local gap = name == "dst" and 2 or 1
    list[#list + 1] = { text = row.cells[name], width = widths[name], wrong = wrong[name], gap = gap }
  end
  list[#list].gap = 2
  for i, cell in ipairs(row.cells.fields) do
    local beside = other and other.cells and other.cells.fields[i]
    local same = beside and beside.name == cell.name
    local width = math.max(columns(cell.text), same and columns(beside.text) or 0)
    list[#list + 1] = { text = cell.text, width = width, wrong = wrong[cell.name], gap = 1 }
  end
  return list
end

-- Cells to lines of at most `room` columns; each line with its underline, when it has one.
local function flow_lines(list, room)
  local lines, text, under, used = {}, "", "", 0
  local function flush()
    lines[#lines + 1] = (text:gsub("%s+$", ""))
    if under:find("%^") then
      lines[#lines + 1] = (under:gsub("%s+$", ""))
    end
    text, under, used = "  ", "  ", 2
  end
  for _, cell in ipairs(list) do
    if used > 2 and used + cell.width > room then
      flush()
    end
    text = text .. padded(cell.text, cell.width) .. (" "):rep(cell.gap)
    local mark = cell.wrong and ("^"):rep(columns(cell.text)) or ""
    under = under .. padded(mark, cell.width) .. (" "):rep(cell.gap)
    used = used + cell.width + cell.gap
  end
  flush()
  return lines
end

local function print_row(row, other, widths, width, out)
  local line = row.line and ("line %d"):format(row.line) or ""
  local label = ("%s %-9s %-16s"):format(row.mark, line, row.what)
  local lines = row.cells and flow_lines(list_of(row, widths, other), width - #label - 1) or { row.text }
  for i, text in ipairs(lines) do
    out[#out + 1] = (i == 1 and label or (" "):rep(#label)) .. " " .. text
  end
end

local function wrapped(text, width, out)
  local line = ""
  for word in text:gmatch("%S+") do
    if line ~= "" and columns(line) + 1 + columns(word) > width then
      out[#out + 1], line = line, ""
    end
    line = line == "" and word or line .. " " .. word
  end
  out[#out + 1] = line
end

---Explains a failure.
---@param failure netlab.expect.Failure of m:feed or m:finish
---@param tree netlab.expect.Tree the tree that was matched
---@param views table[] all packet views, in the order of feeding (also those behind the failing one)
---@param options {width: integer?}?
---@return string text without a newline at the end
function explain.failure(failure, tree, views, options)
  local width = options and options.width or WIDTH
  local out, rows = {}, rows_before(failure, views)
  wrapped(meaning.of(failure, views), width, out)
  out[#out + 1] = ""
  local at = rows_at(failure)
  table.move(at, 1, 2, #rows + 1, rows)
  table.move(rows_unmet(failure, tree), 1, AFTER + 1, #rows + 1, rows)
  table.move(rows_unjudged(failure, views), 1, AFTER + 1, #rows + 1, rows)
  local widths = widths_of(rows)
  for _, row in ipairs(rows) do
    local other = row == at[1] and at[2] or row == at[2] and at[1] or nil
    print_row(row, other, widths, width, out)
  end
  return table.concat(out, "\n")
end

return explain
