-- mutant.lua: the script process of a mutated run: the results of calls are noted, or one of them is altered, where the
-- script gets them.
--
-- A reading is found again by the process that makes it ("0", its first actor "0.1"), the name of the call, and the
-- number of that call in the process; within the condition of a t:eventually by the number of that check and the number
-- of the call in one evaluation: there the alteration holds for all evaluations.

local actor = require "netlab.lab.actor"
local altered_packets = require "netlab.lab.altered_packets"
local altered_results = require "netlab.lab.altered_results"
local cjson = require "cjson"
local constants = require "netlab.core.constants"
local diag = require "netlab.core.diag"
local errno = require "netlab.core.errno"
local host = require "netlab.lab.host"
local program = require "netlab.lab.program"
local process = require "netlab.core.process"
local readings = require "netlab.lab.readings"
local record = require "netlab.core.record"
local socket = require "netlab.core.socket"

local mutant = {}

local state -- of this process

---Write something about the mutation into the recording.
---@param name "reading"|"altered"|"looked"
---@param fields table
---@param line integer? of the script, the one that is running without it
function mutant.append(name, fields, line)
  record.append("script", name, 0, readings.text(fields), line)
end

-- ---- readings are noted ----

-- What is read while a condition is evaluated counts only when that evaluation comes true.
local function note(fields, inside)
  if inside and inside.open then
    table.insert(inside.notes, { fields, record.line() })
  else
    mutant.append("reading", fields)
  end
end

local function kinds_of(results)
  local list = {}
  for i = 1, results.n do
    list[i] = readings.encode(results[i]) or { kind = type(results[i]) }
  end
  return list
end

local function observe(key, name, about, results, ...)
  local inside = state.inside
  local fields = { call = key, name = name, fails = about.fails, results = kinds_of(results) }
  if name == "getsockopt" then
    local _, level, option = ...
    fields.is_info = level == constants.IPPROTO_TCP and option == constants.TCP_INFO or nil
    fields.is_error = level == constants.SOL_SOCKET and option == constants.SO_ERROR or nil
  end
  note(fields, inside)
  for i = 1, results.n do
    if type(results[i]) == "table" and not (errno.is(results[i])) then
      results[i] = readings.watch(results[i], { i }, function(path, v, is_length)
        local value = readings.encode(v)
        if value then
          note({ call = key, name = name, path = path, value = value, length = is_length }, inside)
        end
      end)
    end
  end
end

-- ---- one reading is altered ----

local function reached()
  if not state.reached then
    state.reached = true
    mutant.append("altered", { what = state.alteration.kind })
  end
end

-- That the script looks at an error that the alteration made is written down, as it is for errors of real calls.
local function watch_errors()
  local meta = debug.getregistry()["netlab.errno"]
  for _, name in ipairs { "__eq", "__index", "__tostring" } do
    local inner = meta[name]
    meta[name] = function(a, b)
      for _, v in ipairs { a, b } do
        if state.made_error and rawequal(v, state.made_error) and not state.looked then
          state.looked = true
          mutant.append("looked", {})
        end
      end
      return inner(a, b)
    end
  end
end

local function alter(results, ...)
  for i = 1, results.n do
    if errno.is(results[i]) then
      tostring(results[i]) -- looks at it: the script may not be able to any more
    end
  end
  local altered, err = altered_results.apply(state.alteration, results, ...)
  if altered then
    state.made_error = err
    reached()
  end
end

-- ---- the places where results are handed to the script ----

local function key_of(name)
  local inside = state.inside
  local counts = inside and inside.counts or state.counts
  counts[name] = (counts[name] or 0) + 1
  return ("%s%s %s %d"):format(state.process, inside and ".e" .. inside.number or "", name, counts[name])
end

local function wrap(holder, name, about)
  local inner = holder[name]
  local called = about.called or name
  holder[name] = function(...)
    local key = key_of(called)
    local results = table.pack(inner(...))
    if state.observing then
      observe(key, called, about, results, ...)
    elseif state.alteration.call == key then
      alter(results, ...)
    end
    return table.unpack(results, 1, results.n)
  end
end

local no_calls = { fileno = true, family = true, type = true, host = true }

local function wrap_all()
  local methods = debug.getregistry()["netlab.socket"].__index
  for name in pairs(methods) do
    if not no_calls[name] then
      wrap(methods, name, { fails = true })
    end
  end
  wrap(socket, "open", { called = "socket", fails = true })
  wrap(socket, "poll", { fails = true })
  wrap(socket, "select", { fails = true })
  wrap(process, "kill", { fails = true })
  wrap(process, "sigaction", { fails = true })
  wrap(process, "alarm", { fails = true })
  wrap(actor.methods, "wait", { fails = true })
  wrap(program.methods, "wait", { fails = true })
  wrap(host.methods, "exec", { fails = true })
  wrap(host.methods, "counters", {})
  wrap(diag, "sockets", {})
end

-- An actor counts its own calls.
local function name_actors()
  local fork = process.fork
  process.fork = function(...)
    state.actors = state.actors + 1
    local name = ("%s.%d"):format(state.process, state.actors)
    local pid, err = fork(...)
    if pid == 0 then
      state.process, state.counts, state.actors, state.inside, state.evaluations = name, {}, 0, nil, 0
    end
    return pid, err
  end
end

---@class netlab.Mutant
---@field observing boolean readings are noted
---@field alteration table that is made else
---@field process string which one of the experiment's this is
---@field counts table<string, integer> calls so far, by name
---@field actors integer started so far
---@field evaluations integer t:eventually so far
---@field traces integer t:trace so far
---@field inside table? the evaluation that is going on

---Make this process one of a mutated run.
---@param text string JSON: {observe = true}, or an alteration (lua/netlab/report/alterations.lua) with `patience`, in
---  seconds
---@return netlab.Mutant
function mutant.start(text)
  local given = cjson.decode(text)
  state = {
    observing = given.observe or false, alteration = given, process = "0", counts = {}, actors = 0, evaluations = 0,
    traces = 0,
  }
  wrap_all()
  name_actors()
  if given.observe then
    _G.next = readings.next
  else
    watch_errors()
  end
  if given.direction then
    local real, seen = record.recording, nil
    record.recording = function()
      seen = seen or altered_packets.new(real(), given, reached)
      return seen
    end
  end
  return state
end

return mutant
