-- compose_value.lua: the one value that a field of a packet form says, for compose.lua.

local build = require "netlab.core.build"
local problem = require "netlab.expect.problem"

---@class netlab.compose.State one packet while it is composed
---@field form netlab.expect.Packet
---@field context netlab.compose.Context
---@field out table what build.frame gets
---@field flow netlab.compose.Flow
---@field six boolean? IPv6
---@field absent table<string, netlab.expect.Field> fields of build.frame that the form says are not there
---@field length integer? bytes of payload
---@field length_at integer? where the form says that
---@field quoted table? of the packet that an ICMP error quotes
---@field fragments integer? bytes of data in each
---@field arp table? what an ARP message has when the form does not say it

local value = {}

-- The largest number of each field of a frame.
local most = {}
for _, field in ipairs(build.fields()) do
  most[field.name] = field.max
end

-- What stands for a value of each kind.
value.samples = {
  number = "NUMBER", serial = "NUMBER", text = '"TEXT"', bytes = '"TEXT"', address = "ADDRESS", host = "HOST",
}

---Raises a problem.
---@param state netlab.compose.State
---@param at integer where in the form's text
---@param message string what cannot be sent
---@param instead string? what to write
function value.refuse(state, at, message, instead)
  problem.raise(state.form.where, at, instead and ("%s: write %s"):format(message, instead) or message, instead)
end

---Sets a field of the table; a problem when the form has said something else already.
---@param state netlab.compose.State
---@param name string
---@param said any
---@param at integer
function value.put(state, name, said, at)
  local before = state.out[name]
  if before ~= nil and before ~= said then
    value.refuse(state, at, ("the form says %s twice, and not the same"):format(name))
  end
  state.out[name] = said
end

---A sequence number as it stands in a header.
---@param number integer
---@return integer
function value.modulo(number)
  return number & 0xffffffff
end

---The value of a variable; a problem when it has none yet.
---@param state netlab.compose.State
---@param name string
---@param at integer
---@return integer|string
function value.bound(state, name, at)
  local said = (state.context.binds or {})[name]
  if said == nil then
    value.refuse(state, at, ("the variable $%s has no value yet, so it cannot be sent"):format(name),
      "the value itself")
  end
  return said
end

local function limited(state, field, number)
  local limit = most[field.row.view] or 65535
  if math.type(number) ~= "integer" then
    value.refuse(state, field.at, ("%s is a number, not %s"):format(field.row.name, number))
  elseif field.row.kind == "serial" then
    return value.modulo(number)
  elseif number < 0 or number > limit then
    value.refuse(state, field.at, ("%s=%d does not fit"):format(field.row.name, number), ("0 to %d"):format(limit))
  end
  return number
end

---The one value that a field with "=" says; a problem when it is a condition.
---@param state netlab.compose.State
---@param field netlab.expect.Field
---@return any
function value.of(state, field)
  local row, wanted = field.row, field.value
  local sample = ("%s=%s"):format(row.name, value.samples[row.kind])
  if field.op == "present" then
    value.refuse(state, field.at, ("%s says that there is one, not which"):format(field.text), sample)
  elseif field.op ~= "=" or wanted.kind == "range" then
    value.refuse(state, field.at, ("%s is a condition, no value that can be sent"):format(field.text), sample)
  end
  local said = wanted.number or wanted.text or wanted.ip or wanted.host
  if wanted.kind == "bind" then
    said = value.bound(state, wanted.name, field.at)
    if wanted.offset ~= 0 and math.type(said) ~= "integer" then
      value.refuse(state, field.at, ("$%s is no number"):format(wanted.name))
    end
    said = wanted.offset ~= 0 and said + wanted.offset or said
  end
  if row.kind == "number" or row.kind == "serial" then
    return limited(state, field, said)
  end
  return said
end

return value
