-- The formats of results, points, what students see, and comparing: functions of the objects of NDJSON. Each format is
-- read by a parser that is not ours; texts are as hostile as a script can make them.

local cjson = require "cjson"
local documents = require "documents"
local test = require "harness"

local baseline = require "netlab.report.baseline"
local formats = require "netlab.report.formats"
local options = require "netlab.cli.options"
local plain = require "netlab.report.plain"
local points = require "netlab.report.points"
local reveal = require "netlab.report.reveal"

-- Everything that ends a string, a tag, a block or a line somewhere.
local hostile = "]]> <script>&amp;\"' \\ # \0\1\27[31m\r\n\t...\n---\n\n1..9\nBail out!\n::error::x\n\xff\xfe"
  .. " \xef\xbf\xbe \xc2\x85 \xe2\x80\xa8 %0A ```` | é → 😀"

local function run_of(fields)
  local run = {
    file = "labs/one.lua", line = 3, name = "a title", run = 1, case = {}, tags = {}, status = "PASS", seconds = 0.25,
    checks = {}, reasons = {}, idle_rules = {},
  }
  for name, value in pairs(fields) do
    run[name] = value
  end
  return run
end

local function failed(fields)
  local run = run_of {
    status = "FAIL", reasons = { { kind = "check", line = 7, message = "the message" } },
    report = "    labs/one.lua:7: the message\n      more", ladder = "the ladder", observed = "the picture",
    mermaid = "sequenceDiagram\n    the diagram", hint = "the hint",
  }
  for name, value in pairs(fields or {}) do
    run[name] = value
  end
  return run
end

-- The text of a format for these runs, and what it has for the summary of a step.
local function written(name, runs, about)
  local format = formats.by_name[name]
  local state, first = format.begin()
  local parts = { not format.whole and first or "" }
  for _, run in ipairs(runs) do
    parts[#parts + 1] = format.one(state, run, cjson.encode { name = plain.utf8(run.name) })
  end
  local last, summary = format.finish(state, about or { ending = "done", seconds = 1.5 })
  parts[#parts + 1] = last
  return table.concat(parts), summary
end

local function in_file(text, command)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  local result = test.run(command:format(path))
  os.remove(path)
  return result
end

local everything = {
  run_of {}, failed { name = hostile, reasons = { { kind = "check", line = 7, message = hostile } }, report = hostile,
    ladder = hostile, file = "labs/" .. hostile, points = 2.5, score = 0,
    parts = { { name = hostile, points = 2.5, state = "failed" } } },
  failed { name = "no time", status = "TIMEOUT" }, failed { name = "no lab", status = "ERROR" },
  run_of { name = "skipped", status = "SKIP", reasons = { { kind = "skip", message = "no # IPv6 \\" .. hostile } } },
  run_of { name = "again", run = 2, points = 1, score = 1 },
}

-- ---- texts ----

test("hostile texts become harmless, and others stay as they are", function(t)
  local words = "plain\ttext\nin lines, é → 😀"
  t.equal(plain.lines(words), words)
  t.equal(plain.lines "a\r\nb\rc\0\27\127", "a\nb\\x0dc\\x00\\x1b\\x7f")
  t.equal(plain.lines "\xff é", "\\xff \\xc3\\xa9")
  t.equal(plain.lines "\xc2\x85\xef\xbf\xbe\xe2\x80\xa8", "\\xc2\\x85\\xef\\xbf\\xbe\\xe2\\x80\\xa8")
  t.equal(plain.line " a\n b\r\n\v c ", "a b c")
end)

-- ---- JUnit ----

local function xpath(text, query)
  local result = in_file(text, ("xmllint --nonet --xpath '%s' %%s"):format(query))
  return (result.out:gsub("\n$", ""))
end

test("JUnit: well-formed, with counts, places and elements by status", function(t)
  local text = written("junit", everything)
  local lint = in_file(text, "xmllint --nonet --noout %s")
  t.equal({ lint.code, lint.err }, { 0, "" })
  for query, expected in pairs {
    ["string(/testsuites/@tests)"] = "6", ["string(/testsuites/@failures)"] = "2",
    ["string(/testsuites/@errors)"] = "1", ["string(/testsuites/@skipped)"] = "1",
    ["count(/testsuites/testsuite)"] = "2", ["string(//testsuite[1]/@tests)"] = "5",
    ["string(//testsuite[1]/@file)"] = "labs/one.lua", ["string(//testsuite[1]/testcase[1]/@name)"] = "a title",
    ["string(//testsuite[1]/testcase[1]/@classname)"] = "labs.one",
    ["string(//testsuite[1]/testcase[1]/@line)"] = "3", ["string(//testsuite[1]/testcase[1]/@time)"] = "0.250000",
    ["count(//testsuite[1]/testcase[1]/*)"] = "0",
    ['string(//testcase[@name="no time"]/failure/@type)'] = "TIMEOUT",
    ['string(//testcase[@name="no time"]/failure/@message)'] = "the message",
    ['string(//testcase[@name="no time"]/failure)'] = "labs/one.lua:7: the message\n  more",
    ['string(//testcase[@name="no time"]/system-out)'] = "the ladder",
    ['count(//testcase[@name="no lab"]/error)'] = "1", ['count(//testcase[@name="skipped"]/skipped)'] = "1",
    ['string(//testcase[@name="again (run 2)"]//property[@name="points"]/@value)'] = "1",
  } do
    t.equal(xpath(text, query), expected, query)
  end
  t.equal(xpath(text, "string(//testsuite[2]/testcase/system-out)") .. "\n", plain.lines(hostile) .. "\n")
  t.equal(xpath(text, "string(//testsuite[2]/testcase/@name)") .. "\n", plain.lines(hostile) .. "\n")
end)

-- ---- TAP ----

test("TAP: prove understands it, and counts what a reader would count", function(t)
  local text = written("tap13", everything)
  local result = in_file(text, "prove --exec cat %s")
  t.lacks(result.out .. result.err, "Parse errors")
  t.match(result.out, "Failed tests:  2%-4")
  t.match(result.out, "Failed 3/6 subtests")
  t.match(result.out, "1 skipped subtest")
  t.equal(result.code, 1)
  result = in_file(written("tap13", { run_of {}, run_of { status = "SKIP", reasons = {} } }), "prove --exec cat %s")
  t.equal(result.code, 0, result.out)
end)

test("TAP: version, plan, descriptions, YAML blocks, the end after an interruption", function(t)
  local text = written("tap", everything)
  t.match(text, "^TAP version 14\nok 1 %- a title\nnot ok 2 %- ")
  t.match(text, "\nok 5 %- skipped # SKIP no \\# IPv6 \\\\")
  t.match(text, "\nok 6 %- again %(run 2%)\n1..6\n$")
  t.match(text, '\nnot ok 3 %- no time\n  %-%-%-\n  status: TIMEOUT\n  message: "the message"\n  file: "labs/one.lua"\n'
    .. '  line: 7\n  details: |\n    labs/one.lua:7: the message\n      more\n  ladder: |\n    the ladder\n  %.%.%.\n')
  t.equal(text:find "[\r\0\27\xff]", nil)
  t.match(written("tap", {}, { ending = "interrupted" }), "1..0\nBail out! interrupted\n$")
  for line in text:gmatch "[^\n]+" do
    t.ok(line:find "^ok %d" or line:find "^not ok %d" or line:find "^  " or line:find "^TAP v" or line:find "^1%.%.6$",
      line)
  end
end)

-- ---- GitHub ----

test("GitHub: an annotation is one line, whatever stands in it", function(t)
  local text, summary = written("github", everything)
  local kinds = {}
  for line in text:gmatch "[^\n]+" do
    local kind, at, title = line:match "^::(%l+) file=[^:,]*,line=(%d+),title=([^:,]*)::."
    kinds[#kinds + 1] = t.ok(kind, line)
    t.ok(at and title)
  end
  t.equal(kinds, { "error", "error", "error", "notice" })
  t.match(text, "::error file=labs/one.lua,line=7,title=TIMEOUT%3A no time::labs/one.lua:7: the message%0A  more\n")
  t.match(summary, "^## netlab: 2 PASS, 1 FAIL, 1 ERROR, 1 TIMEOUT, 1 SKIP; 1 of 3.5 points\n")
  t.match(summary, "\n### TIMEOUT: no time\n\nlabs/one.lua:7: the message\n\n```text\nlabs/one.lua:7: the message")
  t.match(summary, "\n```mermaid\nsequenceDiagram\n    the diagram\n```\n\n```text\nthe ladder\n```\n")
  for _, words in ipairs { ("x"):rep(45000), "a\n```\n# b" } do
    local _, without = written("github", { failed { mermaid = words } })
    t.lacks(without, "mermaid")
  end
  t.lacks(summary:gsub("\n`````text\n.-\n`````\n", ""), "[^\\]<script>")
end)

test("GitHub: a summary stays below what GitHub takes", function(t)
  local runs = {}
  for i = 1, 40 do
    runs[i] = failed { name = "number " .. i, ladder = ("x"):rep(50000) }
  end
  local _, summary = written("github", runs)
  t.ok(#summary < 1024 * 1024, #summary)
  t.match(summary, "\n%d+ more did not pass; the summary is full.\n$")
end)

-- ---- Gradescope ----

local top_fields = {
  score = "number", execution_time = "number", output = "string", output_format = "string",
  test_output_format = "string", test_name_format = "string", visibility = "string", stdout_visibility = "string",
  extra_data = "table", tests = "table", leaderboard = "table",
}
local test_fields = {
  score = "number", max_score = "number", status = "string", name = "string", name_format = "string",
  number = "string", output = "string", output_format = "string", tags = "table", visibility = "string",
  extra_data = "table",
}
local visibilities = { hidden = true, after_due_date = true, after_published = true, visible = true }

-- As its documentation lists the fields.
local function check_gradescope(t, text)
  local found = cjson.decode(text)
  t.ok(utf8.len(text))
  for name, value in pairs(found) do
    t.equal(type(value), top_fields[name], name)
  end
  for _, one in ipairs(found.tests) do
    for name, value in pairs(one) do
      t.equal(type(value), test_fields[name], name)
    end
    t.ok(one.score and one.score <= one.max_score)
    t.ok(one.status == "passed" or one.status == "failed", one.status)
    t.ok(visibilities[one.visibility], one.visibility)
  end
  t.ok(found.score or found.tests[1], "a score on top, or on every test")
  return found
end

test("Gradescope: fields, points and texts", function(t)
  local found = check_gradescope(t, (written("gradescope", everything)))
  t.equal(#found.tests, 6)
  t.equal({ found.tests[2].score, found.tests[2].max_score, found.tests[2].status }, { 0, 2.5, "failed" })
  t.equal(found.tests[2].output, "0 of 2.5  " .. plain.lines(hostile) .. "\n\n" .. plain.lines(hostile) .. "\n\n"
    .. plain.lines(hostile))
  t.equal({ found.tests[6].score, found.tests[6].status, found.tests[6].output }, { 1, "passed", "" })
  t.equal(found.execution_time, 2)
  t.equal(found.stdout_visibility, "hidden")
end)

test("Gradescope: of several runs the one that earned least; hidden ones are in no total that students see", function(t)
  local found = check_gradescope(t, (written("gradescope", {
    run_of { points = 3, score = 3 }, failed { points = 3, score = 1, run = 2 },
    run_of { points = 3, score = 3, run = 3 },
    run_of { name = "other", points = 4, score = 4, visibility = "hidden" },
    run_of { name = "third", file = "two.lua", points = 1, score = 1 },
  })))
  t.equal(#found.tests, 3)
  t.equal({ found.tests[1].score, found.tests[2].visibility }, { 1, "hidden" })
  t.equal(found.output, "1 of 3 points  labs/one.lua\n1 of 1 points  two.lua\n2 of 4 points\n"
    .. "Some tests are not shown yet.")
  t.equal(found.extra_data.files[1], { file = "labs/one.lua", score = 5, points = 7 })
end)

test("Gradescope: what stands in the file until the end is valid and worth nothing", function(t)
  local _, text = formats.by_name.gradescope.begin()
  local found = check_gradescope(t, text)
  t.equal({ found.score, #found.tests }, { 0, 0 })
  t.match(found.output, "did not come to their end")
  found = check_gradescope(t, (written("gradescope", {})))
  t.equal({ found.score, found.output }, { 0, "No test was run." })
  found = check_gradescope(t, (written("gradescope", { run_of {} }, { ending = "interrupted" })))
  t.match(found.output, "Not all tests were run: interrupted")
end)

-- ---- NDJSON ----

test("NDJSON: the lines as they are, and a total for each file with points", function(t)
  local text = written("json", { run_of {}, run_of { name = "b", points = 2, score = 1 },
    run_of { name = "b", points = 2, score = 0.5, run = 2 }, run_of { file = "two.lua", points = 1, score = 1 } })
  local lines = {}
  for line in text:gmatch "[^\n]+" do
    lines[#lines + 1] = cjson.decode(line)
  end
  t.equal(#lines, 6)
  t.equal(lines[5], { total = "labs/one.lua", score = 0.5, points = 2, experiments = 1 })
  t.equal(lines[6], { total = "two.lua", score = 1, points = 1, experiments = 1 })
  t.equal(written("json", { run_of {} }), '{"name":"a title"}\n')
end)

-- ---- what a student sees ----

local secrets = { "the message", "more", "the ladder", "labs/one.lua:7", "the diagram" }

local levels = { -- reveal, visibility, what stands in a report that knows no dates, what does not
  { nil, nil, { "the message", "the ladder" }, { "the picture" } },
  { "full", "visible", { "the message", "the ladder" }, { "the picture" } },
  { "observed", nil, { "the hint", "the picture" }, { table.unpack(secrets, 1, 4) } },
  { "hint", nil, { "the hint" }, { "the picture", table.unpack(secrets) } },
  { "nothing", nil, { "failed" }, { "the hint", "the picture", "of 2  a part", table.unpack(secrets) } },
  { "unheard", nil, { "failed" }, { "the hint", "the picture", table.unpack(secrets) } },
  { "full", "hidden", { "failed" }, { "the hint", "the picture", "of 2  a part", table.unpack(secrets) } },
  { nil, "after_due_date", { "failed" }, { "the hint", "the picture", table.unpack(secrets) } },
}

for _, row in ipairs(levels) do
  test(("reveal = %s, visibility = %s: no format says more"):format(row[1], row[2]), function(t)
    local run = failed {
      reveal = row[1], visibility = row[2], points = 2, score = 0,
      parts = { { name = "a part", points = 2, state = "failed" } },
    }
    for _, name in ipairs { "junit", "tap", "github" } do
      local text, summary = written(name, { run })
      text = text .. (summary or "")
      for _, words in ipairs(row[3]) do
        t.match(text, words, name)
      end
      for _, words in ipairs(row[4]) do
        t.lacks(text, words, name)
      end
    end
    if not row[2] or row[2] == "visible" then
      local text = written("gradescope", { run })
      for _, words in ipairs(row[4]) do
        t.lacks(text:gsub("\\/", "/"), words, "gradescope")
      end
    end
  end)
end

test("Gradescope obeys the visibility itself, so that the text follows `reveal`", function(t)
  local text = written("gradescope", { failed { visibility = "after_due_date" } })
  t.match(text, "the message")
  t.match(text, '"visibility":"after_due_date"')
end)

test("why a run was skipped is no secret; what passed says nothing", function(t)
  local skipped = run_of { status = "SKIP", reveal = "nothing", reasons = { { kind = "skip", message = "no IPv6" } } }
  t.equal(reveal.of(skipped).message, "no IPv6")
  t.equal(reveal.of(run_of {}), { message = "passed", line = 3 })
end)

-- ---- points ----

test("what is earned, by status", function(t)
  local parts = {
    { points = 2, state = "passed" }, { points = 3, state = "failed" }, { points = 4, state = "not reached" },
  }
  for status, sum in pairs { PASS = 9, FAIL = 2, TIMEOUT = 2, ERROR = 0, SKIP = 0 } do
    t.equal(points.earned(9, status, parts), sum, status)
  end
  t.equal({ points.earned(5, "PASS", {}), points.earned(5, "FAIL", {}) }, { 5, 0 })
  t.equal({ points.text(5), points.text(2.50), points.text(0.1 + 0.2), points.text(100), points.text(0) },
    { "5", "2.5", "0.3", "100", "0" })
end)

local recorded = { -- records (kind, number, value), state of the part "p"
  { {}, "not reached" },
  { { { "part", 1 }, { "part end", 3, 1 }, { "check", 2, true } }, "passed" },
  { { { "part", 1 }, { "part end", 3, 1 }, { "check", 4, true } }, "unchecked" },
  { { { "part", 2 }, { "part end", 3, 1 }, { "check", 1, true } }, "unchecked" },
  { { { "part", 1 }, { "part end", 4, 1 }, { "check", 2, true }, { "check", 3, false } }, "failed" },
  { { { "part", 1 }, { "part end", 4, 0 }, { "check", 2, true } }, "failed" },
  { { { "part", 1 }, { "check", 2, true } }, "failed" },
  { { { "part", 1 }, { "part end", 3, 1 }, { "check", 2, true }, { "part", 4 }, { "check", 5, true } }, "failed" },
}

for i, row in ipairs(recorded) do
  test(("the recording of a part, %d: %s"):format(i, row[2]), function(t)
    local slots, checks = {}, {}
    for _, one in ipairs(row[1]) do
      if one[1] == "check" then
        checks[#checks + 1] = { slot = one[2], passed = one[3] }
      else
        slots[#slots + 1] = { name = one[1], text = "p", index = one[2], result = one[3], pid = 2, line = 9 }
      end
    end
    local parts = points.parts({ { name = "p", points = 1 } }, { slots = function() return slots end }, checks)
    t.equal(parts[1].state, row[2])
  end)
end

-- ---- comparing ----

test("what has changed since earlier results", function(t)
  local before = {
    run_of { name = "same" }, run_of { name = "breaks" }, failed { name = "mended" }, failed { name = "still" },
    run_of { name = "slow", seconds = 0.4 }, run_of { name = "twice, but little", seconds = 0.01 },
    run_of { name = "gone" }, run_of { name = "now skipped" }, run_of { name = "flaky" },
    run_of { name = "late", status = "SKIP" }, run_of { name = "a bit slower", seconds = 2 },
  }
  local now = {
    run_of { name = "same", file = "./labs/one.lua" }, failed { name = "breaks", status = "TIMEOUT" },
    run_of { name = "mended" }, failed { name = "still", status = "ERROR" }, run_of { name = "slow", seconds = 0.8 },
    run_of { name = "twice, but little", seconds = 0.02 }, run_of { name = "now skipped", status = "SKIP" },
    run_of { name = "flaky" }, failed { name = "flaky", run = 2 }, failed { name = "late" }, run_of { name = "new" },
    failed { name = "new and bad" }, run_of { name = "a bit slower", seconds = 2.9 },
  }
  local kinds = {}
  local changes = baseline.compare(before, now, true)
  for _, change in ipairs(changes) do
    kinds[change.name] = change.kind
  end
  t.equal(kinds, {
    breaks = "fails", mended = "passes", still = "still fails", slow = "slower", gone = "missing",
    ["now skipped"] = "skipped", flaky = "fails", late = "fails", new = "new", ["new and bad"] = "fails",
  })
  t.equal(#baseline.compare(before, {}, false), 0, "what was not asked for is not missing")
  t.same_lines(baseline.text(changes, "old"), [[
    compared with old:
      newly failing  breaks  (TIMEOUT, was PASS)  labs/one.lua
      newly failing  flaky  (FAIL, was PASS)  labs/one.lua
      newly failing  late  (FAIL, was SKIP)  labs/one.lua
      newly failing  new and bad  (FAIL, was not there)  labs/one.lua
      still failing  still  (ERROR, was FAIL)  labs/one.lua
      newly passing  mended  (was FAIL)  labs/one.lua
      skipped now    now skipped  (was PASS)  labs/one.lua
      slower         slow  (0.800 s, was 0.400 s: 2.0 times)  labs/one.lua
      missing        gone  (was PASS)  labs/one.lua
      new            new  (PASS)  labs/one.lua
  ]])
  t.equal(baseline.text({}, "old"), "compared with old: nothing has changed")
end)

-- ---- docs/results.md ----

test("docs/results.md has the formats, the levels and the changes", function(t)
  local text = documents.read "docs/results.md"
  local function listed(name)
    return documents.first(documents.rows(text, name))
  end
  t.equal(listed "formats", formats.names)
  for _, name in ipairs(formats.names) do
    t.ok(formats.by_name[name], name)
    t.equal(options.read({ "--format", name .. "=x" }, "run").format, { { name = name, path = "x" } })
  end
  local quoted = {}
  for i, name in ipairs(require "netlab.lab.experiment".reveals) do quoted[i] = ('"%s"'):format(name) end
  t.equal(listed "reveal", quoted)
  t.equal(listed "changes",
    { "newly failing", "still failing", "newly passing", "skipped now", "slower", "missing", "new" })
end)

test("--format: a name that is known, and a file", function(t)
  local list = options.read({ "--format", "junit=a", "--format=tap=b=c" }, "run").format
  t.equal(list, { { name = "junit", path = "a" }, { name = "tap", path = "b=c" } })
  for _, words in ipairs { "junit", "junit=", "html=x", "=x" } do
    local given, problem = options.read({ "--format", words }, "run")
    t.equal(given, nil)
    t.match(problem, "option --format needs one of json, junit, tap, tap13, github, gradescope, = and a file, not ")
  end
  t.equal({ options.read({ "--tap", "x.lua" }, "run").tap, options.read({ "--tap=f" }, "run").tap }, { "-", "f" })
end)
