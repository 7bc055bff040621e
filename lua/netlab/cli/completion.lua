-- completion.lua: netlab completion: what a shell needs to complete netlab's words, from the tables that make the help.

local completion = {}

-- What the argument of an option is: a file, a folder, one of some words, or something that cannot be completed.
local function kind_of(row)
  local name = row[3]:match "%u+"
  return row.words and "words" or name == "FILE" and "file" or name == "DIR" and "folder" or "other"
end

-- An argument that stands behind a = or not at all.
local function is_optional(row)
  return row[3]:sub(1, 1) == "["
end

local function is_word(name)
  return name:sub(1, 1) ~= "-"
end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- ---- bash ----

local bash = [==[
# Completion of netlab for bash(1), made by: netlab completion bash
_netlab() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()
	if [[ $current == '=' ]]; then # --option=value is three words here
		current=
	elif [[ $previous == '=' ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $previous in
CASES	esac
	if [[ $current == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W 'OPTIONS' -- "$current")
		return
	fi
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$current")
	if [[ $COMP_CWORD -eq 1 ]]; then
		mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W 'COMMANDS' -- "$current")
	fi
}
complete -F _netlab netlab
]==]

local bash_actions = {
  file = "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); return",
  folder = "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$current\"); return",
  other = "return",
  words = "mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$current\"); return",
}

local function make_bash(about)
  local cases, options, commands = {}, {}, {}
  for _, row in ipairs(about.options) do
    options[#options + 1] = "--" .. row[1]
    options[#options + 1] = row[2] and "-" .. row[2] or nil
    if row[3] and not is_optional(row) then
      local action = bash_actions[kind_of(row)]:format(table.concat(row.words or {}, " "))
      cases[#cases + 1] = ("\t--%s%s) %s ;;\n"):format(row[1], row[2] and " | -" .. row[2] or "", action)
    end
  end
  for _, row in ipairs(about.commands) do
    table.insert(is_word(row[1]) and commands or options, row[1])
    if row.words then
      cases[#cases + 1] = ("\t%s) [[ $COMP_CWORD -ne 2 ]] || { %s; } ;;\n"):format(row[1],
        bash_actions.words:format(table.concat(row.words, " ")))
    end
  end
  local parts = { CASES = table.concat(cases), OPTIONS = table.concat(options, " "),
    COMMANDS = table.concat(commands, " ") }
  return (bash:gsub("%f[%u]%u%u%u%u%u%u?%u?%u?%f[^%u]", parts))
end

-- ---- zsh ----

local zsh = [==[
#compdef netlab
# Completion of netlab for zsh(1), made by: netlab completion zsh
_netlab_first() {
  local -a commands
  commands=(
COMMANDS  )
  _describe -t commands command commands
  _files
}

_netlab_more() {
  case $words[2] in
CASES  *) _files ;;
  esac
}

_netlab() {
  _arguments -s -S \
OPTIONS    '1: :_netlab_first' \
    '*: :_netlab_more'
}

if [[ $funcstack[1] == _netlab ]]; then
  _netlab "$@"
else
  compdef _netlab netlab
fi
]==]

local zsh_actions = { file = "_files", folder = "_files -/", other = "" }

local function zsh_option(name, short, argument, action, help)
  local explained = "[" .. help:gsub("[%[%]\\]", "\\%0") .. "]"
  local left_out = argument and argument:sub(1, 1) == "["
  local tail = argument and ("%s:%s:%s"):format(left_out and ":" or "", argument:match "%w+", action) or ""
  if not short then
    local sign = left_out and "=-" or argument and "=" or ""
    return ("    %s \\\n"):format(quoted("--" .. name .. sign .. explained .. tail))
  end
  return ("    '(-%s --%s)'{-%s%s,--%s%s}%s \\\n"):format(short, name, short, argument and "+" or "", name,
    argument and "=" or "", quoted(explained .. tail))
end

local function make_zsh(about)
  local cases, options, commands = {}, {}, {}
  for _, row in ipairs(about.options) do
    local kind = row[3] and kind_of(row)
    local action = kind == "words" and "(" .. table.concat(row.words, " ") .. ")" or zsh_actions[kind]
    options[#options + 1] = zsh_option(row[1], row[2], row[3], action, row[6])
  end
  for _, row in ipairs(about.commands) do
    if not is_word(row[1]) then
      options[#options + 1] = zsh_option(row[1]:match "^%-%-(.*)$", nil, nil, nil, row[3])
    else
      commands[#commands + 1] = ("    %s\n"):format(quoted(row[1] .. ":" .. row[3]))
    end
    if row.words then
      cases[#cases + 1] = ("  %s) compadd %s ;;\n"):format(row[1], table.concat(row.words, " "))
    end
  end
  local parts = { CASES = table.concat(cases), OPTIONS = table.concat(options), COMMANDS = table.concat(commands) }
  return (zsh:gsub("%f[%u]%u%u%u%u%u%u?%u?%u?%f[^%u]", parts))
end

-- ---- fish ----

local function fish_quoted(text)
  return "'" .. text:gsub("[\\']", "\\%0") .. "'"
end

local fish_actions = { file = "-r -F", folder = "-x -a '(__fish_complete_directories)'", other = "-x" }

local function make_fish(about)
  local lines = { "# Completion of netlab for fish(1), made by: netlab completion fish" }
  local function add(...)
    lines[#lines + 1] = "complete -c netlab " .. string.format(...)
  end
  for _, row in ipairs(about.commands) do
    if is_word(row[1]) then
      add("-n __fish_use_subcommand -a %s -d %s", row[1], fish_quoted(row[3]))
    else
      add("-l %s -d %s", row[1]:match "^%-%-(.*)$", fish_quoted(row[3]))
    end
    if row.words then
      add("-n '__fish_seen_subcommand_from %s' -f -a %s", row[1], fish_quoted(table.concat(row.words, " ")))
    end
  end
  for _, row in ipairs(about.options) do
    local kind = row[3] and kind_of(row)
    local action = kind == "words" and "-x -a " .. fish_quoted(table.concat(row.words, " "))
      or kind and not is_optional(row) and fish_actions[kind]
    add("%s-l %s %s-d %s", row[2] and ("-s %s "):format(row[2]) or "", row[1], action and action .. " " or "",
      fish_quoted(row[6]))
  end
  return table.concat(lines, "\n") .. "\n"
end

-- ---- all ----

local makers = { bash = make_bash, zsh = make_zsh, fish = make_fish }

---The completion for a shell.
---@param shell string
---@param about netlab.CommandLine
---@return string? script nil: there is none for it
function completion.script(shell, about)
  return makers[shell] and makers[shell](about)
end

return completion
