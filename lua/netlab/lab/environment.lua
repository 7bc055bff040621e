-- environment.lua: the globals of a script: the standard library, the constants, and `experiment`.
-- An unknown name is an error that suggests the nearest one, so a misspelled constant is not a silent nil.

local constants = require "netlab.core.constants"
local keys = require "netlab.expect.keys"
local nearest = require "netlab.expect.nearest"
local order = require "netlab.core.order"
local process = require "netlab.core.process"

local environment = {}

local standard = {
  "assert", "collectgarbage", "coroutine", "debug", "error", "getmetatable", "io", "ipairs", "math", "next", "os",
  "pairs", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable", "string", "table",
  "tonumber", "tostring", "type", "utf8", "xpcall", "_VERSION",
}

-- require() for scripts: files below the script's own folder, by way of the runner; then the libraries of the
-- program.
local function make_require(globals, folder)
  local loaded = {}
  return function(name)
    if loaded[name] ~= nil then
      return loaded[name]
    end
    local path = name:gsub("%.", "/") .. ".lua"
    local text, message = order.file(path)
    if not text then
      local found, library = pcall(require, name)
      if found then
        return library
      end
      error(("module '%s' not found: %s (looked for in the script's folder)"):format(name, message), 2)
    end
    local chunk, problem = load(text, "@" .. folder .. path, "t", globals)
    if not chunk then
      error(problem, 0)
    end
    local result = chunk(name)
    loaded[name] = result == nil and true or result
    return loaded[name]
  end
end

-- os.exit(), without what exit(3) would run: this process is a copy of another one.
local function exit(code)
  local status = (code == nil or code == true) and 0 or code == false and 1 or code
  process.exit(status & 0xff)
end

---The globals of one script.
---@param path string the script's
---@param declare fun(name: string): fun(fields: table) what `experiment` is
---@return table
function environment.new(path, declare)
  local globals = { experiment = declare }
  for _, name in ipairs(standard) do
    globals[name] = _G[name]
  end
  globals._G = globals
  globals.os = setmetatable({ exit = exit }, { __index = os })
  globals.require = make_require(globals, path:match "^(.*/)" or "")
  return setmetatable(globals, {
    __index = function(_, name)
      local constant = constants[name]
      if constant ~= nil then
        return constant
      end
      name = tostring(name)
      error(("unknown name '%s'%s"):format(name, nearest.hint(name, keys.sorted(globals, constants))), 2)
    end,
  })
end

return environment
