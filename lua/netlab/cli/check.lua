-- check.lua: netlab check: the syntax of scripts and of the expectations in them, without running anything.
-- Expectations are the string literals behind t:trace, t:wait_packet and the orders to the wire.

local exits = require "netlab.cli.exits"
local form = require "netlab.expect.form"
local grammar = require "netlab.expect.grammar"
local lpeg = require "lpeg"
local plan = require "netlab.cli.plan"

local check = {}

local C, Cb, Cg, Cmt, Cp, Ct = lpeg.C, lpeg.Cb, lpeg.Cg, lpeg.Cmt, lpeg.Cp, lpeg.Ct
local P, R, S = lpeg.P, lpeg.R, lpeg.S

-- ---- the strings of a Lua script, with the method they are given to ----

local open = P "[" * Cg(P "=" ^ 0, "level") * P "["
local close = Cmt(P "]" * C(P "=" ^ 0) * P "]" * Cb "level", function(_, _, a, b) return a == b end)
local long = open * (1 - close) ^ 0 * close / 0
local function quoted(mark)
  return P(mark) * (P "\\" * P(1) + (1 - S(mark .. "\n\\"))) ^ 0 * mark
end
local literal = C(quoted '"' + quoted "'" + long)
local space = S " \t\r\n" ^ 0
local comment = P "--" * (long + (1 - P "\n") ^ 0)
local name = (R("az", "AZ") + "_") * (R("az", "AZ", "09") + "_") ^ 0

-- Nobody knows yet which hosts there will be.
local anybody = setmetatable({}, { __index = function() return { ip = "0.0.0.0" } end })

-- A rule of the wire: a packet form, of what a rule can compare.
local function rule(text, where)
  return form.terms(grammar.packet_form(text, where), { hosts = anybody })
end

local readers = {
  trace = grammar.parse, wait_packet = grammar.packet_form, drop = rule, delay = rule, hold = rule, cut = rule,
  duplicate = rule, corrupt = rule, truncate = rule, rate = rule, reject = rule, reorder = rule,
  filter = rule, receive = grammar.packet_form, release = grammar.packet_form,
}

-- A literal that is only a part of the text (joined, formatted) says nothing by itself.
local whole = Cp() * literal * -(space * (P ".." + ":"))
local forms = P "{" * space * whole * (space * "," * space * whole) ^ 0 -- rule:release { "form", "form" }
local call = Ct(P ":" * C(name) * space * P "(" ^ -1 * space * (whole + forms))
local script = Ct((comment + call + literal / 0 + name + 1) ^ 0)

-- Where a literal's text begins.
local function place_of(path, source, at, words)
  local before = source:sub(1, at - 1) .. (words:match "^%[=*%[\r?\n?" or words:sub(1, 1))
  local _, newlines = before:gsub("\n", "")
  local beside = before:match "[^\n]*$"
  return { source = path, line = newlines + 1, column = (utf8.len(beside) or #beside) + 1 }
end

-- Check one literal; returns the problem's text.
local function check_literal(path, source, found)
  local reader = readers[found[1]]
  local text = reader and load("return " .. found[3])
  if not text then
    return nil
  end
  local good, problem = pcall(reader, text(), place_of(path, source, found[2], found[3]))
  return not good and tostring(problem) or nil
end

---The problems of one script.
---@param path string for messages
---@param source string
---@return string[] problems
---@return integer expectations how many were looked at
function check.script(path, source)
  local problems, count = {}, 0
  local chunk, problem = load(source:gsub("^#[^\n]*", ""), "@" .. path, "t")
  if not chunk then
    return { problem }, 0
  end
  for _, found in ipairs(script:match(source)) do
    for i = 2, readers[found[1]] and #found or 0, 2 do
      count = count + 1
      problems[#problems + 1] = check_literal(path, source, { found[1], found[i], found[i + 1] })
    end
  end
  return problems, count
end

---Check files and say what is wrong with them.
---@param given table options; files and folders in its list
---@return integer status 0 all fine, 3 something is wrong
function check.run(given)
  local list, bad, expectations = plan.files(given), 0, 0
  for _, file in ipairs(list) do
    local problems, count = { ("%s: %s"):format(file.path, file.problem) }, 0
    if not file.problem then
      problems, count = check.script(file.path, file.text)
    end
    expectations = expectations + count
    bad = bad + (#problems > 0 and 1 or 0)
    for _, problem in ipairs(problems) do
      io.stdout:write(problem, "\n")
    end
  end
  if not given.quiet then
    io.stdout:write(("%d files, %d expectations: %d files with problems\n"):format(#list, expectations, bad))
  end
  return bad == 0 and 0 or exits.CANNOT
end

return check
