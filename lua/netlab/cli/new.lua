-- new.lua: netlab new: a commented experiment to start from.

local exits = require "netlab.cli.exits"
local files = require "netlab.core.files"
local text = require "netlab.report.text"

local new = {}

local template = [==[
-- FILE: a client connects to a server and says hello.
--
--   netlab FILE           runs it: PASS, when every check below holds
--   netlab -v FILE        draws every call and every packet, too
--   netlab watch FILE     runs it again whenever this file is saved
--
-- luacheck: std lua54, read globals experiment, ignore 113/^[A-Z][A-Z0-9_]*$

experiment "TITLE" {
  -- What must happen, in one sentence, and where that is written.
  claim  = "connect returns when the handshake is done, before the server accepts the connection",
  source = "RFC 9293 3.5, connect(2), listen(2)",

  run = function(t)
    -- Two hosts on one wire. Each has a network stack of its own, that of the real kernel.
    local client, server = t:hosts("client", "server")

    -- Arrange: the server listens on port 7. Calls have the names and arguments of the man pages. When the kernel
    -- says no a call returns nil and the error; t:ok checks that it did not, and gives back what the call returned.
    local listener = t:ok(server:socket(AF_INET, SOCK_STREAM))
    t:ok(listener:bind(INADDR_ANY, 7))
    t:ok(listener:listen())

    -- Act: the client connects, without anybody in accept.
    local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
    t:ok(c:connect(server, 7))

    -- Assert: the state, and the packets since the beginning: these, in this order, and no other. Sequence numbers
    -- count from the first one of each side.
    t:state(c, "ESTABLISHED")
    t:trace [[
      client -> server:7  SYN      seq=0 len=0
      server:7 -> client  SYN,ACK  seq=0 ack=1 len=0
      client -> server:7  ACK      seq=1 ack=1 len=0
    ]]

    -- Only now the server takes the connection. A trace begins where the one before it has ended.
    local s = t:ok(listener:accept())
    t:equal(c:send "hello", 5)
    t:equal(s:recv(100), "hello")
    t:trace [[
      client -> server:7  ACK  seq=1 ack=1 len=5 payload="hello"
      server:7 -> client  ACK  seq=1 ack=6 len=0
    ]]
  end
}

-- Change one thing at a time, save, and read the report:
--
--   1. Expect something wrong: len=6 instead of len=5 in the second trace.
--   2. Connect to port 8, where nobody listens. The report names the error. An error that should come is checked by
--      t:fails(ECONNREFUSED, c:connect(server, 8)); the packets are then SYN and RST,ACK.
--   3. Lose the first packet. In front of connect write t.wire:drop("client -> server SYN", { count = 1 }), and give
--      the first trace one line more at its top: client -x server:7  SYN  seq=0 len=0 (-x: it is lost). Now connect
--      takes a second. Why?
--   4. Close: t:ok(c:close()) at the end, and a trace of what that sends.
--
-- `netlab help` lists the commands. Everything that a script can do: docs/scripting.md; the lines of t:trace:
-- docs/expectations.md.
]==]

local function text_of(path)
  local values = { FILE = path:match "[^/]*$", TITLE = path:match "([^/]*)%.lua$":gsub('[\\"]', "\\%0") }
  return (template:gsub("%f[%w]%u%u%u%u%u?%f[%W]", values))
end

---Write a new script.
---@param given table options; the name, with or without .lua, in its list
---@return integer status of the program
function new.run(given)
  local path = given[1]:match "%.lua$" and given[1] or given[1] .. ".lua"
  if path:find "%c" or not path:match "[^/]%.lua$" then
    return exits.complain(("a script cannot have the name '%s'"):format((given[1]:gsub("%c", "?"))), exits.USAGE)
  end
  local made, problem = files.create(path, text_of(path))
  if not made then
    return exits.complain(("cannot write %s: %s"):format(path, problem), exits.CANNOT)
  end
  io.stdout:write(("%s is written. Read it, then run it: netlab -v %s\n"):format(path, text.quote(path)))
  return 0
end

return new
