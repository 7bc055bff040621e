-- The grammar of the expectation language: what it accepts, and what it says about what it does not accept.

local test = require "harness"
local grammar = require "netlab.expect.grammar"

local function parse(text)
  return grammar.parse(text, { source = "exp.lua", line = 40 })
end

local function first(text)
  return parse(text)[1]
end

-- text, and what a function of its first item has to return
local accepted = {
  { "client -> server:80 SYN", function(p) return p.src.host, p.src.port, p.dst.host, p.dst.port end,
    "client", nil, "server", 80 },
  { "client -> server SYN", function(p) return p.lost, p.proto, p.bits end, false, "tcp", 2 },
  { "client -x server SYN,ACK", function(p) return p.lost, p.bits end, true, 0x12 },
  { "client -> server ACK,SYN", function(p) return p.bits end, 0x12 },
  { "client->server S.", function(p) return p.bits end, 0x12 },
  { "client -> server [P.]", function(p) return p.bits end, 0x18 },
  { "client -> server .", function(p) return p.bits end, 0x10 },
  { "client -> server R", function(p) return p.bits end, 0x04 },
  { "client -> server none", function(p) return p.bits end, 0 },
  { "client -> server URG,ECE,CWR,PSH", function(p) return p.bits end, 0xe8 },
  { "client -> server TCP", function(p) return p.proto, p.bits end, "tcp", nil },
  { "client -> server TCP SYN", function(p) return p.proto, p.bits end, "tcp", 2 },
  { "client:$p -> *:* SYN", function(p) return p.src.bind, p.dst.host, p.dst.any_port end, "p", nil, true },
  { "10.0.0.1 -> 10.0.0.2:80 SYN", function(p) return p.src.ip, p.dst.ip, p.dst.port end, "10.0.0.1",
    "10.0.0.2", 80 },
  { "[FD00:0:0::1]:80 -> fd00::2 SYN", function(p) return p.src.ip, p.src.port, p.dst.ip, p.dst.port end,
    "fd00::1", 80, "fd00::2", nil },
  { "[::ffff:10.0.0.1]:80 -> :: SYN", function(p) return p.src.ip, p.dst.ip end, "::ffff:10.0.0.1", "::" },
  { "web-server-1 -> a_b SYN", function(p) return p.src.host, p.dst.host end, "web-server-1", "a_b" },
  { "client -> server UDP len=5", function(p) return p.proto, p.fields[1].value.number end, "udp", 5 },
  { "client -> server ICMP", function(p) return p.proto, p.icmp end, "icmp", nil },
  { "server -> client ICMP port-unreachable", function(p) return p.icmp[2], p.icmp[3] end, 3, 3 },
  { "server -> client ICMP time-exceeded code=1", function(p) return p.icmp[2], p.icmp[3], #p.fields end, 11,
    nil, 1 },
  { "server -> client ICMP6 packet-too-big", function(p) return p.proto, p.icmp[2] end, "icmp6", 2 },
  { "server -> client ICMP type=3 code=3", function(p) return p.fields[1].row.view end, "icmp_type" },
  { "server -> client ICMP df", function(p) return p.icmp, p.fields[1].op end, nil, "present" },
  { "client -> * ARP request target=10.0.0.2", function(p) return p.arp_op, p.fields[1].value.ip end, 1,
    "10.0.0.2" },
  { "server -> client ARP reply sender=server", function(p) return p.arp_op, p.fields[1].value.host end, 2,
    "server" },
  { "client -> 224.0.0.22 IP", function(p) return p.proto, p.dst.ip end, "ip", "224.0.0.22" },
  { "client -> server ACK seq=0x10", function(p) return p.fields[1].value.number end, 16 },
  { "client -> server ACK seq=-1", function(p) return p.fields[1].value.number end, -1 },
  { "client -> server ACK len=1..1460", function(p) return p.fields[1].value.low, p.fields[1].value.high end,
    1, 1460 },
  { "client -> server ACK len!=0 win>=10", function(p) return p.fields[1].op, p.fields[2].op end, "!=",
    ">=" },
  { "client -> server ACK seq=$x-3", function(p) return p.fields[1].value.name, p.fields[1].value.offset end,
    "x", -3 },
  { "client -> server SYN ts !sackok mss=*", function(p) return p.fields[1].op, p.fields[2].op,
    p.fields[3].op end,
    "present", "absent", "present" },
  { 'client -> server ACK payload="a\\n\\x00# \\"b\\"" # c', function(p) return p.fields[1].value.text,
    #p.fields end,
    'a\n\0# "b"', 1 },
  { 'client -> server ACK payload~"^GET %S+"', function(p) return p.fields[1].op, p.fields[1].value.text end,
    "~", "^GET %S+" },
  { 'client -> server ACK sack="1:1001 2:3"', function(p) return p.fields[1].value.text end, "1:1001 2:3" },
  { "client -> server SYN options=mss,ts", function(p) return p.fields[1].value.text end, "mss,ts" },
  { "server -> client ICMP quoted.dport=9", function(p) return p.fields[1].row.view,
    p.fields[1].row.quoted end, "dport", true },
  { "after 1s client -> server SYN", function(p) return p.time.kind, p.time.min, p.time.max end, "after", 1,
    nil },
  { "after 1s ±10% client -> server SYN", function(p) return p.time.min, p.time.max end, 0.9, 1.1 },
  { "after 1s+-10% client -> server SYN", function(p) return p.time.min, p.time.max end, 0.9, 1.1 },
  { "after 2s +/- 500ms client -> server SYN", function(p) return p.time.min, p.time.max end, 1.5, 2.5 },
  { "after 0.9s..1.2s client -> server SYN", function(p) return p.time.min, p.time.max end, 0.9, 1.2 },
  { "after 1min..2min client -> server SYN", function(p) return p.time.min, p.time.max end, 60, 120 },
  { "within 50ms client -> server SYN", function(p) return p.time.kind, p.time.max end, "within", 0.05 },
  { "within 50us client -> server SYN", function(p) return p.time.max end, 50e-6 },
  { "none for 300ms", function(i) return i.kind, i.form, i.duration end, "none", nil, 0.3 },
  { "none client -> server RST for 2s", function(i) return i.kind, i.form.bits, i.duration end, "none", 4,
    2 },
  { "none client -> server for 2s", function(i) return i.form.proto, i.form.dst.host end, nil, "server" },
  { "none client -> server len>0 for 2s", function(i) return i.form.proto, #i.form.fields end, nil, 1 },
  { "optional client -> server SYN", function(i) return i.kind, #i.items, i.items[1].bits end, "optional", 1,
    2 },
  { "optional { client -> server SYN }", function(i) return i.kind, #i.items end, "optional", 1 },
  { "anyorder {\n a -> b SYN # x\n\n b -> a SYN\n}", function(i) return i.kind, #i.items, i.items[2].line end,
    "anyorder", 2, 43 },
  { "repeat 3 client -> server SYN", function(i) return i.kind, i.min, i.max end, "repeat", 3, 3 },
  { "repeat 0..4 {\n client -> server SYN\n}", function(i) return i.min, i.max end, 0, 4 },
  { "repeat 2 optional { a -> b SYN }", function(i) return i.items[1].kind end, "optional" },
  { "...", function(i) return i.kind end, "skip" },
  { "\n\n  # only\n\n   client -> server SYN  # x", function(p) return p.line, p.column, p.text end,
    44, 4, "client -> server SYN" },
}

for _, row in ipairs(accepted) do
  test(("parses %s"):format(row[1]:gsub("\n", "; ")), function(t)
    local results = table.pack(row[2](first(row[1])))
    for i = 3, math.max(#row, results.n + 2) do
      local expected, actual = row[i], results[i - 2]
      if math.type(expected) == "float" then
        t.ok(actual and math.abs(actual - expected) < 1e-12, ("result %d is %s"):format(i - 2, actual))
      else
        t.equal(actual, expected)
      end
    end
  end)
end

-- text, line and column of the error, and a pattern of the message
local rejected = {
  { "clnt", 40, 5, "expected %-> or %-x behind the sender, found the end of the text" },
  { "\n  optionl { a -> b SYN }", 41, 11, 'did you mean "optional"' },
  { "client -> server", 40, 17, "expected control bits .*found the end of the text" },
  { "client -> server\nclient -> server SYN", 40, 17, "found the end of the line" },
  { "client -> server syn", 40, 18, 'unknown control bit or protocol "syn"; did you mean "SYN"' },
  { "client -> server udp", 40, 18, 'did you mean "UDP"' },
  { "client -> server SYN,AKC", 40, 18, 'unknown control bit "AKC"; did you mean "ACK"' },
  { "client -> server seq=0", 40, 18, "expected control bits .* before the fields" },
  { "client -> server:99999 SYN", 40, 18, "no port 99999" },
  { "client -> server:http SYN", 40, 18, "expected a port" },
  { "client -> 10.0.0.300 SYN", 40, 11, "no network address" },
  { "client -> [fd00::g]:1 SYN", 40, 12, "no network address" },
  { "client -> SYN", 40, 14, "expected control bits" },
  { "client -> ", 40, 11, "expected a host name, an address or %*" },
  { "client -> server SYN sqe=0", 40, 22, 'unknown field "sqe"; did you mean "seq"' },
  { "client -> server SYN nots", 40, 22, 'did you mean "!ts"' },
  { "client -> server SYN zzzzzz=1", 40, 22, "the fields are sport, dport, seq, ack" },
  { "client -> server UDP mss=1", 40, 22, 'UDP has no field "mss"; its fields are' },
  { "client -> server SYN seq=", 40, 26, "expected a value" },
  { "client -> server SYN seq=abc", 40, 26,
    "expected a number, a range such as 1%.%.1460, %* or %$name as the value of seq" },
  { "client -> server SYN seq==1", 40, 25, "expected an operator" },
  { "client -> server SYN sackok=1", 40, 22, "sackok has no value: write sackok %(there%) or !sackok" },
  { "client -> server SYN !mss=1", 40, 26, "!mss says that there is no mss" },
  { "client -> server SYN len=5..1", 40, 26, "the range 5%.%.1 is empty" },
  { "client -> server SYN len<1..5", 40, 25, "cannot be compared" },
  { 'client -> server SYN payload<"a"', 40, 29, "cannot be compared" },
  { "client -> server SYN payload=abc", 40, 30, 'expected a text in "quotes"' },
  { 'client -> server SYN payload="abc', 40, 34, 'expected the closing "' },
  { 'client -> server SYN payload="a\\q"', 40, 33, "expected an escape" },
  { 'client -> server SYN payload~"["', 40, 30, "this is no Lua pattern" },
  { 'client -> server SYN seq~"1"', 40, 25, "~ needs a text field" },
  { "client -> server SYN seq!=*", 40, 25, "goes with = only" },
  { "client -> server SYN seq=$", 40, 27, "expected a name behind %$" },
  { "client -> server ICMP port-unreachble", 40, 23, 'did you mean "port%-unreachable"' },
  { "client:80 -> server ICMP", 40, 1, "ICMP has no ports" },
  { "client -> * ARP ask", 40, 17, "expected request or reply" },
  { "after 1 client -> server SYN", 40, 9, "expected a unit: ns, us, ms, s or min" },
  { "after soon client -> server SYN", 40, 7, "expected a duration" },
  { "after 2s..1s client -> server SYN", 40, 1, "range of times is empty" },
  { "after 1s", 40, 9, "expected a packet" },
  { "within 1s ...", 40, 11, "expected a packet" },
  { "repeat x", 40, 8, "expected a number" },
  { "repeat 4..2 a -> b SYN", 40, 1, "the numbers must rise" },
  { "repeat 5000 a -> b SYN", 40, 1, "from 0 to 1000" },
  { "repeat 3 {\n none for 1s\n}", 41, 2, "none ... for cannot stand in a block" },
  { "anyorder {\n ...\n a -> b SYN\n}", 41, 2, "means nothing here" },
  { "anyorder a -> b SYN", 40, 10, "expected {" },
  { "optional {\n a -> b SYN", 41, 12, "or } that closes it" },
  { "a -> b SYN\n}", 41, 1, "nothing is open that } could close" },
  { "a -> b SYN optional", 40, 12, 'unknown field "optional"' },
  { "none a -> b RST", 40, 16, "expected for and a duration" },
  { "none for ever", 40, 10, "expected a duration" },
}

for _, row in ipairs(rejected) do
  test(("rejects %s"):format(row[1]:gsub("\n", "; ")), function(t)
    local fine, problem = pcall(parse, row[1])
    t.ok(not fine, "it was accepted")
    t.match(problem.message or tostring(problem), row[4])
    t.equal(problem.line, row[2])
    t.equal(problem.column, row[3])
    t.equal(problem.source, "exp.lua")
  end)
end

test("a problem says what was expected, and shows the line with a caret", function(t)
  local _, problem = pcall(parse, "\n\tclient -> server   syn\n")
  t.match(problem.expected, "^control bits")
  t.equal(tostring(problem):match("^(.-): "), "exp.lua:41:21")
  t.equal(tostring(problem):match("\n.*"), "\n  41 | \tclient -> server   syn\n     | \t                   ^")
end)

test("columns count characters, not bytes", function(t)
  local _, problem = pcall(parse, "after 1s ±10% client -> server syn")
  t.equal(problem.column, 32)
  t.match(tostring(problem), "\n     | " .. (" "):rep(31) .. "%^$")
end)

test("the first line may begin in a later column", function(t)
  local _, problem = pcall(grammar.packet_form, "client -> server syn", { source = "x.lua", line = 7,
    column = 12 })
  t.equal(problem.line, 7)
  t.equal(problem.column, 29)
end)

test("a packet form may lack the protocol", function(t)
  local where = { source = "exp.lua", line = 1 }
  t.equal(grammar.packet_form("client -> server", where).proto, nil)
  t.equal(grammar.packet_form("client -> server len>0", where).fields[1].op, ">")
  t.equal(grammar.packet_form("server -> client SYN,ACK # why", where).bits, 0x12)
  t.equal(grammar.packet_form("server -> client none", where).bits, 0)
  t.raises("expected a field or the end", grammar.packet_form, "client -> server SYN\nclient -> server SYN",
    where)
  t.raises("expected a host name", grammar.packet_form, "", where)
  t.raises("expected %->", grammar.packet_form, "repeat 3 client -> server SYN", where)
end)

test("an empty text expects nothing", function(t)
  t.equal(#parse(""), 0)
  t.equal(#parse("\n  # nothing\n"), 0)
end)
