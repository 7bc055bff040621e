-- mutation.lua: what the library asks for netlab mutate. In a run of that command a script's readings are either noted
-- (what a check could notice), or one of them is altered. The calls and the packets themselves stay as they are. In all
-- other runs nothing of this is installed, and the answers are those that change nothing.

local mutation = {}

local state ---@type netlab.Mutant? of this process; nil in an ordinary run
local append

---Make this process one of a mutated run.
---@param text string as of mutant.start
function mutation.install(text)
  local mutant = require "netlab.lab.mutant"
  state, append = mutant.start(text), mutant.append
end

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

-- By line of a trace: what stands around it: anyorder, optional, times (a repeat of one number), repeat. `block` is
-- where the outermost repeat begins.
local function surroundings(items, around, found)
  for _, item in ipairs(items) do
    local more = around
    if item.items then
      local kind = item.kind == "repeat" and item.min == item.max and "times" or item.kind
      more = setmetatable({ [kind] = item }, { __index = around })
      if item.kind == "repeat" and not around.block then
        more.block = item.at
      end
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
  state.traces = state.traces + 1
  for number, packet in ipairs(views) do
    local item = matches[number]
    local inside = item and around[item] or {}
    local several = inside["repeat"]
    append("reading", {
      packet = packet.id, skipped = not item or item.kind == "skip", optional = inside.optional ~= nil,
      anyorder = inside.anyorder and inside.anyorder.at, several = several ~= nil, least = several and several.min,
      trace = ("%s %d"):format(state.process, state.traces), at = inside.block or item and item.at,
    }, item and item.line or nil)
  end
end

return mutation
