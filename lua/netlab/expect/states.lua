-- states.lua: what is still expected of one flow, as states of a non-deterministic automaton.
-- Pure; requires nothing. A state is a list: a node, and the state behind it. Equal lists are one and the
-- same table (interned), so that a set of states stays small however the blocks are nested, and nothing is
-- ever tried twice.
--
-- Nodes: {kind="packet", item=}, {kind="skip", item=}, {kind="optional", body=},
-- {kind="repeat", body=, min=, max=}, {kind="anyorder", children=, shapes=, left=}. body is a list of nodes.

---@class netlab.expect.State
---@field node table? nil: nothing is expected any more
---@field rest netlab.expect.State?
---@field id integer

---@class netlab.expect.Leaf one packet that may come next
---@field item netlab.expect.Item
---@field next netlab.expect.State what is expected behind it
---@field skip boolean? "...": takes any packet that no leaf of `next` takes; the state stays

---@class netlab.expect.Closure
---@field leaves netlab.expect.Leaf[] in the order of the text
---@field complete boolean whether nothing more needs to come

---@class netlab.expect.States
local States = {}
States.__index = States

local states = {}

local LIMIT = 20000

---A new automaton.
---@return netlab.expect.States
function states.new()
  local self = setmetatable({ count = 0, nodes = 0, interned = {}, variants = {} }, States)
  self.done = { id = 0 }
  return self
end

---Gives a node its identity. Every node has to pass here once.
---@param node table
---@return table node
function States:node(node)
  self.nodes = self.nodes + 1
  node.id = self.nodes
  return node
end

-- The same block with less left of it (a repetition less, a child less): one node per variant.
function States:variant(node, key, change)
  local base = node.base or node
  local name = ("%d:%s"):format(base.id, key)
  local found = self.variants[name]
  if not found then
    found = { base = base }
    for field, value in pairs(base) do
      found[field] = value
    end
    found.base = base
    for field, value in pairs(change) do
      found[field] = value
    end
    self.variants[name] = self:node(found)
  end
  return found
end

---The state that expects a node and then `rest`.
---@param node table
---@param rest netlab.expect.State
---@return netlab.expect.State
function States:push(node, rest)
  local key = node.id << 32 | rest.id
  local state = self.interned[key]
  if not state then
    self.count = self.count + 1
    if self.count > LIMIT then
      local message = "the expectation has too many possibilities (more than %d states); make it simpler"
      error(message:format(LIMIT), 0)
    end
    state = { node = node, rest = rest, id = self.count }
    self.interned[key] = state
  end
  return state
end

---The state that expects a list of nodes and then `rest`.
---@param nodes table[]
---@param rest netlab.expect.State
---@return netlab.expect.State
function States:sequence(nodes, rest)
  for i = #nodes, 1, -1 do
    rest = self:push(nodes[i], rest)
  end
  return rest
end

-- A state with another one behind it.
function States:append(state, rest)
  if state == self.done then
    return rest
  end
  return self:push(state.node, self:append(state.rest, rest))
end

local expand = {}

function expand.packet(_, state, out)
  out.leaves[#out.leaves + 1] = { item = state.node.item, next = state.rest }
end

function expand.skip(self, state, out, seen)
  out.leaves[#out.leaves + 1] = { item = state.node.item, next = state.rest, skip = true, stay = state }
  self:expand(state.rest, out, seen)
end

function expand.optional(self, state, out, seen)
  self:expand(self:sequence(state.node.body, state.rest), out, seen)
  self:expand(state.rest, out, seen)
end

expand["repeat"] = function(self, state, out, seen)
  local node = state.node
  if node.max > 0 then
    local min, max = math.max(node.min - 1, 0), node.max - 1
    local less = self:variant(node, ("%d..%d"):format(min, max), { min = min, max = max })
    self:expand(self:sequence(node.body, self:push(less, state.rest)), out, seen)
  end
  if node.min <= 0 then
    self:expand(state.rest, out, seen)
  end
end

-- Every child that is left may begin; of equal children the first. When all that are left may be left out, so
-- may the block.
function expand.anyorder(self, state, out, seen)
  local node, begun, complete = state.node, {}, true
  for i, child in ipairs(node.children) do
    local bit = 1 << i
    if node.left & bit ~= 0 then
      local first = self:closure(self:sequence(child, self.done))
      complete = complete and first.complete
      if not begun[node.shapes[i]] then
        begun[node.shapes[i]] = true
        local left = node.left & ~bit
        local behind = left == 0 and state.rest
          or self:push(self:variant(node, tostring(left), { left = left }), state.rest)
        for _, leaf in ipairs(first.leaves) do
          out.leaves[#out.leaves + 1] = {
            item = leaf.item,
            next = self:append(leaf.next, behind),
            skip = leaf.skip,
            stay = leaf.stay and self:append(leaf.stay, behind),
          }
        end
      end
    end
  end
  if complete then
    self:expand(state.rest, out, seen)
  end
end

function States:expand(state, out, seen)
  if seen[state] then
    return
  end
  seen[state] = true
  if state == self.done then
    out.complete = true
  else
    expand[state.node.kind](self, state, out, seen)
  end
end

---What may come next in a state.
---@param state netlab.expect.State
---@return netlab.expect.Closure
function States:closure(state)
  local closure = state.closure
  if not closure then
    closure = { leaves = {}, complete = false }
    self:expand(state, closure, {})
    state.closure = closure
  end
  return closure
end


-- The first line that a list of nodes cannot do without.
local required = {}

local function first_required(nodes)
  for _, node in ipairs(nodes) do
    local find = required[node.kind]
    local item = find and find(node)
    if item then
      return item
    end
  end
  return nil
end

function required.packet(node)
  return node.item
end

required["repeat"] = function(node)
  return node.min > 0 and first_required(node.body) or nil
end

function required.anyorder(node)
  for i, child in ipairs(node.children) do
    local item = node.left & (1 << i) ~= 0 and first_required(child)
    if item then
      return item
    end
  end
  return nil
end

---The first line that is still missing in a state, nil when none is.
---@param state netlab.expect.State
---@return netlab.expect.Item?
function states.missing(state)
  while state.node do
    local item = first_required { state.node }
    if item then
      return item
    end
    state = state.rest
  end
  return nil
end

return states
