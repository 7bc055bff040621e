-- saved.lua: results that --json wrote, read again.

local cjson = require "cjson.safe"
local files = require "netlab.core.files"

local saved = {}

-- The fields that the formats look at; with ? they may be absent.
local fields = {
  file = "string", name = "string", status = "string", seconds = "number", reasons = "table", line = "number?",
  run = "number?", case = "table?", tags = "table?", verdict = "string?", points = "number?", score = "number?",
  parts = "table?", visibility = "string?", reveal = "string?", hint = "string?", report = "string?",
  ladder = "string?", observed = "string?", mermaid = "string?",
}
local part_fields = { name = "string", points = "number", state = "string" }
local reason_fields = { message = "string", line = "number?" }

local function has_fields(object, wanted)
  for name, kind in pairs(type(object) == "table" and wanted or { [1] = "" }) do
    local value = type(object) == "table" and object[name]
    if type(value) ~= kind:gsub("%?$", "") and not (value == nil and kind:sub(-1) == "?") then
      return false
    end
  end
  return true
end

local function all_have(list, wanted)
  for _, one in ipairs(list) do
    if not has_fields(one, wanted) then
      return false
    end
  end
  return true
end

local function is_run(object)
  return has_fields(object, fields) and (object.points == nil) == (object.score == nil)
    and all_have(object.reasons, reason_fields) and all_have(object.parts or {}, part_fields)
end

---The runs of a file, in their order.
---@param path string
---@return { line: string, run: table }[]?
---@return string? problem
function saved.read(path)
  local text, problem = files.read(path)
  if not text then
    return nil, ("%s: %s"):format(path, problem)
  end
  local list, number = {}, 0
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "(.-)\r?\n" do
    number = number + 1
    local object, wrong = cjson.decode(line)
    if line ~= "" and (type(object) ~= "table" or not object.total and not is_run(object)) then
      return nil, ("%s:%d: this is no result of a run, as --json writes it%s"):format(path, number,
        wrong and ": " .. wrong or "")
    elseif line ~= "" and not object.total then
      list[#list + 1] = { line = line, run = object }
    end
  end
  return list
end

---The same without their lines.
---@param path string
---@return table[]?
---@return string? problem
function saved.runs(path)
  local list, problem = saved.read(path)
  for i, one in ipairs(list or {}) do
    list[i] = one.run
  end
  return list, problem
end

return saved
