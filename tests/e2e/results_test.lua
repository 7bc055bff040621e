-- Results for other programs: the files that the options name, points, cheating, comparing, netlab results.
local cjson = require "cjson"
local test = require "harness"
local session = require "session"

local good = session.fixtures .. "good/two.lua"
local failing = session.fixtures .. "failing.lua"
local graded = session.fixtures .. "points.lua"
local cheats = session.fixtures .. "cheats.lua"

local function objects(text)
  local list, by_name = {}, {}
  for line in text:gmatch "[^\n]+" do
    local object = cjson.decode(line)
    list[#list + 1] = object
    by_name[object.name or object.total] = object
  end
  return by_name, list
end

-- ---- points ----

local run = session.in_folder(function(folder)
  local run = session.netlab(("%s --json %s/out.ndjson --gradescope %s/results.json"):format(graded, folder, folder))
  run.objects, run.list = objects(session.text(folder .. "/out.ndjson"))
  run.gradescope = cjson.decode(session.text(folder .. "/results.json"))
  return run
end)

local earned = { -- name, status, score, points, states of the parts
  { "all of it", "PASS", 5, 5, nil },
  { "nothing of it", "FAIL", 0, 4, nil },
  { "parts, soft", "FAIL", 2.5, 5.5, { "passed", "failed", "passed" } },
  { "parts, hard", "FAIL", 2, 6, { "passed", "failed", "not reached" } },
  { "parts, too late", "TIMEOUT", 2, 5, { "passed", "failed" } },
  { "a part in an actor", "FAIL", 2, 5, { "passed", "failed" } },
  { "an error in a soft part", "ERROR", 0, 2, { "failed" } },
  { "skipped", "SKIP", 0, 1, nil },
  { "observed", "FAIL", 0, 1, nil },
  { "misuse", "PASS", 2, 2, { "passed", "passed" } },
}

for i, row in ipairs(earned) do
  test("points: " .. row[1], function(t)
    local one = run.objects[row[1]]
    t.equal({ one.status, one.score, one.points }, { row[2], row[3], row[4] }, run.named[row[1]].text)
    local states = {}
    for number, part in ipairs(one.parts or {}) do
      states[number] = part.state
    end
    t.equal(states, row[5] or {})
    t.match(run.named[row[1]].line, ("  %g of %g points$"):format(row[3], row[4]))
    local shown = run.gradescope.tests[i]
    t.equal({ shown.name, shown.score, shown.max_score }, { row[1], row[3], row[4] })
    t.equal(shown.status, row[2] == "PASS" and "passed" or "failed")
  end)
end

test("points: totals", function(t)
  t.match(run.summary, "; 15.5 of 36.5 points$")
  t.equal(run.list[11], { total = graded, score = 15.5, points = 36.5, experiments = 10 })
  t.equal(#run.list, 11)
  t.equal(run.gradescope.output, ("15.5 of 35.5 points  %s\nSome tests are not shown yet."):format(graded))
  t.equal(run.gradescope.extra_data.files, { { file = graded, score = 15.5, points = 36.5 } })
  local several = session.netlab(("%s %s --filter all"):format(graded, cheats))
  t.match(several.out, ("\npoints   5 of 5  %s\n         0 of 10  %s\n"):format(graded, cheats))
  t.lacks(session.netlab(good).summary, "points")
end)

test("points: of several runs the one that earned least counts", function(t)
  local repeated = session.netlab(graded .. " --filter hard --repeat 2")
  t.match(repeated.named["parts, hard"].line, "  0 of 2 runs passed  2 of 6 points$")
  t.match(repeated.summary, "; 2 of 6 points$")
end)

test("an error in a soft part keeps its place", function(t)
  t.equal(run.objects["an error in a soft part"].reasons[1].line, 57)
  t.match(run.named["an error in a soft part"].text, "points.lua:57: oh dear")
end)

test("what a student sees in the report, and the teacher with -v and in NDJSON", function(t)
  local hint, observed = run.named["nothing of it"].text, run.named.observed.text
  t.match(hint, "\n    look at the RST$")
  t.lacks(hint, "secret")
  t.match(observed, "\n    failed$") -- it is not visible yet
  t.match(run.objects["nothing of it"].reasons[1].message, "secret wanted")
  t.match(run.objects["nothing of it"].report, "secret wanted")
  t.match(run.objects.observed.ladder, "expected ETIMEDOUT")
  t.match(run.objects.observed.observed, "RST,ACK")
  t.lacks(run.objects.observed.observed, "ETIMEDOUT")
  t.match(run.objects.observed.mermaid, "^sequenceDiagram\n.*RST")
  t.lacks(run.objects.observed.mermaid, "ETIMEDOUT")
  local shown = {}
  for _, one in ipairs(run.gradescope.tests) do
    shown[one.name] = one
  end
  t.equal(shown["nothing of it"].output, "look at the RST")
  t.match(shown.observed.output, "^who listens%?\n\n.*RST,ACK")
  t.lacks(shown.observed.output, "ETIMEDOUT")
  t.equal(shown.observed.visibility, "after_due_date")
  local verbose = session.netlab(graded .. " -v --filter of")
  t.match(verbose.named["nothing of it"].text, "secret wanted")
end)

local refused = {
  { "points = 0", "field 'points' of experiment 'x' must be a number above 0, or a list of parts" },
  { "points = -1", "must be a number above 0" }, { "points = 0/0", "must be a number above 0" },
  { "points = 1e300", "must be a number above 0" }, { "points = {}", "must be a number above 0" },
  { "points = 'five'", "must be a number above 0" }, { "points = { { 'one', 1 } }", "must be a number above 0" },
  { "points = { { 1, 'one' }, { 1, 'one' } }", "each name once" },
  { "points = { { 1, 'o\\ne' } }", "must be a number above 0" },
  { "visibility = 'later'", 'must be "visible", "hidden", "after_due_date" or "after_published"' },
  { "reveal = 'all'", 'must be "full", "observed", "hint" or "nothing"' },
  { "reveal = 'hint'", "experiment 'x' reveals a hint, but has none" },
  { "hint = ''", "field 'hint' of experiment 'x' must be a text" },
}

session.refused(refused)

test("refused: a part that nothing declares; a title that forges a line", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/x.lua", "experiment 'x' { points = 1, run = function(t) t:part('one', print) end }")
    t.match(session.netlab(folder .. "/x.lua").out, "the experiment declares no parts: points = {")
    session.write(folder .. "/y.lua", "experiment 'x\\nPASS     y  0.1 s' { run = function(t) t:ok(true) end }")
    t.match(session.netlab(folder .. "/y.lua").out, "has a control character: a title is one line")
  end)
end)

-- ---- cheating ----

local cheated = session.netlab(cheats .. " --json - 2>/dev/null")

for name, status in pairs {
  ["exits early"] = "ERROR", ["is killed before its end"] = "ERROR", ["prints what looks like results"] = "FAIL",
  ["replaces the checks"] = "ERROR", ["replaces the checks of a part"] = "ERROR", ["replaces the part"] = "ERROR",
  ["returns early"] = "ERROR", ["hides after all a failed check"] = "FAIL", ["hides a failed check of a part"] = "FAIL",
} do
  test("cheating: a script that " .. name .. " earns nothing", function(t)
    local one = objects(cheated.out)[name]
    t.equal({ one.status, one.score, one.points }, { status, 0, 10 }, one.report)
  end)
end

test("cheating: forged lines are in no format, and GitHub does not read them as commands", function(t)
  session.in_folder(function(folder)
    local forged = session.netlab(("%s --filter prints --github --format tap13=%s/tap --junit %s/xml"):format(cheats,
      folder, folder), ("GITHUB_STEP_SUMMARY=%s/summary.md"):format(folder))
    t.equal(forged.code, 1)
    local token, between, behind = forged.out:match "^::stop%-commands::(%x+)\n(.*)\n::(%x+)::\n"
    t.equal(behind, token)
    t.equal(#token, 32)
    t.match(between, "\n0 passed, 1 failed in [^\n]*; 0 of 10 points$")
    t.match(between, "\n +::error::forged\n")
    t.lacks(forged.out:match("::" .. token .. "::\n(.*)$"), "\n *::error::forged")
    t.equal(select(2, forged.out:gsub("::error file=", "")), 1)
    t.match(forged.out, "::error file=tests/e2e/fixtures/cheats.lua,line=30,title=FAIL%3A prints what looks like ")
    local proved = test.run(("prove --exec cat %s/tap"):format(folder))
    t.match(proved.out, "Failed 1/1 subtests")
    t.equal(test.run(("xmllint --noout %s/xml"):format(folder)).code, 0)
    t.match(session.text(folder .. "/summary.md"), "^## netlab: 1 FAIL; 0 of 10 points\n")
  end)
end)

-- ---- the files ----

test("several formats at once, and what they say agrees", function(t)
  session.in_folder(function(folder)
    local options = ("--json @/a --junit @/b --tap=@/c --format tap13=@/d --gradescope @/e --format github=@/f "
      .. "--format junit=@/g"):gsub("@", folder)
    local all = session.netlab(("%s %s %s"):format(good, failing, options), "GITHUB_STEP_SUMMARY=")
    t.equal({ all.code, all.err }, { 1, "" })
    t.equal(#all.parts, 18)
    local counts = test.run(("xmllint --xpath 'concat(/*/@tests,\" \",/*/@failures,\" \",/*/@errors)' %s/b")
      :format(folder)).out
    t.equal(counts, "18 16 0\n")
    t.match(test.run(("prove --exec cat %s/d"):format(folder)).out, "Failed 16/18 subtests")
    t.equal(session.text(folder .. "/c"):gsub("^TAP version 14", ""), (session.text(folder .. "/d")
      :gsub("^TAP version 13", "")))
    t.equal(#cjson.decode(session.text(folder .. "/e")).tests, 18)
    t.equal(select(2, session.text(folder .. "/f"):gsub("::error ", "")), 16)
    t.equal(session.text(folder .. "/b"), session.text(folder .. "/g"))
    local _, list = objects(session.text(folder .. "/a"))
    t.equal(#list, 18)
    t.equal({ list[1].report, list[1].ladder }, {})
    t.match(list[4].report, "t:ok: expected success")
    t.match(list[4].ladder, "connect")
  end)
end)

test("TAP on the standard output: prove runs scripts", function(t)
  local tap = session.netlab(good .. " --tap")
  t.equal({ tap.code, tap.out }, { 0, "TAP version 14\nok 1 - the first of two\nok 2 - the second of two\n1..2\n" })
  t.match(tap.err, "2 passed, 0 failed")
  local proved = test.run(([[prove --exec "$NETLAB --format tap13=-" %s %s 2>/dev/null]]):format(good, failing))
  t.match(proved.out, "good/two.lua %.+ ok\n")
  t.match(proved.out, "Failed 16/16 subtests")
end)

test("what cannot be written", function(t)
  local none = session.netlab(good .. " --junit /no/such/folder/file")
  t.equal({ none.code, #none.parts }, { 2, 0 })
  t.match(none.err, "/no/such/folder/file: No such file or directory")
  local two = session.netlab(good .. " --junit - --tap")
  t.equal({ two.code, #two.parts }, { 2, 0 })
  t.match(two.err, "only one result can go to the standard output")
  for _, option in ipairs { "--junit", "--json", "--gradescope" } do
    local full = session.netlab(("%s %s /dev/full"):format(good, option))
    t.equal({ full.code, #full.parts }, { 3, 2 }, option)
    t.match(full.err, "cannot write /dev/full: No space left on device")
  end
end)

test("files are there when nothing is run", function(t)
  session.in_folder(function(folder)
    local options = ("--gradescope @/results.json --tap=@/tap --junit @/xml"):gsub("@", folder)
    local none = session.netlab(("%s --filter zzz %s"):format(good, options))
    t.equal(none.code, 4)
    local left = cjson.decode(session.text(folder .. "/results.json"))
    t.equal({ left.score, #left.tests }, { 0, 0 })
    t.match(left.output, "Not all tests were run: nothing to run.")
    t.equal(session.text(folder .. "/tap"), "TAP version 14\n1..0\n")
    t.equal(test.run(("xmllint --xpath 'string(/testsuites/@tests)' %s/xml"):format(folder)).out, "0\n")
    t.equal(session.netlab(("list %s --junit %s/none"):format(good, folder)).code, 0)
    t.equal(session.text(folder .. "/none"), nil)
  end)
end)

test("a run that is killed leaves a file for Gradescope that is worth nothing", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/long.lua", [[
      experiment "first" { points = 1, run = function(t) t:ok(true) end }
      experiment "long" { points = 1, run = function(t) t:ok(t:sleep(600)) end }
    ]])
    session.shell(folder, ([[
      "$NETLAB" %s/long.lua --gradescope %s/results.json --json %s/lines & runner=$!
      until [ -s %s/lines ]; do sleep 0.01; done
      kill -9 $runner
    ]]):format(folder, folder, folder, folder))
    local left = cjson.decode(session.text(folder .. "/results.json"))
    t.equal({ left.score, #left.tests }, { 0, 0 })
    t.match(left.output, "did not come to their end")
    session.shell(folder, ([[
      "$NETLAB" %s/long.lua --gradescope %s/results.json --json %s/more & runner=$!
      until [ -s %s/more ]; do sleep 0.01; done
      kill -INT $runner
      wait $runner
    ]]):format(folder, folder, folder, folder))
    left = cjson.decode(session.text(folder .. "/results.json"))
    t.match(left.output, "1 of 1 points.*\nNot all tests were run: interrupted%.")
    t.equal(left.tests[1].score, 1)
  end)
end)

-- ---- comparing ----

local script = [[
  experiment "one" { run = function(t) t:ok(%s) end }
  experiment "two" { run = function(t) t:ok(%s) end }
]]

test("--baseline: only what newly fails counts", function(t)
  session.in_folder(function(folder)
    local path, old = folder .. "/x.lua", folder .. "/old.ndjson"
    local function compared(one, two, options)
      session.write(path, script:format(one, two))
      return session.netlab(("%s --baseline %s %s"):format(path, old, options or ""))
    end
    session.write(path, script:format("true", "false"))
    t.equal(session.netlab(("%s --json %s"):format(path, old)).code, 1)
    local same = compared("true", "false")
    t.equal(same.code, 0)
    t.match(same.out, "\n  still failing  two  %(FAIL%)  /[^\n]*/x.lua\n1 passed, 1 failed in ")
    local worse = compared("false", "false")
    t.equal(worse.code, 1)
    t.match(worse.out, "\ncompared with [^\n]*old.ndjson:\n  newly failing  one  %(FAIL, was PASS%)  /")
    local broken = compared("nothing", "false")
    t.equal(broken.code, 3)
    t.match(broken.out, "\n  newly failing  one  %(ERROR, was PASS%)")
    local better = compared("true", "true")
    t.equal(better.code, 0)
    t.match(better.out, "\n  newly passing  two  %(was FAIL%)  /")
    t.lacks(compared("true", "true", "--filter one").out, "missing")
    session.write(path, 'experiment "three" { run = function(t) t:ok(true) end }')
    local other = session.netlab(("%s --baseline %s"):format(path, old))
    t.match(other.out, "\n  missing        one  %(was PASS%)  .*\n  missing        two  %(was FAIL%)  .*\n  new  ")
    t.equal(other.code, 0)
  end)
end)

test("--baseline: a slow experiment that is left out is not missing", function(t)
  session.in_folder(function(folder)
    local path, old = folder .. "/x.lua", folder .. "/old.ndjson"
    session.write(path, [[
      experiment "one" { run = function(t) t:ok(true) end }
      experiment "two" { slow = true, run = function(t) t:ok(true) end }
    ]])
    t.equal(session.netlab(("%s --slow --json %s"):format(path, old)).code, 0)
    t.match(session.netlab(("%s --baseline %s"):format(path, old)).out, "old.ndjson: nothing has changed\n")
  end)
end)

test("--baseline: a file that is none", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/lines",
      '{"file":"a","name":"b","status":"PASS","seconds":1,"reasons":[]}\n{"file":"a"}\n')
    local run_with = '{"file":"a","name":"b","status":"PASS","seconds":1,"reasons":[],%s}\n'
    session.write(folder .. "/points", run_with:format '"points":5')
    session.write(folder .. "/null", run_with:format '"hint":null')
    session.write(folder .. "/parts", run_with:format '"parts":[1]')
    session.write(folder .. "/list", "[1]\n")
    for path, words in pairs { ["/no/such"] = "/no/such: No such file or directory", [good] = "two.lua:1: this is no "
      .. "result of a run, as --json writes it: ", [folder .. "/lines"] = "/lines:2: this is no result of a run",
      [folder .. "/points"] = "/points:1: this is no result", [folder .. "/null"] = "/null:1: this is no result",
      [folder .. "/parts"] = "/parts:1: this is no result", [folder .. "/list"] = "/list:1: this is no result" } do
      local none = session.netlab(("%s --baseline %s"):format(good, path))
      t.equal({ none.code, #none.parts }, { 2, 0 })
      t.match(none.err, words)
    end
  end)
end)

-- ---- netlab results ----

test("netlab results: the same files as the run itself, totals, and the exit code", function(t)
  session.in_folder(function(folder)
    local options = "--json @/a --junit @/b --tap=@/c --format github=@/d"
    local first = session.netlab(("%s %s %s"):format(good, graded, options:gsub("@", folder)), "GITHUB_STEP_SUMMARY=")
    t.equal(first.code, 3)
    local again = session.netlab(("results %s/a %s"):format(folder, options:gsub("@/(%l)", function(name)
      return ("%s/%s"):format(folder, name:upper())
    end)), "GITHUB_STEP_SUMMARY=")
    t.equal({ again.code, again.err }, { 3, "" })
    t.equal(#again.parts, 12)
    t.match(again.summary, "^4 passed, 5 failed, 1 error, 1 timed out, 1 skipped in .*; 15.5 of 36.5 points$")
    for _, name in ipairs { "a", "b", "c", "d" } do
      t.equal(session.text(folder .. "/" .. name:upper()), session.text(folder .. "/" .. name), name)
    end
    local two = session.netlab(("results %s/a %s/a --baseline %s/a --quiet"):format(folder, folder, folder))
    t.equal(two.code, 0, "nothing newly fails")
    t.match(two.out, "\n  still failing  parts, hard")
  end)
end)

test("netlab results: words that make no sense", function(t)
  t.equal(session.netlab("results").code, 2)
  t.match(session.netlab("results").err, "which results%? netlab results FILE")
  t.equal(session.netlab("results /no/such").code, 3)
  t.equal(session.netlab("results " .. good).code, 3)
end)

-- ---- docs/results.md ----

test("docs/results.md has every field of NDJSON, and no other", function(t)
  local document = session.text "docs/results.md":match "<!%-%- ndjson %-%->\n(.-)\n\n"
  local documented, known = {}, {}
  for cell in document:gmatch "\n(|[^|]*|)" do
    for name in cell:gmatch "`([%l_]+)`" do
      documented[name] = true
    end
  end
  local source = session.text "lua/netlab/report/json.lua"
  for name in (source:match "\nlocal function grading.-\nend" .. source:match "\nfunction json.line.-\nend")
    :gmatch '{ "([%l_]+)"' do
    known[name] = true
  end
  t.equal(documented, known)
end)
