-- The command line: commands, options, exit codes, and the order of the report.
local test = require "harness"
local session = require "session"

local good = session.fixtures .. "good/two.lua"
local failing = session.fixtures .. "failing.lua"

-- ---- words that make no sense ----

local refused = { -- arguments, words of the error
  { "", "", 'usage: netlab [run]' },
  { "run", "which scripts?" },
  { "list", "which scripts?" },
  { "check", "which scripts?" },
  { "--quiet", "which scripts?" },
  { "rum " .. good, "there is no command, file or folder 'rum'; did you mean \"run\"?" },
  { "docter", "'docter'; did you mean \"doctor\"?" },
  { "--jbos 3 " .. good, "unknown option '--jbos'; did you mean \"--jobs\"?" },
  { "--colour=never " .. good, "unknown option '--colour=never'; did you mean \"--color\"?" },
  { "-x " .. good, "unknown option '-x'" },
  { "-j " .. good, "option --jobs needs a whole number from 1 to 4096, not '" .. good },
  { "-j0 " .. good, "option --jobs needs a whole number" },
  { "-j 5000 " .. good, "from 1 to 4096, not '5000'" },
  { good .. " --timeout", "option --timeout needs a time such as 5 or 500ms\n" },
  { "--timeout never " .. good, "option --timeout needs a time such as 5 or 500ms, not 'never'" },
  { "--timeout 0 " .. good, "option --timeout needs a time" },
  { "--repeat 1.5 " .. good, "option --repeat needs a whole number" },
  { "--color sometimes " .. good, "option --color needs auto, always or never, not 'sometimes'" },
  { "--list=yes " .. good, "option --list takes no value" },
  { "--json /no/such/folder/file " .. good, "/no/such/folder/file: No such file or directory" },
  { "--out /no/such/folder " .. good, "cannot make the folder /no/such/folder: " },
  { "--out '' " .. good, "option --out needs a folder" },
}

for _, row in ipairs(refused) do
  test("usage: netlab " .. row[1], function(t)
    local run = session.netlab(row[1])
    t.equal(run.code, 2, run.out .. run.err)
    t.match(run.err, row[2])
    t.match(run.out, row[3] or "")
    t.equal(#run.parts, 0)
  end)
end

-- ---- commands ----

test("help names every command, option and exit code", function(t)
  for _, word in ipairs { "help", "--help", "-h" } do
    local run = session.netlab(word)
    t.equal({ run.code, run.err }, { 0, "" })
    for _, name in ipairs { "run", "list", "check", "doctor", "help", "--version", "-j, --jobs N", "--timeout TIME",
      "--filter TEXT", "--list", "--repeat N", "--shuffle", "--seed N", "--fail-fast", "--slow", "--out DIR",
      "--json FILE", "-q, --quiet", "-v, --verbose", "--color WHEN", "130 interrupted", "4 nothing to run" } do
      t.ok(run.out:find("  " .. name, 1, true) or run.out:find(name, 1, true), name)
    end
  end
end)

test("the version", function(t)
  for _, word in ipairs { "--version", "-V", "version" } do
    local run = session.netlab(word)
    t.equal(run.code, 0)
    t.match(run.out, "^netlab %d+%.%d+%.%d+\n$")
  end
end)

test("list names files, lines, titles and cases, and runs nothing", function(t)
  local expected = ("%s:1  the first of two  [A1, B2]\n%s:11  the second of two\n"):format(good, good)
  for _, words in ipairs { "list " .. good, "--list " .. good, "run --list " .. good } do
    local run = session.netlab(words)
    t.equal({ run.code, run.out, run.err }, { 0, expected, "" })
  end
  local broken = session.netlab("list missing.lua " .. good)
  t.equal(broken.code, 3)
  t.match(broken.out, "missing.lua  cannot be loaded: ")
  t.match(broken.out, expected)
end)

test("doctor finds all that it needs here", function(t)
  local run = session.netlab "doctor"
  t.equal(run.code, 0, run.out)
  t.match(run.out, "\nok +the wire: a TCP connection between two hosts, recorded\n")
  t.match(run.out, "everything that experiments need is there\n$")
  t.lacks(run.out, "MISSING")
end)

test("doctor names what is missing and the remedy", function(t)
  local run = test.run('unshare --user --map-root-user sh -c '
    .. [['echo 0 >/proc/sys/user/max_net_namespaces && exec "$NETLAB" doctor']])
  t.equal(run.code, 3, run.out .. run.err)
  t.match(run.out, "MISSING namespaces.*\n *cannot lock the mounts.*: ENOSPC")
  t.match(run.out, "\n *what to do: .*user.max_net_namespaces")
  t.match(run.out, "facilities are missing")
end)

-- ---- what is run ----

local chosen = { -- options, titles in the report
  { "--filter FIRST", { "the first of two" } },
  { "--filter b2", { "the first of two" } },
  { "--filter quick", { "the first of two" } },
  { "--filter two.lua", { "the first of two", "the second of two" } },
  { "--filter=' of two' -j1", { "the first of two", "the second of two" } },
  { "--repeat 2", { "the first of two", "the second of two" } },
}

for _, row in ipairs(chosen) do
  test("chosen: " .. row[1], function(t)
    local run = session.netlab(good .. " " .. row[1])
    local names = {}
    for i, part in ipairs(run.parts) do
      names[i] = part.name
    end
    t.equal(names, row[2])
    t.equal(run.code, 0)
  end)
end

test("nothing to run: exit code 4", function(t)
  local run = session.netlab(good .. " --filter zzz")
  t.equal({ run.code, run.out }, { 4, "" })
  t.match(run.err, "nothing to run: 2 experiments found, none chosen by %-%-filter 'zzz'")
end)

test("slow experiments are run when they are asked for", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/slow.lua", 'experiment "a long one" { slow = true, run = function(t) t:ok(true) end }\n')
    local path = folder .. "/slow.lua"
    t.equal(session.netlab(path).code, 4)
    t.match(session.netlab(path).err, "to run: the one experiment found is slow %(slow = true%); %-%-slow runs it, ")
    t.match(session.netlab(path .. " " .. path).err, "all 2 experiments found are slow .* runs them, .* %-%-filter")
    local others = session.netlab(path .. " " .. good)
    t.equal(#others.parts, 2)
    t.match(others.out, "; 1 slow left out %(%-%-slow%)\n$")
    t.match(session.netlab(path .. " --list").out, "a long one  %(slow%)\n$")
    t.lacks(session.netlab(path .. " --slow " .. good).out, "left out")
    t.equal(session.netlab(path .. " --slow").code, 0)
    t.equal(session.netlab(path .. " --filter long").code, 0)
  end)
end)

test("the time in the script counts more than that of the option", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/times.lua", [[
      experiment "its own time" { timeout = "100ms", run = function(t) t:sleep(600) end }
      experiment "time enough" { timeout = 60, run = function(t) t:ok(t:sleep(1.2)) end }
      experiment "without a time" { run = function(t) t:sleep(600) end }
    ]])
    local run = session.netlab(folder .. "/times.lua --timeout 1")
    session.expect(t, run, "its own time", "TIMEOUT", "not over after its 0.1 s\n")
    session.expect(t, run, "time enough", "PASS")
    session.expect(t, run, "without a time", "TIMEOUT", "not over after its 1 s\n")
    t.equal(run.code, 1)
  end)
end)

-- ---- the report ----

test("a line for each experiment, and the summary", function(t)
  local run = session.netlab(good)
  t.match(run.out, "^PASS     the first of two  %[A1, B2%]  %d+%.%d%d%d s  the claim is confirmed\n"
    .. "PASS     the second of two  %d+%.%d%d%d s\n2 passed, 0 failed in %d+%.%d%d s; claims: 1 confirmed\n$")
  t.equal({ run.code, run.err }, { 0, "" })
end)

test("runs of one experiment make one line", function(t)
  local run = session.netlab(good .. " --repeat 3 -j 4")
  t.match(run.named["the first of two"].line, "the claim is confirmed  3 of 3 runs passed$")
  t.match(run.summary, "^6 passed, 0 failed in .*; claims: 1 confirmed$")
  run = session.netlab(failing .. " --filter near --repeat 2")
  t.match(run.named["near"].line, "^FAIL +near  %d+%.%d+ s  0 of 2 runs passed$")
  t.match(run.summary, "^0 passed, 2 failed")
  t.equal(run.code, 1)
end)

test("a claim that is refuted, or depends, stands out; one that did not pass says nothing of it", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/claims.lua", [[
      for _, verdict in ipairs { "confirmed", "refuted", "depends" } do
        experiment(verdict) { claim = "x", verdict = verdict, run = function(t) t:ok(true) end }
      end
      experiment "broken" { claim = "x", verdict = "refuted", run = function(t) t:ok(false) end }
    ]])
    local run = session.netlab(folder .. "/claims.lua")
    t.match(run.named.confirmed.line, " s  the claim is confirmed$")
    t.match(run.named.refuted.line, " s  the claim is REFUTED$")
    t.match(run.named.depends.line, " s  it DEPENDS$")
    t.match(run.named.broken.line, " s$")
    local colored = session.netlab(folder .. "/claims.lua --color always").out
    t.match(colored, "\27[1;33mthe claim is REFUTED\27[0m\n")
    t.match(colored, "\27[1;36mit DEPENDS\27[0m\n")
    t.match(colored, "\27[2mthe claim is confirmed\27[0m\n")
  end)
end)

test("the slowest five are named when more than ten ran", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/many.lua", [[
      for i = 1, 11 do
        experiment(("number %02d"):format(i)) { run = function(t) t:ok(t:sleep(i % 2 * i * 0.02)) end }
      end
    ]])
    local path = folder .. "/many.lua"
    local run = session.netlab(path)
    local lines = {}
    for i, part in ipairs(run.parts) do
      lines[i] = ("%10s s  %s"):format(part.line:match "(%d+%.%d+) s$", part.name)
    end
    table.sort(lines, function(a, b) return a > b end)
    t.equal(#run.slowest, 5)
    t.match(run.out, "\nslowest +%d+%.%d%d%d s  ")
    for i, name in ipairs(run.slowest) do -- each with the seconds of its own line, which are the i-th most
      t.match(run.out, ("\n[slowest ]+%s s  %s\n"):format(lines[i]:match "%S+", name))
    end
    t.match(run.out, run.slowest[5] .. "\n11 passed, 0 failed in [^\n]*\n$")
    t.equal(session.netlab(path .. " -q").slowest, {})
    t.equal(session.netlab(path .. " --filter 'number 0'").slowest, {}, "nine")
    t.lacks(session.netlab(path .. " --json - 2>/dev/null").out, "slowest")
  end)
end)

test("--quiet prints what does not pass, and the summary", function(t)
  local run = session.netlab(("%s %s --quiet"):format(good, failing))
  t.equal(#run.parts, 16)
  t.lacks(run.out, "PASS")
  t.match(run.summary, "^2 passed, 16 failed")
  t.match(session.netlab(good .. " -q").out, "^2 passed, 0 failed in [^\n]*\n$")
end)

test("--verbose draws calls, packets, notes, orders and what was printed", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/talk.lua", [[
      experiment "talks" { run = function(t)
        local a, b = t:hosts("a", "b")
        t:note "a remark"
        print "a printed line"
        local u = t:ok(a:socket(AF_INET, SOCK_DGRAM))
        t.wire:drop "a -> b"
        t:ok(u:sendto("x", 0, b, 9))
      end }
    ]])
    local run = session.netlab(folder .. "/talk.lua -v", "LC_ALL=C")
    t.equal(run.code, 0)
    for _, words in ipairs {
      "3 | a remark +|", "| printed: a printed line +|", "| socket%(AF_INET, SOCK_DGRAM, 0%) = %d+ +|",
      "| wire: drop a %-> b +|", '| sendto%(%d+, "x", 1, 0, 10.0.0.2:9%) = 1 +|',
      '|%-+ UDP len=1 payload="x" lost %-+x +|',
    } do
      t.match(run.out, words)
    end
    t.lacks(session.netlab(folder .. "/talk.lua").out, "remark")
  end)
end)

local colors = { -- options, variables, whether there are colours
  { "--color always", "", true },
  { "--color=always", "NO_COLOR=1", true },
  { "--color never", "", false },
  { "", "", false },
  { "--color auto", "", false },
}

for _, row in ipairs(colors) do
  test(("colours: %s %s"):format(row[2], row[1]), function(t)
    local run = session.netlab(good .. " " .. row[1], row[2])
    t.equal(run.code, 0)
    if row[3] then
      t.match(run.out, "\27[32mPASS   \27[0m")
    else
      t.lacks(run.out, "\27")
    end
  end)
end

test("a terminal gets colours and the progress, unless NO_COLOR is set", function(t)
  local on_terminal = [[script -qec '"$NETLAB" %s' /dev/null]]
  local run = test.run(on_terminal:format(good))
  t.match(run.out, "\27[32mPASS   \27[0m")
  t.match(run.out, "%[%d/2%] %d+ running")
  t.lacks(test.run("NO_COLOR=1 " .. on_terminal:format(good)).out, "\27[32m")
  t.match(test.run("NO_COLOR= " .. on_terminal:format(good)).out, "\27[32m")
end)

-- ---- order ----

local many = [[
  for i = 1, 40 do
    experiment(("number %02d"):format(i)) { run = function(t) t:ok(t:sleep((40 - i) % 7 / 200)) end }
  end
]]

local function order(run)
  local names = {}
  for i, part in ipairs(run.parts) do
    names[i] = part.name
  end
  return table.concat(names, "\n")
end

test("results stand in the order given, whatever -j and the order of starts are", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/many.lua", many)
    local path = folder .. "/many.lua"
    local expected = order(session.netlab(path .. " -j 1"))
    t.match(expected, "^number 01\nnumber 02\n.*\nnumber 40$")
    for _, options in ipairs { "-j 16", "-j 40", "-j 8 --shuffle", "-j 16 --shuffle --seed 3" } do
      local run = session.netlab(path .. " " .. options)
      t.equal(run.code, 0)
      t.equal(order(run), expected, options)
    end
  end)
end)

-- The order of the starts, from the recordings' files: with -j 1 they are written one after the other. The times of
-- files go in steps of up to 10 ms, so the experiments take longer.
test("--shuffle changes the order of starts, the same for the same seed", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/few.lua", [[
      for i = 1, 8 do experiment("e" .. i) { run = function(t) t:ok(t:sleep "15ms") end } end
    ]])
    local function starts(options)
      test.run(("rm -rf %s/out"):format(folder))
      t.equal(session.netlab(("%s/few.lua -j 1 --out %s/out %s"):format(folder, folder, options)).code, 0)
      return (test.run(("cd %s/out && stat -c '%%.9Y %%n' * | sort | cut -d' ' -f2"):format(folder)).out)
    end
    local plain, one, two = starts "", starts "--shuffle --seed 1", starts "--shuffle --seed 2"
    t.match(plain, "^few%-e1.pcapng\nfew%-e2.pcapng\n.*few%-e8.pcapng\n$")
    t.ok(one ~= plain and two ~= plain and one ~= two)
    t.equal(starts "--shuffle --seed 1", one)
    local run = session.netlab(folder .. "/few.lua --shuffle")
    t.match(run.out, "^started in a random order: %-%-shuffle %-%-seed %d+\n")
  end)
end)

test("--fail-fast stops at the first that does not pass", function(t)
  local run = session.netlab(("%s %s --fail-fast -j 1"):format(failing, good))
  t.equal(#run.parts, 1)
  t.equal(run.code, 1)
  t.match(run.summary, "^0 passed, 1 failed in .*; stopped, 17 not run$")
  run = session.netlab(good .. " --fail-fast")
  t.equal(run.code, 0)
end)

test("--fail-fast reports what has ended, also behind one that has not", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/two.lua", [[
      experiment "waits" { run = function(t) t:ok(t:host("a"):socket(AF_INET, SOCK_DGRAM)):recv(1) end }
      experiment "fails" { run = function(t) t:ok(false) end }
    ]])
    local run = session.netlab(folder .. "/two.lua --fail-fast -j 2")
    t.equal(run.code, 1)
    t.equal(order(run), "fails")
    t.match(run.summary, "^0 passed, 1 failed in .*; stopped, 1 not run$")
  end)
end)

-- ---- check ----

test("check names line and column of every problem, without running anything", function(t)
  session.in_folder(function(folder)
    local path = folder .. "/problems.lua"
    session.write(path, [==[
#!/usr/bin/env netlab

experiment "problems" { run = function(t)
  t:trace [[
    a -> b  SYN
    a -> b  SNY
  ]]
  t.wire:drop "a -> b len=x"
  t:wait_packet("a -> b:" .. 5 .. " SYN")
  t:wait_packet(("a -> b:%d SYN"):format(5))
  -- t:trace "a ->"
  local words = "t:trace 'a ->'"
  t:trace('é', words)
  t.soft:trace "a -> "
  rule:release { "a -> b SYN", "a -> b SNY" }
  t.wire:reject("a -> b SNY", "rst")
  t.wire:reorder "a -> b SNY"
  t.wire:filter("a -> b SNY", fn)
end }
while true do end
]==])
    local run = session.netlab(("check %s %s"):format(path, good))
    t.equal(run.code, 3)
    local places = {}
    for place in run.out:gmatch "problems.lua:(%d+:%d+): " do
      places[#places + 1] = place
    end
    t.equal(places, { "6:13", "8:27", "13:12", "14:22", "15:40", "16:25", "17:26", "18:25" })
    t.match(run.out, '6:13: unknown control bit or protocol "SNY"; did you mean "SYN"?')
    t.match(run.out, "2 files, 10 expectations: 1 files with problems\n$")
  end)
end)

test("check refuses the rules of the wire that a run refuses", function(t)
  session.in_folder(function(folder)
    local path = folder .. "/rules.lua"
    session.write(path, [==[
experiment "rules" { run = function(t)
  t.wire:drop 'a -> b payload="x"'
  t.wire:delay("a:$p -> b", 1)
  t.wire:hold "a -x b"
  t.wire:rate("a -> b IP", "1M")
  t.wire:duplicate "a -> b len!=1..2"
  t.wire:corrupt "a -> b ts"
  t.wire:truncate("a -> b SYN", 60)
  net.left:cut "* -> * src=a ttl<9 seq=1"
  t:wait_packet 'a -> b payload="x" ts'
end }
]==])
    local run = session.netlab("check " .. path)
    t.equal(run.code, 3)
    local _, count = run.out:gsub("is not possible in a rule of the wire", "")
    t.equal(count, 6)
    for line, words in pairs { [2] = "the field payload", [3] = "the variable %$p", [4] = "%-x", [5] = "IP",
      [6] = "len!=1..2", [7] = "the field ts" } do
      t.match(run.out, ("rules.lua:%d:%%d+: %s[^\n]* is not possible"):format(line, words))
    end
    t.match(run.out, "1 files, 9 expectations: 1 files with problems\n$")
  end)
end)

test("check finds the syntax errors of Lua, and what is no script", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/syntax.lua", 'experiment "x" {\n')
    session.write(folder .. "/binary.lua", "\0\1\2")
    local run = session.netlab(("check %s missing.lua"):format(folder))
    t.equal(run.code, 3)
    t.match(run.out, "/syntax.lua:2: unexpected symbol near <eof>")
    t.match(run.out, "/binary.lua: this is a binary file")
    t.match(run.out, "missing.lua: No such file or directory")
  end)
  local run = session.netlab("check " .. good)
  t.equal({ run.code, run.out }, { 0, "1 files, 1 expectations: 0 files with problems\n" })
  run = session.netlab "check --quiet experiments"
  t.equal({ run.code, run.out }, { 0, "" })
end)

-- ---- the program itself ----

test("the program alone, in another folder, is enough", function(t)
  session.in_folder(function(folder)
    test.run(('cp "$NETLAB" %s/netlab && cp %s %s/'):format(folder, good, folder))
    local run = test.run(("cd %s && env -i ./netlab two.lua"):format(folder))
    t.equal(run.code, 0, run.out .. run.err)
    t.match(run.out, "2 passed, 0 failed")
  end)
end)

test("NETLAB_LUA names a folder with the library to use instead", function(t)
  session.in_folder(function(folder)
    test.run(("cp -r lua %s/"):format(folder))
    local cli = folder .. "/lua/netlab/cli.lua"
    session.write(cli, (session.text(cli):gsub('VERSION = "[^"]*"', 'VERSION = "from the folder"', 1)))
    local variable = ("NETLAB_LUA=%s/lua"):format(folder)
    t.equal(session.netlab("--version", variable).out, "netlab from the folder\n")
    t.equal(session.netlab(good, variable).code, 0)
  end)
end)
