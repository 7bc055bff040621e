-- manual.lua: netlab man: the manual page netlab(1), from the tables that make the help. man(7), groff_man(7).

local manual = {}

---@class netlab.CommandLine
---@field commands table[] of cli.lua
---@field options table[] of cli/options.lua
---@field exits table[] number, meaning
---@field version string

local description = {
  [[netlab runs socket experiments. An experiment is a short Lua script: it lays out hosts, makes the real system calls
that a C program would make, and states what must happen: the result of each call, the packets on the wire, the TCP
states. Each experiment has a private network and runs against the Linux kernel; every packet and every call is
recorded. No root is needed, nothing outside is changed, and nothing is left behind.]],
  [[A folder stands for all scripts (*.lua) in it and below it. TIME is a number of seconds, or has a unit: 500ms, 5s,
2min. The files of --out can be opened with wireshark(1), tshark(1) and tcpdump(8).]],
}

local environment = {
  { "NO_COLOR", "No colours, when it is set and not empty, unless --color says otherwise." },
  { "LC_ALL, LC_CTYPE, LANG", "Drawings use characters beyond ASCII when the first of these that is set names UTF-8." },
  { "COLUMNS", "The width of drawings where the output is no terminal." },
  { "NETLAB_LUA", "A folder from whose netlab/ the library is read, instead of that in the program: for developing." },
}

local examples = {
  { "netlab new first", "Write first.lua, a commented experiment to start from." },
  { "netlab -v first.lua", "Run it, and draw every call and packet." },
  { "netlab explain A1 experiments", "Show the experiment with the case id A1 as a page." },
  { "netlab --json results.ndjson experiments", "Run all experiments below a folder; results for machines, too." },
}

-- A text that stands for itself in man(7).
local function plain(text)
  return (text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("^([.'])", "\\&%1"):gsub("\n([.'])", "\n\\&%1"))
end

local function add(page, ...)
  for _, line in ipairs { ... } do
    page[#page + 1] = line
  end
end

local function add_row(page, head, text)
  add(page, ".TP", head, plain(text))
end

-- Arguments: capitals are what the reader puts there.
local function arguments(text)
  return (plain(text):gsub("%u+", "\\fI%0\\fR"))
end

local function option_head(row)
  local argument = row[3] and (row[3]:find "^%[" and "" or " ") .. arguments(row[3]) or ""
  local short = row[2] and ("\\fB\\-%s\\fR, "):format(row[2]) or ""
  return ("%s\\fB\\-\\-%s\\fR%s"):format(short, plain(row[1]), argument)
end

---The page.
---@param about netlab.CommandLine
---@return string
function manual.page(about)
  local page = {}
  add(page, (".TH NETLAB 1 \"\" \"netlab %s\" \"User Commands\""):format(about.version))
  add(page, ".SH NAME", "netlab \\- run socket experiments against the real kernel, in a private network")
  add(page, ".SH SYNOPSIS", ".B netlab", "[\\fBrun\\fR] [\\fIOPTION\\fR...] \\fIFILE\\fR|\\fIFOLDER\\fR...", ".br",
    ".B netlab", "\\fICOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]")
  add(page, ".SH DESCRIPTION", plain(description[1]), ".PP", plain(description[2]))
  add(page, ".SH COMMANDS")
  for _, row in ipairs(about.commands) do
    add_row(page, ("\\fB%s\\fR %s"):format(plain(row[1]), arguments(row[2])):gsub(" $", ""), row[3])
  end
  add(page, ".SH OPTIONS")
  for _, row in ipairs(about.options) do
    add_row(page, option_head(row), row[6])
  end
  add(page, ".SH EXIT STATUS")
  for _, row in ipairs(about.exits) do
    add_row(page, (".B %d"):format(row[1]), row[2])
  end
  add(page, ".SH ENVIRONMENT")
  for _, row in ipairs(environment) do
    add_row(page, ".B " .. plain(row[1]), row[2])
  end
  add(page, ".SH EXAMPLES")
  for _, row in ipairs(examples) do
    add_row(page, ".B " .. plain(row[1]), row[2])
  end
  add(page, ".SH SEE ALSO", ".BR socket (7),", ".BR tcp (7),", ".BR tshark (1),", ".BR luacheck (1)")
  add(page, ".PP", "The references of scripts and of the expectation language are installed in share/netlab/docs.")
  return table.concat(page, "\n") .. "\n"
end

return manual
