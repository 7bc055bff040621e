-- markup.lua: text for XML and HTML. Everything that comes from scripts, packets and programs goes through
-- markup.text: what it returns is text and nothing else, wherever it is put, also in an attribute in quotes.
-- Pure.

local markup = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function as_bytes(characters)
  return (characters:gsub(".", function(byte) return ("\\x%02x"):format(byte:byte()) end))
end

-- What XML does not allow, and what changes the direction of the text around it (Unicode TR9), is shown as bytes.
local unfit = {
  "[%z\1-\8\11-\31\127]", "\xc2[\x80-\x9f]", "\xef\xbf[\xbe\xbf]", "\xe2\x80[\xaa-\xae]", "\xe2\x81[\xa6-\xa9]",
}

---Any bytes as characters that can be shown: other bytes and control characters, but not line feeds and tabs, as \xNN.
---@param words string
---@return string
function markup.printable(words)
  if not utf8.len(words) then
    return (words:gsub("[^\t\n\32-\126]", as_bytes))
  end
  for _, pattern in ipairs(unfit) do
    words = words:gsub(pattern, as_bytes)
  end
  return words
end

---Any bytes as text of an element or of an attribute's value. Bytes that are no UTF-8 and control characters are
---shown as \xNN.
---@param words any
---@return string
function markup.text(words)
  words = tostring(words)
  if words:find "[^\32-\126\n]" then
    words = markup.printable(words)
  end
  return (words:gsub("[&<>\"']", entities))
end

---A number as short as it can be, to a tenth.
---@param value number
---@return string
function markup.number(value)
  return ("%g"):format(math.floor(value * 10 + 0.5) / 10)
end

---The values of a template: {name} stands for the text of a field, {name!} for a field that is markup already; what
---is absent is empty.
---@param template string
---@param values table<string, any>
---@return string
function markup.fill(template, values)
  return (template:gsub("{([%w_]+)(!?)}", function(name, raw)
    local value = values[name]
    if value == nil then
      return ""
    elseif raw == "!" then
      return tostring(value)
    end
    return math.type(value) == "float" and markup.number(value) or markup.text(value)
  end))
end

return markup
