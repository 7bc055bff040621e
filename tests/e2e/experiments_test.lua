-- The experiments of experiments/ pass, and each can fail: with the world or the expectation broken, each of its layers
-- (calls, packets, states) says what is wrong.

local cjson = require "cjson"
local harness = require "harness"
local test = harness

-- ---- breaks: experiment, then {what is replaced, by what, the check that must fail, words of its message} ----
-- A fifth field is where else something is replaced: {what, by what}.

local breaks = {}

-- The first line of `run` in all that make two hosts, and the same with a setting changed.
local hosts = 't:hosts("client", "server")'
local function hosts_with(setting, value)
  return ('t:hosts("client", "server", { sysctl = { ["%s"] = "%s" } })'):format(setting, value)
end

breaks["connect_refused_no_listener.lua"] = {
  { "t:fails(ECONNREFUSED, c", "local l = server:socket(AF_INET, SOCK_STREAM) l:bind(12500) l:listen() t:fails(ECONNREFUSED, c",
    "fails", "expected ECONNREFUSED (Connection refused), but the call succeeded" },
  { "t:fails(ECONNREFUSED, c", 't.wire:drop "server -> client RST,ACK" c:setsockopt(SOL_SOCKET, SO_SNDTIMEO, "50ms") '
    .. "t:fails(ECONNREFUSED, c", "fails", "but the call failed with EINPROGRESS" },
  { "t:fails(ECONNREFUSED, c", 't.wire:drop("client -> server SYN", { count = 1 }) t:fails(ECONNREFUSED, c', "trace",
    "lost" },
  { "RST,ACK  seq=0", "RST  seq=0", "trace", "RST" },
  { '"CLOSED"', '"SYN-SENT"', "state", "expected state SYN-SENT, the socket is in CLOSED" },
}

breaks["listener_on_another_address.lua"] = {
  { '"127.0.0.1")\n    local outer', 'INADDR_ANY)\n    local outer', "fails", "but the call succeeded" },
  { "listen_on(t, server, server)", 'listen_on(t, server, "127.0.0.1")', "ok", "failed with ECONNREFUSED" },
  { "127.0.0.1:12500 -> 127.0.0.1:$p  SYN,ACK  seq=0 ack=1", "127.0.0.1:12500 -> 127.0.0.1:$p  RST,ACK  seq=0 ack=1", "trace",
    "127.0.0.1" },
  { 't:state(inner, "CLOSED")', 't:state(inner, "ESTABLISHED")', "state", "the socket is in CLOSED" },
}
