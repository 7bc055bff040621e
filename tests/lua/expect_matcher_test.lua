-- Judging packets against a trace: order, flows, blocks, time, variables.

local test = require "harness"
local grammar = require "netlab.expect.grammar"
local matcher = require "netlab.expect.matcher"

local addresses = { c = "10.0.0.1", s = "10.0.0.2" }
local names = { c = "client", s = "server" }
local hosts = { client = { ip = "10.0.0.1" }, server = { ip = "10.0.0.2" } }
local full = { S = "SYN", SA = "SYN,ACK", A = "ACK", PA = "PSH,ACK", FA = "FIN,ACK", R = "RST",
  RA = "RST,ACK", F = "FIN" }

-- A packet from a short text: "c1>s80 SA @0.5 len=3": sender and port, receiver and port, control bits or
-- protocol, time in seconds, other fields.
local function packet(text)
  local from, sport, arrow, to, dport, body = text:match("^(%l)(%d*)([>x])(%l)(%d*) (%S+)")
  local view = {
    time = tonumber(text:match("@(%S+)") or 0), fate = arrow == "x" and "dropped" or "delivered",
      loopback = from == to,
    from = names[from], to = names[to], src_host = names[from], dst_host = names[to], src = addresses[from],
    dst = addresses[to], sport = math.tointeger(tonumber(sport)), dport = math.tointeger(tonumber(dport)),
      len = 0,
  }
  if full[body] then
    view.proto, view.flags, view.seq = "tcp", full[body], 0
  else
    view.proto = body
  end
  for name, value in text:gmatch("([%w_]+)=(%S+)") do
    view[name] = math.tointeger(tonumber(value)) or value
  end
  return view
end

local function run(text, packets, options)
  options = options or {}
  local tree = grammar.parse(text, { source = "exp.lua", line = 1 })
  local m = matcher.new(tree, { hosts = hosts, binds = options.binds, since = options.since })
  for one in (packets .. ";"):gmatch("%s*(.-)%s*;") do
    if one ~= "" then
      m:feed(packet(one))
    end
  end
  return m:finish(options.now), m
end

local HANDSHAKE = [[
  client -> server:80 SYN
  server:80 -> client SYN,ACK
  client -> server:80 ACK
]]
local TWO = [[
  client:$a -> server:80 SYN
  client:$b -> server:80 SYN
  server:80 -> client:$a SYN,ACK
  server:80 -> client:$b RST,ACK
]]
local ANY = [[
  anyorder {
    client -> server:80 FIN,ACK
    server:80 -> client FIN,ACK
    server:80 -> client ACK
  }
  client -> server:80 ACK
]]
local NESTED = [[
  repeat 1..3 {
    client -> server:80 PSH,ACK
    optional server:80 -> client ACK
  }
  client -> server:80 FIN,ACK
]]
local QUIET = [[
  client -> server:80 SYN
  none for 300ms
  client -> server:80 SYN
]]
local NO_RST = [[
  client -> server:80 SYN
  none server -> client RST,ACK for 500ms
  after 1s ±10% client -> server:80 SYN
]]
local UDP_ERROR = [[
  client -> server:9 UDP
  within 50ms server -> client ICMP port-unreachable
  client -> server:9 UDP
  within 50ms server -> client ICMP port-unreachable
]]
local ICMP = "icmp icmp_type=3 icmp_code=3"

-- what is shown, text, packets, options
local passes = {
  { "a handshake", HANDSHAKE, "c1>s80 S; s80>c1 SA; c1>s80 A" },
  { "nothing expected, nothing seen", "", "" },
  { "each flow has its own order", HANDSHAKE .. "client -> server:53 UDP\n server:53 -> client UDP",
    "c9>s53 udp; c1>s80 S; s80>c1 SA; s53>c9 udp; c1>s80 A" },
  { "ARP, neighbour discovery, MLD and IGMP are not looked at", HANDSHAKE,
    "c>s arp; c1>s80 S; c>s icmp6 icmp_type=135; c>s icmp6 icmp_type=143; s80>c1 SA; c>s ip dst=224.0.0.22; "
    .. "c1>s80 A" },
  { "ARP is looked at when it is named", "client -> * ARP request\nserver -> client ARP reply",
    "c>s arp arp_op=1; s>c arp arp_op=2" },
  { "all ARP is one flow", "client -> * ARP request\nserver -> client ARP reply\nserver -> * ARP request",
    "c>s arp arp_op=1 to=*; s>c arp arp_op=2; s>c arp arp_op=1 to=*" },
  { "connections told apart by variables", TWO, "c1>s80 S; c2>s80 S; s80>c2 RA; s80>c1 SA" },
  { "a variable may have a value before", "client:$p -> server:80 SYN", "c5>s80 S", { binds = { p = 5 } } },
  { "the flow with more ports takes the packet", "client -> server ACK\nclient -> server:80 SYN",
    "c1>s80 S; c1>s81 A" },
  { "of equal flows, the one that takes it",
    "client:$a -> server:80 SYN mss=1\nclient:$b -> server:80 SYN mss=2",
    "c7>s80 S mss=2; c6>s80 S mss=1" },
  { "the flow with more ports named, before the one with more known",
    "client -> server:80 SYN mss=1\nclient:$p -> server:$q SYN mss=2", "c7>s80 S mss=2; c6>s80 S mss=1" },
  { "the flow whose port is known, before an earlier one that would take it",
    "optional client:$a -> server:80 ACK\nclient:$a -> server:80 SYN mss=1\n"
    .. "client:$b -> server:80 SYN mss=2\nclient:$b -> server:80 ACK",
    "c7>s80 S mss=2; c7>s80 A; c6>s80 S mss=1" },
  { "self-connect", "client:5 -> client:5 SYN\nclient:5 -> client:5 SYN,ACK", "c5>c5 S; c5>c5 SA" },
  { "an address stands for its host's flow", "client -> 10.0.0.2:80 SYN\nserver:80 -> 10.0.0.1 SYN,ACK",
    "c1>s80 S; s80>c1 SA" },
  { "a lost packet", "client -x server:80 SYN\nclient -> server:80 SYN", "c1xs80 S; c1>s80 S" },
  { "optional, there", "optional client -> server:80 SYN\nclient -> server:80 ACK", "c1>s80 S; c1>s80 A" },
  { "optional, not there", "optional client -> server:80 SYN\nclient -> server:80 ACK", "c1>s80 A" },
  { "optional before the same line", "optional client -> server:80 ACK\nclient -> server:80 ACK",
    "c1>s80 A" },
  { "optional block",
    "optional {\n client -> server:80 SYN\n server:80 -> client SYN,ACK\n}\nclient -> server:80 ACK",
    "c1>s80 S; s80>c1 SA; c1>s80 A" },
  { "anyorder, as written", ANY, "c1>s80 FA; s80>c1 FA; s80>c1 A; c1>s80 A" },
  { "anyorder, the other way round", ANY, "s80>c1 A; s80>c1 FA; c1>s80 FA; c1>s80 A" },
  { "anyorder with equal lines",
    "anyorder {\n client -> server:80 ACK\n client -> server:80 ACK\n client -> server:80 SYN\n}",
    "c1>s80 A; c1>s80 S; c1>s80 A" },
  { "anyorder with optional lines",
    "anyorder {\n optional client -> server:80 ACK\n client -> server:80 SYN\n}\nclient -> server:80 RST",
    "c1>s80 S; c1>s80 R" },
  { "repeat", "repeat 3 client -> server:80 SYN", "c1>s80 S; c1>s80 S; c1>s80 S" },
  { "repeat, the least", "repeat 2..4 client -> server:80 SYN", "c1>s80 S; c1>s80 S" },
  { "repeat, the most", "repeat 2..4 client -> server:80 SYN", "c1>s80 S; c1>s80 S; c1>s80 S; c1>s80 S" },
  { "repeat 0", "repeat 0..2 client -> server:80 SYN\nclient -> server:80 ACK", "c1>s80 A" },
  { "repeat before the same line", "repeat 1..3 client -> server:80 ACK\nclient -> server:80 ACK len=3",
    "c1>s80 A; c1>s80 A len=3" },
  { "nested blocks", NESTED, "c1>s80 PA; c1>s80 PA; s80>c1 A; c1>s80 FA" },
  { "... takes none", "...\nclient -> server:80 FIN,ACK", "c1>s80 FA" },
  { "... takes packets until the next line", "client -> server:80 SYN\n...\nclient -> server:80 FIN,ACK",
    "c1>s80 S; s80>c1 SA; c1>s80 A; c1>s80 FA" },
  { "... takes packets of flows that are not named", "client -> server:80 SYN\n...",
    "c1>s80 S; c1>s99 udp; s80>c1 SA" },
  { "... between optional lines", "...\noptional client -> server:80 ACK\nclient -> server:80 FIN,ACK",
    "s80>c1 A; c1>s80 A; c1>s80 FA" },
  { "after", "client -> server:80 SYN\nafter 1s ±10% client -> server:80 SYN", "c1>s80 S @5; c1>s80 S @6.1" },
  { "after without an end", "client -> server:80 SYN\nafter 1s client -> server:80 SYN",
    "c1>s80 S @5; c1>s80 S @60" },
  { "after counts from the flow's last packet", "client:$a -> server:80 SYN\nclient:$b -> server:80 SYN\n"
    .. "after 1s..1.1s client:$a -> server:80 SYN\nafter 1s..1.1s client:$b -> server:80 SYN",
    "c1>s80 S @1; c2>s80 S @1.5; c1>s80 S @2; c2>s80 S @2.5" },
  { "within", "client -> server:80 SYN\nwithin 50ms server:80 -> client SYN,ACK",
    "c1>s80 S @1; s80>c1 SA @1.05" },
  { "within counts from any flow's packet for ICMP", UDP_ERROR,
    "c1>s9 udp @1; s>c " .. ICMP .. " @1.01; c1>s9 udp @2; s>c " .. ICMP .. " @2.01" },
  { "the first line counts from since", "within 50ms client -> server:80 SYN", "c1>s80 S @3.01",
    { since = 3 } },
  { "none for, at the end", "client -> server:80 SYN\nnone for 300ms", "c1>s80 S @1", { now = 1.3 } },
  { "none for, in the middle", QUIET, "c1>s80 S @1; c1>s80 S @1.3" },
  { "none for, with noise", QUIET, "c1>s80 S @1; c>s arp @1.1; c1>s80 S @1.3" },
  { "none for, at the beginning", "none for 300ms\nclient -> server:80 SYN", "c1>s80 S @2.4", { since = 2 } },
  { "none for, alone", "none for 300ms", "", { since = 2, now = 2.4 } },
  { "none for, behind ...", "client -> server:80 SYN\n...\nnone for 300ms\nclient -> server:80 RST",
    "c1>s80 S @1; s80>c1 SA @1.2; c1>s80 A @1.4; c1>s80 R @1.8" },
  { "none of a form", NO_RST, "c1>s80 S @1; c1>s80 S @2" },
  { "none of a form, later",
    "client -> server:80 SYN\nnone server -> client RST,ACK for 500ms\nserver:80 -> client RST,ACK",
    "c1>s80 S @1; s80>c1 RA @1.5" },
  { "a field's variable over flows", "client -> server:80 SYN rawseq=$x\nclient -> server:81 SYN rawseq=$x+1",
    "c1>s80 S rawseq=4; c2>s81 S rawseq=5" },
  { "a variable in an optional line",
    "optional client -> server:80 ACK seq=$x\nclient -> server:80 ACK seq=$x\nclient -> server:80 RST seq=$x",
    "c1>s80 A seq=3; c1>s80 A seq=3; c1>s80 R seq=3" },
}

for _, row in ipairs(passes) do
  test(("passes: %s"):format(row[1]), function(t)
    local failure = run(row[2], row[3], row[4])
    t.ok(not failure, failure and ("%s at line %s: %s, not %s"):format(failure.kind, failure.line,
      failure.observed,
      failure.expected))
  end)
end

-- what is shown, text, packets, {kind, line, packet's number, field}, options
local failures = {
  { "a packet that nothing expects", "", "c1>s80 S", { "unexpected", nil, 1 } },
  { "one packet too many", HANDSHAKE, "c1>s80 S; s80>c1 SA; c1>s80 A; c1>s80 A", { "unexpected", nil, 4 } },
  { "one packet too few", HANDSHAKE, "c1>s80 S; s80>c1 SA", { "missing", 3 } },
  { "nothing came", HANDSHAKE, "", { "missing", 1 } },
  { "wrong order", HANDSHAKE, "s80>c1 SA; c1>s80 S", { "unexpected", 1, 1, "src" } },
  { "other control bits", HANDSHAKE, "c1>s80 S; s80>c1 RA", { "field", 2, 2, "flags" } },
  { "another field", "client -> server:80 SYN len=0", "c1>s80 S len=4", { "field", 1, 1, "len" } },
  { "a flow that is not named", HANDSHAKE, "c1>s80 S; s80>c1 SA; c9>s53 udp; c1>s80 A", { "unexpected", nil,
    3 } },
  { "another port is another flow", HANDSHAKE, "c1>s81 S", { "unexpected", nil, 1 } },
  { "ARP that is named", "client -> * ARP request", "c>s arp arp_op=2", { "field", 1, 1, "op" } },
  { "ARP in the wrong order", "client -> * ARP request\nserver -> client ARP reply", "s>c arp arp_op=2",
    { "unexpected", 1, 1, "src" } },
  { "connections are not mixed up", TWO, "c1>s80 S; c2>s80 S; s80>c1 RA", { "field", 3, 3, "flags" } },
  { "a variable with another value", "client:$p -> server:80 SYN", "c6>s80 S", { "unexpected", nil, 1 },
    { binds = { p = 5 } } },
  { "lost, but expected", "client -> server:80 SYN", "c1xs80 S", { "field", 1, 1, "fate" } },
  { "not lost", "client -x server:80 SYN", "c1>s80 S", { "field", 1, 1, "fate" } },
  { "optional block, half",
    "optional {\n client -> server:80 SYN\n server:80 -> client SYN,ACK\n}\nclient -> server:80 ACK",
    "c1>s80 S; c1>s80 A", { "unexpected", 3, 2, "src" } },
  { "anyorder, one missing", ANY, "s80>c1 A; c1>s80 FA; c1>s80 A", { "unexpected", 3, 3, "src" } },
  { "anyorder, one at the end missing", "anyorder {\n client -> server:80 SYN\n client -> server:80 ACK\n}",
    "c1>s80 A",
    { "missing", 2 } },
  { "anyorder, one twice", ANY, "s80>c1 A; s80>c1 A", { "field", 3, 2, "flags" } },
  { "repeat, too few", "repeat 2..4 client -> server:80 SYN", "c1>s80 S", { "missing", 1 } },
  { "repeat, too many", "repeat 2..4 client -> server:80 SYN",
    "c1>s80 S; c1>s80 S; c1>s80 S; c1>s80 S; c1>s80 S",
    { "unexpected", nil, 5 } },
  { "... ends at the first packet that the next line takes",
    "...\nclient -> server:80 ACK\nclient -> server:80 FIN,ACK",
    "c1>s80 S; c1>s80 A; c1>s80 A", { "field", 3, 3, "flags" } },
  { "... does not replace the next line", "client -> server:80 SYN\n...\nclient -> server:80 RST",
    "c1>s80 S; c1>s80 A", { "missing", 3 } },
  { "after, too early", "client -> server:80 SYN\nafter 1s client -> server:80 SYN",
    "c1>s80 S @1; c1>s80 S @1.9", { "time", 2, 2, "time" } },
  { "after, too late", "client -> server:80 SYN\nafter 1s ±10% client -> server:80 SYN",
    "c1>s80 S @1; c1>s80 S @2.2",
    { "time", 2, 2, "time" } },
  { "within, too late", "client -> server:80 SYN\nwithin 50ms server:80 -> client SYN,ACK",
    "c1>s80 S @1; s80>c1 SA @1.051",
    { "time", 2, 2, "time" } },
  { "none for, broken by what would come later", QUIET, "c1>s80 S @1; c1>s80 S @1.2", { "quiet", 2, 2,
    "time" } },
  { "none for, broken by another flow", QUIET, "c1>s80 S @1; c1>s53 udp @1.2", { "quiet", 2, 2, "time" } },
  { "none for, not waited for", "client -> server:80 SYN\nnone for 300ms", "c1>s80 S @1", { "quiet", 2, nil,
    "time" }, { now = 1.2 } },
  { "none for, what is before is missing", QUIET, "", { "missing", 1 } },
  { "none of a form, broken", NO_RST, "c1>s80 S @1; s80>c1 RA @1.4", { "quiet", 2, 2, "time" } },
  { "none of a form, not waited for", "client -> server:80 SYN\nnone server -> client for 1s", "c1>s80 S @1",
    { "quiet", 2, nil, "time" }, { now = 1.9 } },
  { "a field's variable", "client -> server:80 SYN rawseq=$x\nclient -> server:81 SYN rawseq=$x+1",
    "c1>s80 S rawseq=4; c2>s81 S rawseq=6", { "field", 2, 2, "rawseq" } },
}

for _, row in ipairs(failures) do
  test(("fails: %s"):format(row[1]), function(t)
    local failure = run(row[2], row[3], row[5])
    t.ok(failure, "it passed")
    local expected = row[4]
    t.equal(failure.kind, expected[1])
    t.equal(failure.index, expected[3])
    t.equal(failure.field, expected[4])
    if expected[2] or expected[1] == "unexpected" then
      t.equal(failure.line, expected[2])
    end
  end)
end

test("the variables can be read afterwards", function(t)
  local failure, m = run(TWO, "c1>s80 S; c2>s80 S; s80>c2 RA; s80>c1 SA")
  t.equal(failure, nil)
  t.equal(m.binds.a, 1)
  t.equal(m.binds.b, 2)
end)

test("a failure stays the first one", function(t)
  local failure, m = run(HANDSHAKE, "c1>s80 A; c1>s80 S")
  t.equal(failure.index, 1)
  t.equal(m:feed(packet "c1>s80 S"), failure)
  t.equal(m:finish(), failure)
end)

test("a failure knows which line took which packet", function(t)
  local failure = run(HANDSHAKE, "c1>s80 S; c>s arp; s80>c1 SA; c1>s80 RA")
  t.equal(failure.matches[1].line, 1)
  t.equal(failure.matches[2], false)
  t.equal(failure.matches[3].line, 2)
  t.equal(failure.matches[4], nil)
end)

test("a failure names another line that the packet would fit", function(t)
  t.equal(run(HANDSHAKE, "c1>s80 S; c1>s80 A").elsewhere.line, 3)
  t.equal(run("client -> server:80 SYN\nserver -> client SYN,ACK", "c1>s80 S; s80>c1 SA").elsewhere.line, 2)
  t.equal(run(HANDSHAKE, "c1>s80 S; s80>c1 RA").elsewhere, nil)
end)

test("an unknown host is an error of the text", function(t)
  t.raises('exp.lua:1:1: unknown host "clint"; did you mean "client"', run, "clint -> server SYN", "")
  t.raises('exp.lua:1:16: unknown host "nobody"; the hosts are client, server', run,
    "none client -> nobody for 1s", "")
end)

test("a tree may be matched again", function(t)
  local tree = grammar.parse("client:$p -> server:80 SYN", { source = "exp.lua", line = 1 })
  for port = 1, 3 do
    local m = matcher.new(tree, { hosts = hosts })
    m:feed(packet(("c%d>s80 S"):format(port)))
    t.equal(m:finish(), nil)
    t.equal(m.binds.p, port)
  end
end)

-- ---- waiting ----

local function waiting(text, packets)
  local m = matcher.new(grammar.parse(text, { source = "exp.lua", line = 1 }), { hosts = hosts })
  for one in (packets .. ";"):gmatch("%s*(.-)%s*;") do
    if one ~= "" then
      m:feed(packet(one))
    end
  end
  return m
end

test("it is done when all that has to come is there", function(t)
  t.equal(waiting(HANDSHAKE, "c1>s80 S; s80>c1 SA"):done(), false)
  t.equal(waiting(HANDSHAKE, "c1>s80 S; s80>c1 SA"):wants_more(9), true)
  t.equal(waiting(HANDSHAKE, "c1>s80 S; s80>c1 SA"):deadline(9), nil)
  t.equal(waiting(HANDSHAKE, "c1>s80 S; s80>c1 SA; c1>s80 A"):done(), true)
  t.equal(waiting(HANDSHAKE, "c1>s80 S; s80>c1 SA; c1>s80 A"):wants_more(9), false)
  t.equal(waiting("client -> server:80 SYN\noptional client -> server:80 ACK", "c1>s80 S"):done(), true)
  t.equal(waiting(HANDSHAKE, "c1>s80 R"):wants_more(9), false)
end)

test("a quiet time is waited for", function(t)
  local m = waiting("client -> server:80 SYN\nnone for 500ms", "c1>s80 S @1")
  t.equal(m:done(), false)
  t.equal(m:wants_more(1.2), true)
  t.equal(m:deadline(1.2), 1.5)
  t.equal(m:done(1.5), true)
  t.equal(m:finish(1.5), nil)
  m = waiting("client -> server:80 SYN\nnone server -> client RST for 500ms", "c1>s80 S @1")
  t.equal(m:deadline(1.2), 1.5)
  t.equal(m:done(1.4), false)
  t.equal(m:done(1.5), true)
end)

test("a quiet time in the middle ends, then packets are waited for", function(t)
  local m = waiting(QUIET, "c1>s80 S @1")
  t.equal(m:done(9), false)
  t.equal(m:wants_more(9), true)
  t.ok(math.abs(m:deadline(1.1) - 1.3) < 1e-9)
  t.equal(m:deadline(2), nil)
end)

test("within is waited for no longer than it lasts", function(t)
  local m = waiting("client -> server:80 SYN\nwithin 50ms server:80 -> client SYN,ACK", "c1>s80 S @1")
  t.ok(math.abs(m:deadline(1) - 1.05) < 1e-9)
  t.equal(m:wants_more(1.04), true)
  t.equal(m:wants_more(1.06), false)
  t.equal(m:finish(1.06).kind, "missing")
end)

-- ---- size ----

test("nested possibilities stay few", function(t)
  local text = "repeat 0..8 {\n repeat 0..8 optional client -> server:80 ACK\n}\nclient -> server:80 RST"
  local packets = ("c1>s80 A;"):rep(60) .. "c1>s80 R"
  t.equal(run(text, packets), nil)
  t.equal(run(text, ("c1>s80 A;"):rep(65)).index, 65)
end)

test("anyorder of many optional lines stays small", function(t)
  local lines = {}
  for i = 1, 30 do
    lines[i] = ("optional client -> server:80 ACK len=%d"):format(i)
  end
  local text = "anyorder {\n" .. table.concat(lines, "\n") .. "\n}"
  t.equal(run(text, "c1>s80 A len=30; c1>s80 A len=1; c1>s80 A len=17"), nil)
  t.equal(run(text, "c1>s80 A len=30; c1>s80 A len=30").index, 2)
end)

test("what is too ambiguous is refused", function(t)
  local lines = {}
  for i = 1, 12 do
    lines[i] = ("client -> server:80 ACK len<%d"):format(100 + i)
  end
  local text = "anyorder {\n" .. table.concat(lines, "\n") .. "\n}"
  t.raises("make it simpler", run, text, ("c1>s80 A;"):rep(12))
end)
