-- show.lua: netlab show: the pictures of a recording that netlab saved.

local capfile = require "netlab.core.capfile"
local cjson = require "cjson.safe"
local ladder_text = require "netlab.view.ladder_text"
local screen = require "netlab.cli.screen"

local show = {}

local CANNOT = 3

local function read(path)
  local file, problem = capfile.read(path)
  if not file then
    return nil, problem
  elseif not file.story then
    return nil, ("%s has no story of a run: it was not saved by netlab --out (netlab trace prints any capture file)")
      :format(path)
  end
  local told, wrong = cjson.decode(file.story)
  if type(told) ~= "table" or type(told.items) ~= "table" or type(told.hosts) ~= "table" then
    return nil, ("%s: the story of the run in it is damaged: %s"):format(path, wrong or "no items")
  end
  return told
end

---Draw recordings.
---@param given table options; the files in its list
---@return integer status of the program
function show.run(given)
  local status = 0
  for _, path in ipairs(given) do
    local told, problem = read(path)
    if told then
      io.stdout:write(told.title, "\n", ladder_text.draw(told, screen.ladder(given)), "\n")
    else
      io.stderr:write("netlab: ", problem, "\n")
      status = CANNOT
    end
  end
  return status
end

return show
