-- README.md: its scripts run, what it shows is what netlab prints (but for times, ports and numbers of descriptors),
-- its tables are those of netlab help. And all examples of docs/scripting.md, docs/network.md and
-- docs/results.md pass.

local documents = require "documents"
local test = require "harness"

local block, first, read, rows = documents.block, documents.first, documents.read, documents.rows
local readme = read "README.md"
local folder = test.run("mktemp -d").out:match "%S+"
local netlab = test.run('realpath "$NETLAB"').out:match "%S+"

-- A text without what differs from run to run. A longer time moves what stands behind it, and where lines are broken:
-- so lines are joined, and those that only point (^^^) are left out.
local function normal(text)
  text = ("\n" .. text .. "\n"):gsub("\n[ ^]+%f[\n]", "")
  text = text:gsub("%d+%.%d+ ms", "TIME"):gsub("%d+ ms", "TIME"):gsub("%d+%.%d+", "TIME")
  text = text:gsub("client:%d+", "client:PORT"):gsub("= %d+ ", "= FD "):gsub("connect%(%d+", "connect(FD")
  return (text:gsub("TIME s%f[%W]", "TIME"):gsub("%s+", " "))
end

local function write(name, text)
  local out <close> = assert(io.open(folder .. "/" .. name, "w"))
  out:write(text, "\n")
end

-- Run what stands behind the $ of a block's lines, in the folder; returns that, and what should be printed.
local function run(text)
  local commands, shown = {}, {}
  for line in (text .. "\n"):gmatch "(.-)\n" do
    local command = line:match "^%$ (.*)$"
    table.insert(command and commands or shown, command or line)
  end
  local words = table.concat(commands, "\n"):gsub("%./netlab", netlab)
  local result = test.run(("cd %s && export NO_COLOR=1 LC_ALL=C.UTF-8\n%s"):format(folder, words))
  result.out = result.out:gsub(netlab:gsub("%p", "%%%0"), "./netlab")
  return result, table.concat(shown, "\n")
end

write("first.lua", block(readme, 'experiment "'))

test("the first script, with all that it does", function(t)
  local result, shown = run(block(readme, "$ ./netlab -v first.lua"))
  t.equal(result.code, 0, result.err)
  t.equal(normal(result.out), normal(shown))
end)

test("the expectation that does not hold, and the report of it", function(t)
  local result, shown = run(block(readme, "$ sed"))
  t.equal(result.code, 1, result.err)
  t.equal(normal(result.out), normal(shown))
  t.match(result.out, "\n +%^+\n", "the differing field is underlined")
  t.match(shown, "\n +%^+\n")
end)

test("the links lead to something", function(t)
  local count = 0
  for target in readme:gmatch "%]%(([^)#]+)#?[^)]*%)" do
    if not target:find "^%a+:" then
      t.equal(test.run("test -e " .. target).code, 0, target)
      count = count + 1
    end
  end
  t.ok(count >= 5)
end)

test("the picture is well-formed and says in words what it shows", function(t)
  local svg = read "docs/output.svg"
  t.match(svg, "^<svg xmlns=")
  t.match(svg, "<title id=\"title\">[^<]+</title>")
  t.match(svg, "passed, 0 failed in")
  local open = {}
  for close, name, empty in svg:gsub("<!%-%-.-%-%->", ""):gmatch "<(/?)(%a+)[^<>]-(/?)>" do
    if close == "/" then
      t.equal(table.remove(open), name)
    elseif empty == "" then
      open[#open + 1] = name
    end
  end
  t.equal(open, {})
end)

-- ---- the command line ----

local help = test.run '"$NETLAB" help'.out

test("README.md has the options of the command line, and no other", function(t)
  local known = {}
  for short, name, argument, words in help:gmatch "\n  (....)%-%-([%w-]+)( ?[%u=%[%]]*) +([^\n]*)" do
    local option = short:gsub("^ +", "") .. "--" .. name .. argument:gsub("^ $", "")
    known[#known + 1] = { option, words }
  end
  t.ok(#known >= 10, "the options of " .. help)
  local documented = {}
  for i, cells in ipairs(rows(readme, "options")) do documented[i] = { cells[1], cells[2] } end
  t.equal(documented, known)
end)

test("README.md has the commands and the exit codes", function(t)
  local known = {}
  for line in help:gmatch "\n  (netlab [^\n]*)" do -- what a command does begins in column 33
    known[#known + 1] = { line:sub(1, 31):match "^(.-) *$", line:sub(33) }
  end
  t.ok(#known >= 5)
  t.equal(rows(readme, "commands"), known)
  local codes = {}
  for code in help:match "exit status: (.*)":gmatch "%f[%d](%d+) %l" do codes[#codes + 1] = code end
  t.equal(first(rows(readme, "exit codes")), codes)
end)

-- ---- the examples of the references ----

for _, row in ipairs { { "scripting", 12 }, { "network", 12 }, { "results", 1 } } do
  local name, least = row[1], row[2]
  test(("every example of docs/%s.md passes"):format(name), function(t)
    local examples = folder .. "/" .. name
    test.run("mkdir " .. examples)
    local count, runs = 0, 0
    for _, example in ipairs(documents.blocks(read(("docs/%s.md"):format(name)))) do
      if example.language == "lua" then
        local families = example.text:match "families = (%b{})" or '""'
        count, runs = count + 1, runs + select(2, families:gsub('"%w*"', ""))
        t.match(example.text, '^experiment "', "line " .. example.line)
        write(("%s/line%04d.lua"):format(name, example.line), example.text)
      end
    end
    local result = test.run(('"$NETLAB" check %s && "$NETLAB" --color never %s'):format(examples, examples), 120)
    t.equal(result.code, 0, result.out .. result.err)
    t.match(result.out, ("\n%d passed, 0 failed"):format(runs))
    t.ok(count >= least, count)
  end)
end

test.run("rm -r " .. folder)
