-- One packet form against one packet view, and as the terms of a rule of the wire.

local test = require "harness"
local form = require "netlab.expect.form"
local grammar = require "netlab.expect.grammar"

local WHERE = { source = "exp.lua", line = 1 }
local context = { hosts = {
  client = { ip = "10.0.0.1", ip6 = "fd00::1" },
  server = { ip = "10.0.0.2" },
} }

local function with(base, changes)
  local view = {}
  for _, source in ipairs { base, changes or {} } do
    for name, value in pairs(source) do
      view[name] = value
    end
  end
  return view
end

local ip4 = {
  id = 1, time = 0, fate = "delivered", loopback = false, from = "client", to = "server", src_host = "client",
  dst_host = "server", src = "10.0.0.1", dst = "10.0.0.2", ttl = 64, tos = 0, df = true, mf = false,
    checksum_ok = true,
}
local tcp = with(ip4, {
  proto = "tcp", sport = 40000, dport = 80, flags = "SYN", seq = 0, rawseq = 77, len = 0, win = 64240,
    mss = 1460,
  wscale = 7, sackok = true, ts = true, tsval = 4294967295, tsecr = 0, options = "mss,sackok,ts,nop,wscale",
})
local data = with(tcp, { flags = "PSH,ACK", seq = 1, ack = 1, len = 6, payload = "GET /\n", sack = "1:2" })
local udp = with(ip4, { proto = "udp", sport = 5000, dport = 53, len = 5, payload = "\0ab\"c" })
local unreachable = with(ip4, {
  proto = "icmp", icmp_type = 3, icmp_code = 3,
  quoted = { src = "10.0.0.2", dst = "10.0.0.1", sport = 53, dport = 5000, proto = "udp" },
})
local arp = {
  time = 0, fate = "delivered", from = "client", to = "*", proto = "arp", arp_op = 1, arp_spa = "10.0.0.1",
  arp_tpa = "10.0.0.2", arp_sha = "02:00:00:00:00:01",
}
local loopback = with(tcp, {
  loopback = true, from = "client", to = "client", src = "127.0.0.1", dst = "127.0.0.1", dport = 80,
})
loopback.src_host, loopback.dst_host = nil, nil
local lost = with(tcp, { fate = "dropped" })
local v6 = with(tcp, { src = "fd00::1", dst = "fd00::2" })

local function matches(text, view, binds)
  return form.match(grammar.packet_form(text, WHERE), view, context, binds)
end

-- form, view: a match
local fits = {
  { "client -> server:80 SYN", tcp },
  { "client:40000 -> server SYN", tcp },
  { "client:* -> *:80 SYN", tcp },
  { "* -> * SYN", tcp },
  { "10.0.0.1 -> 10.0.0.2:80 SYN", tcp },
  { "client -> server", tcp },
  { "client -> server TCP", tcp },
  { "client -> server S", tcp },
  { "client -> server P.", data },
  { "client -> server .", data },
  { "client -> server ACK", data },
  { "client -> server PSH,ACK", data },
  { "client -> server ECE,SYN,CWR", with(tcp, { flags = "SYN,ECE,CWR" }) },
  { "client -> server none", with(tcp, { flags = "" }) },
  { "client -> server SYN seq=0 len=0 mss=1460 wscale=* ts sackok", tcp },
  { "client -> server SYN !fastopen !ack !sack", tcp },
  { "client -> server SYN seq=4294967296", tcp },
  { "client -> server ACK seq>-1 seq<2", data },
  { "client -> server ACK seq=-1", with(data, { seq = 4294967295 }) },
  { "client -> server ACK seq<0", with(data, { seq = 4294967295 }) },
  { "client -> server ACK len=1..6", data },
  { "client -> server ACK len!=1..5", data },
  { "client -> server ACK len!=0 len>5 len>=6 len<7 len<=6", data },
  { 'client -> server ACK payload="GET /\\n"', data },
  { 'client -> server ACK payload~"^GET"', data },
  { 'client -> server ACK payload!="x"', data },
  { 'client -> server ACK sack="1:2"', data },
  { "client -> server SYN options=mss,sackok,ts,nop,wscale", tcp },
  { "client -> server SYN df !mf ttl=64 checksum_ok", tcp },
  { "client -> server SYN src=client dst=10.0.0.2 from=client to=server", tcp },
  { "client -> server SYN dst!=client", tcp },
  { "client -> server SYN tsval=-1", tcp },
  { "client -> server UDP len=5", udp },
  { 'client -> server:53 UDP payload="\\0ab\\"c"', udp },
  { "client -> server ICMP", unreachable },
  { "client -> server ICMP port-unreachable quoted.dport=5000 quoted.dst=client", unreachable },
  { "client -> server ICMP unreachable", unreachable },
  { "client -> server ICMP type=3 code=3", unreachable },
  { "client -> * ARP request target=server sender=10.0.0.1", arp },
  { "client -> * ARP", arp },
  { "client -> * ARP op=1 mac=02:00:00:00:00:01", arp },
  { "client -> client:80 SYN", loopback },
  { "127.0.0.1 -> 127.0.0.1:80 SYN", loopback },
  { "client -x server SYN", lost },
  { "client -x server SYN", with(tcp, { fate = "cut" }) },
  { "client -> server SYN", with(tcp, { fate = "held" }) },
  { "client -> server SYN fate=delivered", tcp },
  { "client -> [FD00::2]:80 SYN", v6 },
  { "client -> server IP len=4", with(ip4, { proto = "ip6", len = 4 }) },
  { "client -> server ICMP6 neighbor-solicitation", with(ip4, { proto = "icmp6", icmp_type = 135,
    icmp_code = 0 }) },
}

-- form, view: no match; the field, what was expected, what was observed
local misfits = {
  { "server -> client SYN", tcp, "src", "server", "client:40000" },
  { "client -> client SYN", tcp, "dst", "client", "server:80" },
  { "client -> server:81 SYN", tcp, "dport", "81", "80" },
  { "10.0.0.9 -> server SYN", tcp, "src", "10.0.0.9", "client:40000" },
  { "client:* -> server ICMP", unreachable, "sport", "present", "absent", "any" },
  { "client -> server ACK", tcp, "flags", "ACK", "SYN" },
  { "client -> server SYN,ACK", tcp, "flags", "SYN,ACK", "SYN" },
  { "client -> server PSH,ACK", with(data, { flags = "ACK" }), "flags", "PSH,ACK", "ACK" },
  { "client -> server ACK", with(data, { flags = "ACK,URG" }), "flags", "ACK", "ACK,URG" },
  { "client -> server SYN", with(tcp, { flags = "SYN,ECE,CWR" }), "flags", "SYN", "SYN,ECE,CWR" },
  { "client -> server none", tcp, "flags", "none", "SYN" },
  { "client -> server UDP", tcp, "proto", "UDP", "TCP" },
  { "client -> server SYN seq=1", tcp, "seq", "1", "0" },
  { "client -> server SYN ack=*", tcp, "ack", "present", "absent" },
  { "client -> server SYN ack=0", tcp, "ack", "0", "absent" },
  { "client -> server SYN ack!=0", tcp, "ack", "!=0", "absent" },
  { "client -> server SYN !ts", tcp, "ts", "no", "yes" },
  { "client -> server SYN !mss", tcp, "mss", "absent", "1460" },
  { "client -> server SYN checksum_ok", with(tcp, { checksum_ok = false }), "checksum_ok", "yes", "no" },
  { "client -> server ACK len=7..9", data, "len", "7..9", "6" },
  { "client -> server ACK len>6", data, "len", ">6", "6" },
  { 'client -> server ACK payload="GET"', data, "payload", '"GET"', '"GET /\\n"' },
  { 'client -> server ACK payload~"^POST"', data, "payload", '~"^POST"', '"GET /\\n"' },
  { "client -> server SYN options=mss", tcp, "options", '"mss"', '"mss,sackok,ts,nop,wscale"' },
  { "client -> server SYN dst=client", tcp, "dst", "client", "10.0.0.2" },
  { "client -> server ICMP host-unreachable", unreachable, "type", "host-unreachable", "port-unreachable" },
  { "client -> server ICMP quoted.sport=54", unreachable, "quoted.sport", "54", "53" },
  { "client -> server SYN fate=cut", tcp, "fate", '"cut"', '"delivered"' },
  { "client -> * ARP reply", arp, "op", "reply", "request" },
  { "client -> server SYN", lost, "fate", "not lost", "dropped" },
  { "client -x server SYN", tcp, "fate", "lost on the wire", "delivered" },
  { "server -> client:80 SYN", loopback, "src", "server", "127.0.0.1:40000" },
  { "client -> server SYN seq=$x+1", tcp, "seq", "$x+1, but $x has no value yet", "0" },
}

for _, row in ipairs(fits) do
  test(("%s matches"):format(row[1]), function(t)
    local fine, difference = matches(row[1], row[2])
    t.ok(fine, difference and ("%s: expected %s, observed %s"):format(difference.field, difference.expected,
      difference.observed))
  end)
end

for _, row in ipairs(misfits) do
  test(("%s does not match"):format(row[1]), function(t)
    if row[6] then
      return t.raises("has no ports", matches, row[1], row[2])
    end
    local fine, difference = matches(row[1], row[2])
    t.equal(fine, false)
    t.equal(difference.field, row[3])
    t.equal(difference.expected, row[4])
    t.equal(difference.observed, row[5])
  end)
end

test("a variable is bound at its first use and compared afterwards", function(t)
  local binds = {}
  t.ok(matches("client:$p -> server SYN rawseq=$s", tcp, binds))
  t.equal(binds.p, 40000)
  t.equal(binds.s, 77)
  t.ok(matches("client:$p -> server SYN rawseq=$s", tcp, binds))
  t.ok(matches("client -> server SYN rawseq=$s+1", with(tcp, { rawseq = 78 }), binds))
  t.ok(matches("client -> server SYN rawseq>$s rawseq!=$s", with(tcp, { rawseq = 78 }), binds))
  local fine, difference = matches("client -> server SYN rawseq=$s-2", tcp, binds)
  t.equal(fine, false)
  t.equal(difference.expected, "75 ($s-2)")
  fine, difference = matches("client:$p -> server SYN", with(tcp, { sport = 1 }), binds)
  t.equal(fine, false)
  t.equal(difference.expected, "40000 ($p)")
end)

test("a variable wraps around with the sequence numbers", function(t)
  t.ok(matches("client -> server SYN rawseq=$s+2", with(tcp, { rawseq = 1 }), { s = 4294967295 }))
end)

test("one variable may stand at both ends", function(t)
  t.ok(matches("client:$p -> server:$p SYN", with(tcp, { dport = 40000 }), {}))
  t.equal(matches("client:$p -> server:$p SYN", tcp, {}), false)
end)

test("a variable holds text, too", function(t)
  local binds = {}
  t.ok(matches("client -> server SYN options=$o", tcp, binds))
  t.equal(binds.o, "mss,sackok,ts,nop,wscale")
  t.equal(matches("client -> server SYN options=$o", with(tcp, { options = "mss" }), binds), false)
end)

test("no match binds nothing", function(t)
  local binds = {}
  t.equal(matches("client:$p -> server ACK", tcp, binds), false)
  t.equal(binds.p, nil)
end)

test("an unknown host is an error that lists the hosts", function(t)
  local packet = grammar.packet_form("  client -> sever SYN", WHERE)
  local fine, problem = pcall(form.check, packet, context)
  t.equal(fine, false)
  t.equal(problem.message, 'unknown host "sever"; did you mean "server"?; the hosts are client, server')
  t.equal(problem.column, 13)
  t.raises("the hosts are client, server", form.check, grammar.packet_form("* -> * src=nobody", WHERE),
    context)
end)

-- ---- rules of the wire ----

local function terms_text(text)
  local parts = {}
  for i, term in ipairs(form.terms(grammar.packet_form(text, WHERE), context)) do
    parts[i] = ("%s%s%s%s"):format(term.field, term.op, term.mask and term.mask .. "," or "", term.value)
  end
  return table.concat(parts, " ")
end

local rules = {
  { "server -> client SYN,ACK", "src_host==server dst_host==client proto==tcp flags&247,18" },
  { "client:5000 -> 10.0.0.2:80 PSH,ACK",
    "src_host==client sport==5000 dst==10.0.0.2 dport==80 proto==tcp flags&255,24" },
  { "* -> *", "" },
  { "client -> server len>0", "src_host==client dst_host==server len>0" },
  { "* -> * ACK len=1..9 seq=-1 win!=0", "proto==tcp flags&247,16 len>=1 len<=9 seq==4294967295 win!=0" },
  { "* -> * UDP dport=53", "proto==udp dport==53" },
  { "* -> * ICMP port-unreachable", "proto==icmp icmp_type==3 icmp_code==3" },
  { "* -> * ICMP type=8", "proto==icmp icmp_type==8" },
  { "* -> * ARP request", "proto==arp arp_op==1" },
  { "* -> * dst=server", "dst==10.0.0.2" },
}

for _, row in ipairs(rules) do
  test(("%s as a rule"):format(row[1]), function(t)
    t.equal(terms_text(row[1]), row[2])
  end)
end

local no_rules = {
  { "client -x server SYN", "%-x .*is not possible in a rule of the wire" },
  { "client:$p -> server SYN", "the variable %$p is not" },
  { "client -> server SYN seq=$x", "the variable %$x is not" },
  { 'client -> server ACK payload="a"', "the field payload is not" },
  { "client -> server SYN mss=*", "whether a field is there" },
  { "client -> server SYN ts", "the field ts is not" },
  { "client -> server SYN len!=1..2", "outside of a range" },
  { "client -> sever SYN", "unknown host" },
  { "* -> * dst=client", "2 addresses" },
  { "* -> * IP", "of either version" },
}

for _, row in ipairs(no_rules) do
  test(("%s is no rule"):format(row[1]), function(t)
    t.raises(row[2], terms_text, row[1])
  end)
end
