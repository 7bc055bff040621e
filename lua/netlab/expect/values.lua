-- values.lua: what a packet line says about one field: which field, which operator, which value, and whether
-- these go together.

local address = require "netlab.expect.address"
local fields = require "netlab.expect.fields"
local nearest = require "netlab.expect.nearest"
local problem = require "netlab.expect.problem"

---@class netlab.expect.Field one named field of a packet line
---@field row netlab.expect.FieldRow
---@field op "="|"!="|"<"|"<="|">"|">="|"~"|"present"|"absent"
---@field value table? {kind="number", number=} | {kind="range", low=, high=} | {kind="text", text=} |
---  {kind="address", ip=|host=} | {kind="host", host=} | {kind="bind", name=, offset=}
---@field text string as written
---@field at integer byte offset in the text

local values = {}

local function number_value(where, at, field, value)
  if value.kind == "range" then
    if value.low > value.high then
      problem.raise(where, at, ("the range %d..%d is empty"):format(value.low, value.high), "low..high")
    end
    return value
  end
  if value.kind ~= "number" then
    local expected = "a number, a range such as 1..1460, * or $name"
    problem.raise(where, at, ("expected %s as the value of %s"):format(expected, field.name), expected)
  end
  return { kind = "number", number = math.tointeger(tonumber(value.text)) }
end

local function text_value(where, at, field, value)
  if value.kind == "range" then
    problem.raise(where, at, ("%s is a text, it has no range"):format(field.name), 'a text in "quotes"')
  end
  return { kind = "text", text = value.text }
end

local function bytes_value(where, at, field, value)
  if value.kind ~= "text" then
    problem.raise(where, at, ('expected a text in "quotes" as the value of %s'):format(field.name),
      'a text in "quotes"')
  end
  return value
end

local function address_value(where, at, field, value)
  local ip = value.text and address.canonical(value.text)
  if ip then
    return { kind = "address", ip = ip }
  end
  if not value.text or not value.text:match("^[%a_][%w_-]*$") then
    problem.raise(where, at, ("expected an address or a host name as the value of %s"):format(field.name),
      "an address or a host name")
  end
  return { kind = "address", host = value.text }
end

local function host_value(where, at, field, value)
  if not value.text or not value.text:match("^[%a_][%w_-]*$") then
    problem.raise(where, at, ("expected a host name as the value of %s"):format(field.name), "a host name")
  end
  return { kind = "host", host = value.text }
end

local readers = {
  number = number_value, serial = number_value, text = text_value, bytes = bytes_value,
    address = address_value,
  host = host_value,
}

local ordered = { number = true, serial = true }

local function check_operator(where, at, field, op, value)
  if (op == "<" or op == "<=" or op == ">" or op == ">=") and (not ordered[field.kind]
    or value.kind == "range") then
    problem.raise(where, at, ("%s cannot be compared with %s here"):format(field.name, op), "= or !=")
  end
  if op == "~" and (not (field.kind == "text" or field.kind == "bytes") or value.kind ~= "text") then
    problem.raise(where, at,
      ("~ needs a text field and a Lua pattern in \"quotes\", %s has none"):format(field.name),
      '~"pattern" behind a text field')
  end
  if value.kind == "any" and op ~= "=" then
    problem.raise(where, at, "* (any value) goes with = only", "=*")
  end
end

local function check_pattern(where, at, text)
  local fine, message = pcall(string.find, "", text)
  if not fine then
    problem.raise(where, at, ("this is no Lua pattern: %s"):format(tostring(message):gsub("^.-:%d+: ", "")),
      "a Lua pattern")
  end
end

local function make_field(where, row, raw)
  local field = { row = row, at = raw.at, text = where.text:sub(raw.at, raw.stop - 1), op = raw.op }
  if not raw.op then
    field.op = raw.absent and "absent" or "present"
    return field
  end
  local at, value = raw.value.at, raw.value.value
  if row.kind == "boolean" and value.kind ~= "any" then
    problem.raise(where, raw.at, ("%s has no value: write %s (there) or !%s (not there)"):format(row.name,
      row.name,
      row.name), ("%s or !%s"):format(row.name, row.name))
  end
  check_operator(where, raw.op_at, row, raw.op, value)
  if value.kind == "any" then
    field.op = "present"
  elseif value.kind == "bind" then
    field.value = value
  else
    field.value = readers[row.kind](where, at, row, value)
  end
  if field.op == "~" then
    check_pattern(where, at, field.value.text)
  end
  return field
end

local function unknown_field(where, raw, proto)
  local names = fields.names(proto)
  local positive = raw.name:match("^no_?(.*)$")
  local hint = positive and fields.by_name[positive] and ("; did you mean \"!%s\"?"):format(positive)
    or nearest.hint(raw.name, names)
  local message = ("unknown field %q%s"):format(raw.name, hint)
  if hint == "" then
    message = ("%s; the fields are %s"):format(message, table.concat(names, ", "))
  end
  problem.raise(where, raw.at, message, "a field: " .. table.concat(names, ", "))
end

---Checks a field as it was parsed and makes it what form.match walks. Raises a problem.
---@param where netlab.expect.Where
---@param raw table as packets.lua parses it: at, stop, name, absent, op, op_at, value
---@param proto string? the line's protocol
---@return netlab.expect.Field
function values.read(where, raw, proto)
  local row = fields.by_name[raw.name]
  if not row then
    unknown_field(where, raw, proto)
  end
  if proto and row.of and not row.of[proto] then
    local names = fields.names(proto)
    local word = fields.protocol_word(proto)
    problem.raise(where, raw.at, ("%s has no field %q; its fields are %s"):format(word, raw.name,
      table.concat(names, ", ")), "a field of " .. word)
  end
  if raw.absent and raw.op then
    problem.raise(where, raw.op_at, ("!%s says that there is no %s, it has no value"):format(raw.name,
      raw.name),
      "!" .. raw.name)
  end
  return make_field(where, row, raw)
end

return values
