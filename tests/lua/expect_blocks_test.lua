-- Blocks against a reference: random blocks and random packets are judged by the matcher, and by the plain
-- definition of the blocks, which tries everything. Both have to agree.

local test = require "harness"
local grammar = require "netlab.expect.grammar"
local matcher = require "netlab.expect.matcher"

local CASES, MAX_PACKETS = 1500, 30
local FLAGS = { "SYN", "ACK", "FIN,ACK", "PSH,ACK" }
local hosts = { client = { ip = "10.0.0.1" }, server = { ip = "10.0.0.2" } }

-- A generator of its own, so that every run has the same cases.
local seed = 1
local function random(low, high)
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return low + (seed >> 8) % (high - low + 1)
end

-- ---- random blocks ----

local function random_node(depth)
  local choice = depth > 2 and 0 or random(0, 9)
  local node = { kind = "packet", flags = FLAGS[random(1, #FLAGS)] }
  if choice < 5 then
    return node
  end
  node = { kind = choice < 7 and "optional" or choice < 9 and "repeat" or "anyorder" }
  node.min = random(0, 2)
  node.max = node.min + random(node.min == 0 and 1 or 0, 2)
  for i = 1, random(2, 3) do
    node[i] = random_node(depth + 1)
  end
  return node
end

local function written(node)
  if node.kind == "packet" then
    return "client -> server:80 " .. node.flags
  end
  local lines = {}
  for i, child in ipairs(node) do
    lines[i] = written(child)
  end
  local head = node.kind == "repeat" and ("repeat %d..%d"):format(node.min, node.max) or node.kind
  return ("%s {\n%s\n}"):format(head, table.concat(lines, "\n"))
end

-- Packets that fit.
local function emit(node, out)
  local order, count = {}, 1
  for i in ipairs(node) do
    table.insert(order, node.kind == "anyorder" and random(1, i) or i, i)
  end
  if node.kind == "packet" then
    out[#out + 1] = node.flags
  elseif node.kind == "optional" then
    count = random(0, 1)
  elseif node.kind == "repeat" then
    count = random(node.min, node.max)
  end
  for _ = 1, count do
    for _, i in ipairs(order) do
      emit(node[i], out)
    end
  end
end

local function spoil(packets)
  local at, choice = random(1, #packets), random(1, 6)
  if choice == 1 then
    table.remove(packets, at)
  elseif choice == 2 then
    table.insert(packets, at, FLAGS[random(1, #FLAGS)])
  elseif choice == 3 then
    packets[at] = FLAGS[random(1, #FLAGS)]
  end
end

-- ---- the definition: where a node may end that begins at packet i ----

local ends = {}

local function run_ends(list, from)
  for _, node in ipairs(list) do
    local after = {}
    for i in pairs(from) do
      for j in pairs(ends[node.kind](node, list.packets, i)) do
        after[j] = true
      end
    end
    from = after
  end
  return from
end

local function with_packets(node, packets)
  node.packets = packets
  return node
end

function ends.packet(node, packets, i)
  local fits = packets[i] == node.flags or (packets[i] == "PSH,ACK" and node.flags == "ACK")
  return fits and { [i + 1] = true } or {}
end

function ends.optional(node, packets, i)
  local result = run_ends(with_packets(node, packets), { [i] = true })
  result[i] = true
  return result
end

ends["repeat"] = function(node, packets, i)
  local from, result = { [i] = true }, {}
  for count = 0, node.max do
    for j in pairs(count >= node.min and from or {}) do
      result[j] = true
    end
    from = run_ends(with_packets(node, packets), from)
  end
  return result
end

function ends.anyorder(node, packets, i)
  local result = {}
  local function go(left, at, count)
    result[at] = count == 0 or result[at]
    for k in pairs(count > 0 and node or {}) do
      if math.type(k) and not left[k] then
        left[k] = true
        for j in pairs(ends[node[k].kind](node[k], packets, at)) do
          go(left, j, count - 1)
        end
        left[k] = nil
      end
    end
  end
  go({}, i, #node)
  return result
end

local function judged(text, packets)
  local m = matcher.new(grammar.parse(text, { source = "exp.lua", line = 1 }), { hosts = hosts })
  for i, flags in ipairs(packets) do
    m:feed {
      id = i, time = 0, fate = "delivered", from = "client", to = "server", src_host = "client",
        dst_host = "server",
      src = "10.0.0.1", dst = "10.0.0.2", proto = "tcp", sport = 40000, dport = 80, flags = flags,
    }
  end
  return m:finish() == nil
end

test("blocks mean what their definition says", function(t)
  local fitted = 0
  for case = 1, CASES do
    local list, lines, packets = {}, {}, {}
    for i = 1, random(1, 3) do
      list[i] = random_node(0)
      lines[i] = written(list[i])
      emit(list[i], packets)
    end
    if #packets > 0 and #packets <= MAX_PACKETS then
      spoil(packets)
      local expected = run_ends(with_packets(list, packets), { true })[#packets + 1] or false
      fitted = fitted + (expected and 1 or 0)
      local text = table.concat(lines, "\n")
      t.equal(judged(text, packets), expected, ("case %d: %s\n%s\n"):format(case, text, table.concat(packets,
        " ")))
    end
  end
  t.ok(fitted > CASES / 4 and fitted < CASES * 3 / 4, fitted)
end)
