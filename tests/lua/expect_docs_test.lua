-- docs/expectations.md: its examples parse, its failures are what the program says, its tables are complete.

local documents = require "documents"
local test = require "harness"
local explain = require "netlab.expect.explain"
local fields = require "netlab.expect.fields"
local grammar = require "netlab.expect.grammar"
local icmp = require "netlab.expect.icmp"
local matcher = require "netlab.expect.matcher"

local text = documents.read "docs/expectations.md"
local blocks = documents.blocks(text)

test("the document has examples", function(t)
  local count = 0
  for _, block in ipairs(blocks) do
    count = count + (block.language == "expect" and 1 or 0)
  end
  t.ok(count >= 10, count)
end)

for _, block in ipairs(blocks) do
  if block.language == "expect" then
    test(("the example in line %d parses"):format(block.line), function(t)
      local tree = grammar.parse(block.text, { source = "docs/expectations.md", line = block.line })
      t.ok(#tree > 0)
      matcher.new(tree, { hosts = { client = {}, server = {} } })
    end)
  end
end

test("every field is documented", function(t)
  local table_text = text:match("<!%-%- fields %-%->(.-)\n\n")
  for _, field in ipairs(fields.list) do
    t.ok(table_text:find("`" .. field.name .. "`", 1, true), field.name)
  end
  for name in table_text:gmatch("`([%l.]+)`") do
    t.ok(fields.by_name[name], name)
  end
end)

test("every ICMP message is documented", function(t)
  for proto, pattern in pairs { icmp = "%- ICMP: (.-)\n%- ", icmp6 = "%- ICMP6: (.-)\n\n" } do
    local listed = " " .. text:match(pattern):gsub("%s*%(any code%)", ""):gsub("[%s,.]+", " ") .. " "
    for _, name in ipairs(icmp.names(proto)) do
      t.ok(listed:find(" " .. name .. " ", 1, true), proto .. " " .. name)
    end
    for name in listed:gmatch("%S+") do
      t.ok(icmp.find(proto, name), name)
    end
  end
end)

local hosts = { client = { ip = "10.0.0.1" }, server = { ip = "10.0.0.2" } }

local function segment(from, to, sport, dport, flags, time, more)
  local view = {
    time = time, fate = "delivered", from = from, to = to, src_host = from, dst_host = to,
      src = hosts[from].ip,
    dst = hosts[to].ip, proto = "tcp", sport = sport, dport = dport, flags = flags, seq = 0, len = 0,
  }
  for name, value in pairs(more or {}) do
    view[name] = value
  end
  return view
end

local function explained(source, views)
  local tree = grammar.parse(source, { source = "connect.lua", line = 12 })
  local m = matcher.new(tree, { hosts = hosts })
  for _, view in ipairs(views) do
    m:feed(view)
  end
  return explain.failure(m:finish(), tree, views)
end

test("the failures in the document are what the program says", function(t)
  t.equal(explained("client -> server:12500 SYN seq=0 len=0\nserver:12500 -> client RST,ACK seq=0 ack=1", {
    segment("client", "server", 40000, 12500, "SYN", 0.0005),
    segment("server", "client", 12500, 40000, "SYN,ACK", 0.00141, { ack = 1, mss = 1460, sackok = true,
      ts = true, wscale = 7 }),
  }), documents.block(text, "expected a RST,ACK"))
  t.equal(explained("client -> server:80 SYN seq=0 len=0\nserver:80 -> client SYN,ACK", {
    segment("client", "server", 40000, 80, "SYN", 0.001),
  }), documents.block(text, "expected a SYN,ACK"))
end)

test("the syntax error in the document is what the program says", function(t)
  local source = "client -> server:12500  SYN\nserver:12500 -> client  RST,AKC  seq=0 ack=1"
  local _, problem = pcall(grammar.parse, source, { source = "connect.lua", line = 12 })
  t.equal(tostring(problem):gsub("%s+", " "), (documents.block(text, "connect.lua"):gsub("%s+", " ")))
end)
