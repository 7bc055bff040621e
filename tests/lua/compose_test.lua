-- lab/compose.lua: what table a packet form becomes, and what cannot be sent. That a form matches what is sent of it is
-- tested in tests/unit/test_build_compose.c.

local test = require "harness"
local build = require "netlab.core.build"
local compare = require "netlab.expect.compare"
local compose = require "netlab.lab.compose"
local fields = require "netlab.expect.fields"
local grammar = require "netlab.expect.grammar"

local WHERE = { source = "exp.lua", line = 7 }
local hosts = {
  client = { ip = "10.0.0.1", ip6 = "fd00::1", mac = "02:00:00:00:00:01" },
  peer = { ip = "10.0.0.2", mac = "02:00:00:00:00:02" },
  six = { ip6 = "fd00::3", mac = "02:00:00:00:00:03" },
}

local function context(more)
  local made = { hosts = hosts, binds = { p = 40000, t = "text" }, where = WHERE }
  for name, value in pairs(more or {}) do made[name] = value end
  return made
end

-- ---- tables ----

local to_client = { src_mac = hosts.peer.mac, dst_mac = hosts.client.mac, src = "10.0.0.2", dst = "10.0.0.1" }

local tables = {
  { "peer:80 -> client:$p SYN,ACK seq=0 ack=1 mss=1460",
    { proto = "tcp", sport = 80, dport = 40000, flags = "SYN,ACK", seq = 0, ack = 1, mss = 1460 } },
  { "peer:80 -> client:1 none", { proto = "tcp", sport = 80, dport = 1, flags = "", seq = 0 } },
  { "peer:80 -> client:1 ACK,SYN seq=-1 ack=$p-1 df !mf sackok",
    { proto = "tcp", sport = 80, dport = 1, flags = "SYN,ACK", seq = 4294967295, ack = 39999, df = true, mf = false,
      sackok = true } },
  { "peer:80 -> client:1 UDP len=12", { proto = "udp", sport = 80, dport = 1, payload = "012345678901" } },
  { "peer:80 -> client:1 UDP payload=$t len=4", { proto = "udp", sport = 80, dport = 1, payload = "text" } },
  { "peer:80 -> client:1 UDP checksum=bad ipchecksum=0x1234",
    { proto = "udp", sport = 80, dport = 1, checksum = "bad", ipchecksum = 0x1234 } },
  { "peer -> client ICMP host-unreachable quoted.proto=udp quoted.dport=53",
    { proto = "icmp", icmp_type = 3, icmp_code = 1,
      quoted = { proto = "udp", src = "10.0.0.1", dst = "10.0.0.2", dport = 53 } } },
  { "peer -> client ICMP type=5 code=1 payload=\"\"", { proto = "icmp", icmp_type = 5, icmp_code = 1, payload = "" } },
}

for _, row in ipairs(tables) do
  test(row[1], function(t)
    local expected = {}
    for _, from in ipairs { to_client, row[2] } do
      for name, value in pairs(from) do expected[name] = value end
    end
    t.equal(compose.packet(row[1], context()), expected)
  end)
end

test("a parsed form is the same as its text", function(t)
  local text = "peer:80 -> client:1 SYN mss=1460"
  t.equal(compose.packet(grammar.packet_form(text, WHERE), context()), compose.packet(text, context()))
end)

test("the conversation gives the base of sequence numbers, and what the form does not say", function(t)
  local asked
  local packet = compose.packet("peer -> client:$p ACK,PSH sack=\"1:2 4294967295:0\"", context {
    flow = function(ends)
      asked = ends
      return { sport = 80, dport = 9, seq_base = 4294967295, ack_base = 1000, seq = 2, ack = 3 }
    end,
  })
  t.equal(asked, { proto = "tcp", src = "10.0.0.2", dst = "10.0.0.1", dport = 40000 })
  t.equal(packet.sport, 80)
  t.equal(packet.dport, 40000)
  t.equal(packet.seq, 1)
  t.equal(packet.ack, 1003)
  t.equal(packet.sack, "1001:1002 999:1000")
end)

test("raw numbers are not relative", function(t)
  local packet = compose.packet("peer:1 -> client:2 SYN rawseq=7 rawack=8",
    context { flow = function() return { seq_base = 100, ack_base = 100 } end })
  t.equal(packet.seq, 7)
  t.equal(packet.ack, 8)
end)

test("what comes besides the form wins", function(t)
  local packet = compose.packet("peer:1 -> client:2 SYN ttl=3", context(), { ttl = 4, doff = 2, src_mac = "x" })
  t.equal(packet.ttl, 4)
  t.equal(packet.doff, 2)
  t.equal(packet.src_mac, "x")
end)

test("fragments are told beside the packet", function(t)
  local packet, size = compose.packet("peer:1 -> client:2 UDP len=20 fragments=16", context())
  t.equal(size, 16)
  t.equal(packet.fragments, nil)
  t.equal(#compose.frames("peer:1 -> client:2 UDP len=20 fragments=16", context()), 2)
  t.equal(#compose.frames("peer:1 -> client:2 UDP len=20", context()), 1)
end)

-- form, src, dst
local families = {
  { "peer:1 -> client:2 SYN", "10.0.0.2", "10.0.0.1" },
  { "six:1 -> client:2 SYN", "fd00::3", "fd00::1" },
  { "client:1 -> six:2 SYN", "fd00::1", "fd00::3" },
  { "client:1 -> client:2 SYN", "10.0.0.1", "10.0.0.1" },
  { "client:1 -> client:2 SYN src=fd00::1", "fd00::1", "fd00::1" },
  { "client:1 -> [fd00::3]:2 SYN", "fd00::1", "fd00::3" },
  { "* -> client:2 SYN sport=4 src=10.9.9.9 src_mac=02:00:00:00:00:09", "10.9.9.9", "10.0.0.1" },
  { "* -> client:2 SYN sport=4 src=client", "10.0.0.1", "10.0.0.1" },
  { "client -> client ICMP6 echo-request", "fd00::1", "fd00::1" },
  { "client -> client ICMP echo-request", "10.0.0.1", "10.0.0.1" },
}

for _, row in ipairs(families) do
  test("addresses of " .. row[1], function(t)
    local packet = compose.packet(row[1], context())
    t.equal(packet.src, row[2])
    t.equal(packet.dst, row[3])
  end)
end

local CLIENT, PEER = hosts.client.mac, hosts.peer.mac

-- form, src_mac, dst_mac, context
local macs = {
  { "peer:1 -> client:2 SYN", PEER, CLIENT },
  { "10.0.0.2:1 -> 10.0.0.1:2 SYN", PEER, CLIENT },
  { "peer:1 -> 224.129.2.3:2 UDP", PEER, "01:00:5e:01:02:03" },
  { "peer:1 -> 255.255.255.255:2 UDP", PEER, "ff:ff:ff:ff:ff:ff" },
  { "client:1 -> [ff02::1]:2 UDP", CLIENT, "33:33:00:00:00:01" },
  { "client:1 -> [ff02::1:ff00:2]:2 UDP", CLIENT, "33:33:ff:00:00:02" },
  { "client:1 -> [ff02:1:2:3:4:5:6:7]:2 UDP", CLIENT, "33:33:00:06:00:07" },
  { "10.9.9.9:1 -> client:2 SYN", PEER, CLIENT, { src_mac = PEER } },
  { "client:1 -> 10.9.9.9:2 SYN", CLIENT, PEER, { next_hop = function(ip) return ip == "10.9.9.9" and PEER end } },
  { "peer:1 -> client:2 SYN dst_mac=02:00:00:00:00:0a", PEER, "02:00:00:00:00:0a" },
  { "peer -> client ARP reply", PEER, CLIENT },
  { "peer -> * ARP request target=client", PEER, "ff:ff:ff:ff:ff:ff" },
  { "peer -> 10.0.0.9 ARP request", PEER, "ff:ff:ff:ff:ff:ff" },
  { "peer -> client OTHER ethertype=9", PEER, CLIENT },
  { "peer -> * OTHER ethertype=9", PEER, "ff:ff:ff:ff:ff:ff" },
}

for _, row in ipairs(macs) do
  test("hardware addresses of " .. row[1], function(t)
    local packet = compose.packet(row[1], context(row[4]))
    t.equal(packet.src_mac, row[2])
    t.equal(packet.dst_mac, row[3])
  end)
end

-- ---- what cannot be sent: the form, the column, what is said ----

local problems = {
  { "peer:1 -> client:2 SYN seq=1..2", 24, "seq=1..2 is a condition, no value that can be sent: write seq=NUMBER" },
  { "peer:1 -> client:2 SYN win!=0", 24, "win!=0 is a condition, no value that can be sent: write win=NUMBER" },
  { "peer:1 -> client:2 SYN len>0", 24, "len>0 is a condition" },
  { 'peer:1 -> client:2 SYN payload~"x"', 24, 'payload~"x" is a condition, no value that can be sent: write pay' },
  { "peer:1 -> client:2 SYN src!=client", 24, "src!=client is a condition, no value that can be sent: write src=ADD" },
  { "peer:1 -> client:2 SYN mss=*", 24, "mss=* says that there is one, not which: write mss=NUMBER" },
  { "peer:1 -> client:2 SYN wscale", 24, "wscale says that there is one, not which: write wscale=NUMBER" },
  { "peer:1 -> client:2 SYN !ttl", 24, "every such packet has ttl: write ttl=NUMBER, or nothing" },
  { "peer:1 -> client:2 ACK !ack", 24, "every such packet has ack" },
  { "peer:1 -> client:2 SYN ttl=256", 24, "ttl=256 does not fit: write 0 to 255" },
  { "peer:1 -> client:2 SYN win=-1", 24, "win=-1 does not fit: write 0 to 65535" },
  { "peer:1 -> client:2 SYN len=65536", 24, "len=65536 does not fit" },
  { "peer:1 -> client:2 SYN seq=$q", 24, "the variable $q has no value yet, so it cannot be sent: write the" },
  { "peer:1 -> client:2 SYN seq=$t", 24, "seq is a number, not text" },
  { "peer:1 -> client:2 SYN options=$t+1", 24, "$t is no number" },
  { "peer:1 -> client:$q SYN", 11, "the variable $q has no value yet" },
  { "peer:1 -> client SYN", 11, "the receiver needs a port: write client:PORT" },
  { "peer -> client:1 UDP", 1, "the sender needs a port: write peer:PORT" },
  { "peer:* -> client:1 UDP", 1, "the sender needs a port" },
  { "* -> client:1 UDP", 1, "* is nobody in particular: the sender must be named: write a host or an address" },
  { "peer:1 -> *:1 UDP", 11, "* is nobody in particular: the receiver must be named" },
  { "peer:1 -> sever:1 UDP", 11, "unknown host \"sever\"" },
  { "peer:1 -> client:2 SYN src=10.9.9.9", 24, "10.9.9.9 is not peer:1's address: write 10.9.9.9 as the sender" },
  { "peer:1 -> client:2 SYN sport=2", 1, "the form says sport twice" },
  { "six:1 -> peer:2 SYN", 10, "peer has no IPv6 address" },
  { "peer:1 -> 10.9.9.9:2 SYN", 11, "nobody is known to have the receiver's hardware address: write dst_mac=" },
  { "10.0.0.1:1 -> [fd00::1]:2 SYN", 15, "are of different families" },
  { "peer:1 -x client:2 SYN", 1, "-x says that a packet was lost, which the wire decides: write ->" },
  { "peer:1 -> client:2", 1, "what is sent must be said: write control bits (SYN, or none) or a protocol" },
  { "peer:1 -> client:2 TCP", 1, "TCP says no control bits: write them (SYN,ACK), or none" },
  { "peer:1 -> client:2 SYN ack=1", 24, "ack= needs the ACK bit: write rawack=" },
  { "peer:1 -> client:2 ACK urg=1", 24, "urg= needs the URG bit" },
  { "peer:1 -> client:2 SYN seq=1 seq=2", 30, "the form says seq twice, and not the same" },
  { "peer:1 -> client:2 SYN seq=1 rawseq=2", 30, "the form says seq twice, and not the same" },
  { "peer:1 -> client:2 SYN mss=1 !mss", 30, "the form says mss twice" },
  { "peer:1 -> client:2 SYN sack=\"1-2\"", 24, "1-2 is no block: write sack=\"1:1001 2001:3001\"" },
  { "peer:1 -> client:2 SYN fastopen=\"xyz\"", 24, "a Fast Open cookie is hexadecimal" },
  { "peer:1 -> client:2 SYN checksum=good", 24, "checksum=good is no checksum: write checksum=bad or a number, 0 to" },
  { "peer:1 -> client:2 SYN ipchecksum=65536", 24, "ipchecksum=65536 is no checksum" },
  { "peer:1 -> client:2 SYN src_mac=\"02:00\"", 24, "02:00 is no hardware address" },
  { "peer:1 -> client:2 UDP fragments=12", 24, "fragments have a multiple of 8 bytes" },
  { "peer:1 -> client:2 UDP payload=\"abc\" len=2", 38, "len=2 is not the length of what is sent" },
  { "peer:1 -> client:2 SYN length=60", 24, "length cannot be sent: it follows from all the rest: write len= for" },
  { "peer:1 -> client:2 SYN from=peer", 24, "from cannot be sent" },
  { "peer:1 -> client:2 SYN to=peer", 24, "to cannot be sent" },
  { "peer:1 -> client:2 SYN fate=cut", 24, "fate cannot be sent" },
  { "peer -> client ICMP", 1, "an ICMP packet has a type: write the message's name, or type=NUMBER" },
  { "peer -> client ICMP echo-reply type=8", 32, "the form says icmp_type twice" },
  { "peer -> client ICMP port-unreachable", 1, "an ICMP error quotes the packet that it is about" },
  { "client -> client ICMP6 packet-too-big", 1, "an ICMP error quotes the packet that it is about" },
  { "peer -> * ARP request", 1, "ARP needs the target's address: write target=ADDRESS" },
  { "peer -> client ARP", 1, "ARP is a request or a reply" },
  { "peer -> client IP", 1, "IP says no protocol inside of it: write ipproto=NUMBER" },
  { "peer -> client OTHER", 1, "OTHER says no Ethernet type: write ethertype=NUMBER" },
}

for _, row in ipairs(problems) do
  test(row[1] .. " cannot be sent", function(t)
    local problem = t.raises(row[3], compose.packet, row[1], context())
    t.equal(problem.line, 7)
    t.equal(problem.column, row[2])
  end)
end

test("a line with a time is not sent", function(t)
  local form = grammar.parse("after 1s client:1 -> peer:2 SYN", WHERE)[1]
  t.raises("after 1s is not possible here", compose.packet, form, context())
end)

-- ---- the fields that only sending knows ----

test("a sending field goes where build.frame has a field", function(t)
  local known = {}
  for _, field in ipairs(build.fields()) do known[field.name] = true end
  for _, field in ipairs(fields.sending) do
    t.ok(known[field.view] or field.name == "fragments", field.name)
  end
end)

test("no packet that was recorded has a sending field", function(t)
  local form = grammar.packet_form("peer -> client TCP checksum=bad", WHERE)
  t.equal(compare.test(form.fields[1], { checksum = "bad" }, { hosts = hosts }, {}, {}), false)
end)

test("every field of the language can be sent, or says why not", function(t)
  local lines = {
    tcp = "peer:1 -> client:2 ACK,URG ", udp = "peer:1 -> client:2 UDP ", icmp = "peer -> client ICMP ",
    icmp6 = "client -> six ICMP6 ", arp = "peer -> client ARP ", ip = "peer -> client IP ",
    other = "peer -> client OTHER ",
  }
  local needed = { icmp = " type=8", icmp6 = " type=128", arp = " op=1", ip = " ipproto=9", other = " ethertype=9" }
  local values = { number = "1", serial = "1", bytes = '"x"', address = "10.0.0.1", text = '"ab"', host = "peer" }
  local special = {
    sack = '"1:2"', fastopen = '"ab"', mac = "02:00:00:00:00:09", src = "peer", dst = "client", sport = "1",
    dport = "2", checksum = "bad", ipchecksum = "1", fragments = "8", target_mac = "02:00:00:00:00:09",
    src_mac = "02:00:00:00:00:09", dst_mac = "02:00:00:00:00:09", ["quoted.proto"] = "tcp", options = "mss", type = "8",
  }
  local count = 0
  for _, list in ipairs { fields.list, fields.sending } do
    for _, field in ipairs(list) do
      for proto, line in pairs(lines) do
        if not field.of or field.of[proto] then
          local value = proto == "icmp6" and (field.name == "src" and "client" or field.name == "dst" and "six")
            or special[field.name] or values[field.kind]
          local text = line .. (field.kind == "boolean" and field.name or field.name .. "=" .. value)
          local need = needed[proto]
          if need and not text:find(need:match "^ %a+=", 1, true) then text = text .. need end
          local fine, raised = pcall(compose.packet, text, context())
          t.ok(fine or tostring(raised):find "cannot be sent: ", text .. ": " .. tostring(raised))
          count = count + 1
        end
      end
    end
  end
  t.ok(count > 150, count)
end)
