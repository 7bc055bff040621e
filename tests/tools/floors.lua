-- Checks that includes and requires go down the floors only: lua5.4 tests/tools/floors.lua [ROOT]
-- Prints each edge that does not, as FILE: what is wrong; exit code 1 when there is one.
-- Loaded with dofile() (without `arg`) it returns the function check(root) instead.

-- The floors, lowest first. A file may use files of a lower floor, or of its own floor without a circle.
local C_FLOORS = { "base", "facts", "kernel", "lab", "bind", "main" }
local LUA_FLOORS = { "expect", "lab", "report", "view", "cli" }

-- Definitions for editors: nobody requires them.
local LUA_UNUSED = "meta"

local function ranks(floors)
  local rank = {}
  for number, name in ipairs(floors) do rank[name] = number end
  return rank
end

local function files_below(folder, pattern)
  local files = {}
  local list = "cd '%s' 2>/dev/null && find . -type f -name '%s' | LC_ALL=C sort"
  local pipe <close> = assert(io.popen(list:format(folder, pattern)))
  for path in pipe:lines() do files[#files + 1] = path:sub(3) end
  return files
end

local function contents(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- The files that a C file includes by quotes, as written; system headers stand in <>.
local function includes_of(text)
  local found = {}
  for path in ("\n" .. text):gmatch '\n%s*#%s*include%s*"([^"]+)"' do found[#found + 1] = path end
  return found
end

-- The files of the library that a Lua file requires, as paths below lua/netlab (netlab.core.* is written in C).
local function requires_of(text, exists)
  local found = {}
  for name in text:gmatch 'require%s*%(?%s*["\']netlab%.([%w_.]+)["\']' do
    if not name:find "^core%." then
      local stem = name:gsub("%.", "/")
      found[#found + 1] = exists[stem .. "/init.lua"] and stem .. "/init.lua" or stem .. ".lua"
    end
  end
  return found
end

-- "facts/packet.h" and "cli.lua" stand on the floors "facts" and "cli".
local function floor_of(path)
  return path:match "^([^/]+)/" or path:match "^([^/.]+)%."
end

-- Follow the edges of one floor and report each that closes a circle. `state`: nil new, 1 on the way, 2 done.
local function find_circles(file, edges, state, report)
  state[file] = 1
  for _, target in ipairs(edges[file] or {}) do
    if state[target] == 1 then
      report(file, "a circle is closed by " .. target)
    elseif not state[target] then
      find_circles(target, edges, state, report)
    end
  end
  state[file] = 2
end

-- Check one language: `edges` maps each file to those that it uses.
local function check_edges(files, edges, rank, report)
  for _, file in ipairs(files) do
    local own = rank[floor_of(file)]
    if not own then
      report(file, "stands on no floor")
    end
    for _, target in ipairs(edges[file]) do
      local other = rank[floor_of(target)]
      if not edges[target] then
        report(file, "uses " .. target .. ", which is not there")
      elseif own and other and other > own then
        report(file, ("goes up to %s (%s is above %s)"):format(target, floor_of(target), floor_of(file)))
      end
    end
  end
  local state = {}
  for _, file in ipairs(files) do
    if not state[file] then find_circles(file, edges, state, report) end
  end
end

local function check_c(root, report)
  local files, edges = files_below(root .. "/runner", "*.[ch]"), {}
  for _, file in ipairs(files) do edges[file] = includes_of(contents(root .. "/runner/" .. file)) end
  check_edges(files, edges, ranks(C_FLOORS), function(file, what) report("runner/" .. file, what) end)
end

local function check_lua(root, report)
  local all, files, exists, edges = files_below(root .. "/lua/netlab", "*.lua"), {}, {}, {}
  for _, file in ipairs(all) do
    exists[file] = true
    if floor_of(file) ~= LUA_UNUSED then files[#files + 1] = file end
  end
  for _, file in ipairs(files) do edges[file] = requires_of(contents(root .. "/lua/netlab/" .. file), exists) end
  check_edges(files, edges, ranks(LUA_FLOORS), function(file, what) report("lua/netlab/" .. file, what) end)
end

---All edges below a root that break a rule, as lines of text.
---@param root string  folder that contains runner/ and lua/
---@return string[] problems
---@return integer files  how many files were looked at
local function check(root)
  local problems = {}
  local function report(file, what) problems[#problems + 1] = file .. ": " .. what end
  check_c(root, report)
  check_lua(root, report)
  return problems, #files_below(root .. "/runner", "*.[ch]") + #files_below(root .. "/lua/netlab", "*.lua")
end

if not arg then return check end

local problems, files = check(arg[1] or ".")
for _, line in ipairs(problems) do print(line) end
if #problems > 0 or files == 0 then
  io.stderr:write(("floors: %d bad edges in %d files\n"):format(#problems, files))
  os.exit(1)
end
