-- capfiles.lua: frames and capture files made byte by byte, for tests: pcap and pcapng in both byte orders, with all
-- link types that netlab reads. local capfiles = require "capfiles"

local capfiles = {}

-- ---- frames ----

local function sum(text)
  local total = 0
  for i = 1, #text - 1, 2 do
    total = total + (">I2"):unpack(text, i)
  end
  total = #text % 2 == 1 and total + text:byte(-1) * 256 or total
  while total > 0xffff do
    total = (total & 0xffff) + (total >> 16)
  end
  return ~total & 0xffff
end

-- An IPv4 address in dots, or an IPv6 address of eight groups, as bytes.
local function address(text)
  if text:find ":" then
    local groups = {}
    for group in text:gmatch "%x+" do
      groups[#groups + 1] = (">I2"):pack(tonumber(group, 16))
    end
    return table.concat(groups)
  end
  local bytes = {}
  for byte in text:gmatch "%d+" do
    bytes[#bytes + 1] = string.char(tonumber(byte))
  end
  return table.concat(bytes)
end
capfiles.address = address

-- Put the checksum, over a pseudo header, at an offset of a segment.
local function filled(segment, offset, from, to, protocol)
  local pseudo = from .. to .. (">I4I4"):pack(#segment, protocol)
  return segment:sub(1, offset) .. (">I2"):pack(sum(pseudo .. segment)) .. segment:sub(offset + 3)
end

---An IP packet of either version around a segment. options: ttl, fragment (the flags and offset of IPv4).
function capfiles.ip(src, dst, protocol, segment, options)
  local from, to = address(src), address(dst)
  options = options or {}
  if #from == 16 then
    return (">I4I2BB"):pack(0x60000000, #segment, protocol, options.ttl or 64) .. from .. to .. segment
  end
  local fragment = options.fragment or 0x4000
  local head = (">I1I1I2I2I2BB"):pack(0x45, 0, 20 + #segment, 7, fragment, options.ttl or 64, protocol)
  local check = (">I2"):pack(sum(head .. "\0\0" .. from .. to))
  return head .. check .. from .. to .. segment
end

local flag_bits = { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32, ECE = 64, CWR = 128 }

---A TCP packet. Fields: src, dst, sport, dport, flags ("SYN,ACK"), seq, ack, win, urg, options (bytes), payload, ttl.
function capfiles.tcp(p)
  local bits, options, payload = 0, p.options or "", p.payload or ""
  for name in (p.flags or ""):gmatch "%u+" do
    bits = bits | flag_bits[name]
  end
  local segment = (">I2I2I4I4BBI2I2I2"):pack(p.sport, p.dport, p.seq or 0, p.ack or 0, (20 + #options) << 2, bits,
    p.win or 501, 0, p.urg or 0) .. options .. payload
  local from, to = address(p.src), address(p.dst)
  return capfiles.ip(p.src, p.dst, 6, filled(segment, 16, from, to, 6), p)
end

---A UDP packet.
function capfiles.udp(src, sport, dst, dport, payload)
  local segment = (">I2I2I2I2"):pack(sport, dport, 8 + #payload, 0) .. payload
  return capfiles.ip(src, dst, 17, filled(segment, 6, address(src), address(dst), 17))
end

---An ICMP packet; `body` is what stands behind the checksum.
function capfiles.icmp(src, dst, kind, code, body)
  local message = (">BBI2"):pack(kind, code, 0) .. body
  if src:find ":" then
    return capfiles.ip(src, dst, 58, filled(message, 2, address(src), address(dst), 58))
  end
  return capfiles.ip(src, dst, 1, (">BBI2"):pack(kind, code, sum(message)) .. body)
end

---The body of an ARP packet.
function capfiles.arp(op, spa, tpa)
  return (">I2I2BBI2"):pack(1, 0x800, 6, 4, op) .. "\2\0\0\0\0\1" .. address(spa) .. "\0\0\0\0\0\0" .. address(tpa)
end

-- ---- link headers, by link type: of an IP packet ----

local function ethertype(packet)
  return packet:byte(1) >> 4 == 6 and 0x86dd or 0x0800
end

local MACS = "\2\0\0\0\0\2" .. "\2\0\0\0\0\1"

capfiles.links = {
  [0] = function(packet, order) return (order .. "I4"):pack(ethertype(packet) == 0x800 and 2 or 30) .. packet end,
  [1] = function(packet) return MACS .. (">I2"):pack(ethertype(packet)) .. packet end,
  [101] = function(packet) return packet end,
  [108] = function(packet) return (">I4"):pack(ethertype(packet) == 0x800 and 2 or 24) .. packet end,
  [113] = function(packet)
    return (">I2I2I2"):pack(4, 1, 6) .. "\2\0\0\0\0\1\0\0" .. (">I2"):pack(ethertype(packet)) .. packet
  end,
  [228] = function(packet) return packet end,
  [276] = function(packet)
    return (">I2I2I4I2BB"):pack(ethertype(packet), 0, 3, 1, 4, 6) .. "\2\0\0\0\0\1\0\0" .. packet
  end,
}

---An Ethernet frame around a packet, with VLAN tags when they are given.
function capfiles.ethernet(packet, kind, tags)
  return MACS .. (tags or "") .. (">I2"):pack(kind or ethertype(packet)) .. packet
end

-- ---- pcap ----

---A pcap file. Fields: order ("<" or ">"), nano, linktype, snaplen, packets = {{time = ns, bytes =, length =}...}.
function capfiles.pcap(file)
  local order, tick = file.order or "<", file.nano and 1 or 1000
  local parts = { (order .. "I4I2I2i4I4I4I4"):pack(file.nano and 0xa1b23c4d or 0xa1b2c3d4, 2, 4, 0, 0,
    file.snaplen or 262144, file.linktype or 1) }
  for _, packet in ipairs(file.packets) do
    local bytes = packet.bytes:sub(1, file.snaplen or 262144)
    parts[#parts + 1] = (order .. "I4I4I4I4"):pack(packet.time // 1000000000, packet.time % 1000000000 // tick,
      #bytes, packet.length or #packet.bytes) .. bytes
  end
  return table.concat(parts)
end

-- ---- pcapng ----

---A block of pcapng.
function capfiles.block(order, kind, body)
  body = body .. ("\0"):rep(-#body % 4)
  return (order .. "I4I4"):pack(kind, 12 + #body) .. body .. (order .. "I4"):pack(12 + #body)
end

---Options: a list of {code, value}.
function capfiles.options(order, list)
  local parts = {}
  for _, option in ipairs(list or {}) do
    parts[#parts + 1] = (order .. "I2I2"):pack(option[1], #option[2]) .. option[2] .. ("\0"):rep(-#option[2] % 4)
  end
  return #parts > 0 and table.concat(parts) .. "\0\0\0\0" or ""
end

function capfiles.section(order, options)
  return capfiles.block(order, 0x0a0d0d0a, (order .. "I4I2I2i8"):pack(0x1a2b3c4d, 1, 0, -1)
    .. capfiles.options(order, options))
end

function capfiles.interface(order, linktype, snaplen, options)
  return capfiles.block(order, 1, (order .. "I2I2I4"):pack(linktype, 0, snaplen) .. capfiles.options(order, options))
end

---An enhanced packet block; `time` in the ticks of the interface.
function capfiles.packet(order, interface, time, bytes, options, length)
  local padded = bytes .. ("\0"):rep(-#bytes % 4)
  return capfiles.block(order, 6, (order .. "I4I4I4I4I4"):pack(interface, time >> 32, time & 0xffffffff, #bytes,
    length or #bytes) .. padded .. capfiles.options(order, options))
end

---The obsolete packet block.
function capfiles.old_packet(order, interface, time, bytes)
  return capfiles.block(order, 2, (order .. "I2I2I4I4I4I4"):pack(interface, 0, time >> 32, time & 0xffffffff, #bytes,
    #bytes) .. bytes)
end

function capfiles.simple_packet(order, bytes, length)
  return capfiles.block(order, 3, (order .. "I4"):pack(length or #bytes) .. bytes)
end

---A name resolution block: a list of {address as text, name}.
function capfiles.names(order, list)
  local records = {}
  for _, row in ipairs(list) do
    local bytes = address(row[1])
    records[#records + 1] = { #bytes == 4 and 1 or 2, bytes .. row[2] .. "\0" }
  end
  return capfiles.block(order, 4, capfiles.options(order, records))
end

-- ---- what the tests print ----

local A, B = "10.0.0.1", "10.0.0.2"
local SYN_OPTIONS = "\2\4\5\xb4\4\2\8\10\0\0\0\1\0\0\0\0\1\3\3\7"
local TIME = 1700000000123456789

local function packets_between(a, b)
  local function tcp(forth, rest)
    rest.src, rest.dst = forth and a or b, forth and b or a
    rest.sport, rest.dport = forth and 40000 or 80, forth and 80 or 40000
    return capfiles.tcp(rest)
  end
  return {
    tcp(true, { flags = "SYN", seq = 0xfffffff0, options = SYN_OPTIONS, win = 64240 }),
    tcp(false, { flags = "SYN,ACK", seq = 77, ack = 0xfffffff1, options = SYN_OPTIONS }),
    tcp(true, { flags = "ACK", seq = 0xfffffff1, ack = 78 }),
    tcp(true, { flags = "PSH,ACK", seq = 0xfffffff1, ack = 78, payload = "GET / HTTP/1.0\r\n\r\n" }),
    tcp(false, { flags = "ACK,URG", seq = 78, ack = 3, urg = 5, payload = "hello" }),
    tcp(false, { flags = "ACK", seq = 90, ack = 3, payload = ("x"):rep(40) }),
    tcp(true, { flags = "ACK", seq = 3, ack = 83, options = "\1\1\5\10" .. (">I4I4"):pack(90, 130) }),
    tcp(false, { flags = "FIN,ACK", seq = 83, ack = 3 }),
    tcp(true, { flags = "RST", seq = 3 }),
    capfiles.udp(a, 5000, b, 53, "query"),
  }
end

---Packets of all kinds between two IPv4 hosts, and between two IPv6 hosts: IP, without link headers.
function capfiles.sample()
  local list = packets_between(A, B)
  local query = capfiles.udp(A, 5000, B, 53, "query")
  list[#list + 1] = capfiles.icmp(B, A, 3, 3, "\0\0\0\0" .. query:sub(1, 28))
  list[#list + 1] = capfiles.icmp(A, B, 8, 0, "\0\1\0\1ping")
  list[#list + 1] = capfiles.ip(A, B, 17, "\19\136\0\53\0\48\0\0first", { fragment = 0x2000 })
  list[#list + 1] = capfiles.ip(A, B, 17, "second part", { fragment = 5 })
  list[#list + 1] = capfiles.ip(A, B, 132, "a protocol that is not decoded")
  local six = packets_between("fd00:0:0:0:0:0:0:1", "fd00:0:0:0:0:0:0:2")
  table.move(six, 1, #six, #list + 1, list)
  list[#list + 1] = capfiles.icmp("fd00:0:0:0:0:0:0:1", "fd00:0:0:0:0:0:0:2", 128, 0, "\0\1\0\1ping")
  return list
end

---The sample as packets of a file of that link type.
function capfiles.sample_packets(linktype, order)
  local list = {}
  for i, packet in ipairs(capfiles.sample()) do
    list[i] = { time = TIME + i * 1000123, bytes = capfiles.links[linktype](packet, order or "<") }
  end
  return list
end

---The sample as pcapng: two interfaces of different link types, lengths and resolutions, names, comments, two sections
---in different byte orders, all kinds of packet blocks.
function capfiles.sample_pcapng()
  local parts, list = {}, capfiles.sample()
  for s, order in ipairs { "<", ">" } do
    parts[#parts + 1] = capfiles.section(order, { { 1, "section " .. s } })
    parts[#parts + 1] = capfiles.interface(order, 1, 0, { { 2, "eth0" }, { 9, "\9" } })
    parts[#parts + 1] = capfiles.interface(order, 101, 96, { { 2, "tun0" }, { 9, "\x94" } })
    parts[#parts + 1] = capfiles.names(order, { { A, "client" }, { B, "server" }, { B, "other" }, { A, "a.b" },
      { "fd00:0:0:0:0:0:0:1", "client" } })
    for i, packet in ipairs(list) do
      local time = TIME + (s * 100 + i) * 1000123
      if i % 3 == 0 then
        local ticks = (time // 1000000000 << 20) + (time % 1000000000 << 20) // 1000000000
        parts[#parts + 1] = capfiles.packet(order, 1, ticks, packet:sub(1, 96), nil, #packet)
      else
        local comment = i == 2 and { { 1, "first\nanswer" } } or nil
        parts[#parts + 1] = capfiles.packet(order, 0, time, capfiles.ethernet(packet), comment)
      end
    end
    parts[#parts + 1] = capfiles.old_packet(order, 0, TIME + 300000000, capfiles.ethernet(list[1]))
    parts[#parts + 1] = capfiles.simple_packet(order, capfiles.ethernet(list[10]))
    parts[#parts + 1] = capfiles.block(order, 0x99, "a block that nobody knows")
  end
  return table.concat(parts)
end

return capfiles
