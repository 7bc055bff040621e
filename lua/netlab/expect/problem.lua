-- problem.lua: an error in the text of an expectation, as a value: where it is in the script, and what was
-- expected. Pure; requires nothing.

---@class netlab.expect.Where where a text stands in a script
---@field source string the script's file name
---@field line integer line of the script that the text begins in
---@field column integer? column of the text's first character in that line; 1 when absent
---@field text string? the text itself; grammar fills it in

---@class netlab.expect.Problem
---@field message string what is wrong, in one sentence
---@field expected string what could have stood there
---@field source string the script's file name
---@field line integer line of the script
---@field column integer column in that line, in characters, from 1
---@field text string the source line

local problem = {}

local Problem = {}

function Problem.__tostring(self)
  local number = tostring(self.line)
  local margin = (" "):rep(#number)
  local before = self.text:sub(1, self.offset):gsub("[^\t\128-\191]", " "):gsub("[\128-\191]", "")
  return ("%s:%d:%d: %s\n  %s | %s\n  %s | %s^"):format(self.source, self.line, self.column, self.message,
    number, self.text, margin, before)
end

---Line and column of a place in a text.
---@param where netlab.expect.Where
---@param at integer byte offset in where.text, from 1
---@return integer line, integer column, integer start byte offset of the first character of that line
function problem.place(where, at)
  local line, start = where.line, 1
  for newline in where.text:sub(1, at - 1):gmatch("()\n") do
    line, start = line + 1, newline + 1
  end
  local before = where.text:sub(start, at - 1)
  local column = (utf8.len(before) or #before) + 1
  if start == 1 then
    column = column + (where.column or 1) - 1
  end
  return line, column, start
end

---Makes a problem.
---@param where netlab.expect.Where
---@param at integer byte offset in where.text of the place
---@param message string what is wrong
---@param expected string? what could have stood there
---@return netlab.expect.Problem
function problem.new(where, at, message, expected)
  local line, column, start = problem.place(where, at)
  return setmetatable({
    message = message,
    expected = expected or "",
    source = where.source,
    line = line,
    column = column,
    text = where.text:match("[^\n]*", start),
    offset = at - start,
  }, Problem)
end

---Raises a problem.
---@param where netlab.expect.Where
---@param at integer
---@param message string
---@param expected string?
function problem.raise(where, at, message, expected)
  error(problem.new(where, at, message, expected), 0)
end

---Whether an error value is a problem.
---@param value any
---@return boolean
function problem.is(value)
  return getmetatable(value) == Problem
end

return problem
