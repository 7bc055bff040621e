-- compile.lua FROM TO FILE...: compile Lua files for embedding. Each FILE, below the folder FROM, is written as
-- bytecode (with its line numbers) to the same place below the folder TO, unless it stands there already and is the
-- same. The chunk's name is "=" and the file's name below FROM: so the library's frames can be told from those of
-- scripts. A file of definitions (its first line says ---@meta) is written as it is: its comments are what is read.

local from, to = arg[1], arg[2]

local function read(path)
  local file = io.open(path, "rb")
  local bytes = file and file:read "a"
  if file then
    file:close()
  end
  return bytes
end

for i = 3, #arg do
  local name = arg[i]:sub(#from + 2)
  local path = to .. "/" .. name
  local text = read(arg[i])
  local chunk = assert(load(text, "=" .. name, "t"))
  local embedded = text:find "^%-%-%-@meta" and text or string.dump(chunk)
  if read(path) ~= embedded then
    local file = io.open(path, "wb")
    if not file then
      os.execute(("mkdir -p '%s'"):format(path:match "^(.*)/"))
      file = assert(io.open(path, "wb"))
    end
    file:write(embedded)
    file:close()
  end
end
