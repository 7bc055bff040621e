-- Makes the corpus of the fuzz target anew: lua5.4 tests/fuzz/corpus.lua FOLDER [RECORDING.pcapng...]
-- Capture files of each kind, single frames (with the two bytes in front that the target takes off: link type and
-- how much longer than captured), and copies of recordings that netlab saved with --out.

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
    write(("link%d-%s.pcap"):format(linktype, name), capfiles.pcap {
      order = order, nano = linktype % 2 == 0, linktype = linktype, packets = capfiles.sample_packets(linktype, order),
    })
  end
end
write("short.pcap", capfiles.pcap { snaplen = 60, packets = capfiles.sample_packets(1) })
write("unknown.pcap", capfiles.pcap { linktype = 127, packets = { { time = 0, bytes = "\0\0\8\0\0\0\0\0frame" } } })
write("vlan.pcap", capfiles.pcap { packets = {
  { time = 0, bytes = capfiles.ethernet(capfiles.sample()[1], nil, "\x88\xa8\0\5\x81\0\0\7") },
  { time = 1, bytes = capfiles.ethernet(capfiles.arp(1, "10.0.0.1", "10.0.0.2"), 0x806) },
  { time = 2, bytes = "short" },
} })
write("sample.pcapng", capfiles.sample_pcapng())

for i, packet in ipairs(capfiles.sample()) do
  write(("frame%02d"):format(i), "\0\0" .. capfiles.ethernet(packet))
end
for i = 2, #arg do
  local file <close> = assert(io.open(arg[i], "rb"))
  write(("recording%d.pcapng"):format(i - 1), file:read "a")
end
