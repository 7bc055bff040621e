-- Links, routers, interfaces, crash and reboot, the faults of the wire, and what mistakes in them are answered with.
local test = require "harness"
local session = require "session"

session.all_pass "network.lua"
session.all_pass "faults.lua"
session.all_pass "answers.lua"
session.all_pass "ordering.lua"
session.all_pass "filter.lua"

local path = session.fixtures .. "network_misuse.lua"
local run = session.netlab(path)
local declared = path .. ":5: t:network: "
local rule = path .. ":55: "

session.rows(run, {
  { "no table", "ERROR", declared .. "a table of links is needed" },
  { "a link that is no table", "ERROR", declared .. "link 1 is no table" },
  { "an unknown field", "ERROR", declared .. "unknown field 'router' (links as a list, routers = {names}" },
  { "an unknown field of a link", "ERROR", declared .. "link link1: unknown or bad field 'nmae'" },
  { "an MTU that is no number", "ERROR", declared .. "link link1: unknown or bad field 'mtu'" },
  { "an MTU that is too small", "ERROR", declared .. "link link1: an MTU is 68 to 65535 bytes" },
  { "a bad address", "ERROR", declared .. "'10.1.0.1' of host a is not an address with its prefix length" },
  { "an address out of range", "ERROR", path .. ":5: ", "'10.1.0.256/24'" },
  { "a prefix that is too long", "ERROR", path .. ":5: ", "'10.1.0.1/33'" },
  { "a link without hosts", "ERROR", declared .. "link left joins no host" },
  { "a router on no link", "ERROR", declared .. "router 'c' is on no link" },
  { "two links of one name", "ERROR", declared .. "the name 'x' is used twice" },
  { "a link with a host's name", "ERROR", declared .. "the name 'a' is used twice" },
  { "a host that is no text", "ERROR", declared .. "'7' is not a host with its addresses" },
  { "a host that is there already", "ERROR", path .. ":26: t:network: there is a host 'a' already" },
  { "an interface that is not there", "ERROR", path .. ":30: host a has no interface 'eth7'" },
  { "a gateway that no link reaches", "ERROR", path .. ":34: host a has no interface on the network of 10.8.0.1" },
  { "a reboot without a crash", "ERROR", path .. ":38: ", "has not crashed" },
  { "an MTU above the link's", "ERROR", path .. ":42: the link of a:eth0 was made for an MTU of 1500" },
  { "a socket of a crashed host", "ERROR", path .. ":48: host a has crashed" },
  { "an unknown option", "ERROR", rule .. "unknown option 'jitter' of this rule: count, skip, chance, seed" },
  { "a chance of 2", "ERROR", rule .. "option 'chance' must be a fraction" },
  { "a chance of 0", "ERROR", rule .. "option 'chance' must be a fraction" },
  { "a count that is no number", "ERROR", rule .. "option 'count' must be a whole number" },
  { "a count below 0", "ERROR", rule .. "option 'count' must be a whole number" },
  { "a rate in words", "ERROR", rule .. "'fast' is no rate: bits a second, as 64K, 10M or 1G" },
  { "a rate of 0", "ERROR", rule .. "rate, in bits a second: a whole number, 1 to 1000000000000" },
  { "no rate", "ERROR", rule .. "rate, in bits a second: a whole number, 1 to 1000000000000" },
  { "a jitter that is no time", "ERROR", rule, "cannot read a time: a number and a unit", "much" },
  { "65 copies", "ERROR", rule .. "copies: a whole number, 1 to 64, is needed" },
  { "copies in words", "ERROR", rule .. "copies: a whole number, 1 to 64, is needed" },
  { "bit 8", "ERROR", rule .. "bit: a whole number, 0 to 7, is needed" },
  { "truncated to 5 bytes", "ERROR", rule .. "truncate: a whole number, 14 to 65535, is needed" },
  { "truncated to nothing said", "ERROR", rule .. "truncate: a whole number, 14 to 65535, is needed" },
  { "an answer with a slip", "ERROR",
    rule .. "reject: 'port-unreachble' is no answer (did you mean \"port-unreachable\"?" },
  { "no answer", "ERROR", rule .. "reject: 'nil' is no answer; the answers are rst, net-unreachable" },
  { "a reset from a router", "ERROR", rule .. "reject: a reset has no MTU, and comes from whom" },
  { "too big without an MTU", "ERROR", rule .. "reject: 'fragmentation-needed' tells an MTU" },
  { "an MTU that is none", "ERROR", rule .. "reject: mtu is a whole number of bytes" },
  { "type 256", "ERROR", rule .. "reject: the type of an ICMP error is a whole number, 0 to 255" },
  { "a field of no error", "ERROR", rule .. "reject: unknown field 'kind' of an ICMP error" },
  { "a router without an address", "ERROR", rule .. "'gate' is not an IPv4 or IPv6 address" },
  { "a puppet's packet above the MTU", "ERROR",
    path .. ":93: a packet of 1501 bytes is too long for peer:eth0: the MTU of the link is 1500 (fragments=N" },
  { "a packet above a link's own MTU", "ERROR", path .. ":95: a packet of 601 bytes is too long for peer:eth0" },
  { "fragments above the MTU", "ERROR", path .. ":98: a packet of 1508 bytes is too long for peer:eth0" },
  { "an injected packet above the MTU", "ERROR", path .. ":100: a packet of 1501 bytes is too long for a:eth0" },
  { "a packet above the MTU of loopback", "ERROR", path .. ":102: a packet of 1501 bytes is too long for a:lo" },
  { "an unknown answer", "ERROR", "a puppet cannot answer 'arpp': arp, acknowledge, refuse or none" },
  { "two answers at once", "ERROR", "a puppet cannot acknowledge and refuse at once" },
  { "a burst of 0", "ERROR", rule .. "burst: a whole number, 1 to 1000000, is needed" },
  { "a gap of 0", "ERROR", rule .. "gap: a whole number, 1 to 1000000, is needed" },
  { "a limit that is no time", "ERROR", rule, "cannot read a time: a number and a unit" },
  { "options that are no table", "ERROR", rule .. "the options of a rule are a table" },
}, "misuse of a network")

local filters = session.fixtures .. "filter_errors.lua"
local needed = ': "pass", "drop", "hold", "duplicate" or { delay = time } is needed'
local failing = session.netlab(filters)
session.rows(failing, {
  { "it indexes nothing", "ERROR", filters .. ":16: a packet has no field 'nothing'" },
  { "it returns what is not known", "ERROR", "a filter returned 'dorp'" .. needed },
  { "it returns nothing", "ERROR", "a filter returned nil" .. needed },
  { "it returns a delay that is no time", "ERROR", "cannot read a time: a number and a unit" },
  { "a check in it fails", "FAIL", filters .. ":22: t:equal: expected 7, got 1" },
  { "one more than there may be at once", "ERROR",
    filters .. ":28: cannot be a filter (at the most 16 at once): ENOSPC" },
  { "no function", "ERROR", filters .. ":38: filter: a function is needed that is given a packet" },
  { "it returns a delay and more", "ERROR", "a filter returned table" .. needed },
}, "errors of a filter")

test("errors of a filter: its process ends with exit status 1", function(t)
  t.lacks(failing.named["one more than there may be at once"].text, "t:eventually")
end)

-- How many processes run this program: of labs that are over there is none.
local function labs(program)
  return test.run(("ls -l /proc/[0-9]*/exe 2>/dev/null | grep -c %s; true"):format(program)).out
end

test("200 labs at once with three routers each: all pass, and nothing is left", function(t)
  session.in_folder(function(folder) -- a copy of the program: other tests run labs of their own meanwhile
    local program = folder .. "/netlab"
    test.run(('cp "$NETLAB" %s'):format(program))
    local many = test.run(("%s %schain.lua --repeat 200 -j 200 --quiet"):format(program, session.fixtures))
    t.match(many.out, "200 passed, 0 failed")
    t.equal(many.code, 0)
    t.equal(many.err, "")
    t.equal(labs(program), "0\n")
  end)
end)
