-- judge.lua: reads the recording that judge.c has made: packets per second by views, and by the matcher.

local recording, seconds = ...
local grammar = require "netlab.expect.grammar"
local matcher = require "netlab.expect.matcher"

local ROUNDS = 10
local hosts = { client = { ip = "10.0.0.1", id = 1 }, server = { ip = "10.0.0.2", id = 2 } }
local block = [[
repeat 1000 {
  client -> server:80  PSH,ACK  len=100
  server:80 -> client  ACK      len=0
}
]]

local function rate(name, read)
  local began, packets = seconds(), 0
  for _ = 1, ROUNDS do
    packets = packets + read()
  end
  print(("%s %.0f"):format(name, packets / (seconds() - began)))
end

rate("views", function()
  local count, sum = 0, 0
  for packet in recording:packets(1) do
    count, sum = count + 1, sum + packet.seq + packet.len + #packet.flags
  end
  assert(sum > 0)
  return count
end)

local tree = grammar.parse(block:rep(5), { source = "judge.lua", line = 1 })
rate("matcher", function()
  local match, count = matcher.new(tree, { hosts = hosts }), 0
  for packet in recording:packets(1) do
    count = count + 1
    local failure = match:feed(packet)
    assert(not failure, failure and failure.reason)
  end
  assert(not match:finish(1))
  return count
end)
