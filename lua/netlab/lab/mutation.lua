-- mutation.lua: netlab mutate, in the script process. In a run of that command the script's readings are either noted
-- (what a check could notice), or one of them is altered. The calls and the packets themselves stay as they are. In all
-- other runs nothing of this is installed.
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
local process = require "netlab.core.process"
local readings = require "netlab.lab.readings"
local record = require "netlab.core.record"
local socket = require "netlab.core.socket"

local mutation = {}

local state -- of this process; nil in an ordinary run

local function append(name, fields, line)
  record.append("script", name, 0, readings.text(fields), line)
end

-- ---- readings are noted ----

-- What is read while a condition is evaluated counts only when that evaluation comes true.
local function note(fields, inside)
  if inside and inside.open then
    table.insert(inside.notes, { fields, record.line() })
  else
    append("reading", fields)
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
    append("altered", { what = state.alteration.kind })
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
          append("looked", {})
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
  wrap(host.process, "wait", { fails = true })
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

---Make this process one of a mutated run.
---@param text string JSON: {observe = true}, or an alteration (lua/netlab/report/alterations.lua) with `patience`, in
---  seconds
function mutation.install(text)
  local given = cjson.decode(text)
  state = {
    observing = given.observe, alteration = given, process = "0", counts = {}, actors = 0, evaluations = 0,
  }
  wrap_all()
  name_actors()
  if given.observe then
    _G.next = readings.next
  else
    watch_errors()
  end
  if given.direction then
    local real = record.recording
    local seen
    record.recording = function()
      seen = seen or altered_packets.new(real(), given, reached)
      return seen
    end
  end
end

-- ---- what the library asks ----

---How long a check may wait. What an alteration has made impossible is not waited for as long as else.
---@param seconds number
---@return number seconds
function mutation.patience(seconds)
  return state and state.alteration.patience and math.min(seconds, state.alteration.patience) or seconds
end

---The condition of a t:eventually, with its readings told apart from all others.
---@param condition fun(): any
---@return fun(): any
function mutation.evaluation(condition)
  if not state then
    return condition
  end
  state.evaluations = state.evaluations + 1
  local number = state.evaluations
  return function()
    local inside = { number = number, counts = {}, notes = {}, open = true }
    state.inside = inside
    local results = table.pack(condition())
    state.inside, inside.open = nil, false
    if results[1] then
      for _, one in ipairs(inside.notes) do
        append("reading", one[1], one[2])
      end
    end
    return table.unpack(results, 1, results.n)
  end
end

---The recording as it is, for what is no check.
---@param recording userdata|netlab.AlteredPackets
---@return userdata
function mutation.unaltered(recording)
  return type(recording) == "table" and recording.real or recording
end

---A check has found this packet.
---@param packet netlab.Packet
function mutation.saw_packet(packet)
  if state and state.observing then
    append("reading", { packet = packet.id })
  end
end

-- By line of a trace: what stands around it.
local function surroundings(items, around, found)
  for _, item in ipairs(items) do
    local more = around
    if item.items then
      more = setmetatable({ [item.kind == "repeat" and item.min == item.max and "times" or item.kind] = item.at },
        { __index = around })
      surroundings(item.items, more, found)
    end
    found[item] = more
  end
  return found
end

---A trace has judged these packets.
---@param tree netlab.expect.Tree
---@param views netlab.Packet[]
---@param matches table<integer, netlab.expect.Item|false> by number in `views`: the line that took it
function mutation.saw_trace(tree, views, matches)
  if not state or not state.observing then
    return
  end
  local around = surroundings(tree, {}, {})
  for number, packet in ipairs(views) do
    local item = matches[number]
    local inside = item and around[item] or {}
    append("reading", {
      packet = packet.id, skipped = not item or item.kind == "skip", optional = inside.optional ~= nil,
      anyorder = inside.anyorder, several = inside["repeat"] ~= nil,
    }, item and item.line)
  end
end

return mutation
