-- Every field that can be sent, every fault of the wire, every option of a rule, as an independent judge sees it:
-- tshark reads the recordings that tests/e2e/fixtures/readback.lua leaves. What the kernel counts, and what chance
-- decides, is checked in there.
local test = require "harness"
local session = require "session"
local fields = require "netlab.expect.fields"

local rows = dofile(session.fixtures .. "readback_rows.lua")

-- Without anybody's settings, all checksums looked at, no name resolved, nothing relative.
local TSHARK = "HOME=/nonexistent XDG_CONFIG_HOME=/nonexistent LC_ALL=C tshark -n -r '%s' -o ip.check_checksum:TRUE "
  .. "-o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.relative_sequence_numbers:FALSE "
  .. "-o tcp.analyze_sequence_numbers:FALSE -T fields -E separator='|' -e %s"

---The packets of a capture file in tshark's fields; a field that stands there twice has a comma between.
---@param path string
---@param names string[]
---@return table<string, string>[]? packets, string? problem
local function dissect(path, names)
  local run = test.run(TSHARK:format(path, table.concat(names, " -e ")), 60)
  if run.code ~= 0 then
    return nil, run.err
  end
  return session.columns(run.out, names)
end

local names = { "frame.interface_name", "frame.packet_flags_direction", "frame.packet_id", "frame.comment",
  "frame.time_epoch", "frame.len", "ip.ttl", "ip.src", "ip.checksum.status", "udp.checksum.status", "data.data",
  "udp.payload", "icmp.type", "icmp.code", "icmp.mtu", "icmp.checksum.status" }
do
  local known = {}
  for _, name in ipairs(names) do
    known[name] = true
  end
  for _, row in ipairs(rows.sent) do
    for name in pairs(row[2]) do
      names[#names + 1] = not known[name] and name or nil
      known[name] = true
    end
  end
end

-- Run it once, and read its two captures.
local run, sent, faults
session.in_folder(function(folder)
  run = session.netlab(("%sreadback.lua --out %s"):format(session.fixtures, folder))
  sent = dissect(folder .. "/readback-sent.pcapng", names)
  faults = dissect(folder .. "/readback-faults.pcapng", names)
end)

test("what was sent and done was counted by the kernels as it should be", function(t)
  t.equal(run.code, 0, run.out .. run.err)
  t.equal(#run.parts, 15, run.summary)
  t.ok(sent and #sent > #rows.sent, "nothing was recorded")
  t.ok(faults and #faults > #rows.faults, "nothing was recorded")
end)

-- ---- what a puppet sends ----

-- How many frames a form is sent in.
local function frames_of(form)
  local size, length = form:match "fragments=(%d+)", form:match "len=(%d+)"
  return size and math.ceil((tonumber(length) + 8) / tonumber(size)) or 1
end

do
  local own = {}
  for _, packet in ipairs(sent or {}) do
    if packet["frame.interface_name"] == "peer:eth0" and packet["frame.packet_flags_direction"] == "0x00000002" then
      own[#own + 1] = packet
    end
  end
  local at = 0
  for _, row in ipairs(rows.sent) do
    at = at + frames_of(row[1])
    local packet = own[at] or {}
    test("sent: " .. row[1], function(t)
      for name, expected in pairs(row[2]) do
        t.equal(packet[name], expected, name)
      end
    end)
  end
  test("nothing else was sent", function(t)
    t.equal(#own, at)
  end)
end

-- What is written here is not sent: it follows, or the wire decides about it, or another word says it.
local not_sent = { length = true, from = true, to = true, fate = true, checksum_ok = true }

test("every field that can be sent is among them", function(t)
  local forms = {}
  for _, row in ipairs(rows.sent) do
    forms[#forms + 1] = (row[1]:gsub('"[^"]*"', '""')) .. " "
  end
  local text = table.concat(forms)
  for _, list in ipairs { fields.list, fields.sending } do
    for _, field in ipairs(list) do
      t.ok(not_sent[field.name] or text:find(" " .. field.name:gsub("%.", "%%.") .. "[= ]"), field.name)
    end
  end
end)

-- ---- what the wire does ----

local function of_row(number, interface)
  local list = {}
  for _, packet in ipairs(faults or {}) do
    if packet["ip.ttl"] == tostring(number) and packet["frame.interface_name"] == interface then
      list[#list + 1] = packet
    end
  end
  return list
end

local function text_of(hex)
  return (hex:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end))
end

-- The last bytes of what arrived: tshark does not call them UDP's when the datagram was cut.
local function payload_of(packet)
  return text_of(packet["udp.payload"] ~= "" and packet["udp.payload"] or packet["data.data"])
end

for number, row in ipairs(rows.faults) do
  test("fault: " .. row.name, function(t)
    local arrived = {}
    for i, packet in ipairs(of_row(number, "server:eth0")) do
      arrived[i] = ("%s %s %s %s"):format(payload_of(packet), packet["frame.len"], packet["ip.checksum.status"],
        packet["udp.checksum.status"])
    end
    t.equal(arrived, row.arrive)
  end)
  test("fault: " .. row.name .. ", at the sender", function(t)
    local comments, left = {}, {}
    for _, packet in ipairs(of_row(number, "client:eth0")) do
      comments[#comments + 1] = packet["frame.comment"] ~= "" and packet["frame.comment"] or nil
      left[packet["frame.packet_id"]] = tonumber(packet["frame.time_epoch"])
    end
    local answers = {}
    for _, packet in ipairs(faults or {}) do -- it quotes a packet of this row
      local about = packet["frame.interface_name"] == "client:eth0" and packet["ip.ttl"]:match "^%d+,(%d+)$"
      if about == tostring(number) then
        answers[#answers + 1] = ("%s %s %s %s %s"):format(packet["icmp.type"], packet["icmp.code"], packet["icmp.mtu"],
          packet["ip.src"]:match "^[^,]+", packet["icmp.checksum.status"])
      end
    end
    t.equal(answers, row.answers or {})
    t.equal(#comments, #(row.fates or {}))
    for i, comment in ipairs(comments) do
      t.match(comment, "^" .. row.fates[i])
    end
    for _, packet in ipairs(of_row(number, "server:eth0")) do
      local took = tonumber(packet["frame.time_epoch"]) - left[packet["frame.packet_id"]]
      t.ok(took * 1000 >= (row.late or 0) - 0.001, ("%f s"):format(took))
    end
  end)
end

test("every kind of rule and every option of docs/network.md is among them", function(t)
  local source = session.text(session.fixtures .. "readback_rows.lua")
  local options = session.text("docs/network.md"):match "<!%-%- rule options %-%->\n(.-)\n\n"
  local count = 0
  for option in options:gmatch "\n| `(%w+)`" do
    t.ok(source:find("[{ ]" .. option .. " = "), option)
    count = count + 1
  end
  t.ok(count >= 9)
  for kind in session.text "lua/netlab/lab/wire.lua":gmatch 'action = "(%w+)"' do
    t.ok(source:find("wire:" .. kind .. "(", 1, true), kind)
  end
end)

-- ---- order by hold and release ----

test("300 of 300 simultaneous opens, 100 in each address family", function(t)
  local opens = session.netlab "--repeat 100 -j 4 -q experiments/simultaneous_open.lua"
  t.match(opens.summary, "^300 passed, 0 failed")
end)
