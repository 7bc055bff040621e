-- Makes the corpus of the fuzz targets anew: lua5.4 tests/fuzz/corpus.lua FOLDER [RECORDING.pcapng...]
-- FOLDER/decode_fuzz: capture files of each kind, single frames (with the two bytes in front that the target takes off:
-- link type and how much longer than captured), and copies of recordings that netlab saved with --out.
-- FOLDER/build_fuzz: a description of each kind of packet (the layout: tests/fuzz/describe.h), and frames to cut.

package.path = "tests/e2e/?.lua;" .. package.path
local capfiles = require "capfiles"

local folder = assert(arg[1], "usage: lua5.4 tests/fuzz/corpus.lua FOLDER [RECORDING.pcapng...]")

local function write(name, bytes)
  local file <close> = assert(io.open(folder .. "/" .. name, "wb"))
  file:write(bytes)
end

local orders = { ["<"] = "le", [">"] = "be" }
for order, name in pairs(orders) do
  for _, linktype in ipairs { 0, 1, 101, 108, 113, 228, 276 } do
    write(("decode_fuzz/link%d-%s.pcap"):format(linktype, name), capfiles.pcap {
      order = order, nano = linktype % 2 == 0, linktype = linktype, packets = capfiles.sample_packets(linktype, order),
    })
  end
end
write("decode_fuzz/short.pcap", capfiles.pcap { snaplen = 60, packets = capfiles.sample_packets(1) })
write("decode_fuzz/unknown.pcap", capfiles.pcap {
  linktype = 127, packets = { { time = 0, bytes = "\0\0\8\0\0\0\0\0frame" } },
})
write("decode_fuzz/vlan.pcap", capfiles.pcap { packets = {
  { time = 0, bytes = capfiles.ethernet(capfiles.sample()[1], nil, "\x88\xa8\0\5\x81\0\0\7") },
  { time = 1, bytes = capfiles.ethernet(capfiles.arp(1, "10.0.0.1", "10.0.0.2"), 0x806) },
  { time = 2, bytes = "short" },
} })
write("decode_fuzz/sample.pcapng", capfiles.sample_pcapng())

for i, packet in ipairs(capfiles.sample()) do
  write(("decode_fuzz/frame%02d"):format(i), "\0\0" .. capfiles.ethernet(packet))
end
for i = 2, #arg do
  local file <close> = assert(io.open(arg[i], "rb"))
  write(("decode_fuzz/recording%d.pcapng"):format(i - 1), file:read "a")
end

-- ---- descriptions ----

local protos = { other = 0, arp = 1, ip = 2, ip6 = 3, icmp = 4, icmp6 = 5, tcp = 6, udp = 7 }
local choices = {
  wild = 1, df = 2, mf = 4, offset = 8, header = 16, ipoptions = 32, order = 64, raw = 128, pattern = 256, lies = 512,
}
local address4, address6 = ("\0"):rep(12) .. "\10\0\0", "\xfd" .. ("\0"):rep(14)
local ports = string.pack(">I2I2BBI4", 1111, 2222, 8, 0, 0x12340007)
local tcp = string.pack(">I4I4I2I2B", 4000000000, 17, 1234, 5, 0x12)
local arp = string.pack(">I2", 1) .. "\2\0\0\0\0\1\0\0\0\0\0\0"

-- The options of a header: `has` are those of enum nlab_tcp_option.
local function options(has)
  return string.pack(">BI2BI4I4B", has, 1460, 7, 4000000001, 17, 1) .. string.pack(">I4I4I4I4", 1, 2, 3, 4)
    .. ("\0"):rep(16) .. "\8" .. "\xca\xfe\xba\xbe\1\2\3\4"
end

-- `chosen` are names of choices; `ip` is what they ask for behind ttl and tos, `inside` what stands behind the ports.
local function describe(name, proto, version, chosen, ip, inside)
  local bits, address = 0, version == 4 and address4 or address6
  for word in chosen:gmatch "%a%w*" do
    bits = bits | choices[word]
  end
  local ends = address .. "\1" .. address .. "\2" .. "\x40\xb9"
  write("build_fuzz/" .. name, string.pack(">BBBI2B", 2, protos[proto], version == 4 and 0 or 1, bits, 253)
    .. "\2\0\0\0\0\1\2\0\0\0\0\2" .. ends .. ip .. ports .. inside)
end

local id, flow = "\x12\x34", "\0\xab\xcd"
local lies = "\0\0\1\0\x20\1\0\7\1\0\11\2\1\0\6\2"
describe("other", "other", 4, "", id, "hello")
describe("arp", "arp", 4, "", id, arp)
describe("ip", "ip", 4, "df ipoptions", id .. "\5\x94\4\0\0\1", "hello")
describe("ip-long", "ip", 4, "ipoptions", id .. "\4\x94\3\0\1", ("hello"):rep(10))
describe("ip6", "ip6", 6, "header", "\1\2\3\4" .. flow, "hello")
describe("icmp", "icmp", 4, "", id, "ping")
describe("icmp6", "icmp6", 6, "", flow, "ping!")
describe("udp", "udp", 4, "pattern", id, "\0\x0b\xb8")
describe("udp6", "udp", 6, "pattern", flow, "\0\x0b\xb8")
describe("udp6-part", "udp", 6, "mf offset", "\0\xb9" .. "\1\2\3\4" .. flow, "hello")
describe("tcp", "tcp", 4, "", id, tcp .. options(0x17) .. "odd")
describe("tcp-sack", "tcp", 6, "raw", flow, tcp .. options(0x08) .. "\4\xfe\4\xf9\x89" .. "even")
describe("tcp-order", "tcp", 4, "order", id, tcp .. options(0x23) .. "\4\3\2\1\x22")
describe("tcp-lies", "tcp", 4, "lies", id, tcp .. options(0x11) .. lies .. "hello")
describe("udp-lies", "udp", 4, "lies", id, "\0\0\0\0\1\0\9\0\0\0hello")
local zero = "\xde\xd2" -- what makes the sum of the datagram 0, which UDP sends as 0xffff
describe("udp-zero", "udp", 4, "", id, zero)
describe("udp-zero-bad", "udp", 4, "lies", id, "\0\0\0\0\0\2\0\0" .. zero)
describe("tcp-too-many", "tcp", 4, "raw", id, tcp .. options(0x17) .. "\21" .. ("\1"):rep(21))
describe("wild", "tcp", 4, "wild order raw lies", id, tcp .. options(0xff))
for i, packet in ipairs(capfiles.sample()) do
  if i % 5 == 0 then
    write(("build_fuzz/frame%02d"):format(i), "\x82" .. capfiles.ethernet(packet))
  end
end
