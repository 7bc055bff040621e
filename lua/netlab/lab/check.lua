-- check.lua: the checks of values: t:ok, t:fails, t:equal, t:near, t:state, t:eventually.
-- Each returns what it was given, so that a call can be checked where it is made:
--   local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
-- A failed check stops the experiment; t.soft:ok(...) records the failure and goes on.

local argument = require "netlab.lab.argument"
local constants = require "netlab.core.constants"
local errno = require "netlab.core.errno"
local mutation = require "netlab.lab.mutation"
local order = require "netlab.core.order"
local outcome = require "netlab.lab.outcome"
local record = require "netlab.core.record"
local units = require "netlab.core.units"
local value = require "netlab.lab.value"

local check = {}

local show = value.show

local function with_comment(message, comment)
  return comment and comment .. ": " .. message or message
end

---The value is truthy: for a call, that it succeeded.
---@param v any what was returned
---@param err any of a failed call: its error; otherwise a comment for the report
---@param ... any
---@return any v and everything behind it
function check:ok(v, err, ...)
  local message = "succeeded"
  if not v then
    message = errno.is(err) and "expected success, but the call failed with " .. tostring(err)
      or with_comment("expected a value that is true, got " .. show(v), type(err) == "string" and err or nil)
  end
  outcome.check(self, "ok", v and true or false, message)
  return v, err, ...
end

---The call failed with this error.
---@param expected netlab.Errno a constant: ECONNREFUSED
---@param v any what the call returned: nil when it failed
---@param err netlab.Errno? its error
---@param comment string? for the report
---@return netlab.Errno err
function check:fails(expected, v, err, comment)
  if not errno.is(expected) then
    error("bad argument #1 to 'fails' (an errno such as ECONNREFUSED expected, got " .. show(expected) .. ")", 2)
  end
  local passed = v == nil and errno.is(err) and err == expected
  local message = "failed with " .. expected.name .. ", as expected"
  if not passed then
    message = v == nil and errno.is(err) and ("expected %s, but the call failed with %s"):format(expected, err)
      or ("expected %s, but the call succeeded and returned %s"):format(expected, show(v))
  end
  outcome.check(self, "fails", passed, with_comment(message, comment))
  return err
end

---Two values are equal; tables are compared by their contents.
---@param actual any
---@param expected any
---@param comment string? for the report
---@return any actual
function check:equal(actual, expected, comment)
  local passed = value.same(actual, expected)
  local message = passed and "equal to " .. show(expected) or "expected " .. show(expected) .. ", got " .. show(actual)
  local explanation = not passed and ("expected  %s\nobserved  %s"):format(show(expected, 4), show(actual, 4)) or nil
  outcome.check(self, "equal", passed, with_comment(message, comment), explanation)
  return actual
end

local function tolerance_of(expected, tolerance)
  local percent = type(tolerance) == "string" and tolerance:match "^([%d.]+)%%$"
  if percent then
    return math.abs(expected) * tonumber(percent) / 100
  end
  return argument.pass("near", 3, units.seconds, tolerance)
end

---A number, or a time in seconds, is near another one.
---@param actual number
---@param expected number|string a number, or a time such as "50ms"
---@param tolerance number|string at the most so far away: a number, a time, or "10%" of what is expected
---@param comment string? for the report
---@return number actual
function check:near(actual, expected, tolerance, comment)
  local want = argument.pass("near", 2, units.seconds, expected)
  local room = tolerance_of(want, tolerance)
  local passed = type(actual) == "number" and math.abs(actual - want) <= room
  local message = ("expected %.6g, at the most %.6g away, got %s"):format(want, room, show(actual))
  outcome.check(self, "near", passed, with_comment(message, comment))
  return actual
end

---The TCP state of a socket, as TCP_INFO says it (tcp(7)), in the names of RFC 9293 3.3.2.
---@param socket netlab.Socket an open TCP socket
---@param expected string "SYN-SENT", "ESTABLISHED", ...
---@param comment string? for the report
function check:state(socket, expected, comment)
  if type(socket) ~= "userdata" then
    argument.refuse("bad argument #1 to 'state' (an open TCP socket expected, got %s)", type(socket))
  end
  order.drain() -- what was sent before this has arrived
  local info, err = socket:getsockopt(constants.IPPROTO_TCP, constants.TCP_INFO)
  local seen = info and info.state or tostring(err)
  local passed = seen == expected
  local message = ("expected state %s, the socket is in %s"):format(expected, seen)
  outcome.check(self, "state", passed, with_comment(message, comment))
end

---A function returns something true, now or before the time is over. It is asked again whenever a packet has passed,
---and every millisecond.
---@param condition fun(): any
---@param timeout number|string? seconds or "500ms"; 2 s without it
---@param comment string? for the report
---@return any what the function returned
function check:eventually(condition, timeout, comment)
  if type(condition) ~= "function" then
    argument.refuse("bad argument #1 to 'eventually' (a function expected, got %s)", type(condition))
  end
  local recording = record.recording()
  local limit = mutation.patience(argument.pass("eventually", 2, units.seconds, timeout or 2))
  local started = recording:now()
  condition = mutation.evaluation(condition)
  local result = condition()
  while not result and recording:now() - started < limit do
    recording:wait(recording:packet_count(), 0.001)
    result = condition()
  end
  local message = result and "came true" or ("did not come true within %.3g s"):format(limit)
  outcome.check(self, "eventually", result and true or false, with_comment(message, comment))
  return result
end

---Write a remark into the recording and the report.
---@param text string
function check:note(text) -- luacheck: ignore self
  record.append("note", "note", 0, tostring(text))
end

---End the experiment: it cannot be run here. It counts as skipped, whatever was checked before.
---@param reason string
function check:skip(reason) -- luacheck: ignore self
  record.append("script", "skip", 0, tostring(reason))
  error(outcome.SKIP, 0)
end

return check
