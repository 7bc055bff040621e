-- The experiments of experiments/ pass, and each of them can fail: when the world or the expectation is broken, each of
-- its layers (calls, packets, states) says so.

local cjson = require "cjson"
local harness = require "harness"
local test = harness

-- ---- breaks ----
-- By experiment: a text of the script, what stands there instead, the check that fails then, words of its failure.

local two_hosts = 't:hosts("client", "server")'
local patient_hosts = 't:hosts("client", "server", { rto_min = "2s" })'

-- All hosts with another value of a setting.
local function setting(name, value)
  return ('t:hosts("client", "server", { sysctl = { ["%s"] = "%s" } })'):format(name, value)
end

local breaks = {
  connect_refused_no_listener = {
    { "t:fails(ECONN", "local l = server:socket(AF_INET, SOCK_STREAM) l:bind(12500) l:listen() t:fails(ECONN",
      "fails", "expected ECONNREFUSED (Connection refused), but the call succeeded" },
    { "t:fails(ECONN", 't.wire:drop "server -> client" c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, "50ms") t:fails(ECONN',
      "fails", "expected ECONNREFUSED (Connection refused), but the call failed with EINPROGRESS" },
    { "t:fails(ECONN", 't.wire:drop("client -> server", { count = 1 }) t:fails(ECONN',
      "trace", "a rule of the wire dropped it" },
    { "RST,ACK ", "RST ", "trace", "expected a RST from server, but server answered RST,ACK" },
    { '"CLOSED"', '"SYN-SENT"', "state", "expected state SYN-SENT, the socket is in CLOSED" },
    { "#server:sockets(), 0", "#server:sockets(), 1", "equal", "expected 1, got 0" },
  },
  listener_on_loopback_alone = {
    { 'l:bind("127.0.0.1"', "l:bind(INADDR_ANY",
      "fails", "expected ECONNREFUSED (Connection refused), but the call succeeded" },
    { 'inner:connect("127.0.0.1"', "inner:connect(server", "ok", "failed with ECONNREFUSED" },
    { "127.0.0.1:12500 -> 127.0.0.1:$p  SYN,ACK", "127.0.0.1:12500 -> 127.0.0.1:$p  RST,ACK",
      "trace", "server sent a SYN,ACK: somebody listens on port 12500" },
    { 't:state(inner, "ESTABLISHED")', 't:state(inner, "SYN-SENT")', "state", "the socket is in ESTABLISHED" },
  },
  listener_on_outer_address_alone = {
    { "l:bind(server", "l:bind(INADDR_ANY",
      "fails", "expected ECONNREFUSED (Connection refused), but the call succeeded" },
    { "l:bind(server", 'l:bind("127.0.0.1"', "ok", "failed with ECONNREFUSED" },
    { "127.0.0.1:12500 -> 127.0.0.1:$p  RST,ACK", "127.0.0.1:12500 -> 127.0.0.1:$p  SYN,ACK",
      "trace", "RST,ACK: nobody listens on port 12500" },
    { 't:state(inner, "CLOSED")', 't:state(inner, "ESTABLISHED")', "state", "the socket is in CLOSED" },
  },
  bound_not_listening = {
    { "t:ok(s:bind(8888))", "t:ok(s:bind(8888)) t:ok(s:listen())", "equal", 'got {1, "LISTEN", 8888}' },
    { "t:ok(s:listen(16))", "", "equal", 'got {1, "CLOSED", 8888}' },
    { "early:connect(server, 8888)", "early:connect(server, 8889)",
      "trace", "where nothing (more) was expected" },
    { "RST,ACK ", "SYN,ACK ", "trace", "server answered RST,ACK: nobody listens on port 8888" },
    { 't:state(s, "CLOSED")', 't:state(s, "LISTEN")',
      "state", "expected state LISTEN, the socket is in CLOSED" },
  },
  handshake_without_accept = {
    { "t:select({ l }, nil, nil, 5), 1", "t:select({ l }, nil, nil, 5), 0", "equal", "expected 0, got 1" },
    { two_hosts, two_hosts .. ' t.wire:drop("client -> server ACK", { count = 1 })',
      "trace", "a rule of the wire dropped it" },
    { '{ "ESTABLISHED", 0 }', '{ "SYN-RECEIVED", 0 }',
      "equal", 'expected {"SYN-RECEIVED", 0}, got {"ESTABLISHED", 0}' },
    { 't:state(c, "ESTABLISHED")', 't:state(c, "SYN-SENT")', "state", "the socket is in ESTABLISHED" },
    { "ack=6 len=0", "ack=1 len=0", "trace", "with ack 6, not 1" },
    { 'a:recv(100), "early"', 'a:recv(100), "late"', "equal", 'expected "late", got "early"' },
  },
  self_connect = {
    { 't:host "host"', 't:host("host", { sysctl = { ["net.ipv4.tcp_sack"] = 0 } })', "trace", "sack" },
    { "t:ok(c:connect(address or host, 34567))", "t:ok(c:connect(address or host, 34568))",
      "ok", "ECONNREFUSED" },
    { "c:recv(100)", "c:recv(5)", "equal", 'expected "Hello, myself~", got "Hello"' },
    { "SYN,ACK ", "SYN ", "trace", "expected a SYN from host, but host sent a SYN,ACK" },
    { '"TIME-WAIT"', '"FIN-WAIT-2"', "eventually", "did not come true" },
    { '"ESTABLISHED"', '"SYN-RECEIVED"', "state", "the socket is in ESTABLISHED" },
  },
  simultaneous_open = {
    { 't:hosts("a", "b")', 't:hosts("a", "b", { sysctl = { ["net.ipv4.tcp_sack"] = 0 } })', "trace", "sack" },
    { 't.wire:hold "* -> * SYN"', 't.wire:hold "a -> b SYN"', "state", "the socket is in ESTABLISHED" },
    { 't.wire:hold "* -> * SYN"', 't.wire:delay("* -> * SYN", 0)', "state", "expected state SYN-SENT" },
    { "t:equal(syns", 't.wire:drop("a -> b SYN,ACK", { count = 1 }) t:equal(syns',
      "trace", "a rule of the wire dropped it" },
    { "SYN,ACK  seq=0", "SYN,ACK  seq=1", "trace", "with seq 0, not 1" },
    { 't:state(y, "ESTABLISHED")', 't:state(y, "SYN-RECEIVED")', "state", "the socket is in ESTABLISHED" },
  },
  sndtimeo_bounds_connect = {
    { '"100ms"', '"1ms"', "ok", "expected a value that is true" },
    { 't.wire:drop "client -> server SYN"', "", "fails", "the call failed with ECONNREFUSED" },
    { '"100ms"', '"1100ms"', "trace", "it is the same segment" },
    { 't:ok(c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, "100ms"))', 'client:sysctl("net.ipv4.tcp_syn_retries", 1)',
      "fails",
      "expected EINPROGRESS" },
    { '"SYN-SENT"', '"CLOSED"', "state", "the socket is in SYN-SENT" },
    { "t:ok(c:close())", "", "equal", "expected 0, got 1" },
    { "-x", "->", "trace", "a rule of the wire dropped it" },
  },
  select_timeout_then_close = {
    { 't.wire:hold "server -> client SYN,ACK"', 't.wire:delay("server -> client SYN,ACK", 0)',
      "equal", "expected 0, got" },
    { "t:ok(l:listen())", "", "wait_packet", "no packet like" },
    { "t:ok(c:close())", "", "equal", "expected 0, got 1" },
    { "t:equal(answer", 't.wire:drop "client -> server RST" t:equal(answer',
      "trace", "a rule of the wire dropped it" },
    { "RST      seq=1", "RST,ACK  seq=1", "trace", "expected a RST,ACK from client, but client answered RST" },
    { '"SYN-RECEIVED"', '"ESTABLISHED"', "equal", "SYN-RECEIVED" },
  },
  rcvtimeo_does_not_bound_connect = {
    { "SO_RCVTIMEO, ", "SO_SNDTIMEO, ", "ok", "failed with EINPROGRESS" },
    { '"110ms"', '"90ms"', "ok", "expected a value that is true" },
    { "t:fails(EAGAIN", "t:fails(ETIMEDOUT", "fails", "failed with EAGAIN" },
    { "SYN,ACK  seq=0", "SYN,ACK  seq=1", "trace", "with seq 0, not 1" },
    { '"ESTABLISHED"', '"CLOSED"', "state", "the socket is in ESTABLISHED" },
  },
  sndtimeo_ends_connect_then_close = {
    { 't.wire:hold "server -> client SYN,ACK"', 't.wire:delay("server -> client SYN,ACK", 0)', "fails",
      "expected EINPROGRESS (Operation now in progress), but the call succeeded" },
    { 't:state(c, "SYN-SENT")\n    t:ok(c:close())', 't:state(c, "SYN-SENT")',
      "equal", "the client has forgotten the attempt: expected 0, got 1" },
    { "RST      seq=1", "RST      seq=0", "trace", "with seq 1, not 0" },
    { '"SYN-SENT"', '"CLOSED"', "state", "the socket is in SYN-SENT" },
  },
  close_with_unread_data = {
    { "#s:recv(4096), 4096", "#s:recv(5000), 5000", "equal", "expected 904, got 0" },
    { "s:recv(4096), 4096)\n    t:equal(s:ioctl(SIOCINQ), 904)", "s:recv(5000), 5000)",
      "trace", "expected a RST,ACK from server, but server sent a FIN,ACK" },
    { "t:ok(c:connect", "t:ok(c:setsockopt(IPPROTO_TCP, TCP_MAXSEG, 1000)) t:ok(c:connect", "eventually",
      "did not come true" },
    { "RST,ACK  seq=6", "FIN,ACK  seq=6",
      "trace", "expected a FIN,ACK from server, but server sent a RST,ACK" },
    { 't:equal(c:recv(100), "reply")', "", "fails", 'the call succeeded and returned "reply"' },
    { "#server:sockets(), 1", "#server:sockets(), 2", "equal", "expected 2, got 1" },
    { '"CLOSED"', '"CLOSE-WAIT"', "eventually", "did not come true" },
  },
  close_with_unread_data_loses_reply = {
    { "t.wire:drop", "t.wire:hold", "trace", "no rule dropped it" },
    { 't.wire:drop "server -> client len>0"', "", "fails", 'the call succeeded and returned "reply"' },
    { "t:fails(ECONNRESET", "t:fails(ETIMEDOUT", "fails", "failed with ECONNRESET" },
    { "RST      seq=1", "RST      seq=6", "trace", "with seq 1, not 6" },
    { '"CLOSED"', '"CLOSE-WAIT"', "state", "the socket is in CLOSED" },
  },
  linger_zero_resets = {
    { "onoff = true", "onoff = false", "equal", "expected 0, got 1" },
    { "linger = 0", "linger = 1", "equal", "expected 0, got 1" },
    { "t.wire:drop", "t.wire:hold", "trace", "no rule dropped it" },
    { "t:fails(ECONNRESET, s:recv(100))", 't:equal(s:recv(100), "")', "equal", 'expected "", got nil' },
    { "RST,ACK  seq=10", "RST,ACK  seq=6", "trace", "with seq 10, not 6" },
    { '"CLOSED"', '"CLOSE-WAIT"', "state", "the socket is in CLOSED" },
  },
  linger_waits_for_acknowledgement = {
    { "onoff = true", "onoff = false", "ok", "expected a value that is true" },
    { "FIN,ACK  seq=5", "RST,ACK  seq=5",
      "trace", "expected a RST,ACK from client, but client sent a FIN,ACK" },
    { '"FIN-WAIT-2"', '"FIN-WAIT-1"',
      "equal", 'expected {"FIN-WAIT-1", true, 0}, got {"FIN-WAIT-2", true, 0}' },
    { "linger = 5", "linger = 0", "ok", "only after the round trip" },
  },
  linger_time_runs_out = {
    { "onoff = true", "onoff = false", "ok", "expected a value that is true" },
    { "t.wire:cut()", "", "ok", "expected a value that is true" },
    { "repeat 0..9", "repeat 20", "trace", "but nothing more came" },
    { '"FIN-WAIT-1"', '"FIN-WAIT-2"',
      "equal", 'expected {"FIN-WAIT-2", true, 5}, got {"FIN-WAIT-1", true, 5}' },
    { '"ESTABLISHED"', '"CLOSE-WAIT"', "state", "the socket is in ESTABLISHED" },
  },
  sigpipe_kills_by_default = {
    { 'c:send "too late"', 't:fails(EPIPE, c:send("too late", MSG_NOSIGNAL))',
      "equal", 'expected "SIGPIPE", got nil' },
    { 'c:send "too late"', 't:sigaction(SIGPIPE, SIG_IGN) t:fails(EPIPE, c:send "too late")', "equal",
      'expected "SIGPIPE", got nil' },
    { "onoff = true", "onoff = false", "fails", 'the call succeeded and returned ""' },
    { "RST,ACK ", "FIN,ACK ", "trace", "expected a FIN,ACK from server, but server sent a RST,ACK" },
    { '"CLOSED"', '"CLOSE-WAIT"', "state", "the socket is in CLOSED" },
  },
  sigpipe_survived_gives_epipe = {
    { '0, { "SIGPIPE", "SIGPIPE" }', 'MSG_NOSIGNAL, { "SIGPIPE", "SIGPIPE" }', "equal", "SIGPIPE" },
    { "MSG_NOSIGNAL, {}", "0, {}", "equal", "SIGPIPE" },
    { "SIG_IGN, 0", '"record", 0', "equal", "SIGPIPE" },
    { "onoff = true", "onoff = false", "fails", 'the call succeeded and returned ""' },
    { "t:fails(EPIPE", "t:fails(ECONNRESET", "fails", "EPIPE" },
    { "RST,ACK ", "RST ", "trace", "expected a RST from server, but server answered RST,ACK" },
    { '"CLOSED"', '"CLOSE-WAIT"', "state", "the socket is in CLOSED" },
  },
  write_before_read_after_reset = {
    { 't:fails(ECONNRESET, c:send "first")', 't:fails(EPIPE, c:send "first")',
      "fails", "failed with ECONNRESET" },
    { 't:fails(ECONNRESET, c:send "first")', "", "fails", "failed with ECONNRESET" },
    { "onoff = true", "onoff = false", "equal", "expected 1, got 0" },
    { "RST,ACK ", "RST ", "trace", "expected a RST from server, but server answered RST,ACK" },
    { '"CLOSED"', '"CLOSE-WAIT"', "state", "the socket is in CLOSED" },
  },
  session_in_eight_packets = {
    { patient_hosts, setting("net.ipv4.tcp_timestamps", 0), "trace", "ts" },
    { patient_hosts, setting("net.ipv4.tcp_window_scaling", 0), "trace", "wscale" },
    { patient_hosts, patient_hosts .. ' t.wire:drop("server -> client FIN,ACK", { count = 1 })',
      "trace", "a rule of the wire dropped it" },
    { "t:equal(#c:recv(255), 255)", "", "equal", 'expected "", got "xxx' },
    { "SYN,ACK ", "SYN ", "trace", "expected a SYN from server, but server answered SYN,ACK" },
    { '"CLOSE-WAIT"', '"ESTABLISHED"', "state", "the socket is in CLOSE-WAIT" },
    { '"TIME-WAIT"', '"CLOSED"', "eventually", "did not come true" },
  },
  session_in_eight_packets_on_lo = {
    { '"x"):rep(255)), 255', '"x"):rep(254)), 254', "equal", "expected 255, got 254" },
    { "t:ok(c:close())", "", "trace", "expected a FIN,ACK from host, but nothing more came" },
    { "PSH,ACK ", "PSH,FIN,ACK ", "trace", "expected a FIN,PSH,ACK from host, but host sent a PSH,ACK" },
    { '"CLOSE-WAIT"', '"ESTABLISHED"', "state", "the socket is in CLOSE-WAIT" },
    { '"TIME-WAIT"', '"CLOSED"', "eventually", "did not come true" },
  },
  session_in_nine_packets = {
    { patient_hosts, patient_hosts .. ' t.wire:drop("client -> server ACK ack=257", { count = 1 })',
      "wait_packet", "no packet like" },
    { "client -> server:20000  ACK      seq=1 ack=257 len=0", "",
      "trace", "expected a FIN,ACK from client, but client answered ACK" },
    { "c:recv(1000), 255", "c:recv(200), 200", "equal", 'expected "", got "xxx' },
    { '"FIN-WAIT-2"', '"TIME-WAIT"', "eventually", "did not come true" },
    { '"CLOSE-WAIT"', '"LAST-ACK"', "state", "the socket is in CLOSE-WAIT" },
  },
}

-- ---- running ----

local function lines_of_json(path)
  local objects = {}
  for line in io.lines(path) do
    objects[#objects + 1] = cjson.decode(line)
  end
  return objects
end

local function text_of(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
end

-- The script with one text replaced; raises when the text is not there.
local function broken(name, row)
  local text = text_of("experiments/" .. name .. ".lua")
  local first, last = text:find(row[1], 1, true)
  if not first then
    error(("experiments/%s.lua does not contain %q"):format(name, row[1]), 0)
  end
  return text:sub(1, first - 1) .. row[2] .. text:sub(last + 1)
end

-- Every break as a script of its own; one run of the program for all. Returns the runs by the script's name.
local function run_all(folder)
  for name, rows in pairs(breaks) do
    for i, row in ipairs(rows) do
      write(("%s/%s-%d.lua"):format(folder, name, i), broken(name, row))
    end
  end
  local json = folder .. "/runs.json"
  local result = harness.run(('"$NETLAB" -q -j 32 --timeout 10 --json %s %s'):format(json, folder))
  local runs = {}
  for _, run in ipairs(lines_of_json(json)) do
    local script = run.file:match "([^/]+)%.lua$"
    runs[script] = runs[script] or {}
    table.insert(runs[script], run)
  end
  return runs, result
end

-- The first run of a script that did not pass, its first failed check, and all that was said about that.
local function first_failure(runs)
  for _, run in ipairs(runs) do
    if run.status ~= "PASS" then
      for _, check in ipairs(run.checks) do
        if not check.passed then
          return run, check, check.message .. "\n" .. (check.explanation or "")
        end
      end
      return run, nil, cjson.encode(run.reasons)
    end
  end
end

-- ---- tests ----

test("every experiment passes", function(t)
  local path = os.tmpname()
  local result = harness.run(('"$NETLAB" -q --json %s experiments'):format(path))
  t.equal(result.code, 0, result.out .. result.err)
  for _, run in ipairs(lines_of_json(path)) do
    local skipped = run.status == "SKIP" and run.family ~= "ipv4" -- a machine without IPv6
    t.equal(skipped and "PASS" or run.status, "PASS", run.name)
  end
  os.remove(path)
end)

-- The layer that a break is about.
local function layer_of(row)
  if row[3] == "trace" or row[3] == "wait_packet" then
    return "packets"
  end
  for _, state in ipairs { "CLOSED", "SYN", "ESTABLISHED", "FIN-WAIT", "CLOSE-WAIT", "TIME-WAIT" } do
    if row[1]:find('"' .. state, 1, true) then
      return "states"
    end
  end
  return "calls"
end

test("every first experiment is broken in its calls, its packets and its states", function(t)
  for name, rows in pairs(breaks) do
    local seen = {}
    for _, row in ipairs(rows) do
      seen[layer_of(row)] = true
    end
    t.equal(seen, { calls = true, packets = true, states = true }, name)
  end
end)

local folder = harness.run("mktemp -d").out:match "[^\n]+"
local made, runs, result = pcall(run_all, folder)
test("the broken experiments ran to their end", function(t)
  t.ok(made, runs)
  t.equal(result.code, 1, result.err)
end)

local sorted = {}
for name in pairs(breaks) do
  sorted[#sorted + 1] = name
end
table.sort(sorted)
for _, name in ipairs(made and sorted or {}) do
  for i, row in ipairs(breaks[name]) do
    local title = ("%s fails with %s"):format(name, row[2] ~= "" and row[2] or "no " .. row[1]):gsub("%s+", " ")
    test(title, function(t)
      local run, check, said = first_failure(t.ok(runs[("%s-%d"):format(name, i)], "it did not run"))
      t.ok(run, "it passed")
      t.equal(run.status, "FAIL", said)
      t.equal(check and check.name, row[3], said)
      t.match(said:gsub("%s+", " "), row[4])
    end)
  end
end

harness.run("rm -r " .. folder)
