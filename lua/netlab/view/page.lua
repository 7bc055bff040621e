-- page.lua: an experiment as it is declared, as a page for a terminal.
-- Pure: what comes out depends on the arguments alone.

local fit = require "netlab.view.fit"

local page = {}

page.verdicts = {
  confirmed = "confirmed: Linux does what is claimed",
  refuted = "refuted: Linux does something else",
  depends = "depends: it is so in one case and not in another",
}

---Words in lines of at most `width` columns; a word that is longer has a line of its own.
---@param words string
---@param width integer
---@return string[]
function page.wrap(words, width)
  local lines, line = {}, ""
  for word in words:gmatch "%S+" do
    if line ~= "" and fit.length(line) + 1 + fit.length(word) > width then
      lines[#lines + 1], line = line, ""
    end
    line = line == "" and word or line .. " " .. word
  end
  lines[#lines + 1] = line
  return lines
end

local LABEL = 9 -- columns

local function add_field(lines, label, words, width)
  for i, line in ipairs(words and page.wrap(words, width - LABEL) or {}) do
    lines[#lines + 1] = ("%-" .. LABEL .. "s%s"):format(i == 1 and label or "", line)
  end
end

-- A line of the script in pieces that are at the most `width` columns wide, cut between words where that is possible.
local function pieces(line, width)
  local list, margin = {}, line:match "^ *" .. "    "
  while fit.length(line) > width do
    local at = utf8.offset(line, width + 1) or width + 1
    local space = line:sub(1, at - 1):match ".*() "
    at = space and space > width // 2 and space + 1 or at
    list[#list + 1] = line:sub(1, at - 1)
    line = margin .. line:sub(at)
  end
  list[#list + 1] = line
  return list
end

local function add_script(lines, script, width)
  local number = 0
  for line in (script:gsub("\n$", "") .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    for i, piece in ipairs(pieces(line, width - 7)) do
      lines[#lines + 1] = ((i == 1 and ("%4d | "):format(number) or "     | ") .. piece):gsub("%s+$", "")
    end
  end
end

---The page of an experiment, up to what happens in it.
---@param entry table of netlab.cli.plan: name, case, claim, source, verdict, look, tags, file, line, text
---@param width integer columns
---@return string without a line feed at the end
function page.of(entry, width)
  local lines = page.wrap(entry.name, width)
  lines[#lines + 1] = ("="):rep(math.min(width, fit.length(lines[1])))
  add_field(lines, "Case", #entry.case > 0 and table.concat(entry.case, ", ") or nil, width)
  add_field(lines, "Source", entry.source, width)
  add_field(lines, "Claim", entry.claim, width)
  add_field(lines, "Verdict", page.verdicts[entry.verdict], width)
  add_field(lines, "Look at", entry.look, width)
  add_field(lines, "File", ("%s:%d"):format(entry.file, entry.line), width)
  lines[#lines + 1] = "\nThe script\n"
  add_script(lines, entry.text, width)
  return table.concat(lines, "\n")
end

return page
