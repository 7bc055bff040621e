-- The keys of tables, sorted.

local test = require "harness"
local keys = require "netlab.expect.keys"

test("names come in the order of their bytes, numbers in that of their values", function(t)
  t.equal(keys.sorted { server = 1, client = false, Router = 2 }, { "Router", "client", "server" })
  t.equal(keys.sorted { [10] = true, [9] = true, [-1] = true }, { -1, 9, 10 })
  t.equal(keys.sorted {}, {})
end)

test("several tables are one list; a key of two of them stands there twice", function(t)
  t.equal(keys.sorted({ b = 1, a = 1 }, { c = 1, a = 1 }), { "a", "a", "b", "c" })
end)
