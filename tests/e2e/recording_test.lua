-- What a run leaves: JSON lines and capture files.
local cjson = require "cjson"
local test = require "harness"
local session = require "session"

local good = session.fixtures .. "good/two.lua"

-- ---- --json ----

local function decode_lines(text)
  local lines = {}
  for line in text:gmatch "[^\n]*\n?" do
    if line ~= "" then
      lines[#lines + 1] = cjson.decode(line)
    end
  end
  return lines
end

test("--json FILE: a line for each experiment, with every field", function(t)
  session.in_folder(function(folder)
    local run = session.netlab(("%s --json %s/out.json"):format(good, folder))
    t.equal(run.code, 0)
    t.equal(#run.parts, 2)
    local lines = decode_lines(session.text(folder .. "/out.json"))
    t.equal(#lines, 2)
    local one = lines[1]
    t.equal({ one.file, one.line, one.name, one.run }, { good, 1, "the first of two", 1 })
    t.equal({ one.case, one.tags, one.source, one.claim }, { { "A1", "B2" }, { "quick" }, "RFC 9293 3.10", "it is so" })
    t.equal({ one.status, one.verdict, one.reasons }, { "PASS", "confirmed", {} })
    t.ok(one.seconds > 0 and one.seconds < 60)
    t.ok(one.packets >= 1)
    t.equal(#one.checks, 3)
    t.equal(one.checks[1], { name = "ok", passed = true, line = 5, message = "succeeded" })
    t.equal(one.checks[3].name, "wait_packet")
    local environment = one.environment
    t.equal(environment.kernel .. "\n", session.text "/proc/sys/kernel/osrelease")
    t.match(environment.netlab, "^%d+%.%d+%.%d+$")
    for _, host in ipairs { "a", "b" } do
      t.equal(environment.sysctl[host]["net.ipv4.tcp_congestion_control"], "reno")
      t.equal(environment.sysctl[host]["net.ipv4.tcp_rmem"], "4096 131072 6291456")
      t.equal(environment.sysctl[host]["net.ipv6.conf.all.disable_ipv6"], "1")
    end
    local two = lines[2]
    t.equal({ two.name, two.line, two.case, two.tags }, { "the second of two", 11, {}, {} })
    t.equal({ two.source, two.claim, two.verdict }, {})
  end)
end)

test("netlab show draws what --verbose drew, from the file alone; a check's words stand at the packet", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/talk.lua", [[
experiment "talk" { run = function(t)
  local a, b = t:hosts("a", "b")
  local c = t:ok(a:socket(AF_INET, SOCK_STREAM))
  t:fails(ECONNREFUSED, c:connect(b, 80))
  t:note(("a remark, "):rep(2000))
  t:trace "a -> b:80 SYN"
end }
]])
    local run = session.netlab(("%s/talk.lua -v --out %s/out"):format(folder, folder), "LC_ALL=C")
    t.equal(run.code, 1)
    local path = folder .. "/out/talk.pcapng"
    local drawn = test.run(('LC_ALL=C "$NETLAB" show %s'):format(path))
    t.equal(drawn.code, 0, drawn.err)
    local picture = drawn.out:match "^talk\n(.*)$"
    t.ok(#picture > 20000)
    t.ok(run.out:find(picture, 1, true), "the same picture")
    t.match(picture, "RST,ACK seq=0 ack=1 %(not expected%)")
    local comments = test.run(("tshark -r %s -Y frame.comment -T fields -e frame.comment 2>/dev/null"):format(path)).out
    t.equal(comments, "line 6: not expected: the packets are not as expected\n")
  end)
end)

test("netlab show: a file that netlab did not save, and one that is damaged", function(t)
  session.in_folder(function(folder)
    local path = folder .. "/two.pcapng"
    t.equal(session.netlab(("%s --out %s"):format(good, folder)).code, 0)
    local saved = test.run(("ls %s/*.pcapng | head -n 1"):format(folder)).out:match "%S+"
    test.run(("tshark -r %s -F pcap -w %s 2>/dev/null"):format(saved, path))
    local run = test.run(('"$NETLAB" show %s'):format(path))
    t.equal(run.code, 3)
    t.match(run.err, "has no story of a run: it was not saved by netlab %-%-out")
    local bytes = session.text(saved):gsub('"items":', '"times":', 1)
    session.write(path, bytes)
    run = test.run(('"$NETLAB" show %s'):format(path))
    t.equal(run.code, 3)
    t.match(run.err, "two.pcapng: the story of the run in it is damaged")
  end)
end)

test("netlab show draws from the head of a file alone; a page wants its packets, too", function(t)
  session.in_folder(function(folder)
    local path = folder .. "/head.pcapng"
    t.equal(session.netlab(("%s --out %s"):format(good, folder)).code, 0)
    local saved = test.run(("ls %s/*.pcapng | head -n 1"):format(folder)).out:match "%S+"
    local bytes = session.text(saved)
    local magic, length = ("I4I4"):unpack(bytes)
    t.equal(magic, 0x0a0d0d0a)
    t.ok(length < #bytes)
    session.write(path, bytes:sub(1, length) .. "no block of pcapng")
    for _, form in ipairs { "--text", "--svg", "--mermaid" } do
      local whole, head = test.run(('"$NETLAB" show %s %s'):format(form, saved)), test.run(('"$NETLAB" show %s %s')
        :format(form, path))
      t.equal({ head.code, head.out }, { 0, whole.out })
    end
    session.write(path, bytes:sub(1, length - 4)) -- not even the head
    local cut = test.run(('"$NETLAB" show %s'):format(path))
    t.equal(cut.code, 3)
    t.ok(#cut.err > 0)
    session.write(path, bytes:sub(1, 4) .. ("I4"):pack(0xfffffff0) .. bytes:sub(9)) -- a length that cannot be
    t.equal(test.run(('"$NETLAB" show %s'):format(path)).code, 3)
  end)
end)

test("what sockets that were left open send at the end is in no recording", function(t)
  session.in_folder(function(folder)
    local path = folder .. "/open.lua"
    session.write(path, [[
experiment "left open" { run = function(t)
  local a, b = t:hosts("a", "b")
  local l = t:ok(b:socket(AF_INET, SOCK_STREAM))
  t:ok(l:bind(INADDR_ANY, 80))
  t:ok(l:listen(1))
  local c = t:ok(a:socket(AF_INET, SOCK_STREAM))
  t:ok(c:connect(b, 80))
end }
]])
    local lines = decode_lines(session.netlab(path .. " --json - --repeat 20 -j 4 2>/dev/null").out)
    t.equal(#lines, 20)
    for _, line in ipairs(lines) do
      t.equal({ line.status, line.packets }, { "PASS", 3 })
    end
  end)
end)

test("--json -: nothing else is on the standard output", function(t)
  local run = session.netlab(("%s missing.lua %sfailing.lua --json - --filter e"):format(good, session.fixtures))
  local lines = decode_lines(run.out)
  local parts = session.read(run.err)
  t.equal(#lines, #parts)
  t.ok(#lines > 10)
  for i, line in ipairs(lines) do
    t.equal({ line.name, line.status }, { parts[i].name, parts[i].status })
  end
  t.equal(run.code, 3)
end)

test("--json: failures have their reasons, a setting of the script is the one shown", function(t)
  session.in_folder(function(folder)
    local path = folder .. "/odd.lua"
    session.write(path, [[
experiment "odd \"bytes\" \\ \xff" { case = "Z1", run = function(t)
  local a = t:host("a", { sysctl = { ["net.ipv4.tcp_syn_retries"] = 1 } })
  a:sysctl("net.ipv4.tcp_sack", 0)
  t.soft:equal("\xfe\0", "y")
  a:socket(AF_INET, SOCK_STREAM):connect(a, 9)
end }
experiment "late" { timeout = "1s", run = function(t) t:sleep(600) end }
experiment "skipped" { run = function(t) t:skip "why" end }
]])
    local lines = decode_lines(session.netlab(path .. " --json - --repeat 2 2>/dev/null").out)
    t.equal(#lines, 6)
    for i, line in ipairs(lines) do
      t.equal(line.run, (i - 1) % 2 + 1)
    end
    local odd, late, skipped = lines[1], lines[3], lines[5]
    t.equal({ odd.status, odd.verdict, odd.case }, { "FAIL", nil, { "Z1" } })
    t.match(odd.name, 'odd "bytes" \\')
    t.equal({ odd.checks[1].passed, odd.checks[1].line, odd.checks[1].name }, { false, 4, "equal" })
    t.equal({ odd.reasons[1].kind, odd.reasons[1].line }, { "check", 4 })
    t.equal({ odd.reasons[2].kind, odd.reasons[2].line }, { "call", 5 })
    t.match(odd.reasons[2].message, "connect%(.*%) = %-1 ECONNREFUSED")
    t.equal(odd.environment.sysctl.a["net.ipv4.tcp_syn_retries"], "1")
    t.equal(odd.environment.sysctl.a["net.ipv4.tcp_sack"], "0")
    t.equal({ late.status, late.reasons[1].kind }, { "TIMEOUT", "timeout" })
    t.match(late.reasons[1].explanation, "nanosleep(600 s) ... did not return")
    t.equal({ skipped.status, skipped.reasons[1].kind, skipped.reasons[1].message }, { "SKIP", "skip", "why" })
  end)
end)

-- ---- --out ----

local capture = [[
experiment "a capture: with all kinds" { run = function(t)
  local client, server = t:hosts("client", "server", { ipv6 = true })
  local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
  t:ok(l:bind(80))
  t:ok(l:listen(1))
  local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
  t:ok(c:connect(server, 80))
  local drop = t.wire:drop("client -> server:80 TCP len=5", { count = 1 })
  t:ok(c:send "hello")
  t:equal(t:ok(l:accept()):recv(10), "hello")
  t:equal((drop:hits()), 1)
  local u = t:ok(client:socket(AF_INET6, SOCK_DGRAM))
  t:ok(u:sendto("six", 0, server, 9))
  local inside = t:ok(client:socket(AF_INET, SOCK_DGRAM))
  t:ok(inside:sendto("inside", 0, "127.0.0.1", 9))
  t.wire:hold "client -> server"
  t:ok(t:ok(client:socket(AF_INET, SOCK_DGRAM)):sendto("held", 0, server, 9))
  t:wait_packet "client -> server:9 UDP"
end }
]]

local fields = {
  "frame.interface_name", "frame.time_epoch", "frame.packet_flags_direction", "frame.packet_id", "frame.comment",
  "ip.src_host", "ip.dst_host", "ipv6.src_host", "ipv6.dst_host", "tcp.flags", "tcp.len", "udp.length",
  "_ws.expert.message",
}

-- The packets of a capture file as tshark sees them: tables by field.
local function dissect(t, path)
  local wanted = table.concat(fields, " -e ")
  local run = test.run(("tshark -r %s -N n -T fields -E separator='|' -e %s"):format(path, wanted))
  t.equal(run.code, 0, run.err)
  t.equal((run.err:gsub("Running as user[^\n]*\n", "")), "")
  return session.columns(run.out, fields)
end

local function select_by(packets, field, pattern)
  local found = {}
  for _, packet in ipairs(packets) do
    found[#found + 1] = packet[field]:match(pattern) and packet or nil
  end
  return found
end

test("--out: tshark and tcpdump read the capture without complaint", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/cap.lua", capture)
    t.equal(session.netlab(("%s/cap.lua --out %s/out"):format(folder, folder)).code, 0)
    local path = folder .. "/out/cap.pcapng"
    local packets = dissect(t, path)

    -- tcpdump sees as many packets, and has nothing to say about the file
    local tcpdump = test.run(("tcpdump -n -r %s"):format(path))
    t.equal(tcpdump.code, 0)
    t.match(tcpdump.err, "^reading from file [^\n]*, link%-type EN10MB %(Ethernet%), snapshot length %d+\n$")
    t.equal(select(2, tcpdump.out:gsub("\n", "")), #packets)

    -- the handshake: each packet at both ends, with names, directions, times to the nanosecond
    local syn = select_by(packets, "tcp.flags", "^0x0002$")
    t.equal(#syn, 2)
    t.equal({ syn[1]["frame.interface_name"], syn[2]["frame.interface_name"] }, { "client:eth0", "server:eth0" })
    t.equal({ syn[1]["frame.packet_flags_direction"], syn[2]["frame.packet_flags_direction"] },
      { "0x00000002", "0x00000001" })
    t.equal(syn[1]["frame.packet_id"], syn[2]["frame.packet_id"])
    t.equal({ syn[1]["ip.src_host"], syn[1]["ip.dst_host"] }, { "client", "server" })
    t.match(syn[1]["frame.time_epoch"], "^%d+%.%d%d%d%d%d%d%d%d%d$")
    t.ok(syn[1]["frame.time_epoch"] < syn[2]["frame.time_epoch"])
    t.ok(math.abs(tonumber(syn[1]["frame.time_epoch"]) - os.time()) < 60)

    -- the lost one: at its sender alone, with the reason; the one that is held to the end too
    local lost = select_by(packets, "frame.comment", "dropped by the wire, rule 1: drop client %-> server:80 TCP len=5")
    t.equal({ #lost, lost[1]["frame.interface_name"], lost[1]["tcp.len"] }, { 1, "client:eth0", "5" })
    t.equal(#select_by(packets, "frame.packet_id", "^" .. lost[1]["frame.packet_id"] .. "$"), 1)
    local held = select_by(packets, "frame.comment", "held by the wire to the end")
    t.equal({ held[1]["frame.interface_name"], held[1]["udp.length"] }, { "client:eth0", "12" })

    -- IPv6 has names, too; loopback has an interface of its own, and is there once
    local six = select_by(packets, "ipv6.src_host", "^client$")
    t.ok(#six >= 2)
    t.equal(six[1]["ipv6.dst_host"], "server")
    local inside = select_by(packets, "frame.interface_name", "^client:lo$")
    t.equal(#select_by(select_by(inside, "udp.length", "^14$"), "ip.src_host", "^127.0.0.1$"), 1)

    -- the checksums are right
    t.equal(#select_by(packets, "_ws.expert.message", "[Cc]hecksum"), 0)
  end)
end)

test("--out: every ID is that of one packet", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/cap.lua", capture)
    session.netlab(("%s/cap.lua --out %s"):format(folder, folder))
    local seen = {}
    for _, packet in ipairs(dissect(t, folder .. "/cap.pcapng")) do
      local id = packet["frame.packet_id"]
      seen[id] = (seen[id] or 0) + 1
      t.ok(seen[id] <= 2, "packet " .. id)
    end
    t.ok(next(seen))
  end)
end)

test("--out: files of the same name, and titles of the same letters, have files of their own", function(t)
  session.in_folder(function(folder)
    test.run(("mkdir %s/one %s/two"):format(folder, folder))
    local text = 'experiment "A?" { run = function(t) t:ok(t:host "a") end }\n'
      .. 'experiment "a!" { run = function(t) t:ok(t:host "a") end }\n'
    session.write(folder .. "/one/same.lua", text)
    session.write(folder .. "/two/same.lua", text)
    local run = session.netlab(("%s/one %s/two --out %s/out"):format(folder, folder, folder))
    t.equal(run.code, 0)
    t.equal(test.run(("ls %s/out | wc -l"):format(folder)).out, "4\n")
    t.equal(session.netlab(("%s/one --repeat 3 --out %s/runs"):format(folder, folder)).code, 0)
    t.equal(test.run(("ls %s/runs | wc -l"):format(folder)).out, "6\n")
  end)
end)

test("--out: what failed, ran out of time or had no host is saved as well", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/bad.lua", [[
      experiment "fails" { run = function(t) t:host "a" t:ok(false) end }
      experiment "hangs" { timeout = "2s", run = function(t)
        local a, b = t:hosts("a", "b")
        t:ok(t:ok(a:socket(AF_INET, SOCK_DGRAM)):sendto("x", 0, b, 9))
        while true do end
      end }
      experiment "has no host" { run = function(t) t:ok(true) end }
    ]])
    t.equal(session.netlab(("%s/bad.lua --out %s/out"):format(folder, folder)).code, 1)
    t.ok(#dissect(t, folder .. "/out/bad-hangs.pcapng") >= 2)
    for _, name in ipairs { "fails", "has-no-host" } do
      local path = ("%s/out/bad-%s.pcapng"):format(folder, name)
      t.equal(#dissect(t, path), 0)
      t.equal(test.run("tcpdump -r " .. path).code, 0, name)
    end
  end)
end)

test("--out: a file that cannot be written is told, and the exit code is 3", function(t)
  session.in_folder(function(folder)
    test.run(("mkdir -p %s/out/two-the-first-of-two.pcapng"):format(folder))
    local run = session.netlab(("%s --out %s/out"):format(good, folder))
    t.equal(run.code, 3)
    t.match(run.err, "two%-the%-first%-of%-two.pcapng%): EISDIR")
    t.equal(#run.parts, 2)
  end)
end)
