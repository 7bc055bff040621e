-- judge.lua: the status of an experiment, as a function of its recording and of how its run ended.
-- PASS and FAIL speak about the network; ERROR, TIMEOUT and SKIP say that there is nothing to tell about it.

local cjson = require "cjson"
local points = require "netlab.report.points"

local judge = {}

---@class netlab.Reason why the status is not PASS
---@field kind "check"|"call"|"error"|"limit"|"lab"|"timeout"|"skip"|"recorder"|"empty"
---@field message string one sentence
---@field explanation string? more lines
---@field line integer? of the script
---@field slot integer? index of the record it is about

---@class netlab.IdleRule a rule of the wire that decided about no packet
---@field rule string as it was written: "drop client -> server SYN"
---@field line integer of the script
---@field count integer so many of them stand there
---@field message string one sentence

---@class netlab.Verdict
---@field status "PASS"|"FAIL"|"ERROR"|"TIMEOUT"|"SKIP"
---@field reasons netlab.Reason[]
---@field checks table[] {name=, passed=, message=, explanation=, line=, slot=, drawn=}
---@field passed integer checks that passed
---@field failed integer checks that failed
---@field idle_rules netlab.IdleRule[] they do not change the status
---@field parts netlab.Part[] those that the experiment declares

local function checks_of(recording)
  local checks = {}
  for _, slot in ipairs(recording:slots "check") do
    -- A process that is killed while it records a check has not said how it came out.
    local fields = slot.ended and cjson.decode(slot.text)
    checks[#checks + 1] = fields and {
      name = slot.name, passed = slot.result == 1, message = fields.message, explanation = fields.explanation,
      line = slot.line, slot = slot.index, pid = slot.pid, time = slot.began, drawn = fields.drawn,
    } or nil
  end
  return checks
end

local function result_of(slot)
  if not slot.ended then
    return "did not return"
  elseif slot.error then
    return "= -1 " .. slot.error
  end
  return ("= %d%s"):format(slot.result, slot.out and slot.out ~= "" and " " .. slot.out or "")
end

---A call as C would write it, and what became of it.
---@param slot table of recording:slots "call"
---@return string call "close(3)"
---@return string result "= 0", "= -1 EBADF", "did not return"
---@return integer? fd the descriptor that the call begins with
function judge.call(slot)
  local fd = slot.fd and slot.fd >= 0 and slot.name ~= "socket" and slot.fd or nil
  local arguments = fd and fd .. (slot.args ~= "" and ", " .. slot.args or "") or slot.args
  return ("%s(%s)"):format(slot.name, arguments), result_of(slot), fd
end

---The same as one text.
---@param slot table of recording:slots "call"
---@return string
function judge.call_text(slot)
  local call, result = judge.call(slot)
  return ("%s %s%s"):format(call, slot.ended and "" or "... ", result)
end

local function add(reasons, kind, message, more)
  local reason = more or {}
  reason.kind, reason.message = kind, message
  reasons[#reasons + 1] = reason
end

local function lab_reasons(recording, result, reasons)
  if result.error then
    add(reasons, "lab", result.error)
  end
  for _, event in ipairs(recording:events()) do
    if event.kind == "trouble" then
      add(reasons, "lab", event.text)
    elseif event.kind == "limit" then
      add(reasons, "limit", "limit reached: " .. event.text)
    elseif event.kind == "lost" then
      add(reasons, "recorder", ("the recorder lost %d frames of host %s: what was seen is not complete; send less at "
        .. "once, or raise sysctl net.core.rmem_max"):format(event.a, event.host or "?"))
    end
  end
  if recording:overflowed() then
    add(reasons, "limit", "limit reached: the recording is full (limits 'packets' and 'calls')")
  end
end

local function script_reasons(recording, reasons)
  local seen = {}
  for _, slot in ipairs(recording:slots "script") do
    seen[slot.name] = slot
    if slot.name == "limit" then
      add(reasons, "limit", "limit reached: " .. slot.text, { line = slot.line })
    elseif slot.name == "error" then
      local first, rest = slot.text:match "^([^\n]*)\n?(.*)$"
      add(reasons, "error", first, { line = slot.line, explanation = rest ~= "" and rest or nil })
    end
  end
  return seen
end

local function last_call(recording, pid)
  local last
  for _, slot in ipairs(recording:slots "call") do
    if slot.pid == pid then
      last = slot
    end
  end
  return last
end

-- The script process ended without coming to the end of the experiment.
local function sudden_end(recording, reasons)
  for _, event in ipairs(recording:events "exit") do
    if event.text == "script" then
      local last = last_call(recording, event.pid)
      local how = event.b ~= 0 and "was killed by signal " .. judge.signal_name(event.b)
        or ("ended with exit status %d"):format(event.a)
      add(reasons, "error", ("the script process %s before the experiment was over%s"):format(how,
        last and "; its last call was " .. judge.call_text(last) or ""), { line = last and last.line })
      return
    end
  end
  add(reasons, "lab", "the lab ended before the experiment was over")
end

local signal_names

---The name of a signal number, "SIGPIPE".
---@param number integer
---@return string
function judge.signal_name(number)
  if not signal_names then
    signal_names = {}
    for name, value in pairs(require "netlab.core.constants") do
      if math.type(value) == "integer" and name:match "^SIG%u+%d?$" then
        signal_names[value] = name
      end
    end
  end
  return signal_names[number] or tostring(number)
end

local function blocked_calls(recording)
  local lines = {}
  for _, slot in ipairs(recording:slots "call") do
    if not slot.ended then
      local host = slot.host and slot.host .. ": " or ""
      lines[#lines + 1] = ("line %d: %s%s"):format(slot.line, host, judge.call_text(slot))
    end
  end
  return #lines > 0 and "calls that had not returned:\n  " .. table.concat(lines, "\n  ") or nil
end

local function unseen_failures(recording, reasons)
  for _, slot in ipairs(recording:slots "call") do
    if slot.error and slot.ended and not slot.looked then
      add(reasons, "call", ("%s failed and nothing looked at it"):format(judge.call_text(slot)), {
        line = slot.line, slot = slot.index,
        explanation = ("check it with t:fails(%s, ...), or read the error that it returned"):format(slot.error),
      })
    end
  end
end

---The rules of the wire that decided about no packet, also those that were removed.
---@param recording userdata
---@return netlab.IdleRule[] in the order of their making; those of one line with the same text are one
local function idle_rules(recording)
  local matched, decided, list, known = {}, {}, {}, {}
  for _, event in ipairs(recording:events "match") do
    matched[event.a], decided[event.a] = true, decided[event.a] or event.b == 1
  end
  for _, event in ipairs(recording:events "rule") do
    local what = matched[event.a] and "matched packets, but let them all pass (skip, chance)"
      or "never matched a packet"
    local message = ("the rule '%s' (script line %d) %s"):format(event.text, event.b, what)
    if not decided[event.a] and known[message] then
      known[message].count = known[message].count + 1
    elseif not decided[event.a] then
      known[message] = { rule = event.text, line = event.b, count = 1, message = message }
      list[#list + 1] = known[message]
    end
  end
  return list
end

-- Parts that nothing speaks about, in a run that nothing else speaks against: it cannot have earned them.
local function empty_parts(parts, reasons)
  for _, part in ipairs(#reasons == 0 and parts or {}) do
    if part.state ~= "passed" then
      add(reasons, "empty", part.state == "unchecked" and ("nothing was checked in the part '%s'"):format(part.name)
        or ("the part '%s' was %s"):format(part.name, part.state), { line = part.line })
    end
  end
end

-- By kind of reason: the status it leads to; the first in this order decides.
local severity = {
  { "timeout", "TIMEOUT" }, { "lab", "ERROR" }, { "limit", "ERROR" }, { "recorder", "ERROR" }, { "error", "ERROR" },
  { "skip", "SKIP" }, { "check", "FAIL" }, { "call", "FAIL" }, { "empty", "ERROR" },
}

local function status_of(reasons)
  for _, row in ipairs(severity) do
    for _, reason in ipairs(reasons) do
      if reason.kind == row[1] then
        return row[2]
      end
    end
  end
  return "PASS"
end

---Judge one run.
---@param recording userdata? nil when not even a recording could be made
---@param result { over: boolean, timed_out: boolean, error: string?, seconds: number, timeout: number }
---@param declared { name: string, points: number }[]? the parts that the experiment declares
---@return netlab.Verdict
function judge.run(recording, result, declared)
  local reasons = {}
  if not recording then
    add(reasons, "lab", result.error)
    return { status = "ERROR", reasons = reasons, checks = {}, passed = 0, failed = 0, idle_rules = {}, parts = {} }
  end
  lab_reasons(recording, result, reasons)
  local seen = script_reasons(recording, reasons)
  if seen.skip then
    add(reasons, "skip", seen.skip.text, { line = seen.skip.line })
  end
  if result.timed_out then
    local message = ("not over after its %.6g s"):format(result.timeout)
    add(reasons, "timeout", message, { explanation = blocked_calls(recording) })
  elseif not seen["end"] and #reasons == 0 then
    sudden_end(recording, reasons)
  end
  local checks, passed, failed = checks_of(recording), 0, 0
  for _, check in ipairs(checks) do
    passed, failed = passed + (check.passed and 1 or 0), failed + (check.passed and 0 or 1)
    if not check.passed then
      add(reasons, "check", ("t:%s: %s"):format(check.name, check.message),
        { line = check.line, slot = check.slot, explanation = check.explanation })
    end
  end
  unseen_failures(recording, reasons)
  local parts = points.parts(declared or {}, recording, checks)
  if #reasons == 0 and #checks == 0 then
    add(reasons, "empty", "nothing was checked: an experiment that cannot fail shows nothing")
  end
  empty_parts(parts, reasons)
  return {
    status = status_of(reasons), reasons = reasons, checks = checks, passed = passed, failed = failed,
    idle_rules = idle_rules(recording), parts = parts,
  }
end

return judge
