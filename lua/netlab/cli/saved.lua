-- saved.lua: results that --json wrote, read again.

local cjson = require "cjson.safe"
local files = require "netlab.core.files"

local saved = {}

local text_fields = { "file", "name", "status" }

local function is_run(object)
  for _, field in ipairs(text_fields) do
    if type(object[field]) ~= "string" then
      return false
    end
  end
  return type(object.seconds) == "number" and type(object.reasons) == "table"
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
