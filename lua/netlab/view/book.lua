-- book.lua: the pages of the book of all experiments, as Markdown: one for each case, and indices.
-- Pure: what comes out depends on the chapters alone, and has no time in it.

local errno = require "netlab.core.errno"
local evidence = require "netlab.view.evidence"
local keys = require "netlab.expect.keys"

local book = {}

---@class netlab.Chapter an experiment that was run with its readings noted
---@field entry table of netlab.cli.plan
---@field groups table[] of timeline.of
---@field states table<string, boolean> TCP states that were observed
---@field errors table<string, boolean> names of errors

-- ---- places ----

local function case_order(a, b)
  local letter_a, number_a = a:match "^(%a)(%d+)$"
  local letter_b, number_b = b:match "^(%a)(%d+)$"
  if not (letter_a and letter_b) then
    return letter_a ~= nil or not letter_b and a < b
  elseif letter_a ~= letter_b then
    return letter_a < letter_b
  end
  return tonumber(number_a) < tonumber(number_b)
end

local function stem(entry)
  return entry.file:match "([^/]+)%.lua$" or "script"
end

-- The page that an experiment is on: that of its first case, or one of its own.
local function home(entry)
  local cases = table.move(entry.case, 1, #entry.case, 1, {})
  table.sort(cases, case_order)
  return cases[1] or stem(entry)
end

-- How GitHub names the place of a heading.
local function anchor(heading)
  return (heading:lower():gsub("[^%w%s_%-\x80-\xff]", ""):gsub("%s", "-"))
end

local function link(entry)
  return ("[%s](%s.md#%s)"):format(entry.title, home(entry), anchor(entry.title))
end

local function escaped(words)
  return (words:gsub("|", "\\|"):gsub("<", "&lt;"))
end

-- ---- what happened ----

local indents = { call = "", ["return"] = "", packet = "    ", event = "" }

local function row_text(row)
  local line = row.line and ("%4d"):format(row.line) or "    "
  local who = row.kind == "packet" and "" or (row.host or "") .. (row.host and ": " or "")
  local words = row.kind == "event" and "(" .. row.text .. ")" or row.text
  return (("%s  %s%s%s"):format(line, indents[row.kind], who, words):gsub("%s+$", ""))
end

local function happened(chapter)
  local lines = {}
  for _, group in ipairs(chapter.groups) do
    if group.name then
      lines[#lines + 1] = ("\n      %s"):format(group.name)
    end
    for _, row in ipairs(group.rows) do
      lines[#lines + 1] = row_text(row)
    end
  end
  return table.concat(lines, "\n")
end

-- ---- a case ----

local function linked(names, page)
  local words = {}
  for i, name in ipairs(names) do
    words[i] = ("[%s](%s.md#%s)"):format(name, page, anchor(name))
  end
  return table.concat(words, ", ")
end

local function add_table(out, chapter)
  local entry = chapter.entry
  local function row(label, words)
    if words and words ~= "" then
      out[#out + 1] = ("| %s | %s |"):format(label, words)
    end
  end
  out[#out + 1] = "| | |\n|---|---|"
  row("Claim", entry.claim and escaped(entry.claim))
  row("Verdict", entry.verdict and ("**%s**"):format(entry.verdict))
  row("Look at", entry.look and escaped(entry.look))
  row("Source", entry.source and escaped(entry.source))
  row("Cases", #entry.case > 1 and table.concat(entry.case, ", ") or nil)
  row("Variants", entry.families and table.concat(entry.families, ", "))
  row("Topics", linked(entry.tags, "topics"))
  row("States", linked(keys.sorted(chapter.states), "states"))
  row("Errors", linked(keys.sorted(chapter.errors), "errors"))
  row("Run it", ("`netlab explain %s`"):format(entry.case[1] or stem(entry)))
end

local function add_chapter(out, chapter, shown)
  local entry = chapter.entry
  out[#out + 1] = ("\n## %s\n"):format(entry.title)
  add_table(out, chapter)
  if shown[entry.file] then
    out[#out + 1] = ("\nThe script is the one [above](#%s): `experiments/%s.lua`."):format(anchor(shown[entry.file]),
      stem(entry))
  else
    shown[entry.file] = entry.title
    out[#out + 1] = ("\n`experiments/%s.lua`\n\n```lua\n%s\n```"):format(stem(entry), (entry.text:gsub("\n+$", "")))
  end
  out[#out + 1] = ("\nWhat happens (a number is the line of the script):\n\n```text\n%s\n```"):format(happened(chapter))
end

local function case_page(name, chapters)
  local out, shown, elsewhere = { "# Case " .. name }, {}, {}
  for _, chapter in ipairs(chapters) do
    if home(chapter.entry) == name then
      add_chapter(out, chapter, shown)
    else
      elsewhere[#elsewhere + 1] = ("- %s, on the page of case %s"):format(link(chapter.entry), home(chapter.entry))
    end
  end
  if #elsewhere > 0 then
    table.insert(out, 2, ("\n%s\n\n%s"):format(#out > 1 and "See also:" or "This case is shown by:",
      table.concat(elsewhere, "\n")))
  end
  out[#out + 1] = "\n[All cases](README.md)"
  return table.concat(out, "\n") .. "\n"
end

-- ---- indices ----

local function claim_line(entry)
  return ("- %s%s%s"):format(link(entry), entry.verdict and (" (%s)"):format(entry.verdict) or "",
    entry.claim and ": " .. escaped(entry.claim) or "")
end

-- A page with a heading for each name, and below it the chapters that have it.
local function index_page(title, about, names, chapters, has, describe)
  local out = { "# " .. title, "\n" .. about }
  for _, name in ipairs(names) do
    out[#out + 1] = ("\n## %s\n"):format(name)
    local note = describe and describe(name)
    if note then
      out[#out + 1] = note .. "\n"
    end
    local found = #out
    for _, chapter in ipairs(chapters) do
      if has(chapter, name) then
        out[#out + 1] = claim_line(chapter.entry)
      end
    end
    if #out == found then
      out[#out + 1] = "No experiment observes it."
    end
  end
  out[#out + 1] = "\n[All cases](README.md)"
  return table.concat(out, "\n") .. "\n"
end

local STATES = {
  "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",
  "LAST-ACK", "TIME-WAIT", "CLOSED",
}

local function has_tag(chapter, tag)
  for _, one in ipairs(chapter.entry.tags) do
    if one == tag then
      return true
    end
  end
  return false
end

local function union(chapters, set_of)
  local all = {}
  for _, chapter in ipairs(chapters) do
    for name in pairs(set_of(chapter)) do
      all[name] = true
    end
  end
  return keys.sorted(all)
end

local function tags_of(chapter)
  local set = {}
  for _, tag in ipairs(chapter.entry.tags) do
    set[tag] = true
  end
  return set
end

-- ---- refuted claims ----

local function add_refuted(out, chapter)
  local entry, page, lines = chapter.entry, home(chapter.entry), {}
  for i, row in ipairs(evidence.of(chapter.groups, entry.look or "")) do
    lines[i] = row_text(row):gsub("^%s*%d*%s*", "")
  end
  out[#out + 1] = ("\n## %s\n"):format(entry.title)
  out[#out + 1] = ("**The claim:** %s%s\n"):format(escaped(entry.claim or ""),
    entry.source and (" *(%s)*"):format(escaped(entry.source)) or "")
  out[#out + 1] = ("**What really happens:** %s\n"):format(escaped(entry.look or ""))
  out[#out + 1] = ("**The evidence:**\n\n```text\n%s\n```\n"):format(table.concat(lines, "\n"))
  out[#out + 1] = ("All of it, with the script: [case %s](%s.md#%s). See it yourself: `netlab explain %s`.")
    :format(page, page, anchor(entry.title), page)
end

local function refuted_page(chapters)
  local out = {
    "# Claims that Linux refutes",
    "\nThe articles that these experiments come from make claims about TCP. Each one below is wrong on the kernel that "
      .. "this book was made with. No opinion is needed: the calls and packets are recorded, and behind each is a "
      .. "script that shows the same on your machine, mostly in less than a second.",
    "\n| what is told | what is seen |\n|---|---|",
  }
  local refuted = {}
  for _, chapter in ipairs(chapters) do
    local entry = chapter.entry
    if entry.verdict == "refuted" then
      refuted[#refuted + 1] = chapter
      out[#out + 1] = ("| %s | [%s](#%s) |"):format(escaped(entry.claim or ""), entry.title, anchor(entry.title))
    end
  end
  for _, chapter in ipairs(refuted) do
    add_refuted(out, chapter)
  end
  out[#out + 1] = "\n[All cases](README.md)"
  return table.concat(out, "\n") .. "\n"
end

-- ---- the front page ----

local function front_page(chapters, names, by_case)
  local counts = { confirmed = 0, refuted = 0, depends = 0 }
  for _, chapter in ipairs(chapters) do
    local verdict = chapter.entry.verdict
    counts[verdict or ""] = (counts[verdict or ""] or 0) + 1
  end
  local out = {
    "# The book of experiments",
    ("\nClaims about TCP, each with an experiment that shows what Linux does: %d experiments; %d claims are confirmed, "
      .. "%d refuted, %d depend on something. The pages are made by `make book` from the experiments' own recordings.")
      :format(#chapters, counts.confirmed, counts.refuted, counts.depends),
    "\n- **[Claims that Linux refutes](refuted.md)**: what is told about TCP and is not so",
    "- [By topic](topics.md)", "- [By TCP state](states.md)", "- [By error](errors.md)",
    "\n| case | experiments | claims |\n|---|---|---|",
  }
  for _, name in ipairs(names) do
    local titles, verdicts = {}, {}
    for i, chapter in ipairs(by_case[name]) do
      titles[i], verdicts[chapter.entry.verdict or "none"] = link(chapter.entry), true
    end
    out[#out + 1] = ("| [%s](%s.md) | %s | %s |"):format(name, name, table.concat(titles, "<br>"),
      table.concat(keys.sorted(verdicts), ", "))
  end
  return table.concat(out, "\n") .. "\n"
end

---The pages of the book.
---@param chapters netlab.Chapter[] in the order of the files
---@return table<string, string> pages by file name
function book.pages(chapters)
  local by_case, names, pages = {}, {}, {}
  for _, chapter in ipairs(chapters) do
    local cases = #chapter.entry.case > 0 and chapter.entry.case or { stem(chapter.entry) }
    for _, name in ipairs(cases) do
      if not by_case[name] then
        by_case[name] = {}
        names[#names + 1] = name
      end
      table.insert(by_case[name], chapter)
    end
  end
  table.sort(names, case_order)
  for _, name in ipairs(names) do
    pages[name .. ".md"] = case_page(name, by_case[name])
  end
  pages["topics.md"] = index_page("By topic", "What the experiments are about.", union(chapters, tags_of), chapters,
    has_tag)
  pages["states.md"] = index_page("By TCP state", "The states of RFC 9293 3.3.2, and who observes them.",
    STATES, chapters, function(chapter, name) return chapter.states[name] end)
  pages["errors.md"] = index_page("By error", "The errors of errno(3) that calls of the experiments end with.",
    union(chapters, function(chapter) return chapter.errors end), chapters,
    function(chapter, name) return chapter.errors[name] end,
    function(name) return errno.value(name).message .. "." end)
  pages["refuted.md"] = refuted_page(chapters)
  pages["README.md"] = front_page(chapters, names, by_case)
  return pages
end

return book
