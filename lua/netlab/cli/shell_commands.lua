-- shell_commands.lua: what may be typed at the prompt of netlab shell besides Lua: one table, which makes the help, to

local cjson = require "cjson"
local files = require "netlab.core.files"
local ladder_text = require "netlab.view.ladder_text"
local reference = require "netlab.view.reference"
local screen = require "netlab.cli.screen"
local story = require "netlab.view.story"
local transcript = require "netlab.view.transcript"

local shell_commands = {}

-- ---- help ----

local function add_parts(lines, parts, mark)
  for _, part in ipairs(parts) do
    lines[#lines + 1] = ("  %-12s %s  %s"):format(mark .. (part.name or ""), part.type, part.text):gsub("%s+$", "")
  end
end

-- What the reference says about a name, or nil and what else may be meant.
local function described(name)
  local one, others = reference.lookup(name)
  if not one then
    return nil, others[1] and ": " .. table.concat(others, ", ") .. "?" or ""
  end
  local lines = { one.signature, table.unpack(one.overloads) }
  for _, words in ipairs(one.text) do
    lines[#lines + 1] = "  " .. words
  end
  add_parts(lines, one.params, "")
  add_parts(lines, one.returns, "-> ")
  for _, member in ipairs(one.members) do
    lines[#lines + 1] = "  " .. reference.lookup(member).signature
  end
  return table.concat(lines, "\n")
end

local commands

local function help(lab, name)
  if name then
    local words, hint = described(name)
    if words then
      return lab:say(words)
    end
    return lab:complain(("nothing is known about '%s'%s"):format(name, hint))
  end
  lab:say([[
What is typed is Lua; t is the test, as in a script (docs/scripting.md). For a beginning:
  client, server = t:hosts("client", "server")
TAB completes names, Ctrl-C ends a call that blocks, Ctrl-D leaves. Besides Lua:]])
  for _, row in ipairs(commands) do
    lab:say(("  %-13s %s"):format(row[1] .. (row[2] and " " .. row[2] or ""), row[3]))
  end
end

-- ---- what was done ----

local function ladder(lab)
  lab:say(ladder_text.draw(lab:story(), screen.ladder(lab.given)))
end

local function save_recording(lab, path)
  local told = lab:story()
  return lab:recording():save_pcapng(path, lab.entry.name, cjson.encode(told), story.comments(told))
end

-- The script of the session; nil and why there is none.
local function script_of(lab, path)
  if not lab.begin then
    return transcript.script(path:match "([^/]*)%.lua$", lab:body())
  end
  local text = transcript.continued(lab.source, lab.begin.last, lab:body())
  return text, ("%s:%d: something stands on the line on which the experiment's function ends: put the end on a line of "
    .. "its own, and begin again"):format(lab.entry.file, lab.begin.last)
end

local function save_script(lab, path)
  local text, problem = script_of(lab, path)
  if not text then
    return nil, problem
  end
  return files.create(path, text)
end

local function save(lab, path)
  if not path then
    return lab:complain "under which name? save NAME.lua: as an experiment; save NAME.pcapng: the recording"
  end
  local is_recording = path:match "%.pcapng$"
  path = (is_recording or path:match "%.lua$") and path or path .. ".lua"
  local saved, problem = (is_recording and save_recording or save_script)(lab, path)
  if saved then
    return lab:say(("%s is written: netlab %s %s"):format(path, is_recording and "show" or "-v", path))
  end
  lab:complain(("cannot write %s: %s"):format(path, problem))
end

-- ---- the lab ----

local function reset(lab)
  lab:stop()
  if lab:start() then
    lab:say "A new lab; the names from before are gone."
  else
    lab.left = true
  end
end

local function quit(lab)
  lab.left = true
end

-- name, argument, help, function
commands = {
  { "help", "[NAME]", "this; or what a function does: help connect, help t:trace", help },
  { "ladder", nil, "draw what has happened so far", ladder },
  { "save", "FILE", "NAME.lua: the session as an experiment; NAME.pcapng: the recording", save },
  { "reset", nil, "begin a new lab", reset },
  { "quit", nil, "leave", quit },
}

shell_commands.rows = commands

---The command that a line is.
---@param words string the line
---@return (fun(lab: netlab.ShellLab, argument: string?))? command nil when the line is Lua
---@return string? argument
function shell_commands.find(words)
  local name, argument = words:match "^%s*(%l+)%s*([%w_./:@-]*)%s*$"
  for _, row in ipairs(name and commands or {}) do
    if row[1] == name and (row[2] or argument == "") then
      return row[4], argument ~= "" and argument or nil
    end
  end
  return nil
end

return shell_commands
