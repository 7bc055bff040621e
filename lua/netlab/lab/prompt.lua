-- prompt.lua: the script process of netlab shell: runs what is typed, one chunk after the other, in one experiment that
-- goes on, and says what names there are.

local cjson = require "cjson"
local constants = require "netlab.core.constants"
local errno = require "netlab.core.errno"
local experiment_locals = require "netlab.lab.experiment_locals"
local order = require "netlab.core.order"
local outcome = require "netlab.lab.outcome"
local place = require "netlab.lab.place"
local socket_line = require "netlab.core.prompt"
local test = require "netlab.lab.test"
local value = require "netlab.lab.value"

local prompt = {}

-- ---- running a chunk ----

-- At the prompt each chunk is a function of its own: a `local` at its beginning would be gone with it.
local function without_local(text)
  return text:match "^%s*local%s+(function%s.*)$" or text:match "^%s*local%s+([%a_][^\n]-=.*)$"
    or text:gsub("^%s*local%s+([%a_][%w_%s,]*)$", "%1 = nil")
end

-- A function that returns the values of the chunk in a table. Those of an expression are handed to the function that
-- the chunk gets: behind a mere `return` the call would be a tail call, and no record of it would know its line.
local function compile(globals, request, source)
  local above, name = ("\n"):rep(request.line - 1), "@" .. source
  local chunk, problem = load(("%sreturn (...)(%s\n)"):format(above, request.text), name, "t", globals)
  if not chunk then
    chunk, problem = load(above .. without_local(request.text), name, "t", globals)
  end
  return chunk and function()
    return chunk(table.pack) or { n = 0 }
  end, problem
end

local function describe(v)
  local is_errno = errno.is(v)
  return { kind = is_errno and "errno" or math.type(v) or type(v), text = is_errno and v.name or value.show(v) }
end

-- What the frames of this chunk have sent is recorded before anybody is told that it is over.
local function settle()
  pcall(order.drain)
end

local function run(self, request)
  place.set(self.path, request.source)
  local chunk, problem = compile(self.globals, request, self.path)
  if not chunk then
    return { error = problem }
  end
  local fine, results = socket_line.call(chunk, outcome.describe)
  settle()
  if not fine then
    return results == outcome.STOP and { stopped = true } or { error = tostring(results) }
  end
  local values = {}
  for i = 1, type(results) == "table" and results.n or 0 do
    values[i] = describe(results[i])
  end
  return { values = values }
end

-- ---- names ----

-- The fields of a value by name, without calling anything of the script's.
local function each_name(v, see)
  for _ = 1, 4 do
    local meta = getmetatable(v)
    if type(v) == "table" then
      for name in next, v do
        see(name)
      end
    end
    v = type(meta) == "table" and rawget(meta, "__index")
    if type(v) ~= "table" then
      return
    end
  end
end

local function field(v, name)
  for _ = 1, 4 do
    if type(v) == "table" and rawget(v, name) ~= nil then
      return rawget(v, name)
    end
    local meta = getmetatable(v)
    v = type(meta) == "table" and rawget(meta, "__index")
    if type(v) ~= "table" then
      return nil
    end
  end
end

local function matching(names, part)
  local list = {}
  for name in pairs(names) do
    if name:sub(1, #part) == part then
      list[#list + 1] = name
    end
  end
  table.sort(list)
  return list
end

-- Whether the text ends inside of a string of one line.
local function in_string(text)
  local quote, i = nil, 1
  while i <= #text do
    local c = text:sub(i, i)
    if quote and c == "\\" then
      i = i + 1
    elseif quote then
      quote = c ~= quote and quote or nil
    elseif c == '"' or c == "'" then
      quote = c
    end
    i = i + 1
  end
  return quote ~= nil
end

local keywords = "and break do else elseif end false for function if in local nil not or repeat return then true until "
  .. "while"

local function global_names(self)
  local names = {}
  for name in keywords:gmatch "%a+" do
    names[name] = true
  end
  for _, from in ipairs { constants, self.globals } do
    for name in next, from do
      names[name] = true
    end
  end
  return names
end

-- What may stand at the end of a text: a host's name in a string, a field or method behind a dot or colon, or any name.
local function complete(self, request)
  local text, names = request.text, {}
  local part = text:match "[%w_]*$"
  if in_string(text) then
    for name in pairs(self.t.known_hosts) do
      names[name] = true
    end
    return { length = #part, list = matching(names, part) }
  end
  local path, mark = text:match "([%a_][%w_.]*)([.:])[%w_]*$"
  if not path then
    return { length = #part, list = matching(global_names(self), part) }
  end
  local v = self.globals
  for name in path:gmatch "[^.]+" do
    v = rawequal(v, self.globals) and rawget(v, name) or field(v, name)
  end
  each_name(v, function(name)
    if type(name) == "string" and name:match "^%a[%w_]*$" and (mark == "." or type(field(v, name)) == "function") then
      names[name] = true
    end
  end)
  return { length = #part, list = matching(names, part) }
end

-- ---- serving ----

-- By kind of request what answers it; each answer says also how many packets traces have judged.
local requests = { run = run, complete = complete }

local function answer(self, object)
  object.judged = self.t.traces.seen
  local text = cjson.encode(object)
  local sent, problem = socket_line.send(text)
  if not sent then
    socket_line.send(cjson.encode { error = ("the answer of %d bytes cannot be told: %s"):format(#text, problem) })
  end
end

-- Run an experiment of a script first; its local variables are names at the prompt afterwards.
local function run_experiment(self, made)
  local variables = {}
  local fine, err = socket_line.call(function()
    experiment_locals.run(made.run, self.t, variables)
  end, outcome.describe)
  settle()
  local said = { ran = made.name, last = debug.getinfo(made.run, "S").lastlinedefined, names = {} }
  for name, v in pairs(variables) do
    rawset(self.globals, name, v)
    said.names[#said.names + 1] = name
  end
  if not fine then
    said.stopped = err == outcome.STOP
    said.error = not said.stopped and tostring(err) or nil
  end
  return said
end

-- A name that was assigned nil, or nothing yet, is known all the same: `s = l:accept()`, `local s`.
local function remember_names(globals)
  local meta, assigned = getmetatable(globals), {}
  local unknown = meta.__index
  function meta.__index(self, name)
    if not assigned[name] then
      return unknown(self, name)
    end
  end
  function meta.__newindex(self, name, v)
    assigned[name] = true
    rawset(self, name, v)
  end
end

---Be the script process of netlab shell: run the experiment, if there is one, and then what is typed, until nobody
---types any more.
---@param job { path: string, family: string? }
---@param globals table of the script
---@param made netlab.Declaration? the experiment
function prompt.serve(job, globals, made)
  local self = { path = job.path, globals = globals, t = test.new(job.family or "ipv4", made and made.parts) }
  rawset(globals, "t", self.t)
  remember_names(globals)
  socket_line.open()
  answer(self, made and run_experiment(self, made) or {})
  for text in socket_line.receive do
    local request = cjson.decode(text)
    request.line = math.tointeger(request.line)
    answer(self, requests[request.kind](self, request))
  end
end

return prompt
