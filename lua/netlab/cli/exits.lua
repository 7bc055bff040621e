-- exits.lua: how the program ends: its exit statuses, and the message of what cannot be done.

local exits = { FAILED = 1, USAGE = 2, CANNOT = 3, NOTHING = 4, INTERRUPTED = 130 }

-- status, when
exits.rows = {
  { 0, "all passed" }, { exits.FAILED, "one failed or ran out of time" }, { exits.USAGE, "usage" },
  { exits.CANNOT, "the lab or a script could not be run" }, { exits.NOTHING, "nothing to run" },
  { exits.INTERRUPTED, "interrupted" },
}

---Say on the standard error what cannot be done.
---@param words string
---@param status integer? with which the program ends for that
---@return integer? status
function exits.complain(words, status)
  io.stderr:write("netlab: ", words, "\n")
  return status
end

return exits
