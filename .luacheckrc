-- What luacheck looks for; see `make lint`.
std = "lua54"
max_line_length = 120

-- Scripts: `experiment` begins one, and the constants of POSIX and Linux (AF_INET, ECONNREFUSED) are globals. An unknown
-- one is an error when the script runs, and here.
local known, ignored = { "experiment" }, {}
local constants = io.open "lua/netlab/meta/constants.lua"
if constants then
  for line in constants:lines() do
    known[#known + 1] = line:match "^([%u%d_]+) = nil$"
  end
else -- not run in the root
  ignored[1] = "113/^[A-Z][A-Z0-9_]*$"
end
local script = { read_globals = known, ignore = ignored }
files["experiments"] = script
files["tests/e2e"] = script
files["tests/bench"] = script

-- Definitions for editors: functions without a body, classes that are only described.
files["lua/netlab/meta"] = { ignore = { "111", "112", "113", "131", "211", "212" } }
