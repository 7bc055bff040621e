-- The floors of this tree, and that tests/tools/floors.lua catches what it should, shown on small trees.
local test = require "harness"
local check = dofile "tests/tools/floors.lua"

-- Check a tree made of these files.
local function check_tree(files)
  local root = test.run("mktemp -d").out:gsub("\n", "")
  for path, text in pairs(files) do
    test.run(("mkdir -p $(dirname %s/%s)"):format(root, path))
    local file = assert(io.open(root .. "/" .. path, "w"))
    file:write(text)
    file:close()
  end
  local problems = check(root)
  test.run("rm -rf " .. root)
  return problems
end

test("this tree keeps to its floors", function(t)
  local problems, files = check "."
  t.equal(table.concat(problems, "\n"), "")
  t.ok(files > 0)
end)

test("edges that go down, or across without a circle, are good", function(t)
  t.equal(check_tree {
    ["runner/base/error.h"] = "",
    ["runner/base/text.h"] = "",
    ["runner/base/error.c"] = '#include "base/error.h"\n#include "base/text.h"\n#include <stdio.h>\n',
    ["runner/main/main.c"] = '#include "base/error.h"\n',
    ["lua/netlab/expect/grammar.lua"] = 'local lpeg = require "lpeg"\nlocal units = require "netlab.core.units"\n',
    ["lua/netlab/expect/match/init.lua"] = "",
    ["lua/netlab/cli.lua"] = 'local g = require "netlab.expect.grammar"\nlocal m = require("netlab.expect.match")\n',
  }, {})
end)

-- What is wrong, the tree, and what is said.
local bad = {
  { "an include that goes up", { ["runner/base/a.c"] = '#include "facts/b.h"', ["runner/facts/b.h"] = "" },
    "runner/base/a.c: goes up to facts/b.h (facts is above base)" },
  { "an include from lab to bind", { ["runner/lab/a.h"] = '\n  #  include "bind/b.h"', ["runner/bind/b.h"] = "" },
    "runner/lab/a.h: goes up to bind/b.h (bind is above lab)" },
  { "a circle within a floor", { ["runner/lab/a.h"] = '#include "lab/b.h"', ["runner/lab/b.h"] = '#include "lab/c.h"',
    ["runner/lab/c.h"] = '#include "lab/a.h"' }, "runner/lab/c.h: a circle is closed by lab/a.h" },
  { "an include that is not written from runner/", { ["runner/lab/a.c"] = '#include "a.h"', ["runner/lab/a.h"] = "" },
    "runner/lab/a.c: uses a.h, which is not there" },
  { "a folder that is no floor", { ["runner/utils/a.c"] = "" }, "runner/utils/a.c: stands on no floor" },
  { "a require that goes up", { ["lua/netlab/expect/a.lua"] = 'local x = require "netlab.lab.b"',
    ["lua/netlab/lab/b.lua"] = "" }, "lua/netlab/expect/a.lua: goes up to lab/b.lua (lab is above expect)" },
  { "a require of the command line",
    { ["lua/netlab/report/a.lua"] = "require('netlab.cli')", ["lua/netlab/cli.lua"] = "" },
    "lua/netlab/report/a.lua: goes up to cli.lua (cli is above report)" },
  { "a circle of requires", { ["lua/netlab/lab/a.lua"] = 'require "netlab.lab.b"',
    ["lua/netlab/lab/b.lua"] = 'require "netlab.lab.a"' }, "lua/netlab/lab/b.lua: a circle is closed by lab/a.lua" },
  { "a require of definitions for editors", { ["lua/netlab/cli.lua"] = 'require "netlab.meta.socket"',
    ["lua/netlab/meta/socket.lua"] = "" }, "lua/netlab/cli.lua: uses meta/socket.lua, which is not there" },
}

for _, case in ipairs(bad) do
  local name, files, words = table.unpack(case)
  test(name .. " is caught", function(t) t.equal(check_tree(files), { words }) end)
end

test("the program prints bad edges and exits with 1", function(t)
  local result = test.run [[
    d=$(mktemp -d); mkdir -p $d/runner/base $d/runner/utils
    : >$d/runner/base/a.c; lua5.4 tests/tools/floors.lua $d; echo $?
    : >$d/runner/utils/a.c; lua5.4 tests/tools/floors.lua $d; echo $?
    rm -rf $d]]
  t.equal(result.out, "0\nrunner/utils/a.c: stands on no floor\n1\n")
  t.equal(result.err, "floors: 1 bad edges in 2 files\n")
end)
