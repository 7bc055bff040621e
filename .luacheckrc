-- What luacheck looks for; see `make lint`.
std = "lua54"
max_line_length = 120

-- Scripts: `experiment` begins one, and the constants of POSIX and Linux (AF_INET, ECONNREFUSED) are globals. Which of
-- them exist the program knows: an unknown one is an error when the script runs, and in `netlab check`.
local script = {
  read_globals = { "experiment" },
  ignore = { "113/^[A-Z][A-Z0-9_]*$" },
}
files["experiments"] = script
files["tests/e2e"] = script
files["tests/bench"] = script

-- Definitions for editors: functions without a body, classes that are only described.
files["lua/netlab/meta"] = { ignore = { "111", "112", "113", "131", "211", "212" } }
