-- netlab.core.build: frames from tables: bytes of examples, what is misuse, and that all of it is documented. Whether
-- every field arrives where it belongs is for tests/unit/test_build_compose.c.

local documents = require "documents"
local test = require "harness"
local build = require "netlab.core.build"

local function hex(text)
  return (text:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

local function with(base, changes)
  local packet = {}
  for name, value in pairs(base) do packet[name] = value end
  for name, value in pairs(changes) do packet[name] = value end
  return packet
end

local ether = { src_mac = "02:00:00:00:00:01", dst_mac = "02:00:00:00:00:02" }
local ip = with(ether, { src = "10.0.0.1", dst = "10.0.0.2" })
local tcp = with(ip, { sport = 80, dport = 40000, flags = "SYN,ACK", seq = 1, ack = 2 })
local six = with(ether, { proto = "udp", src = "fd00::1", dst = "fd00::2", sport = 1, dport = 2 })

-- The checksums were computed from RFC 1071 by another program.
local examples = {
  { "a SYN,ACK", with(tcp, { mss = 1460 }),
    "020000000002020000000001080045000 02c0000000040 0666ca0a0000010a000002"
    .. "00509c400000000100000002 6012ffff e780 0000020405b4" },
  { "an ARP request", with(ether, { arp_op = 1, arp_spa = "10.0.0.1", arp_tpa = "10.0.0.2" }),
    "020000000002020000000001 0806 0001080006040001 020000000001 0a000001 000000000000 0a000002" },
  { "a frame without a network layer", with(ether, { proto = "other", ethertype = 0x88b5, payload = "ab" }),
    "020000000002020000000001 88b5 6162" },
  { "an IPv6 datagram", with(six, { payload = "x", checksum = 0x1234 }),
    "020000000002020000000001 86dd 6000000000091140" .. "fd000000000000000000000000000001"
    .. "fd000000000000000000000000000002" .. "0001 0002 0009 1234 78" },
  { "an identification makes a fragment header", with(six, { ipid = 0xa0b0c0d0, checksum = 0 }),
    "020000000002020000000001 86dd 6000000000102c40" .. "fd000000000000000000000000000001"
    .. "fd000000000000000000000000000002" .. "11000000 a0b0c0d0 0001 0002 0008 0000" },
}

for _, row in ipairs(examples) do
  test(row[1], function(t)
    t.equal(hex(build.frame(row[2])), (row[3]:gsub(" ", "")))
  end)
end

test("an ICMP error quotes bytes, or a packet that is built", function(t)
  local error = with(ip, { icmp_type = 3, icmp_code = 3, icmp_rest = 0 })
  local quoted = { proto = "udp", src = "10.0.0.2", dst = "10.0.0.1", sport = 7, dport = 9, payload = "abc" }
  local bytes = build.frame(with(quoted, ether)):sub(15)
  local frame = build.frame(with(error, { quoted = quoted }))
  t.equal(hex(frame:sub(-#bytes)), hex(bytes))
  t.equal(hex(build.frame(with(error, { quoted = bytes }))), hex(frame))
  t.equal(#frame, 14 + 20 + 8 + #bytes)
end)

test("the parts of ICMP's second word", function(t)
  local echo = with(ip, { icmp_type = 8 })
  t.equal(hex(build.frame(with(echo, { icmp_id = 0x1234, icmp_seq = 7 })):sub(39, 42)), "12340007")
  t.equal(hex(build.frame(with(echo, { mtu = 1400 })):sub(39, 42)), "00000578")
  t.equal(hex(build.frame(with(echo, { icmp_rest = 0xffffffff })):sub(39, 42)), "ffffffff")
end)

test("fragments", function(t)
  local parts = build.fragments(with(six, { payload = ("x"):rep(20), ipid = 5 }), 16)
  t.equal(#parts, 2)
  t.equal(#parts[1], 14 + 40 + 8 + 16)
  t.equal(#parts[2], 14 + 40 + 8 + 12)
  t.equal(hex(parts[2]:sub(55, 62)), "1100001000000005")
  t.raises("don't fragment", build.fragments, with(tcp, { df = true }), 8)
  t.raises("a multiple of 8", build.fragments, tcp, 12)
  t.raises("a multiple of 8", build.fragments, tcp, 0)
  t.raises("no IP datagram", build.fragments, with(ether, { proto = "other", ethertype = 9 }), 8)
end)

local misuse = {
  { with(tcp, { sporrt = 1 }), "unknown field 'sporrt'; did you mean 'sport'?" },
  { with(tcp, { zzzzz = 1 }), "unknown field 'zzzzz'; the fields are proto, src_mac" },
  { with(tcp, { [1] = 1 }), "field names are texts, got 1" },
  { with(tcp, { sport = 65536 }), "field 'sport': a whole number, 0 to 65535, expected, got 65536" },
  { with(tcp, { sport = -1 }), "field 'sport': a whole number, 0 to 65535, expected, got -1" },
  { with(tcp, { sport = 1.5 }), "field 'sport': a whole number, 0 to 65535, expected, got 1.5" },
  { with(tcp, { sport = "80" }), "field 'sport': a whole number, 0 to 65535, expected, got 80" },
  { with(tcp, { seq = 4294967296 }), "0 to 4294967295" },
  { with(tcp, { ttl = 256 }), "field 'ttl': a whole number, 0 to 255" },
  { with(tcp, { df = 1 }), "field 'df': true or false expected, got 1" },
  { with(tcp, { flags = "SYN,AKC" }), "field 'flags': SYN, FIN, RST" },
  { with(tcp, { flags = 3 }), "field 'flags': control bits" },
  { with(tcp, { options = "mss,foo" }), "field 'options': up to 40 of mss" },
  { with(tcp, { options = "mss" }), "the order names mss, which has no value" },
  { with(tcp, { options = ("nop,"):rep(41) }), "field 'options': up to 40" },
  { with(tcp, { sack = "1:2:3" }), "field 'sack': 1 to 4 blocks" },
  { with(tcp, { sack = "1:4294967296" }), "field 'sack': 1 to 4 blocks" },
  { with(tcp, { sack = "1:-2" }), "field 'sack': 1 to 4 blocks" },
  { with(tcp, { sack = "1:2 1:2 1:2 1:2 1:2" }), "field 'sack': 1 to 4 blocks" },
  { with(tcp, { sack = "" }), "field 'sack': 1 to 4 blocks" },
  { with(tcp, { fastopen = "abc" }), "field 'fastopen': a cookie in hexadecimal" },
  { with(tcp, { fastopen = "xx" }), "field 'fastopen': a cookie in hexadecimal" },
  { with(tcp, { fastopen = ("00"):rep(41) }), "field 'fastopen': a cookie in hexadecimal" },
  { with(tcp, { fastopen = ("00"):rep(39) }), "a header has room for 40" },
  { with(tcp, { checksum = "good" }), "field 'checksum': \"bad\" or a whole number" },
  { with(tcp, { checksum = 65536 }), "field 'checksum': a whole number, 0 to 65535" },
  { with(tcp, { payload = 5 }), "field 'payload': a string expected, got 5" },
  { with(tcp, { src = "10.0.0" }), "field 'src': an IPv4 or IPv6 address expected, got 10.0.0" },
  { with(tcp, { src = "fd00::1" }), "one is an IPv4 address, the other one an IPv6 address" },
  { with(tcp, { src_mac = "02:00:00:00:00" }), "field 'src_mac': a hardware address" },
  { with(tcp, { src_mac = "02:00:00:00:00:0g" }), "field 'src_mac': a hardware address" },
  { with(tcp, { proto = "TCP" }), "field 'proto': tcp, udp" },
  { with(tcp, { proto = "udp" }), "a packet of protocol udp has none" },
  { with(tcp, { arp_op = 1 }), "field 'arp_op': a packet of protocol tcp has none" },
  { with(tcp, { flowlabel = 1 }), "it has no flow label" },
  { with(six, { df = true }), "it has no df" },
  { with(ip, {}), "field 'proto' is missing" },
  { ether, "field 'proto' is missing" },
  { with(ether, { flags = "SYN" }), "field 'src' is missing" },
  { with(ip, { flags = "SYN", src_mac = false }), "field 'src_mac': a hardware address" },
  { { flags = "SYN", src = "1.1.1.1", dst = "1.1.1.1" }, "field 'src_mac' is missing" },
  { with(ip, { proto = "icmp" }), "field 'icmp_type' is missing" },
  { with(ip, { proto = "ip" }), "the number of the protocol inside of IP is not said" },
  { with(ether, { proto = "other" }), "the Ethernet type is not said" },
  { with(ether, { arp_op = 1, arp_spa = "10.0.0.1" }), "field 'arp_tpa' is missing" },
  { with(ether, { arp_op = 1, arp_spa = "fd00::1", arp_tpa = "fd00::2" }), "ARP is about IPv4" },
  { with(ip, { icmp_type = 3, quoted = 5 }), "field 'quoted': a string or the table of a packet expected, got number" },
  { with(ip, { icmp_type = 3, quoted = "", payload = "" }), "fields 'payload' and 'quoted'" },
  { with(ip, { icmp_type = 3, quoted = { sport = 1 } }), "field 'proto' is missing" },
  { with(ip, { icmp_type = 3, quoted = { icmp_type = 3, src = "1.1.1.1", dst = "1.1.1.1", quoted = "" } }),
    "quotes no other one" },
  { with(tcp, { quoted = "" }), "field 'quoted': a packet of protocol tcp has none" },
}

for _, row in ipairs(misuse) do
  test("misuse: " .. row[2], function(t)
    t.raises(row[2], build.frame, row[1])
  end)
end

test("an argument that is no table is misuse", function(t)
  t.raises("table expected", build.frame, "x")
  t.raises("table expected", build.fragments, nil, 8)
  t.raises("number expected", build.fragments, tcp)
end)

test("a table's metamethods do not run", function(t)
  local lazy = setmetatable({}, { __index = function() error "ran" end })
  t.raises("field 'proto' is missing", build.frame, lazy)
end)

-- The definitions for editors.

test("every field and every function is documented, and no other", function(t)
  local text = documents.read "lua/netlab/meta/build.lua"
  local frame = assert(text:match "%-%-%-@class netlab.Frame\n(.-)\n\n")
  local registered = {}
  for _, field in ipairs(build.fields()) do registered[field.name] = true end
  t.equal(documents.names(frame, "%-%-%-@field ([%w_]+)"), documents.keys(registered))
  t.equal(documents.names(text, "\nfunction build%.([%w_]+)%("), documents.keys(build))
end)
