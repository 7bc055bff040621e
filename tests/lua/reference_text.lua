-- reference_text.lua: docs/reference.md, from what netlab.view.reference knows.

local constants = require "netlab.core.constants"
local reference = require "netlab.view.reference"

local reference_text = {}

local head = [[
# Reference

Everything that a script sees, by name. The guide, with examples, is [scripting.md](scripting.md). This page is made
from the annotations of the library (`make meta`); editors that know LuaLS show the same.

How to read a type: `?` and `|nil` say that a value may be absent, `|` stands between alternatives, `[]` behind the type
of each value of a list, `table<key, value>` is a table with keys and values of these types, `{ name: type }` one with
these fields, `fun(parameter: type): type` a function. What stands in brackets in the heading of a function may be left
out. `socket:connect` is a method of any value of the type `netlab.Socket`, whatever its variable is called.

What a call returns stands in the order of its results. When the kernel says no, a call returns nil and an error value;
a wrong argument raises an error.]]

-- ---- pieces of Markdown ----

-- The address of a heading on the page, as GitHub makes it.
local function anchor(heading)
  return "#" .. heading:lower():gsub("[^%w%s_-]", ""):gsub("%s", "-")
end

local function link(text, heading)
  return ("[%s](%s)"):format(text, anchor(heading))
end

-- Lines of a description as one paragraph; a line that begins with a star is an item of a list.
local function paragraphs(lines)
  local text = ""
  for _, line in ipairs(lines) do
    local item = line:match "^%* "
    text = text .. (text == "" and "" or item and "\n" or " ") .. (item and line or line:gsub("^%s+", ""))
  end
  return (text:gsub("\n%*", "\n\n*", 1))
end

-- What a class is, as a sentence: "a rule of the wire" -> "A rule of the wire."
local function sentence(text)
  return (text:gsub("^%l", string.upper):gsub("^([^\n]*[%w)])$", "%1."))
end

local function row(...)
  local cells = { ... }
  for i, cell in ipairs(cells) do cells[i] = cell:gsub("|", "\\|") end
  return "| " .. table.concat(cells, " | ") .. " |"
end

local function table_of(names, rows)
  local line = ("|---"):rep(#names) .. "|"
  return table.concat({ row(table.unpack(names)), line, table.concat(rows, "\n") }, "\n")
end

-- ---- the page ----

-- The heading of an entry's section.
local function heading_of(entry)
  if entry.kind == "class" or entry.kind == "alias" then
    return entry.signature == "netlab." .. entry.name and entry.signature or entry.name .. ": " .. entry.signature
  end
  return ("`%s`"):format(entry.signature)
end

-- The headings of classes and aliases, by the type's name.
local function type_headings(entries)
  local headings = { ["netlab.Experiment"] = "experiment: netlab.Experiment" }
  for _, entry in ipairs(entries) do
    if entry.kind == "class" or entry.kind == "alias" then headings[entry.signature] = heading_of(entry) end
  end
  return headings
end

-- A type as code, in which the names of classes lead to their sections.
local function type_text(kind, headings)
  local text = ("`%s`"):format(kind):gsub("netlab%.%u%w*", function(name)
    return headings[name] and ("`%s`"):format(link(("`%s`"):format(name), headings[name]))
  end)
  return (text:gsub("``", ""))
end

local function behind(text)
  return text == "" and "" or ": " .. text
end

local function function_text(entry, headings)
  local out, items = { "### " .. heading_of(entry), paragraphs(entry.text) }, {}
  for _, one in ipairs(entry.params) do
    items[#items + 1] = ("- `%s` %s%s"):format(one.name, type_text(one.type, headings), behind(one.text))
  end
  for _, overload in ipairs(entry.overloads) do
    items[#items + 1] = "- also " .. type_text(overload, headings)
  end
  for _, one in ipairs(entry.returns) do
    items[#items + 1] = ("- returns %s%s"):format(type_text(one.type, headings), behind(one.text))
  end
  out[#out + 1] = #items > 0 and table.concat(items, "\n") or nil
  return table.concat(out, "\n\n")
end

-- The section of a class or an alias: its heading, what it is, its fields, its methods.
local function type_section(heading, entry, by_name, headings)
  local out, fields = { "## " .. heading }, {}
  out[#out + 1] = entry.kind ~= "function" and sentence(paragraphs(entry.text)) or nil
  if entry.kind == "alias" then out[#out + 1] = "The type " .. type_text(entry.type, headings) .. "." end
  for _, name in ipairs(entry.members) do
    local member = by_name[name]
    if member.kind ~= "method" then
      local kind = member.kind == "field" and member.type or member.signature
      fields[#fields + 1] = row(("`%s`"):format(name:match "[^.]+$"), type_text(kind, headings), member.text[1] or "")
    end
  end
  if #fields > 0 then out[#out + 1] = table_of({ "field", "type", "what it is" }, fields) end
  for _, name in ipairs(entry.members) do
    if by_name[name].kind == "method" then out[#out + 1] = function_text(by_name[name], headings) end
  end
  return table.concat(out, "\n\n")
end

-- ---- constants ----

local function value_of(name)
  local value = constants[name]
  return type(value) == "string" and ("%q"):format(value) or tostring(math.type(value) and value or value.number)
end

local function errors_text(entries)
  local rows = {}
  for _, entry in ipairs(entries) do
    if entry.type == "netlab.Errno" then
      local meaning = entry.text[1]:gsub("; errno%(3%)$", "")
      rows[#rows + 1] = row(("`%s`"):format(entry.name), value_of(entry.name), meaning)
    end
  end
  return "### Errors, errno(3)\n\n" .. table_of({ "constant", "number", "meaning" }, rows)
end

-- Socket options by prefix: "option: integer, s (rw); tcp(7)".
local function options_text(entries)
  local out, prefixes, rows = {}, {}, {}
  for _, entry in ipairs(entries) do
    local value, access, source = (entry.text[1] or ""):match "^option: (.*) %((%w+)%); (.*)$"
    if value then
      local prefix = entry.name:match "^%w+_"
      if not rows[prefix] then rows[prefix], prefixes[#prefixes + 1] = {}, prefix end
      table.insert(rows[prefix], row(("`%s`"):format(entry.name), value_of(entry.name), value, access, source))
    end
  end
  for _, prefix in ipairs(prefixes) do
    out[#out + 1] = ("### Socket options %s\n\n%s"):format(prefix,
      table_of({ "constant", "number", "value", "access", "source" }, rows[prefix]))
  end
  return table.concat(out, "\n\n")
end

-- All others: a row for what belongs together.
local function groups_text(entries)
  local groups, names, rows = {}, {}, {}
  for _, entry in ipairs(entries) do
    local what = entry.text[1]
    if entry.kind == "constant" and entry.type ~= "netlab.Errno" and not what:find "^option: " then
      if not names[what] then names[what], groups[#groups + 1] = {}, what end
      table.insert(names[what], ("`%s` %s"):format(entry.name, value_of(entry.name)))
    end
  end
  table.sort(groups)
  for i, what in ipairs(groups) do rows[i] = row(what, table.concat(names[what], ", ")) end
  return "### Other constants\n\n" .. table_of({ "what", "constants and their values" }, rows)
end

-- ---- the index ----

local function index_text(sections)
  local lines, plain = {}, {}
  for _, section in ipairs(sections) do
    local names = {}
    for _, member in ipairs(section.members) do
      names[#names + 1] = member.kind == "method" and link(("`%s`"):format(member.name:match "[^.]+$"),
        heading_of(member)) or nil
    end
    local list = #names > 0 and lines or plain
    list[#list + 1] = link(section.heading, section.heading) .. behind(table.concat(names, " "))
  end
  return ("## Index\n\n- %s\n\nWithout functions: %s."):format(table.concat(lines, "\n- "), table.concat(plain, ", "))
end

---The text of docs/reference.md.
---@return string
function reference_text.page()
  local entries, by_name, sections = reference.entries(), {}, {}
  local headings = type_headings(entries)
  for _, entry in ipairs(entries) do by_name[entry.name] = entry end
  local texts = {}
  for _, entry in ipairs(entries) do
    if entry.kind == "function" then texts[#texts + 1] = (function_text(entry, headings):gsub("^#", "", 1)) end
    if entry.kind == "class" or entry.kind == "alias" or #entry.members > 0 then
      local heading = headings[entry.signature] or headings["netlab.Experiment"]
      local members = {}
      for i, name in ipairs(entry.members) do members[i] = by_name[name] end
      sections[#sections + 1] = { heading = heading, members = members }
      texts[#texts + 1] = type_section(heading, entry, by_name, headings)
    end
  end
  sections[#sections + 1] = { heading = "Constants", members = {} }
  local parts = { head, index_text(sections), table.concat(texts, "\n\n"), "## Constants", options_text(entries),
    errors_text(entries), groups_text(entries) }
  return table.concat(parts, "\n\n") .. "\n"
end

return reference_text
