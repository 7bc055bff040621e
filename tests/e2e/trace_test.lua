-- netlab trace: capture files of all kinds agree with tshark, are judged, and break without harm.
local test = require "harness"
local capfile = require "netlab.core.capfile"
local capfiles = require "capfiles"
local explain = require "netlab.expect.explain"
local form = require "netlab.expect.form"
local grammar = require "netlab.expect.grammar"

local folder = test.run("mktemp -d").out:gsub("\n", "")
local _ <close> = setmetatable({}, { __close = function() test.run("rm -rf " .. folder) end })

local function write(name, bytes)
  local path = folder .. "/" .. name
  local file <close> = assert(io.open(path, "wb"))
  file:write(bytes)
  return path
end

local netlab = test.run 'realpath "$NETLAB"'.out:gsub("\n", "")

-- Run netlab trace in the folder.
local function trace(words)
  return test.run(("cd %s && netlab=%s && $netlab trace %s"):format(folder, netlab, words))
end

-- ---- tshark as the judge ----

local FIELDS = { "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport",
  "tcp.flags", "tcp.seq", "tcp.ack", "tcp.len", "tcp.urgent_pointer", "udp.length", "icmp.type", "icmp.code",
  "icmpv6.type", "ip.ttl", "ipv6.hlim", "frame.time_relative", "frame.packet_id", "tcp.options.mss_val" }

-- What tshark sees: a list of packets, {field = first value as text}; "" is absent.
local function tshark(t, path)
  local command = "HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent LC_ALL=C tshark -n -r '" .. path
    .. "' -T fields -E separator=, -E occurrence=f -o ip.defragment:FALSE -o tcp.analyze_sequence_numbers:TRUE"
  local result = test.run(command .. " -e " .. table.concat(FIELDS, " -e "))
  t.equal(result.code, 0, result.err)
  local list = {}
  for line in result.out:gmatch "[^\n]+" do
    local packet, i = {}, 0
    for value in (line .. ","):gmatch "([^,]*)," do
      i = i + 1
      packet[FIELDS[i]] = value ~= "" and value or nil
    end
    list[#list + 1] = packet
  end
  return list
end

local bit_values = { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32, ECE = 64, CWR = 128 }

local function bits_of(flags)
  local bits = 0
  for name in flags:gmatch "%u+" do
    bits = bits | bit_values[name]
  end
  return bits
end

-- netlab's packet in tshark's fields.
local function in_their_words(p)
  local tcp, udp, six = p.proto == "tcp", p.proto == "udp", (p.src or ""):find ":" ~= nil
  local function of(condition, value)
    return condition and value ~= nil and tostring(value) or nil
  end
  return {
    ["ip.src"] = of(not six, p.src), ["ip.dst"] = of(not six, p.dst),
    ["ipv6.src"] = of(six, p.src), ["ipv6.dst"] = of(six, p.dst),
    ["tcp.srcport"] = of(tcp, p.sport), ["tcp.dstport"] = of(tcp, p.dport),
    ["udp.srcport"] = of(udp, p.sport), ["udp.dstport"] = of(udp, p.dport),
    ["tcp.flags"] = tcp and ("0x%04x"):format(bits_of(p.flags)) or nil,
    ["tcp.seq"] = of(tcp, p.seq), ["tcp.ack"] = of(tcp, p.ack or 0), ["tcp.len"] = of(tcp, p.len),
    ["tcp.urgent_pointer"] = of(tcp, p.urg or 0), ["udp.length"] = of(udp and not p.mf, udp and p.len + 8),
    ["icmp.type"] = of(p.proto == "icmp", p.icmp_type), ["icmp.code"] = of(p.proto == "icmp", p.icmp_code),
    ["icmpv6.type"] = of(p.proto == "icmp6", p.icmp_type),
    ["ip.ttl"] = of(not six, p.ttl), ["ipv6.hlim"] = of(six, p.ttl),
    ["tcp.options.mss_val"] = of(tcp, p.mss),
  }
end

-- Compare all packets of a file. `chosen` picks tshark's, when it shows more of them than netlab.
local function agree(t, path, chosen, ignored)
  local theirs = tshark(t, path)
  theirs = chosen and chosen(theirs) or theirs
  local file = assert(capfile.read(path))
  t.equal(file.broken, nil)
  t.equal(file.recording:packet_count(), #theirs, "number of packets")
  for i, their in ipairs(theirs) do
    local p = file.recording:packet(i)
    local ours = in_their_words(p)
    for _, field in ipairs(FIELDS) do
      local skipped = field:find "^frame" or ignored and ignored(field, their, p)
      if not skipped and ours[field] ~= their[field] then
        t.equal(ours[field], their[field], ("packet %d, %s"):format(i, field))
      end
    end
    if their["frame.time_relative"] and not (ignored and ignored("frame.time_relative", their, p)) then
      t.equal(("%.9f"):format(p.time), their["frame.time_relative"], ("packet %d, time"):format(i))
    end
  end
  return #theirs
end

-- The quoted packet of an ICMP error has ports, which tshark prints as if they were the packet's own; of a first
-- fragment it says the whole datagram's length.
local function quoted(field, their, p)
  return field:find "^udp" and (p.proto == "icmp" or p.mf or their["icmp.type"] ~= nil)
end

for linktype in pairs(capfiles.links) do
  for _, order in ipairs { "<", ">" } do
    test(("pcap, link type %d, order %s: as tshark sees it"):format(linktype, order), function(t)
      local nano = order == ">"
      local path = write("link.pcap", capfiles.pcap {
        order = order, nano = nano, linktype = linktype, packets = capfiles.sample_packets(linktype, order),
      })
      t.equal(agree(t, path, nil, quoted), #capfiles.sample())
    end)
  end
end

test("pcap cut to 80 bytes a packet: as tshark sees it", function(t)
  local path = write("short.pcap", capfiles.pcap { snaplen = 80, packets = capfiles.sample_packets(1) })
  agree(t, path, nil, quoted)
  local file = assert(capfile.read(path))
  t.equal(file.recording:packet(6).len, 40)
  t.equal(#file.recording:packet(6).payload, 26)
  t.equal(file.recording:packet(6).checksum_ok, nil)
end)

test("VLAN tags are taken off: as tshark sees it", function(t)
  local packets = {}
  for i, packet in ipairs(capfiles.sample()) do
    local tags = i % 2 == 0 and "\x81\0\0\5" or "\x88\xa8\0\5\x81\0\0\7"
    packets[i] = { time = i, bytes = capfiles.ethernet(packet, nil, tags) }
  end
  agree(t, write("vlan.pcap", capfiles.pcap { packets = packets, nano = true }), nil, quoted)
end)

test("pcapng with two sections, link types, resolutions, snaplens: as tshark sees it", function(t)
  local path = write("sample.pcapng", capfiles.sample_pcapng())
  local number = agree(t, path, nil, function(field, their, p)
    -- packets without a time, and times in 2^-20 s, which tshark cuts to microseconds
    return quoted(field, their, p) or field == "frame.time_relative" and p.id % 29 % 3 == 0
      or field == "frame.time_relative" and p.id > 26
  end)
  t.equal(number, 2 * (#capfiles.sample() + 2))
end)

-- RFC 9293 3.10.7.1 makes resets with the sequence number 0; tshark counts from the one before it, since it saw no SYN.
local function zero_reset(field, _, p)
  return field == "tcp.seq" and p.flags == "RST,ACK" and p.rawseq == 0
end

local experiments = "session_in_nine_packets session_in_eight_packets_on_lo simultaneous_open self_connect "
  .. "connect_refused_no_listener linger_zero_resets"

test("what netlab saves is read back: each packet once, as tshark sees it", function(t)
  local files = experiments:gsub("%S+", "experiments/%0.lua")
  local run = test.run(('"$NETLAB" %s --quiet --out %s/saved'):format(files, folder))
  t.equal(run.code, 0, run.out .. run.err)
  local names = test.run("ls " .. folder .. "/saved/*.pcapng").out
  local packets = 0
  for path in names:gmatch "[^\n]+" do
    packets = packets + agree(t, path, function(list)
      local once, seen = {}, {}
      for _, packet in ipairs(list) do
        local id = packet["frame.packet_id"]
        once[#once + 1] = not seen[id] and packet or nil
        seen[id] = true
      end
      table.sort(once, function(a, b) return tonumber(a["frame.packet_id"]) < tonumber(b["frame.packet_id"]) end)
      return once
    end, zero_reset)
  end
  t.ok(packets >= 40, packets)
end)

-- ---- what is printed ----

test("a file is printed with its names and comments", function(t)
  local path = write("names.pcapng", capfiles.sample_pcapng())
  local result = trace(path)
  t.equal(result.code, 0)
  t.equal(result.err, "")
  t.match(result.out, "^# section 1\n# section 2\n#1 +0%.000000  client:40000 %-> server:80  SYN  seq=0 len=0 mss=1460")
  t.match(result.out, "\n#2 +0%.001000  server:80 %-> client:40000  SYN,ACK  seq=0 ack=1 [^\n]*  # first answer\n")
  t.match(result.out, "client:40000 -> [fd00::2]:80  SYN")
end)

test("packets that were lost on the wire are printed so, with the reason", function(t)
  write("lossy.lua", [[
    experiment "the first datagram is lost" { run = function(t)
      local a, b = t:hosts("a", "b")
      local u = a:socket(AF_INET, SOCK_DGRAM)
      t.wire:drop("a -> b:9 UDP", { count = 1 })
      t:ok(u:sendto("one", 0, b, 9))
      t:ok(u:sendto("two", 0, b, 9))
      t:wait_packet "a -> b:9 UDP payload=\"two\""
    end }]])
  local run = test.run(('"$NETLAB" %s/lossy.lua --out %s/lost'):format(folder, folder))
  t.equal(run.code, 0, run.out .. run.err)
  local result = trace("lost/lossy.pcapng")
  t.match(result.out, "^# the first datagram is lost\n#1 ")
  t.match(result.out, 'a:%d+ %-x b:9  UDP  len=3 payload="one"  # dropped by the wire, rule 1: drop a %-> b:9 UDP\n')
  t.match(result.out, '\n#2 [^\n]* a:%d+ %-> b:9  UDP  len=3 payload="two"\n')
  write("lossy.txt", "a -x b:9  UDP  fate=dropped from=a\na -> b:9  UDP  from=a to=b\n...\n")
  t.equal(trace("lost/lossy.pcapng lossy.txt").code, 0)
end)

test("--quiet prints an expectation that the file meets", function(t)
  for _, name in ipairs { "sample.pcapng", "short.pcap" } do
    local result = trace(("--quiet %s >%s.txt && $netlab trace %s %s.txt"):format(name, name, name, name))
    t.equal(result.code, 0, result.out .. result.err)
    t.match(result.out, "packets as expected")
  end
end)

test("--packets chooses, --verbose prints all fields", function(t)
  t.equal(trace("sample.pcapng -q --packets 'client -> server:80 SYN'").out:gsub("[^\n]", ""), ("\n"):rep(6))
  local result = trace("short.pcap --verbose --packets '* -> 10.0.0.2:53 UDP'")
  t.match(result.out, "UDP  sport=5000 dport=53 len=5 "
    .. "payload=\"query\" src=10.0.0.1 dst=10.0.0.2 ttl=64 tos=0 ipid=7 df")
  t.lacks(result.out, "TCP")
end)

test("the input can come from a pipe", function(t)
  t.equal(trace("- -q <short.pcap").out, trace("short.pcap -q").out)
end)

test("comments and names cannot harm the terminal", function(t)
  local order = "<"
  local path = write("evil.pcapng", capfiles.section(order, { { 1, "\27[31m\rred\xc2\x9b\n\xff" } })
    .. capfiles.interface(order, 101, 0) .. capfiles.names(order, { { "10.0.0.1", "\27[2J" }, { "10.0.0.2", "none" } })
    .. capfiles.packet(order, 0, 0, capfiles.sample()[1], { { 1, "a\tb\0c\xc2\x9b" } }))
  local result = trace(path)
  t.lacks(result.out, "[\0-\9\11-\31\127-\255]")
  t.match(result.out, "10.0.0.1:40000 -> 10.0.0.2:80  SYN")
  t.match(result.out, "# a b?c?\n")
end)

-- ---- judging ----

test("an expectation is met or not", function(t)
  write("good.txt", [[
# the beginning
client -> server:80  SYN      seq=0 len=0
server:80 -> client  SYN,ACK  seq=0 ack=1
...
]])
  write("bad.txt", [[
client -> server:80  SYN
server:80 -> client  RST,ACK
...
]])
  local good = trace("sample.pcapng good.txt")
  t.equal(good.out, "sample.pcapng: 56 packets as expected\n")
  t.equal(good.code, 0)
  local bad = trace("sample.pcapng bad.txt")
  t.equal(bad.code, 1)
  t.match(bad.out, "sample.pcapng is not as bad.txt says\nexpected a RST,ACK from server, but server answered SYN,ACK")
  t.match(bad.out, "x line 2    expected")
end)

test("addresses stand for hosts that the file does not name", function(t)
  write("address.txt", "10.0.0.1 -> 10.0.0.2:80  SYN\n...\n")
  write("name.txt", "client -> 10.0.0.2:80  SYN\n...\n")
  t.equal(trace("short.pcap address.txt").code, 0)
  local unknown = trace("short.pcap name.txt")
  t.equal(unknown.code, 3)
  t.match(unknown.err, 'name.txt:1:1: unknown host "client"; there are no hosts')
end)

test("mistakes in the words and in the expectation are said", function(t)
  write("mistake.txt", "client => server\n")
  local rows = {
    { "", 2, "which capture file" },
    { "a b c", 2, "which capture file" },
    { "sample.pcapng --packets 'nobody -> *'", 2, 'unknown host "nobody"' },
    { "sample.pcapng --packets 'x y'", 2, "--packets:1:" },
    { "sample.pcapng mistake.txt", 3, "mistake.txt:1:8: expected -> or -x" },
    { "sample.pcapng missing.txt", 3, "missing.txt: " },
    { "missing.pcap", 3, "cannot open the capture file (missing.pcap): ENOENT" },
    { "mistake.txt", 3, "mistake.txt: it is neither pcap nor pcapng" },
  }
  for _, row in ipairs(rows) do
    local result = trace(row[1])
    t.equal(result.code, row[2], row[1])
    t.match(result.err, row[3])
    t.lacks(result.err, "traceback")
    t.equal(result.out, "")
  end
end)

-- ---- broken files ----

test("of a file that is cut off, what is there is printed, then where it ends", function(t)
  local whole = capfiles.pcap { packets = capfiles.sample_packets(1) }
  write("cut.pcap", whole:sub(1, 24 + 2 * (16 + 74) + 16 + 10))
  local result = trace("cut.pcap")
  t.equal(result.code, 3)
  t.match(result.out, "#2 ")
  t.lacks(result.out, "#3 ")
  t.match(result.err, "^netlab: cut.pcap: cannot read on %(at byte 204, behind packet 2: truncated dump file")
  write("cut.pcapng", capfiles.sample_pcapng():sub(1, 700))
  result = trace("cut.pcapng")
  t.equal(result.code, 3)
  t.match(result.out, "#1 ")
  t.match(result.err,
    "^netlab: cut.pcapng: cannot read on %(at byte %d+, behind packet %d: a block of %d+ bytes is cut off")
end)

test("a file that is cut off is never a success, also when the rest is as expected", function(t)
  write("first.txt", "10.0.0.1 -> 10.0.0.2:80  SYN\n...\n")
  local result = trace("cut.pcap first.txt")
  t.match(result.out, "2 packets as expected")
  t.equal(result.code, 3)
end)

-- Blocks that contradict themselves, and what is said.
local S, I = capfiles.section "<", capfiles.interface("<", 1, 0)
local contradictions = {
  { "a packet without an interface", S .. capfiles.packet("<", 0, 0, "x"), "a packet of interface 0, but there are 0" },
  { "more bytes than room", S .. I .. capfiles.block("<", 6, ("<I4I4I4I4I4"):pack(0, 0, 0, 100, 100)),
    "a packet of 100 bytes in a block with room for 0" },
  { "two lengths", S .. I:sub(1, -5) .. "\99\0\0\0", "a block has two lengths, 20 and 99" },
  { "no length", S .. "\1\0\0\0\0\0\0\0\0\0\0\0", "a block cannot be 0 bytes long" },
  { "an odd length", S .. "\1\0\0\0\13\0\0\0\0\0\0\0\13", "a block cannot be 13 bytes long" },
  { "a short block", S .. capfiles.block("<", 6, "1234"), "a block of type 6 with 16 bytes only" },
  { "no byte order", S .. capfiles.block("<", 0x0a0d0d0a, ("x"):rep(16)), "a section without its byte-order mark" },
  { "another version", S .. capfiles.block("<", 0x0a0d0d0a, ("<I4I2I2i8"):pack(0x1a2b3c4d, 2, 0, -1)),
    "version 2 of pcapng is not known" },
}

for _, row in ipairs(contradictions) do
  test("pcapng, " .. row[1] .. ": it is said, and where", function(t)
    local file = assert(capfile.read(write("broken.pcapng", row[2])))
    t.match(file.broken, row[3])
    t.match(file.broken, ("at byte %d, behind packet 0"):format(row[1] == "more bytes than room" and #S + #I or #S))
    t.equal(trace("broken.pcapng").code, 3)
  end)
end

test("packets of a link type that is not known are counted", function(t)
  write("wlan.pcap", capfiles.pcap { linktype = 127, packets = { { time = 0, bytes = "\0\0\8\0\0\0\0\0frame" } } })
  local result = trace("wlan.pcap")
  t.equal(result.code, 0)
  t.match(result.out, "* -> *  OTHER  length=27")
  t.match(result.err, "1 packets are of a link type that is not known (127, IEEE802_11_RADIO)")
end)

-- ---- any bytes ----

local random

local function below(bound)
  random = (random * 6364136223846793005 + 1442695040888963407)
  return (random >> 33) % bound
end

local function mutated(bytes)
  for _ = 1, below(6) + 1 do
    local at = below(#bytes) + 1
    local new = below(3) == 0 and "\xff\xff" or string.char(below(256))
    bytes = bytes:sub(1, at - 1) .. new .. bytes:sub(at + #new)
  end
  return below(4) == 0 and bytes:sub(1, below(#bytes) + 1) or bytes
end

test("what is printed of any bytes is a line of the language that the packet meets", function(t)
  local seeds = {
    capfiles.sample_pcapng(),
    capfiles.pcap { packets = capfiles.sample_packets(1) },
    capfiles.pcap { linktype = 101, nano = true, order = ">", packets = capfiles.sample_packets(101) },
  }
  random = 1
  local packets, whole = 0, 0
  for i = 1, 300 do
    local path = write("any", mutated(seeds[i % #seeds + 1]))
    local file = capfile.read(path)
    local context = file and { hosts = file.recording:hosts() }
    whole = whole + (file and not file.broken and 1 or 0)
    for packet in file and file.recording:packets() or function() end do
      local line = explain.packet(packet)
      local fine, parsed = pcall(grammar.packet_form, line, { source = "any", line = 1 })
      t.ok(fine, ("mutation %d, packet %d: %s"):format(i, packet.id, parsed))
      local _, difference = form.match(parsed, packet, context, {})
      t.equal(difference, nil, ("mutation %d, packet %d: %s"):format(i, packet.id, line))
      packets = packets + 1
    end
  end
  t.ok(packets > 1000 and whole > 50, ("%d packets, %d whole files"):format(packets, whole))
end)
