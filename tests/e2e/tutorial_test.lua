-- docs/tutorial.md: a reader who does what the page says sees what the page shows. Its fenced blocks are done in their
-- order in an empty folder:
--   lines that begin with $  are commands of the shell; what stands below each is what it prints ("...": some lines)
--   lua, behind "`NAME`:"    is written into the file NAME, or, when that is there, stands in it ("...": some lines)
--   diff, behind "`NAME`:"   changes the file NAME: the lines with - stand there once, and become those with +

local documents = require "documents"
local test = require "harness"
local session = require "session"

local page = documents.read "docs/tutorial.md"

-- ---- what varies from run to run ----

-- A line without it: a pattern and what stands for its match. Nothing else may differ.
local varying = {
  { "^ *%d+%.%d%d%d (.*│)", "TIME %1" },                                      -- the left margin of a ladder
  { "^ *%d+%.%d%d%d%d%d%d  line", "TIME line" },                              -- a call in a report
  { "^ *%d+%.%d%d%d%d%d%d  ", "TIME  " },                                     -- a line of netlab shell
  { "^(#%d+) +%d+%.%d%d%d%d%d%d ", "%1 TIME " },                              -- a packet that netlab trace prints
  { " +%d+%.?%d* ms ", " TIME ms " },                                         -- a packet in a report
  { " %d+%.%d+ s$", " TIME s" },                                              -- how long a run took
  { ' time="%d+%.%d+"', ' time="TIME"' },                                     -- the same as JUnit has it
  { "client:[3-6]%d%d%d%d", "client:PORT" },                                  -- a port that the kernel chose
  { "10%.0%.0%.1:[3-6]%d%d%d%d", "10.0.0.1:PORT" },
  { "(socket%([^()]*%)) = %d+", "%1 = FD" },                                  -- numbers of descriptors
  { "(accept%()%d+%) = %d+", "%1FD) = FD" },
}
for _, call in ipairs { "bind", "listen", "connect", "send", "recv", "getsockopt" } do
  varying[#varying + 1] = { "(%f[%a]" .. call .. "%()%d+,", "%1FD," }
end

local function normal(line)
  for _, row in ipairs(varying) do line = line:gsub(row[1], row[2]) end
  -- A longer time moves what stands beside it, but not in a ladder.
  return line:find "│" and line or (line:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

-- The lines of a text. A ladder tells a long pause in a line of its own, and how many there are varies.
local function lines_of(text)
  local lines = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "(.-)\n" do
    if not line:find "^ *⋮ %d+ ms" and text ~= "" then lines[#lines + 1] = normal(line) end
  end
  return lines
end

-- ---- comparing ----

-- Lists of lines, with "..." between two of them.
local function chunks_of(lines)
  local chunks = { {} }
  for _, line in ipairs(lines) do
    if line == "..." then
      chunks[#chunks + 1] = {}
    else
      table.insert(chunks[#chunks], line)
    end
  end
  return chunks
end

local function stands_at(actual, at, chunk)
  for i, line in ipairs(chunk) do
    if actual[at + i - 1] ~= line then return false end
  end
  return true
end

-- Where a chunk stands at or behind a place; nil when it does not.
local function find_chunk(actual, from, chunk)
  for at = from, #actual - #chunk + 1 do
    if stands_at(actual, at, chunk) then return at end
  end
end

-- All lines are those of the page; "..." on the page is one line or more.
local function compare(t, actual, shown)
  local chunks, at = chunks_of(shown), 1
  for i, chunk in ipairs(chunks) do
    local first, last = i == 1, i == #chunks
    local found = first and 1 or last and #actual - #chunk + 1 or find_chunk(actual, at + 1, chunk)
    if not found or found < (first and 1 or at + 1) or not stands_at(actual, found, chunk)
      or first and last and #actual ~= #chunk then
      t.same_lines(table.concat(actual, "\n", at), table.concat(chunk, "\n"), "the page shows lines that are not there")
      t.ok(false, "the lines of the page do not stand where it shows them:\n" .. table.concat(chunk, "\n"))
    end
    at = found + #chunk
  end
end

-- ---- the page ----

-- The lines of a text as they are.
local function split(text)
  local lines = {}
  for line in (text .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

-- The file that the line above a block names.
local function file_of(block)
  local lines, at = split(page), block.line - 2
  while lines[at] == "" do at = at - 1 end
  return lines[at]:match "`([%w_.]+)`:$"
end

-- Each command with the lines that are shown below it.
local function commands_of(block)
  local commands = {}
  for _, line in ipairs(split(block.text)) do
    local words = line:match "^%$ (.*)$"
    if words then
      commands[#commands + 1] = { words = words, shown = {} }
    else
      table.insert(commands[#commands].shown, normal(line))
    end
  end
  return commands
end

-- ---- doing what it says ----

-- make builds the program, which is there by now: only that it would do so, and that README.md says the same.
local function check_make(t, words)
  t.match(documents.read "README.md", "\n" .. words .. " ")
  local result = test.run("unset MAKEFLAGS MAKELEVEL; make -n " .. words:match "^make (.*)$")
  t.equal(result.code, 0, result.err)
end

local function run_commands(t, block, folder)
  for _, command in ipairs(commands_of(block)) do
    if command.words:find "^make " then
      check_make(t, command.words)
    else
      local result = test.run(("cd %s && export NO_COLOR=1 LC_ALL=C.UTF-8\n%s"):format(folder, command.words))
      compare(t, lines_of(result.out), command.shown)
    end
  end
end

local function read_lua(t, block, path)
  local text = session.text(path)
  if not text then
    session.write(path, block.text .. "\n")
    return
  end
  local lines, at = split(text), 1
  for _, chunk in ipairs(chunks_of(split(block.text))) do
    local found = t.ok(find_chunk(lines, at, chunk), "not in the file: " .. table.concat(chunk, "\n"))
    at = found + #chunk
  end
end

local function change_file(t, block, path)
  local out, into = {}, {}
  for _, line in ipairs(split(block.text)) do
    local sign, words = line:match "^([-+])(.*)$"
    table.insert(t.ok(sign == "-" and out or sign == "+" and into, line), words .. "\n")
  end
  local old, text = table.concat(out), session.text(path)
  local first, last = text:find(old, 1, true)
  t.ok(first, "not in the file: " .. old)
  t.equal(text:find(old, last, true), nil, "more than once in the file: " .. old)
  session.write(path, text:sub(1, first - 1) .. table.concat(into) .. text:sub(last + 1))
end

local kinds = { [""] = run_commands, lua = read_lua, diff = change_file }

local function do_block(block, folder)
  test(("docs/tutorial.md, line %d"):format(block.line), function(t)
    local act = t.ok(kinds[block.language], "a block of the language " .. block.language)
    if act == run_commands then
      t.match(block.text, "^%$ ")
      return act(t, block, folder)
    end
    local name = t.ok(file_of(block), "the line above the block names no file")
    act(t, block, folder .. "/" .. name)
  end)
end

session.in_folder(function(folder)
  test.run(('ln -s "$(realpath "$NETLAB")" %s/netlab'):format(folder))
  local blocks = documents.blocks(page)
  for _, block in ipairs(blocks) do do_block(block, folder) end
  test("docs/tutorial.md shows all kinds of steps", function(t)
    local seen = {}
    for _, block in ipairs(blocks) do seen[block.language] = (seen[block.language] or 0) + 1 end
    t.ok(seen[""] >= 12 and seen.lua >= 5 and seen.diff >= 5, #blocks)
    for name, start in pairs { ["report.html"] = "<!doctype", ["reset.html"] = "<!doctype", ["reset.svg"] = "<svg" } do
      t.equal(session.text(folder .. "/" .. name):match "^%S+", start, name)
    end
  end)
end)

test("the links of docs/tutorial.md lead to something", function(t)
  for target, anchor in page:gmatch "%]%(([^)#]*)#?([^)]*)%)" do
    local text = t.ok(target == "" and page or session.text("docs/" .. target), target)
    local found = anchor == ""
    for heading in text:gmatch "\n##+ ([^\n]+)" do
      found = found or heading:lower():gsub("[^%w%s_-]", ""):gsub("%s", "-") == anchor
    end
    t.ok(found, target .. "#" .. anchor)
  end
end)
