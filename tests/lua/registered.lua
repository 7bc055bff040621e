-- registered.lua: what the program registers for scripts, by looking into it: the methods of each object.

local host = require "netlab.lab.host"
local program = require "netlab.lab.program"
require "netlab.core.capture" -- the metatables of captures and packets
require "netlab.core.recording"
require "netlab.core.socket"

local registered = {}

---The value that a function keeps in a local variable of this name.
---@param fn function
---@param wanted string
---@return any
function registered.upvalue(fn, wanted)
  local i = 1
  while true do
    local name, value = debug.getupvalue(fn, i)
    assert(name, "no upvalue " .. wanted)
    if name == wanted then return value end
    i = i + 1
  end
end

local upvalue = registered.upvalue

local function methods(class)
  local found = {}
  for name, fn in pairs(class) do
    if not name:match "^__" then found[name] = fn end
  end
  return found
end

local registry = debug.getregistry()

registered.Wire = getmetatable(require "netlab.lab.wire".new()).__index

-- What documents call the object, its class in the annotations, its methods.
registered.classes = {
  { "t", "netlab.Test", methods(require "netlab.lab.test".methods) },
  { "t.wire", "netlab.Wire", methods(registered.Wire) },
  { "rule", "netlab.Rule", methods(upvalue(upvalue(registered.Wire.drop, "add"), "Rule")) },
  { "host", "netlab.Host", methods(host.methods) },
  { "interface", "netlab.Interface", methods(require "netlab.lab.interface".methods) },
  { "s", "netlab.Socket", registry["netlab.socket"].__index },
  { "actor", "netlab.Actor", methods(upvalue(upvalue(host.methods.spawn, "actor").spawn, "Actor")) },
  { "program", "netlab.Process", methods(program.methods) },
  { "puppet", "netlab.Puppet", methods(require "netlab.lab.puppet".methods) },
  { "capture", "netlab.Capture", registry["netlab.capture"].__index },
}

---The names of the fields of packets.
---@return table<string, any>
function registered.packet_fields()
  local _, numbers = debug.getupvalue(registry["netlab.packet"].__index, 1)
  return numbers
end

return registered
