-- doctor.lua: netlab doctor: what this machine offers, what is missing, and the remedy.
-- Each probe is a small experiment that is run like any other, so it finds what experiments would find.

local exits = require "netlab.cli.exits"
local judge = require "netlab.report.judge"
local remedy = require "netlab.report.remedy"
local runner = require "netlab.core.runner"

local doctor = {}

local function experiment(body)
  return 'experiment "probe" { run = function(t) ' .. body .. " end }"
end

-- What is probed, the script, what to do when it fails (nil: by the error's text)
local probes = {
  { "namespaces, /proc, /tmp, the script process", experiment "t:ok(true)" },
  { "a host: network namespace, sysctls, veth, packet sockets", experiment "t:ok(t:host 'a')" },
  { "the wire: a TCP connection between two hosts, recorded", experiment [[
    local a, b = t:hosts("a", "b")
    local listener = t:ok(b:socket(AF_INET, SOCK_STREAM))
    t:ok(listener:bind(7)) t:ok(listener:listen(1))
    local c = t:ok(a:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(b, 7))
    t:wait_packet "a -> b:7 SYN"
  ]], "the packets between two hosts are not seen: is there a filter on new interfaces?" },
  { "loopback, recorded", experiment [[
    local a = t:host "a"
    local u = t:ok(a:socket(AF_INET, SOCK_DGRAM))
    t:ok(u:sendto("x", 0, "127.0.0.1", 9))
    t:wait_packet "a -> a:9 UDP"
  ]] },
  { "IPv6", experiment [[
    local a, b = t:hosts("a", "b", { ipv6 = true })
    local u = t:ok(a:socket(AF_INET6, SOCK_DGRAM))
    t:ok(u:sendto("x", 0, b, 9))
    t:wait_packet "a -> b:9 UDP"
  ]], "the kernel lacks IPv6 (CONFIG_IPV6, or booted with ipv6.disable=1): experiments with IPv6 cannot run" },
  { "sock_diag: sockets without a descriptor", experiment [[
    local a = t:host "a"
    local s = t:ok(a:socket(AF_INET, SOCK_STREAM))
    t:ok(s:bind(7)) t:ok(s:listen(1))
    t:equal(a:sockets()[1].state, "LISTEN")
  ]], "the kernel lacks sock_diag: load the modules tcp_diag, udp_diag, inet_diag (CONFIG_INET_DIAG)" },
  { "libpcap captures", experiment [[
    local a = t:host "a"
    local c = a:capture { interface = "lo", filter = "udp" }
    local u = t:ok(a:socket(AF_INET, SOCK_DGRAM))
    t:ok(u:sendto("x", 0, "127.0.0.1", 9))
    t:ok(c:next(2))
    c:close()
  ]], "libpcap cannot open an interface in a user namespace" },
  { "actors and signals", experiment [[
    local a = t:host "a"
    local actor = a:spawn(function() t:sleep(60) end)
    t:ok(actor:kill(SIGKILL))
    t:equal(actor:wait().signal_name, "SIGKILL")
  ]] },
  { "programs", experiment [[ t:equal(t:host("a"):exec{ "echo", "x" }.stdout, "x\n") ]],
    "the program echo cannot be executed in a lab" },
}

local function read_line(path)
  local file <close> = io.open(path)
  return file and file:read "l"
end

-- Settings of the machine that decide whether user namespaces are allowed, and how many frames the recorder can queue;
-- shown as they are.
local settings = {
  "/proc/sys/kernel/osrelease", "/proc/sys/user/max_user_namespaces", "/proc/sys/user/max_net_namespaces",
  "/proc/sys/kernel/unprivileged_userns_clone", "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
  "/proc/sys/net/core/rmem_max",
}

local function tell_settings()
  for _, path in ipairs(settings) do
    local line = read_line(path)
    io.stdout:write(("        %s = %s\n"):format(path:gsub("^/proc/sys/", ""):gsub("/", "."), line or "(not there)"))
  end
end

local function tell_probe(probe, verdict)
  io.stdout:write(("%-7s %s\n"):format(verdict.status == "PASS" and "ok" or "MISSING", probe[1]))
  for _, reason in ipairs(verdict.status ~= "PASS" and verdict.reasons or {}) do
    io.stdout:write(("        %s\n        what to do: %s\n"):format(reason.message,
      probe[3] or remedy.of(reason.message)))
  end
end

---Probe everything and print what was found.
---@param given table options
---@return integer status 0 all there, 3 something is missing
function doctor.run(given)
  local jobs, verdicts = {}, {}
  for i, probe in ipairs(probes) do
    jobs[i] = { path = "doctor/probe", text = probe[2], experiment = 1, bounds = { timeout = given.timeout or 10 } }
  end
  runner.run {
    jobs = jobs, parallel = 1,
    ended = function(result)
      verdicts[result.number] = judge.run(result.recording, result)
    end,
  }
  local missing = 0
  for i, probe in ipairs(probes) do
    if verdicts[i] then
      missing = missing + (verdicts[i].status == "PASS" and 0 or 1)
      tell_probe(probe, verdicts[i])
    end
  end
  tell_settings()
  io.stdout:write(missing == 0 and "everything that experiments need is there\n"
    or ("%d of %d facilities are missing\n"):format(missing, #probes))
  return missing == 0 and 0 or exits.CANNOT
end

return doctor
