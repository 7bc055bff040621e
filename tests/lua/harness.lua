-- The harness of the Lua tests: local test = require "harness".
--
--   test("what is shown", function(t)
--     t.equal(actual, expected)
--     t.ok(value, "message")
--   end)
--
-- Each test runs at once, in the order of the file, and prints "ok N - name" or "not ok N - name" with the reason.
-- A check that does not hold stops its test. A file with an error, or with no test, counts as a failed test.

---@class harness
---@field netlab string  path of the program under test: the environment's NETLAB, or "./netlab"
local harness = { netlab = os.getenv "NETLAB" or "./netlab" }

---@class harness.t  the checks that a test gets
local t = {}

---@class harness.result  what a program left behind
---@field code integer  exit code; 128 + number when a signal ended it; 124 when the limit did
---@field out string    all of its standard output
---@field err string    all of its standard error

local counts = { passed = 0, failed = 0, skipped = 0 }

-- Values as text -----------------------------------------------------------------------------------------------------

local function key_order(a, b)
  if type(a) == type(b) and (type(a) == "number" or type(a) == "string") then return a < b end
  return type(a) < type(b)
end

local function sorted_keys(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, key_order)
  return keys
end

local function is_plain(value)
  local meta = getmetatable(value)
  return type(value) == "table" and not (type(meta) == "table" and rawget(meta, "__tostring"))
end

local function show(value, depth)
  if type(value) == "string" then return (string.format("%q", value):gsub("\\\n", "\\n")) end
  if not is_plain(value) then return tostring(value) end
  if depth > 4 then return "{...}" end
  local parts, length = {}, #value
  for index = 1, length do parts[index] = show(value[index], depth + 1) end
  for _, key in ipairs(sorted_keys(value)) do
    if not (math.type(key) == "integer" and key >= 1 and key <= length) then
      local name = type(key) == "string" and key or "[" .. show(key, depth + 1) .. "]"
      parts[#parts + 1] = name .. " = " .. show(value[key], depth + 1)
    end
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local function lines_of(text)
  local lines = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

-- Differences --------------------------------------------------------------------------------------------------------

-- Two lists of lines beside each other, the differing ones marked: "-" is expected, "+" is what came.
local function line_difference(actual, expected)
  local shown = {}
  for index = 1, math.max(#actual, #expected) do
    local is, want = actual[index], expected[index]
    if is == want then
      shown[#shown + 1] = "    " .. is
    else
      if want then shown[#shown + 1] = "  - " .. want end
      if is then shown[#shown + 1] = "  + " .. is end
    end
  end
  return table.concat(shown, "\n")
end

local difference

local function table_difference(actual, expected, path)
  for _, key in ipairs(sorted_keys(expected)) do
    local step = type(key) == "string" and "." .. key or "[" .. show(key, 0) .. "]"
    local found = difference(actual[key], expected[key], path .. step)
    if found then return found end
  end
  for _, key in ipairs(sorted_keys(actual)) do
    if expected[key] == nil then
      return string.format("%s[%s]: not expected: %s", path, show(key, 0), show(actual[key], 0))
    end
  end
end

-- Where two values first differ, as text; nil when they do not.
function difference(actual, expected, path)
  if actual == expected or (actual ~= actual and expected ~= expected) then return nil end
  if is_plain(actual) and is_plain(expected) then return table_difference(actual, expected, path) end
  if type(actual) == "string" and type(expected) == "string" and (actual .. expected):find "\n" then
    return path .. " differs (- expected, + actual)\n" .. line_difference(lines_of(actual), lines_of(expected))
  end
  return string.format("%s differs\n  expected %s\n  actual   %s", path, show(expected, 0), show(actual, 0))
end

-- Checks -------------------------------------------------------------------------------------------------------------

local Failure = { __tostring = function(self) return self.text end }

local function fail(text, message)
  local at = debug.getinfo(3, "Sl")
  local where = string.format("%s:%d: ", at.short_src, at.currentline)
  error(setmetatable({ text = where .. (message and message .. ": " or "") .. text }, Failure), 0)
end

-- A pattern of Lua, or a text that stands there literally.
local function matches(text, pattern)
  if text:find(pattern, 1, true) then return true end
  local valid, found = pcall(string.find, text, pattern)
  return valid and found ~= nil
end

---The value is neither nil nor false. Returns it.
function t.ok(value, message)
  if not value then fail("expected a true value, got " .. tostring(value), message) end
  return value
end

---Both are equal; tables are compared field by field, a value with __eq by that.
function t.equal(actual, expected, message)
  local found = difference(actual, expected, "value")
  if found then fail(found .. (is_plain(actual) and "\nall of it: " .. show(actual, 0) or ""), message) end
end

---The text contains a match of the Lua pattern, or the pattern itself literally.
---@param text string
---@param pattern string
function t.match(text, pattern, message)
  if type(text) ~= "string" then fail("expected a text, got " .. show(text, 0), message) end
  if not matches(text, pattern) then fail("no match for " .. show(pattern, 0) .. " in:\n" .. text, message) end
end

---The text contains neither a match of the pattern nor the pattern literally.
---@param text string
---@param pattern string
function t.lacks(text, pattern, message)
  if type(text) ~= "string" then fail("expected a text, got " .. show(text, 0), message) end
  if matches(text, pattern) then fail("a match for " .. show(pattern, 0) .. " in:\n" .. text, message) end
end

---Calling the function raises an error whose text matches the pattern (as in t.match). Returns the error.
---@param pattern string
---@param fn function
function t.raises(pattern, fn, ...)
  local fine, raised = pcall(fn, ...)
  if fine then fail("expected an error like " .. show(pattern, 0) .. ", none was raised") end
  local text = tostring(raised)
  if not matches(text, pattern) then fail("no match for " .. show(pattern, 0) .. " in the error:\n" .. text) end
  return raised
end

local function without_margin(text)
  local lines, margin = {}, math.huge
  for _, line in ipairs(lines_of(text)) do
    line = line:gsub("%s+$", "")
    if line ~= "" then margin = math.min(margin, #line:match "^ *") end
    lines[#lines + 1] = line
  end
  while lines[1] == "" do table.remove(lines, 1) end
  while lines[#lines] == "" do table.remove(lines) end
  for index, line in ipairs(lines) do lines[index] = line:sub(margin + 1) end
  return lines
end

---Both texts have the same lines. Blanks at a line's end, empty lines around the text and the margin that all lines
---share do not count, so that the expected text can be indented with the test.
---@param actual string
---@param expected string
function t.same_lines(actual, expected, message)
  if type(actual) ~= "string" then fail("expected a text, got " .. show(actual, 0), message) end
  local is, want = without_margin(actual), without_margin(expected)
  if table.concat(is, "\n") ~= table.concat(want, "\n") then
    fail("the lines differ (- expected, + actual)\n" .. line_difference(is, want), message)
  end
end

---Leave the test; it counts as skipped. Not for what must be there in CI.
---@param reason string
function t.skip(reason)
  error({ skip = reason }, 0)
end

-- Programs -----------------------------------------------------------------------------------------------------------

local function contents(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

---Run a command of the shell and wait for its end. It finds the program under test in "$NETLAB"; its input is empty.
---A limit (seconds, 60 when absent) that is reached ends the command and its process group.
---@param command string
---@param limit number?
---@return harness.result
function harness.run(command, limit)
  local out, err = os.tmpname(), os.tmpname()
  local _, kind, code = os.execute(string.format("NETLAB=%s timeout -k 5 %g sh -c %s >%s 2>%s </dev/null",
    quote(harness.netlab), limit or 60, quote(command), out, err))
  local result = { code = kind == "signal" and 128 + code or code, out = contents(out), err = contents(err) }
  os.remove(out)
  os.remove(err)
  return result
end

-- Running ------------------------------------------------------------------------------------------------------------

local function report(kind, name, reason)
  counts[kind] = counts[kind] + 1
  local number = counts.passed + counts.failed + counts.skipped
  local word = kind == "failed" and "not ok" or "ok"
  io.write(word, " ", number, " - ", name, kind == "skipped" and " # SKIP " .. reason or "", "\n")
  if kind == "failed" then io.write("#   ", (tostring(reason):gsub("\n", "\n#   ")), "\n") end
  io.flush()
end

-- Errors keep the place they come from; failures of checks and skips know theirs already.
local function handler(raised)
  if type(raised) == "table" and (getmetatable(raised) == Failure or raised.skip) then return raised end
  return debug.traceback(tostring(raised), 2)
end

local function run_test(_, name, fn)
  local fine, raised = xpcall(fn, handler, t)
  if fine then
    report("passed", name)
  elseif type(raised) == "table" and raised.skip then
    report("skipped", name, raised.skip)
  else
    report("failed", name, raised)
  end
end

local function run_file(path)
  local before = counts.passed + counts.failed + counts.skipped
  local chunk, problem = loadfile(path, "t")
  local fine, raised = chunk ~= nil, problem
  if chunk then fine, raised = xpcall(chunk, handler) end
  if not fine then
    report("failed", path, raised)
  elseif counts.passed + counts.failed + counts.skipped == before then
    report("failed", path, "the file has no test")
  end
end

---Run the files and print the plan. Called by the program luatest.
---@param ... string  paths
---@return boolean passed  no test failed
function harness.main(...)
  for _, path in ipairs { ... } do run_file(path) end
  io.write("1..", counts.passed + counts.failed + counts.skipped, "\n")
  return counts.failed == 0
end

return setmetatable(harness, { __call = run_test })
