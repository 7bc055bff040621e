-- cli.lua: the program's command line: one table of commands, which also makes the help.

local exits = require "netlab.cli.exits"
local nearest = require "netlab.expect.nearest"
local options = require "netlab.cli.options"
local plan = require "netlab.cli.plan"
local run = require "netlab.cli.run"
local text = require "netlab.report.text"

-- What one command alone needs is loaded by it: the others start sooner.

local cli = {}

local VERSION = "0.1.0"
local about = { program = "netlab", version = VERSION }

local function refuse(message)
  return exits.complain(message .. "\nSee 'netlab help'.", exits.USAGE)
end

local function load_entries(given)
  if #given == 0 then
    return nil, refuse "which scripts? Name files or folders: netlab experiments/"
  end
  local entries, ending = plan.load(plan.files(given), given)
  return ending == "done" and entries or nil, exits.INTERRUPTED
end

local function list_entries(chosen)
  local broken = false
  for _, entry in ipairs(chosen) do
    if entry.broken then
      broken = true
      io.stdout:write(("%s  cannot be loaded: %s\n"):format(entry.file, entry.broken.reasons[1].message))
    else
      io.stdout:write(("%s:%d  %s%s%s\n"):format(entry.file, entry.line, entry.name, text.case(entry.case),
        entry.slow and "  (slow)" or ""))
    end
  end
  return broken and exits.CANNOT or 0
end

-- The experiments that the words and options name, and the slow ones that were left out; or nil and the status.
local function chosen_entries(given)
  local entries, status = load_entries(given)
  if not entries then
    return nil, status
  end
  local chosen, left_out = plan.select(entries, given)
  if plan.only_empty_folders(chosen) then
    local why = ("nothing to run: %s: %s"):format(chosen[1].file, chosen[1].broken.reasons[1].message)
    return nil, exits.complain(why, exits.NOTHING)
  elseif #chosen == 0 then
    return nil, exits.complain("nothing to run: " .. plan.nothing(entries, given), exits.NOTHING)
  end
  return chosen, left_out
end

-- The results are opened first: what they say until their end is there, whatever happens to the scripts.
local function run_command(given)
  local ready, problem
  if not given.list and #given > 0 then
    ready, problem = run.prepare(given)
    if not ready then
      return exits.complain(problem, exits.USAGE)
    end
  end
  local chosen, more = chosen_entries(given)
  if not chosen then
    return ready and run.nothing(ready, more == exits.NOTHING and "nothing to run" or "interrupted", more) or more
  end
  return given.list and list_entries(chosen) or run.all(chosen, more, given, about, ready)
end

local function book_command(given)
  if not given.out then
    return refuse "into which folder? netlab book --out docs/book experiments"
  end
  local chosen, status = chosen_entries(given)
  return chosen and require "netlab.cli.book".run(plan.first_variants(chosen), given) or status
end

local function mutate_command(given)
  local chosen, status = chosen_entries(given)
  return chosen and require "netlab.cli.mutate".run(given.filter and chosen or plan.first_variants(chosen), given)
    or status
end

local function list_command(given)
  given.list = true
  return run_command(given)
end

-- A command that has a module of its own: it asks when there are fewer words or more than it knows what to do with.
-- `also` is what the module gets besides the options.
local function in_module(name, question, least, most, also)
  return function(given)
    if #given < (least or 0) or #given > (most or math.huge) then
      return refuse(question)
    end
    return require(name).run(given, also)
  end
end

local commands

local function command_line()
  return { commands = commands, options = options.rows, exits = exits.rows, version = VERSION }
end

local function man_command()
  io.stdout:write((require "netlab.cli.manual".page(command_line())))
  return 0
end

local function completion_command(given)
  local script = #given == 1 and require "netlab.cli.completion".script(given[1], command_line())
  if not script then
    return refuse "for which shell? netlab completion bash, zsh or fish"
  end
  io.stdout:write(script)
  return 0
end

local function help_command()
  local lines = {
    "netlab runs socket experiments against the real kernel, in a private network.", "",
    "usage: netlab [run] [OPTION...] FILE|FOLDER...", "",
  }
  for _, row in ipairs(commands) do
    lines[#lines + 1] = ("  netlab %-24s %s"):format(row[1] .. " " .. row[2], row[3])
  end
  lines[#lines + 1] = "\noptions:\n" .. options.help()
  local statuses = {}
  for i, row in ipairs(exits.rows) do
    statuses[i] = ("%d %s"):format(row[1], row[2])
  end
  lines[#lines + 1] = "\nexit status: " .. table.concat(statuses, ", "):gsub(", 3", ",\n3")
  io.stdout:write(table.concat(lines, "\n"), "\n")
  return 0
end

local function version_command()
  io.stdout:write("netlab ", VERSION, "\n")
  return 0
end

-- name, arguments, help, function; words: all that its argument may be
commands = {
  { "run", "FILE|FOLDER...", "run the experiments ('run' may be left out)", run_command },
  { "list", "FILE|FOLDER...", "list the experiments", list_command },
  { "check", "FILE|FOLDER...", "check scripts and their expectations without running them",
    in_module("netlab.cli.check", "which scripts? Name files or folders: netlab check experiments/", 1) },
  { "new", "NAME", "write a commented experiment to start from: NAME.lua",
    in_module("netlab.cli.new", "what shall the new script be called? netlab new NAME", 1, 1) },
  { "watch", "FILE", "run a script, draw it, and do it again whenever the file changes",
    in_module("netlab.cli.watch", "which script? netlab watch FILE", 1, 1, run_command) },
  { "shell", "[SCRIPT]", "an experiment at a prompt: line by line, in a lab that goes on",
    in_module("netlab.cli.shell", "one script at the most: netlab shell [SCRIPT]", 0, 1) },
  { "explain", "NAME [FOLDER...]", "an experiment as a page: case id, part of the title, or file",
    in_module("netlab.cli.explain",
      "which experiment? netlab explain NAME, a case id (A1), a part of its title, or its file", 1) },
  { "book", "FILE|FOLDER...", "write pages about all experiments into the folder --out", book_command },
  { "mutate", "FILE|FOLDER...", "alter what the experiments see, and say which alterations nobody notices",
    mutate_command },
  { "trace", "FILE [EXPECTATION]", "print a capture file (pcap, pcapng; -: the input), or check it against a trace",
    in_module("netlab.cli.trace", "which capture file? netlab trace FILE [EXPECTATION-FILE]", 1, 2) },
  { "show", "FILE...", "draw what happened in a recording that --out saved",
    in_module("netlab.cli.show", "which recording? netlab show FILE, a pcapng file that --out saved", 1) },
  { "results", "FILE...", "results that --json saved: in other formats, added up, compared",
    in_module("netlab.cli.results", "which results? netlab results FILE, a file that --json wrote", 1) },
  { "doctor", "", "say what this machine offers, what is missing, and the remedy",
    in_module "netlab.cli.doctor" },
  { "help", "", "print this", help_command },
  { "man", "", "print the manual page: netlab man | man -l -", man_command },
  { "completion", "SHELL", "print the completion for a shell: bash, zsh or fish", completion_command,
    words = { "bash", "zsh", "fish" } },
  { "--version", "", "print the version", version_command },
}

local aliases = { ["--help"] = "help", ["-h"] = "help", ["-V"] = "--version", version = "--version" }

local function find(word)
  local names = {}
  for i, row in ipairs(commands) do
    names[i] = row[1]
    if row[1] == (aliases[word] or word) then
      return row
    end
  end
  return nil, nearest.hint(word, names)
end

-- A first word that is neither a command nor looks like a path.
local function is_unknown_command(word)
  local looks_like_one = word:match "^%a[%w_-]*$"
  local there <close> = looks_like_one and io.open(word)
  return looks_like_one and not there
end

---Run the program.
---@param words string[] its arguments; words[0] is how it was called
---@return integer status
function cli.main(words)
  about.program = words[0] or about.program
  local row, hint = nil, nil
  if words[1] then
    row, hint = find(words[1])
  end
  if row then
    words = { table.unpack(words, 2) }
  elseif words[1] and is_unknown_command(words[1]) then
    return refuse(("there is no command, file or folder '%s'%s"):format(words[1], hint))
  end
  local given, problem = options.read(words, row and row[1] or "run")
  if not given then
    return refuse(problem)
  elseif not row and #words == 0 then
    help_command()
    return exits.USAGE
  end
  return (row and row[4] or run_command)(given)
end

return cli
