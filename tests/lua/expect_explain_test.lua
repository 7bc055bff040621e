-- Packets printed in the language, and failures explained.

local test = require "harness"
local explain = require "netlab.expect.explain"
local form = require "netlab.expect.form"
local grammar = require "netlab.expect.grammar"
local matcher = require "netlab.expect.matcher"

local context = { hosts = {
  client = { ip = "10.0.0.1", ip6 = "fd00::1" },
  server = { ip = "10.0.0.2", ip6 = "fd00::2" },
} }

local function view(from, to, more)
  local result = {
    time = 0, fate = "delivered", loopback = from == to, from = from, to = to, src_host = from, dst_host = to,
    src = context.hosts[from].ip, dst = context.hosts[to].ip, checksum_ok = true, len = 0, df = true,
      mf = false,
  }
  for name, value in pairs(more) do
    result[name] = value
  end
  return result
end

local function segment(from, flags, time, more)
  local to = from == "client" and "server" or "client"
  local ports = from == "client" and { 40000, 80 } or { 80, 40000 }
  local result = view(from, to, {
    proto = "tcp", flags = flags, time = time, sport = ports[1], dport = ports[2], seq = 0, win = 64240,
  })
  for name, value in pairs(more or {}) do
    result[name] = value
  end
  return result
end

local OPTIONS = { mss = 1460, sackok = true, ts = true, tsval = 9, tsecr = 0, wscale = 7,
  options = "mss,sackok,ts,nop,wscale" }

-- ---- round trip ----

local outside = view("client", "server", { proto = "udp", sport = 1, dport = 53, src = "192.0.2.1",
  len = 40 })
outside.src_host = nil
local loopback = segment("client", "SYN", 0, { loopback = true, from = "client", to = "client",
  src = "127.0.0.1", dst = "127.0.0.1" })
loopback.src_host, loopback.dst_host = nil, nil
local v6 = segment("client", "SYN", 0, { src = "fd00::9", dst = "fd00::2" })
v6.src_host = nil
local bad = segment("client", "ACK", 0, { ack = 1, checksum_ok = false, win = 0 })

local printed = {
  { segment("client", "SYN", 0, OPTIONS),
    "client:40000 -> server:80  SYN  seq=0 len=0 mss=1460 sackok ts wscale=7" },
  { segment("server", "PSH,ACK", 0, { ack = 1, seq = 1, len = 3, payload = "a\"\n" }),
    'server:80 -> client:40000  PSH,ACK  seq=1 ack=1 len=3 payload="a\\"\\n"' },
  { segment("client", "ACK", 0, { ack = 1, len = 1448, payload = ("x"):rep(1448), sack = "1:2 5:9" }),
    'client:40000 -> server:80  ACK  seq=0 ack=1 len=1448 sack="1:2 5:9"' },
  { segment("client", "", 0, { fate = "dropped" }), "client:40000 -x server:80  none  seq=0 len=0" },
  { segment("client", "ACK,URG", 0, { ack = 1, urg = 3, fate = "cut" }),
    "client:40000 -x server:80  ACK,URG  seq=0 ack=1 len=0 urg=3" },
  { segment("client", "SYN", 0, { fastopen = "0a1b" }),
    'client:40000 -> server:80  SYN  seq=0 len=0 fastopen="0a1b"' },
  { bad, "client:40000 -> server:80  ACK  seq=0 ack=1 len=0 win=0 !checksum_ok" },
  { loopback, "127.0.0.1:40000 -> 127.0.0.1:80  SYN  seq=0 len=0" },
  { v6, "[fd00::9]:40000 -> server:80  SYN  seq=0 len=0" },
  { outside, "192.0.2.1:1 -> server:53  UDP  len=40" },
  { view("client", "server", { proto = "udp", mf = true, frag = 0, len = 1472, sport = 1, dport = 2 }),
    "client:1 -> server:2  UDP  len=1472 mf frag=0" },
  { view("server", "client", { proto = "icmp", icmp_type = 3, icmp_code = 3,
    quoted = { src = "10.0.0.1", dst = "10.0.0.2", sport = 9, dport = 10, proto = "udp" } }),
    "server -> client  ICMP port-unreachable  quoted.src=10.0.0.1 quoted.dst=10.0.0.2 quoted.sport=9 "
    .. "quoted.dport=10" },
  { view("server", "client", { proto = "icmp", icmp_type = 8, icmp_code = 0, len = 56 }),
    "server -> client  ICMP echo-request" },
  { view("server", "client", { proto = "icmp", icmp_type = 11, icmp_code = 7 }),
    "server -> client  ICMP time-exceeded code=7" },
  { view("server", "client", { proto = "icmp", icmp_type = 77, icmp_code = 1 }),
    "server -> client  ICMP type=77 code=1" },
  { view("server", "client", { proto = "icmp6", icmp_type = 1, icmp_code = 4 }),
    "server -> client  ICMP6 port-unreachable" },
  { { time = 0, fate = "delivered", from = "client", to = "*", proto = "arp", arp_op = 1,
    arp_spa = "10.0.0.1", arp_tpa = "10.0.0.2" },
    "client -> *  ARP request  target=10.0.0.2 sender=10.0.0.1" },
  { { time = 0, fate = "delivered", from = "client", to = "server", proto = "other", length = 60 },
    "client -> server  OTHER  length=60" },
  { view("client", "server", { proto = "ip6", len = 20 }), "client -> server  IP  len=20" },
}

for _, row in ipairs(printed) do
  test(("prints %s"):format(row[2]), function(t)
    t.equal(explain.packet(row[1]), row[2])
    for _, text in ipairs { row[2], explain.packet(row[1], { all = true }) } do
      local packet = grammar.packet_form(text, { source = "exp.lua", line = 1 })
      local fine, difference = form.match(packet, row[1], context)
      t.ok(fine, difference and ("%s: %s, not %s"):format(difference.field, difference.observed,
        difference.expected))
    end
  end)
end

-- ---- failures ----

local function explained(text, views, now)
  local tree = grammar.parse(text, { source = "exp.lua", line = 12 })
  local m = matcher.new(tree, context)
  for i, one in ipairs(views) do
    one.id = i
    m:feed(one)
  end
  local failure = m:finish(now)
  return failure and explain.failure(failure, tree, views), failure
end

test("expected and observed stand under each other, the difference underlined", function(t)
  local text = explained([[
    client -> server:80  SYN      seq=0 len=0
    server:80 -> client  RST,ACK  seq=0 ack=1
    client -> server:80  ACK
  ]], {
    segment("client", "SYN", 0.0005, OPTIONS),
    segment("server", "SYN,ACK", 0.00141, { ack = 1 }),
    segment("client", "ACK", 1.5, { ack = 1, seq = 1 }),
  })
  t.equal("\n" .. text, [[

expected a RST,ACK from server, but server answered SYN,ACK: somebody listens on port 80

  line 12   #1       0.5 ms  client:40000 -> server:80     SYN      seq=0 len=0
x line 13   expected         server:80    -> client        RST,ACK  seq=0 ack=1
x           #2      1.41 ms  server:80    -> client:40000  SYN,ACK  seq=0 ack=1 len=0
                                                           ^^^^^^^
  line 14   not reached      client       -> server:80     ACK
            #3        1.5 s  client:40000 -> server:80     ACK      seq=1 ack=1 len=0]])
end)

local SYN = segment("client", "SYN", 0.001, OPTIONS)
local SYNACK = segment("server", "SYN,ACK", 0.002, { ack = 1 })

-- text, packets, what the sentence says
local sentences = {
  { "client -> server:80 SYN\nserver:80 -> client SYN,ACK", { SYN, segment("server", "RST,ACK", 0.002,
    { ack = 1 }) },
    "expected a SYN,ACK from server, but server answered RST,ACK: nobody listens on port 80" },
  { "server:80 -> client FIN,ACK", { segment("server", "RST,ACK", 0) },
    "server aborted the connection instead of closing it in order" },
  { "server:80 -> client RST,ACK", { segment("server", "FIN,ACK", 0) },
    "server closed the connection in order, it did not abort it" },
  { "server:80 -> client RST", { segment("server", "RST,ACK", 0) }, "a RST that answers a segment with ACK" },
  { "server:80 -> client ACK", { segment("server", "FIN,ACK", 0) },
    "the ACK and the FIN came in one segment" },
  { "server:80 -> client FIN,ACK", { segment("server", "ACK", 0) },
    "only an acknowledgement came, the FIN was not in it" },
  { "client -> server:80 SYN\nserver:80 -> client SYN,ACK", { SYN, segment("client", "SYN", 1.01) },
    "expected a SYN,ACK from server, but client sent a SYN: it is the same segment as #1, sent again" },
  { "client -> server:80 SYN\nserver:80 -> client SYN,ACK\nclient -> server:80 ACK",
    { SYN, segment("client", "ACK", 0.2, { seq = 1 }) },
      "line 14 describes it, but line 13 has to come before" },
  { "client -> server:80 SYN\nserver -> client SYN,ACK", { SYN, SYNACK },
    "line 13 describes it, but belongs to another flow as it is written: name the same ports" },
  { "client -> server:80 SYN", { SYN, SYNACK },
    "server sent a SYN,ACK, where nothing %(more%) was expected between these endpoints" },
  { "client -> server:80 SYN\nserver:80 -> client SYN,ACK ack=2", { SYN, SYNACK },
    "came as expected, but with ack 1, not 2: it acknowledges 1 byte less than expected" },
  { "client -> server:80 ACK seq=1", { segment("client", "ACK", 0, { seq = 11 }) },
    "it begins 10 bytes later in client's stream" },
  { "client -> server:80 ACK len=5", { segment("client", "ACK", 0, { len = 4 }) },
    "4 bytes of data came, not 5" },
  { "client -> server:80 ACK len>0", { segment("client", "ACK", 0) }, "it carries no data" },
  { "client -> server:80 ACK win>0", { segment("client", "ACK", 0, { win = 0 }) },
    "client's receive buffer is full" },
  { "client -> server:80 SYN wscale=8", { SYN }, "came as expected, but with wscale 7, not 8" },
  { "client -> server:80 SYN", { segment("client", "SYN", 0, { fate = "dropped" }) },
    "A SYN from client was to arrive, but a rule of the wire dropped it" },
  { "client -> server:80 SYN", { segment("client", "SYN", 0, { fate = "cut" }) }, "but the link was cut" },
  { "client -x server:80 SYN", { SYN }, "was to be lost on the wire, but it was not" },
  { "client -> server:80 SYN\nserver:80 -> client SYN,ACK", { SYN },
    "expected a SYN,ACK from server, but nothing more came: server did not answer the SYN" },
  { "client -> server:80 SYN", {},
    "expected a SYN from client, but nothing more came: there was no packet at all" },
  { "client -x server:80 SYN\nclient -> server:80 SYN", { segment("client", "SYN", 0, { fate = "dropped" }) },
    "the packet before it, #1, was lost on the wire" },
  { "client -> server:80 SYN\nwithin 50ms server:80 -> client SYN,ACK", { SYN, segment("server", "SYN,ACK",
    0.101) },
    "came as expected, but too late: 100 ms after the packet before it, and the line says within 50ms" },
  { "client -> server:80 SYN\nafter 1s ±10% client -> server:80 SYN", { SYN, segment("client", "SYN",
    0.501) }, "but too early: 500 ms after" },
  { "client -> server:80 SYN\nnone for 300ms", { SYN, segment("client", "SYN", 0.201) },
    '"none for 300ms", but client sent a SYN 200 ms after the packet before: it is the same segment as #1' },
  { "client -> server:9 UDP", { view("server", "client", { proto = "icmp", icmp_type = 3, icmp_code = 3,
    quoted = { dst = "10.0.0.2" } }) }, "server reports port%-unreachable for a packet to 10.0.0.2" },
  { "server -> client ICMP host-unreachable", { view("server", "client", { proto = "icmp", icmp_type = 3,
    icmp_code = 3 }) },
    "expected an ICMP host%-unreachable from server, but server sent an ICMP port%-unreachable" },
}

for _, row in ipairs(sentences) do
  test(("says %s"):format(row[3]:gsub("%%", "")), function(t)
    local text = explained(row[1], row[2])
    t.ok(text, "it passed")
    local sentence = text:match("^(.-)\n\n"):gsub("\n", " ")
    t.match(sentence, row[3])
  end)
end

test("a quiet time that was not waited for", function(t)
  t.match(explained("client -> server:80 SYN\nnone for 300ms", { SYN }, 0.1),
    "was not waited for: the trace ends after 99 ms")
end)

test("the values of variables are shown", function(t)
  local text = explained("client -> server:80 SYN rawseq=$x\nserver:80 -> client SYN,ACK rawack=$x+1",
    { segment("client", "SYN", 0, { rawseq = 7 }), segment("server", "SYN,ACK", 0, { rawack = 9 }) })
  t.match(text, "rawack 9, not 8 %(%$x%+1%)")
  t.match(text, "SYN,ACK  rawack=8 %(%$x%+1%)")
  t.match(text, "SYN,ACK  rawack=9 ")
end)

test("wrong time is underlined", function(t)
  local text = explained("client -> server:80 SYN\nafter 1s client -> server:80 SYN seq=0", { SYN,
    segment("client", "SYN", 0.501) })
  t.match(text, "after 1s    seq=0\n")
  t.match(text, "0.5 s later seq=0 len=0\n *%^%^%^%^%^%^%^%^%^%^%^$")
end)

test("a long trace is cut, and no line is too wide", function(t)
  local views, lines = {}, {}
  for i = 1, 40 do
    views[i] = segment("client", "ACK", i, { seq = i, ack = 1, len = 10,
      sack = "1000:2000 3000:4000 5000:6000", fastopen = ("ab"):rep(20) })
    lines[i] = ("client -> server:80 ACK seq=%d len=10"):format(i == 20 and 99 or i)
  end
  local text = explained(table.concat(lines, "\n"), views)
  t.match(text, "%(13 packets before these were as expected%)")
  t.match(text, "line 31   expected .* seq=99 len=10")
  t.match(text, "%(17 more lines%)")
  t.match(text, "%(17 more packets%)")
  for line in text:gmatch("[^\n]+") do
    t.ok(utf8.len(line) <= 100, line)
  end
end)

test("what ... took is shown", function(t)
  local text = explained("client -> server:80 SYN\n...\nclient -> server:80 RST", { SYN, SYNACK })
  t.match(text, "line 13   #2 .* server:80    %-> client:40000  SYN,ACK")
  t.match(text, "expected a RST from client, but nothing more came")
end)
