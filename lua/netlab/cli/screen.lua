-- screen.lua: what the terminal can show: its width, colours, characters.

local files = require "netlab.core.files"
local text = require "netlab.report.text"

local screen = {}

local STANDARD_OUTPUT = 1

---@param given table options of the command line
---@return boolean colours are wanted: --color, NO_COLOR (https://no-color.org), a terminal
function screen.has_colors(given)
  if given.color == "always" or given.color == "never" then
    return given.color == "always"
  end
  local no_color = os.getenv "NO_COLOR"
  return files.terminal(STANDARD_OUTPUT) ~= nil and (not no_color or no_color == "")
end

-- Whether the locale's characters are those of UTF-8: locale(7), the first of these that is set decides.
local function has_utf8()
  for _, name in ipairs { "LC_ALL", "LC_CTYPE", "LANG" } do
    local value = os.getenv(name)
    if value and value ~= "" then
      return value:lower():find "utf%-?8" ~= nil
    end
  end
  return false
end

---How a ladder is to be drawn here.
---@param given table options of the command line
---@return netlab.LadderOptions
function screen.ladder(given)
  return {
    width = files.terminal(STANDARD_OUTPUT) or tonumber(os.getenv "COLUMNS"), ascii = not has_utf8(), full = given.full,
    paint = text.painter(screen.has_colors(given)),
  }
end

return screen
