-- tokens.lua: the words of the expectation language as LPeg patterns: numbers, durations, strings, addresses,
-- endpoints. Every pattern is matched with the text's netlab.expect.Where as its first extra argument. A
-- pattern that cannot match where nothing else may stand raises a problem (must).

local lpeg = require "lpeg"
local address = require "netlab.expect.address"
local problem = require "netlab.expect.problem"

local P, S, R, C, Cc, Cg, Cp, Ct = lpeg.P, lpeg.S, lpeg.R, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cp, lpeg.Ct
local Cmt, Carg = lpeg.Cmt, lpeg.Carg

local tokens = {}

tokens.space = S " \t\r" ^ 0
local digit, alpha = R "09", R("az", "AZ") + P "_"
local alnum = alpha + digit

-- Where a value ends.
local boundary = -1 + #S " \t\r\n}#"

---What stands at a place, for "found ...".
---@param text string
---@param at integer
---@return string
function tokens.found(text, at)
  local word = text:match("^[^%s]+", at)
  if word then
    return ("found %q"):format(word)
  end
  return text:match("^[ \t\r]*\n", at) and "found the end of the line" or "found the end of the text"
end

local function missing(text, at, where, expected)
  local start = text:match("^[ \t]*()", at)
  if not text:match("^[^\r\n]", start) then
    start = at
  end
  problem.raise(where, start, ("expected %s, %s"):format(expected, tokens.found(text, start)), expected)
end

---A pattern that has to match: else a problem that says what was expected.
---@param pattern any LPeg pattern
---@param expected string
---@return any
function tokens.must(pattern, expected)
  -- P(1) is never reached: with it LPeg knows that there is no empty match.
  return pattern + Cmt(Carg(1) * Cc(expected), missing) * P(1)
end
local must = tokens.must

---A check of what a pattern captured: check(where, at, ...) returns the value to capture; it may raise a
---problem.
---@param pattern any LPeg pattern
---@param check fun(where: netlab.expect.Where, at: integer, ...): any
---@return any
function tokens.checked(pattern, check)
  return Cmt(Cp() * Carg(1) * pattern, function(_, _, at, where, ...)
    return true, check(where, at, ...)
  end)
end
local checked = tokens.checked

---A word of the language, not part of a longer name.
---@param word string
---@return any
function tokens.keyword(word)
  return P(word) * -(alnum + S ":-_")
end

-- A name: letters, digits, "_", and "-" between them.
tokens.name = C(alpha * (alnum + P "-" * #alnum) ^ 0)
local variable = P "$" * must(C(alpha * alnum ^ 0), "a name behind $")

-- Numbers.
local numeral = P "0x" * R("09", "af", "AF") ^ 1 + P "-" ^ -1 * digit ^ 1
local number = C(numeral) / function(text)
  return math.tointeger(tonumber(text))
end
tokens.amount = C(digit ^ 1 * (P "." * digit ^ 1) ^ -1) / tonumber
tokens.count = C(digit ^ 1) / math.tointeger

-- Durations, in seconds.
local unit_names = "a unit: ns, us, ms, s or min"
local unit = P "ns" * Cc(1e-9) + (P "us" + P "µs") * Cc(1e-6) + P "ms" * Cc(1e-3) + P "min" * Cc(60)
  + P "s" * Cc(1)
tokens.duration = must(tokens.amount, "a duration such as 300ms")
  * must(unit * -alnum, unit_names) / function(value, scale)
  return value * scale
end

-- "quoted text"
local escapes = { n = "\n", r = "\r", t = "\t", ["0"] = "\0", ["\\"] = "\\", ['"'] = '"' }
local escape = P "\\" / "" * must(S 'nrt0\\"' / escapes
  + P "x" * C(R("09", "af", "AF") * R("09", "af", "AF")) / function(hex)
    return string.char(tonumber(hex, 16))
  end, [[an escape: \n \r \t \0 \\ \" or \xNN]])
tokens.string = P '"' * lpeg.Cs((C(1 - S '"\\\n') + escape) ^ 0) * must(P '"', 'the closing "')

-- The value of a field: a table {kind=, text=, ...}.
local function tagged(kind, pattern)
  return Ct(Cg(Cc(kind), "kind") * pattern)
end
tokens.value = Ct(Cg(Cp(), "at") * Cg(
  tagged("text", Cg(tokens.string, "text"))
  + tagged("any", P "*" * boundary)
  + tagged("bind", Cg(variable, "name") * Cg((P "+" * C(digit ^ 1) + C(P "-" * digit ^ 1)) / math.tointeger
    + Cc(0), "offset") * must(boundary, "+number, -number or a space behind the name"))
  + tagged("range", Cg(number, "low") * ".." * Cg(must(number * boundary, "the range's upper end"), "high"))
  + tagged("number", Cg(C(numeral) * boundary, "text"))
  + tagged("word", Cg(C((1 - S ' \t\r\n}#"') ^ 1), "text")), "value"))

-- Endpoints: host, address or "*", and a port.
local function ip_of(where, at, text)
  local ip = address.canonical(text)
  if not ip then
    problem.raise(where, at, ("%q is no network address"):format(text), "a network address")
  end
  return ip
end
local function bare_ip6(_, at, text)
  local ip = text:find(":.*:") and address.canonical(text)
  if ip then
    return at, ip
  end
  return false
end
local host = Cg(P "[" * checked(must(C((alnum + S ":.") ^ 1), "an IPv6 address"), ip_of) * must(P "]", "]"),
  "ip")
  + Cg(Cmt(C((R("09", "af", "AF") + S ":.") ^ 2), bare_ip6), "ip")
  + Cg(#digit * checked(C((alnum + P ".") ^ 1), ip_of), "ip")
  + Cg(tokens.name, "host")
  + P "*"

local function port_of(where, at, value)
  if value > 65535 then
    problem.raise(where, at, ("there is no port %d: ports are 0 to 65535"):format(value),
      "a port: 0 to 65535")
  end
  return value
end
local port = Cg(checked(tokens.count, port_of), "port") + Cg(variable, "bind") + Cg(P "*" * Cc(true),
  "any_port")

---@class netlab.expect.Endpoint
---@field at integer where it stands in the text
---@field host string? host name
---@field ip string? address, canonical; neither: any
---@field port integer?
---@field bind string? name of the variable that the port binds or is compared with
---@field any_port boolean? ":*": there must be ports
tokens.endpoint = Ct(Cg(Cp(), "at") * host
  * (P ":" * must(port, "a port: a number, $name or *")) ^ -1)

return tokens
