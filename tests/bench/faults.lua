-- What the faults of the wire are worth: thousands of packets each, what was asked beside what came of it. The notes
-- are the rows of the table in docs/network.md ("What the faults are worth, measured"); the command that makes it
-- stands there. Counts are checked; times are only measured, for they depend on the machine.

local BATCH = 50 -- packets between two looks of the lab at its ports, so that none is lost there

-- A sender, its receiver's host, and a function that sends `count` datagrams of `bytes` payload, `gap` seconds apart.
local function arrange(t)
  local client, server = t:hosts("client", "server")
  local s = t:ok(server:socket(AF_INET, SOCK_DGRAM))
  t:ok(s:bind(9))
  local u = t:ok(client:socket(AF_INET, SOCK_DGRAM))
  t:ok(u:connect(server, 9))
  local function send(count, bytes, gap)
    local payload, due = ("x"):rep(bytes or 1), t:now()
    for i = 1, count do
      assert(u:send(payload) == #payload)
      if i % BATCH == 0 then
        t.wire:drain()
      end
      due = due + (gap or 0)
      while gap and t:now() < due do
        t:sleep(math.max(due - t:now(), 0))
      end
    end
    t.wire:drain()
  end
  return send, server
end

-- Packets of the recording that this is true of; all packets are the sender's.
local function packets(t, choose)
  local list = {}
  for packet in t.recording:packets(1) do
    if choose(packet) then
      list[#list + 1] = packet
    end
  end
  return list
end

local function was_sent(packet)
  return not packet.copy_of
end

-- All that was delivered, once all that was delayed has come.
local function delivered(t, count)
  local function has_come(packet)
    return packet.fate == "delivered"
  end
  t:eventually(function()
    return #packets(t, has_come) == count
  end, 20)
  return packets(t, has_come)
end

local function row(t, ...)
  t:note("| " .. table.concat({ ... }, " | ") .. " |")
end

-- ---- counts: hits of n trials with the chance p ----

local COUNT = 10000

local function counted(t, what, chance, seed, hits, remark)
  local expected = COUNT * chance
  local deviation = math.sqrt(expected * (1 - chance))
  local off = (hits - expected) / deviation
  row(t, what, ("chance %g %%, seed %d; %d packets"):format(chance * 100, seed, COUNT), ("%.0f"):format(expected),
    hits .. (remark or ""), ("%+.2f σ"):format(off))
  t:ok(math.abs(off) < 4)
end

local function count(what, chance, seed, act, expect)
  experiment(("%s by chance %g, seed %d"):format(what, chance, seed)) {
    timeout = 60,
    limits = { calls = 200000 },
    run = function(t)
      local send, server = arrange(t)
      local rule = act(t, { chance = chance, seed = seed })
      local before = server:counters()
      send(COUNT)
      local hits = rule:hits()
      counted(t, what, chance, seed, hits)
      if expect then
        expect(t, hits, server, before)
      end
    end
  }
end

local function growth(server, before, name)
  return server:counters()[name] - before[name]
end

for _, chance in ipairs { 0.001, 0.01, 0.1, 0.5 } do
  for seed = 1, 3 do
    count("loss", chance, seed, function(t, options)
      return t.wire:drop("client -> server UDP", options)
    end, function(t, hits, server, before)
      t:equal(growth(server, before, "IpInDelivers"), COUNT - hits, "no other packet is lost")
    end)
  end
end

for seed = 4, 5 do
  count("duplicates", 0.1, seed, function(t, options)
    return t.wire:duplicate("client -> server UDP", options)
  end, function(t, hits, server, before)
    t:equal(growth(server, before, "IpInDelivers"), COUNT + hits)
  end)
  count("wrong checksums", 0.1, seed + 2, function(t, options)
    return t.wire:corrupt("client -> server UDP", options)
  end, function(t, hits, server, before)
    t:equal(growth(server, before, "UdpInCsumErrors"), hits, "the kernel of the receiver counted each")
  end)
end

-- ---- order: some packets are delayed, and overtaken by those that are not ----

for seed = 8, 9 do
  experiment(("reordering, seed %d"):format(seed)) {
    timeout = 60,
    limits = { calls = 200000 },
    run = function(t)
      local send = arrange(t)
      local rule = t.wire:delay("client -> server UDP", "5ms", { chance = 0.1, seed = seed })
      send(COUNT)
      local list, overtaken, first = delivered(t, COUNT), 0, math.huge
      for i = COUNT, 1, -1 do
        overtaken = overtaken + (list[i].received > first and 1 or 0)
        first = math.min(first, list[i].received)
      end
      local hits = rule:hits()
      counted(t, "reordering (delayed by 5 ms)", 0.1, seed, hits, (", %d overtaken"):format(overtaken))
      t:ok(overtaken <= hits)
    end
  }
end

-- ---- times ----

local function percentile(sorted, share)
  return sorted[math.max(1, math.ceil(#sorted * share))]
end

for _, ms in ipairs { 1, 10, 100 } do
  experiment(("delay of %d ms"):format(ms)) {
    timeout = 60, tags = "times",
    run = function(t)
      local send = arrange(t)
      t.wire:delay("client -> server UDP", ms / 1000)
      send(5000, 1, 0.0005)
      local late = {}
      for i, packet in ipairs(delivered(t, 5000)) do
        late[i] = (packet.received - packet.time - ms / 1000) * 1e6
      end
      table.sort(late)
      t:ok(late[1] >= -0.001, "none comes early")
      row(t, "delay", ("%d ms; 5000 packets"):format(ms), ("%d ms"):format(ms),
        ("%.3f ms (median)"):format(ms + percentile(late, 0.5) / 1000),
        ("late by %.0f µs (median), %.0f µs (p99)"):format(percentile(late, 0.5), percentile(late, 0.99)))
    end
  }
end

-- Each packet is sent when the one before has come, so that none has to wait for the order.
experiment "jitter" {
  timeout = 60, tags = "times",
  run = function(t)
    local COUNTED, BINS = 2000, 10
    local send = arrange(t)
    t.wire:delay("client -> server UDP", "2ms", { jitter = "1ms", seed = 1 })
    send(COUNTED, 1, 0.0034)
    local took, bins, sum = {}, {}, 0
    for i, packet in ipairs(delivered(t, COUNTED)) do
      took[i] = (packet.received - packet.time) * 1000
      local bin = math.min(BINS, math.floor((took[i] - 1) / 2 * BINS) + 1)
      bins[bin] = (bins[bin] or 0) + 1
      sum = sum + took[i]
    end
    table.sort(took)
    local chi = 0
    for i = 1, BINS do
      chi = chi + ((bins[i] or 0) - COUNTED / BINS) ^ 2 / (COUNTED / BINS)
    end
    t:ok(took[1] >= 1)
    row(t, "jitter", ("2 ms ± 1 ms; %d packets"):format(COUNTED), "1 to 3 ms",
      ("%.3f to %.3f ms (p99)"):format(took[1], percentile(took, 0.99)),
      ("mean %+.3f ms; χ² of ten tenths %.1f"):format(sum / COUNTED - 2, chi))
  end
}

for _, case in ipairs { { "1M", 1e6, 200 }, { "10M", 1e7, 2000 }, { "100M", 1e8, 5000 } } do
  local text, rate, sent = table.unpack(case)
  experiment(("rate of %s"):format(text)) {
    timeout = 60, tags = "times",
    run = function(t)
      local send = arrange(t)
      t.wire:rate("client -> server UDP", text, { queue = "16M" })
      send(sent, 1458) -- frames of 1500 bytes
      local list = delivered(t, sent)
      local took = list[sent].received - list[1].received
      local observed = (sent - 1) * 1500 * 8 / took
      row(t, "rate", ("%g Mbit/s; %d packets"):format(rate / 1e6, sent), ("%g Mbit/s"):format(rate / 1e6),
        ("%.4f Mbit/s"):format(observed / 1e6), ("%+.3f %%"):format((observed / rate - 1) * 100))
      t:equal(#packets(t, was_sent), sent)
    end
  }
end
