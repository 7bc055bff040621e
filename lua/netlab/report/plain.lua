-- plain.lua: texts of scripts and packets, made harmless for files and terminals: what is not UTF-8, or moves a cursor,
-- is shown as \xNN. Pure.

local plain = {}

local function shown(bytes)
  return (bytes:gsub(".", function(byte) return ("\\x%02x"):format(byte:byte()) end))
end

---Text that is UTF-8 already, or the same with all bytes above 7F shown.
---@param words string
---@return string
function plain.utf8(words)
  return utf8.len(words) and words or (words:gsub("[\x80-\xff]+", shown))
end

---Lines that any reader takes: valid in XML 1.0 (2.2) and YAML 1.2 (5.1), without control characters but tabs and line
---feeds.
---@param words string
---@return string
function plain.lines(words)
  words = plain.utf8(words):gsub("\r\n", "\n"):gsub("[\0-\8\11-\31\127]", shown)
  return (words:gsub("\xc2[\x80-\x9f]", shown):gsub("\xef\xbf[\xbe\xbf]", shown):gsub("\xe2\x80[\xa8\xa9]", shown))
end

---The same in one line.
---@param words string
---@return string
function plain.line(words)
  return (plain.lines((words:gsub("%s+", " "))):gsub("^ ", ""):gsub(" $", ""))
end

return plain
