-- What comes with the program: the manual page and the completions, which are made from the tables of the help; and
-- make install, make uninstall.
local test = require "harness"
local session = require "session"

local help = test.run '"$NETLAB" help'.out

-- The commands and the options as the help tells them, in its order: {name, arguments, help}, {short, name, argument,
-- help}.
local commands, options = {}, {}
for name, rest in help:gmatch "\n  netlab ([%w-]+)([^\n]*)" do
  local arguments, words = rest:sub(1, 24 - #name):match "^ ?(.-) *$", rest:sub(26 - #name)
  commands[#commands + 1] = { name, arguments, words }
end
for short, name, argument, words in help:gmatch "\n  (....)%-%-([%w-]+) ?([%u=%[%]]*) +([^\n]*)" do
  options[#options + 1] = { short:match "%-(%a)" or "", name, argument, words }
end

local function keys(list, at)
  local names = {}
  for i, row in ipairs(list) do names[i] = row[at] end
  return names
end

test("the help was understood", function(t)
  t.equal(commands[1], { "run", "FILE|FOLDER...", "run the experiments ('run' may be left out)" })
  t.equal(commands[#commands], { "--version", "", "print the version" })
  t.equal(options[1], { "j", "jobs", "N", "how many experiments run at once (4 a processor)" })
  t.ok(#commands >= 14 and #options >= 18)
end)

-- ---- netlab man ----

-- The rows of a section of the page: head, text; without fonts and escapes.
local function section(page, name)
  local rows = {}
  local body = assert(page:match("\n%.SH " .. name .. "\n(.-)\n%.SH "), name)
  for head, text in body:gmatch "%.TP\n([^\n]*)\n([^\n]*)" do
    local function plain(words)
      return (words:gsub("\\f%u", ""):gsub("^%.B ", ""):gsub("\\&", ""):gsub("\\%-", "-"):gsub("\\e", "\\"))
    end
    rows[#rows + 1] = { plain(head), plain(text) }
  end
  return rows
end

test("the manual page has the commands, options and exit codes of the help, and no other", function(t)
  local run = session.netlab "man"
  t.equal({ run.code, run.err }, { 0, "" })
  local known, statuses = {}, {}
  for i, row in ipairs(commands) do known[i] = { (row[1] .. " " .. row[2]):gsub(" $", "") .. "", row[3] } end
  t.equal(section(run.out, "COMMANDS"), known)
  known = {}
  for i, row in ipairs(options) do
    local short, argument = row[1] ~= "" and "-" .. row[1] .. ", " or "", row[3]:gsub("^%u", " %0")
    known[i] = { ("%s--%s%s"):format(short, row[2], argument), row[4] }
  end
  t.equal(section(run.out, "OPTIONS"), known)
  for code, words in help:match "exit status: (.*)":gsub(",\n", ", "):gmatch "(%d+) (%l[^,\n]*)" do
    statuses[#statuses + 1] = { code, words }
  end
  t.ok(#statuses >= 6)
  t.equal(section(run.out, "EXIT STATUS"), statuses)
end)

test("the manual page is good roff", function(t)
  if test.run "command -v groff".code == 0 then
    local run = test.run '"$NETLAB" man | groff -man -Tutf8 -ww -b'
    t.equal({ run.code, run.err }, { 0, "" })
    t.match(run.out, "real system calls that a C program", "")
  end
  t.lacks(session.netlab "man".out, "\n\n")
end)

-- ---- netlab completion ----

-- What bash offers for a line whose last word is being written.
local function complete(folder, ...)
  local words = {}
  for i, word in ipairs { ... } do words[i] = "'" .. word .. "'" end
  session.write(folder .. "/ask", ([[
    . ./netlab.bash
    COMP_WORDS=(netlab %s) COMP_CWORD=%d
    _netlab
    printf '%%s\n' "${COMPREPLY[@]}" | sort]]):format(table.concat(words, " "), #words))
  local run = test.run(("cd %s && bash --norc ask"):format(folder))
  local offered = {}
  for line in run.out:gmatch "[^\n]+" do offered[#offered + 1] = line end
  return offered, run.err
end

local function sorted(list)
  table.sort(list)
  return list
end

test("bash completes commands, options, arguments, files", function(t)
  session.in_folder(function(folder)
    test.run(('"$NETLAB" completion bash >%s/netlab.bash; mkdir %s/scripts; echo >%s/some.lua'):format(folder, folder,
      folder))
    local plain, dashed = {}, {}
    for _, row in ipairs(commands) do
      table.insert(row[1]:find "^%-" and dashed or plain, row[1])
    end
    for _, row in ipairs(options) do
      dashed[#dashed + 1] = "--" .. row[2]
      dashed[#dashed + 1] = row[1] ~= "" and "-" .. row[1] or nil
    end
    table.move({ "ask", "netlab.bash", "scripts", "some.lua" }, 1, 4, #plain + 1, plain)
    local offered, problem = complete(folder, "")
    t.equal({ offered, problem }, { sorted(plain), "" })
    t.equal(sorted(complete(folder, "-")), sorted(dashed))
    t.equal(complete(folder, "run", "--rep"), { "--repeat" })
    t.equal(complete(folder, "expl"), { "explain" })
    t.equal(complete(folder, "run", "so"), { "some.lua" })
    t.equal(complete(folder, "--out", "s"), { "scripts" })
    t.equal(complete(folder, "--json", "s"), { "scripts", "some.lua" })
    t.equal(complete(folder, "--color", "a"), { "always", "auto" })
    t.equal(complete(folder, "--color", "=", "n"), { "never" })
    t.equal(complete(folder, "--jobs", "s"), {})
    t.equal(complete(folder, "completion", ""), { "bash", "fish", "zsh" })
  end)
end)

for shell, forms in pairs {
  zsh = { command = "\n    '(%a[%w-]*):", option = "\n    '?[^\n]-%-%-([%w-]+)[^%w%s)-][^\n]* \\" },
  fish = { command = "\ncomplete %-c netlab %-n __fish_use_subcommand %-a ([%w-]+) %-d",
    option = "\ncomplete %-c netlab [^\n]-%-l ([%w-]+) " },
} do
  test(shell .. " has the commands and options of the help, and no other", function(t)
    local run = session.netlab("completion " .. shell)
    t.equal({ run.code, run.err }, { 0, "" })
    local found, known = { {}, {} }, { {}, keys(options, 2) }
    for name in run.out:gmatch(forms.command) do table.insert(found[1], name) end
    for name in run.out:gmatch(forms.option) do table.insert(found[2], name) end
    for _, row in ipairs(commands) do
      table.insert(known[row[1]:find "^%-" and 2 or 1], (row[1]:gsub("^%-%-", "")))
    end
    t.equal({ sorted(found[1]), sorted(found[2]) }, { sorted(known[1]), sorted(known[2]) })
    if test.run("command -v " .. shell).code == 0 then
      local checked = test.run(('"$NETLAB" completion %s | %s -n'):format(shell, shell))
      t.equal({ checked.code, checked.err }, { 0, "" })
    end
  end)
end

test("the completion of a shell that is not known", function(t)
  for _, words in ipairs { "completion", "completion tcsh", "completion bash zsh" } do
    local run = session.netlab(words)
    t.equal({ run.code, run.out }, { 2, "" })
    t.match(run.err, "for which shell%? netlab completion bash, zsh or fish\n")
  end
end)

-- ---- make install ----

local function files_below(folder)
  local list = {}
  for path in test.run(("cd %s && find . -type f | LC_ALL=C sort"):format(folder)).out:gmatch "%./([^\n]+)" do
    list[#list + 1] = path
  end
  return list
end

local function names(pattern)
  local list = {}
  for path in test.run("ls " .. pattern).out:gmatch "[^\n]+" do list[#list + 1] = path:match "[^/]+$" end
  return list
end

-- The mode of the program under test: build/<mode>/netlab; its make is the same.
local mode = test.netlab:match "build/(%w+)/netlab$" or "release"

test("install puts all parts below DESTDIR and PREFIX, uninstall takes them away again", function(t)
  session.in_folder(function(folder)
    local make = ("make MODE=%s DESTDIR=%s PREFIX=/opt/x "):format(mode, folder)
    local installed = test.run(make .. "install", 300)
    t.equal(installed.code, 0, installed.out .. installed.err)
    local expected = { "bin/netlab", "share/man/man1/netlab.1", "share/bash-completion/completions/netlab",
      "share/zsh/site-functions/_netlab", "share/fish/vendor_completions.d/netlab.fish", "share/netlab/.luarc.json" }
    for place, pattern in pairs { experiments = "experiments/*.lua", docs = "README.md docs/*.md docs/*.svg",
      meta = "lua/netlab/meta/*.lua" } do
      for _, name in ipairs(names(pattern)) do
        expected[#expected + 1] = ("share/netlab/%s/%s"):format(place, name)
      end
    end
    t.equal(files_below(folder .. "/opt/x"), sorted(expected))
    t.equal(#files_below(folder), #expected, "nothing elsewhere")
    t.equal(test.run(folder .. "/opt/x/bin/netlab --version").out, session.netlab "--version".out)
    for path, words in pairs { ["man/man1/netlab.1"] = "man", ["zsh/site-functions/_netlab"] = "completion zsh" } do
      t.equal(session.text(folder .. "/opt/x/share/" .. path), session.netlab(words).out)
    end
    local settings = require "cjson".decode(session.text(folder .. "/opt/x/share/netlab/.luarc.json"))
    t.equal(settings["workspace.library"], { "/opt/x/share/netlab/meta" })
    t.equal(settings["runtime.path"], nil, "what only the project has")
    t.equal(test.run(make .. "uninstall").code, 0)
    t.equal(files_below(folder), {})
    t.equal(test.run(("find %s -name '*netlab*'"):format(folder .. "/opt")).out, "")
  end)
end)
