-- compare.lua: one field of a packet line against its value in a packet view.
-- Pure. Sequence numbers and timestamps compare modulo 2^32 (RFC 9293 3.4).

local address = require "netlab.expect.address"
local endpoints = require "netlab.expect.endpoints"
local fields = require "netlab.expect.fields"
local problem = require "netlab.expect.problem"

local compare = {}

local function modulo(number)
  return number & 0xffffffff
end

-- <0, 0, >0; for serial numbers the shorter way around the circle decides (RFC 1982).
local function order(kind, a, b)
  if kind ~= "serial" then
    return a < b and -1 or a > b and 1 or 0
  end
  local distance = modulo(a - b)
  return distance == 0 and 0 or distance < 0x80000000 and 1 or -1
end

local orders = {
  ["="] = function(sign) return sign == 0 end,
  ["!="] = function(sign) return sign ~= 0 end,
  ["<"] = function(sign) return sign < 0 end,
  ["<="] = function(sign) return sign <= 0 end,
  [">"] = function(sign) return sign > 0 end,
  [">="] = function(sign) return sign >= 0 end,
}

---A text in quotes, as it is written in the language.
---@param text string
---@return string
function compare.quote(text)
  local names = { ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\\"] = "\\\\", ['"'] = '\\"' }
  return '"' .. text:gsub('[%c\\"\128-\255]', function(byte)
    return names[byte] or ("\\x%02x"):format(byte:byte())
  end) .. '"'
end

local relative = { seq = true, ack = true }

---A field's value as it is written in the language; "absent" when there is none, "yes" or "no" for what is
---there or not.
---@param row netlab.expect.FieldRow
---@param value any
---@return string
function compare.text(row, value)
  if row.kind == "boolean" then
    return value and "yes" or "no"
  elseif value == nil then
    return "absent"
  end
  if relative[row.name] and value >= 0x80000000 then
    value = value - 0x100000000 -- before the first one
  end
  local plain = type(value) ~= "string" or row.kind == "address" or row.kind == "host"
  return plain and tostring(value) or compare.quote(value)
end

local function expected_bind(field, bound)
  local value = field.value
  local shift = value.offset == 0 and "" or ("%+d"):format(value.offset)
  local sign = field.op == "=" and "" or field.op
  if bound == nil then
    return ("%s$%s%s, but $%s has no value yet"):format(sign, value.name, shift, value.name)
  end
  return ("%s%s ($%s%s)"):format(sign, bound, value.name, shift)
end

---What a field of a line demands, in words: "0", ">=1", "1..1460", "present", "7 ($x+1)".
---@param field netlab.expect.Field
---@param binds table<string, any>
---@return string
function compare.expected(field, binds)
  local value = field.value
  if not value then
    local present = field.op == "present"
    return field.row.kind == "boolean" and (present and "yes" or "no") or field.op
  end
  if value.kind == "bind" then
    local bound = binds[value.name]
    if bound ~= nil and value.offset ~= 0 and math.type(bound) then
      bound = field.row.kind == "serial" and modulo(bound + value.offset) or bound + value.offset
    end
    return expected_bind(field, bound)
  end
  local text = value.kind == "range" and ("%d..%d"):format(value.low, value.high)
    or compare.text(field.row, value.number or value.text or value.ip or value.host)
  return field.op == "=" and text or field.op .. text
end

local function test_numbers(field, observed, low, high)
  local kind = field.row.kind
  if high then
    local inside = order(kind, observed, low) >= 0 and order(kind, observed, high) <= 0
    return inside == (field.op == "=")
  end
  return orders[field.op](order(kind, observed, low))
end

local function test_text(field, observed, expected)
  if field.op == "~" then
    return observed:find(expected) ~= nil
  end
  return (observed == expected) == (field.op == "=")
end

-- A host stands for its addresses.
local function test_address(field, observed, value, context)
  local same = observed == value.ip
  if value.host then
    local host = context.hosts[value.host] or {}
    same = address.owner(observed, { host }) ~= nil
  end
  return same == (field.op == "=")
end

local function test_bind(field, observed, binds, fresh)
  local value = field.value
  local bound = fresh[value.name]
  if bound == nil then
    bound = binds[value.name]
  end
  if bound == nil then
    if field.op ~= "=" or value.offset ~= 0 then
      return false
    end
    fresh[value.name] = observed
    return true
  end
  if math.type(bound) and math.type(observed) then
    return test_numbers(field, observed, bound + value.offset)
  end
  return value.offset == 0 and (field.op == "=" or field.op == "!=")
    and (bound == observed) == (field.op == "=")
end

---Whether a packet has what a field demands. A field with a value demands that the packet has the field at
---all, with != as well. An unbound variable is bound in `fresh`.
---@param field netlab.expect.Field
---@param view table packet view
---@param context netlab.expect.Context
---@param binds table<string, any>
---@param fresh table<string, any>
---@return boolean
---@return any observed the packet's value
function compare.test(field, view, context, binds, fresh)
  local observed = fields.value(field.row, view)
  local there = observed ~= nil and observed ~= false
  local value = field.value
  if not value then
    return there == (field.op == "present"), observed
  end
  if not there then
    return false, observed
  end
  if value.kind == "bind" then
    return test_bind(field, observed, binds, fresh), observed
  elseif value.kind == "range" then
    return test_numbers(field, observed, value.low, value.high), observed
  elseif value.kind == "number" then
    return test_numbers(field, observed, value.number), observed
  elseif value.kind == "address" then
    return test_address(field, observed, value, context), observed
  end
  return test_text(field, observed, value.text or value.host), observed
end

---Raises a problem when a field names an unknown host.
---@param field netlab.expect.Field
---@param where netlab.expect.Where
---@param context netlab.expect.Context
function compare.check(field, where, context)
  if field.row.sending then
    problem.raise(where, field.at, ("%s is only said of a packet that is sent"):format(field.row.name))
  end
  local host = field.value and field.value.host
  if host and host ~= "*" then
    endpoints.need_host(host, where, field.at, context)
  end
end

return compare
