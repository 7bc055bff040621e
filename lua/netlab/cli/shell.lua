-- shell.lua: netlab shell: an experiment at a prompt. The lines are run in a lab that goes on; every call and packet is
-- printed as it happens.

local editor = require "netlab.core.editor"
local exits = require "netlab.cli.exits"
local files = require "netlab.core.files"
local plan = require "netlab.cli.plan"
local screen = require "netlab.cli.screen"
local shell_commands = require "netlab.cli.shell_commands"
local shell_lab = require "netlab.cli.shell_lab"
local text = require "netlab.report.text"

local shell = {}

local STANDARD_INPUT = 0

-- ---- reading ----

local function is_incomplete(words)
  if load("return " .. words) then
    return false
  end
  local _, problem = load(words)
  return problem and problem:find "<eof>'?$" ~= nil
end

-- Read one chunk: a line, or more of them while Lua wants more. nil, why.
local function read_chunk(lab)
  local chunk, lines = nil, 0
  while true do
    local prompt = ("%d%s "):format(lab:line() + lines, chunk and "." or ">")
    local line, why = lab.editor:read(prompt)
    if not line and why ~= "interrupted" then
      return nil, why
    end
    if line and not lab.editor:terminal() then
      lab:say(prompt .. line)
    end
    chunk = line and (chunk and chunk .. "\n" .. line or line)
    if not chunk or chunk:match "^%s*$" then
      chunk, lines = nil, 0
    elseif shell_commands.find(chunk) or not is_incomplete(chunk) then
      return chunk
    else
      lines = lines + 1
    end
  end
end

-- What TAB offers: how many bytes before the cursor are replaced, and by what.
local function complete(lab, words)
  local name = words:match "^%s*help%s+(.*)$" or words
  local said = not lab.over and lab:ask({ kind = "complete", text = name }, true) or {}
  local list, first = said.list or {}, words:match "^%s*(%l+)$"
  for _, row in ipairs(shell_commands.rows) do
    if first and row[1]:sub(1, #first) == first then
      list[#list + 1] = row[1]
    end
  end
  return math.tointeger(said.length) or #(first or ""), list
end

local function serve(lab)
  while not lab.left and not lab.terminated do
    local chunk, why = read_chunk(lab)
    if not chunk then
      lab.terminated = why == "terminated"
      return
    end
    local command, argument = shell_commands.find(chunk)
    if command then
      command(lab, argument)
    else
      lab:run(chunk)
    end
  end
end

-- ---- the history ----

-- The value of a variable of the environment, nil when it is empty.
local function variable(name)
  local words = os.getenv(name)
  return words ~= "" and words or nil
end

-- Where the lines that were typed are kept: XDG Base Directory Specification. nil: nowhere.
local function history_path()
  local home = variable "HOME"
  local state = variable "XDG_STATE_HOME" or home and home .. "/.local/state"
  if not state then
    return nil
  end
  local folder = state .. "/netlab"
  for at in folder:gmatch "()/" do
    files.make_folder(at > 1 and folder:sub(1, at - 1) or "/")
  end
  return files.make_folder(folder) and folder .. "/history" or nil
end

-- ---- the command ----

-- The experiment of a script that is run first.
local function entry_of(given)
  if not given[1] then
    return { name = "session", title = "session", file = "session", text = "", experiment = 0, case = {}, tags = {} }
  end
  local entries = plan.load(plan.files(given), given)
  local entry = plan.select(entries, { filter = given.filter, slow = true })[1]
  if not entry or entry.broken then
    return nil, entry and entry.broken.reasons[1].message or plan.nothing(entries, given)
  end
  return entry
end

local function open_editor(lab)
  return editor.open {
    history = files.terminal(STANDARD_INPUT) and history_path() or nil,
    complete = function(words) return complete(lab, words) end,
    idle = function()
      if lab.session and not lab.over then
        lab.session:wait(0)
        return lab:news()
      end
    end,
  }
end

---Be the prompt.
---@param given table options; a script or nothing in its list
---@return integer status of the program: 0; 1: the input was no terminal, and something in it went wrong; 3; 130
function shell.run(given)
  local entry, problem = entry_of(given)
  if not entry then
    return exits.complain(problem, exits.CANNOT)
  end
  local lab = shell_lab.new(entry, given, text.painter(screen.has_colors(given)))
  lab.editor = open_editor(lab)
  local terminal = lab.editor:terminal()
  if terminal then
    lab:say('netlab: an experiment at a prompt. help says what to type; to begin:\n'
      .. '  client, server = t:hosts("client", "server")')
  end
  if lab:start() then
    serve(lab)
  end
  lab:stop()
  lab.editor:close()
  return lab.broken and exits.CANNOT or lab.terminated and exits.INTERRUPTED
    or lab.trouble and not terminal and exits.FAILED or 0
end

return shell
