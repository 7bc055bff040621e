---@meta netlab.core.errno
-- What runner/bind/errno.c registers. The values themselves: netlab.Errno in socket.lua.

local errno = {}

---A new error value. An unknown name or a number below 1 is misuse.
---@param which string|integer  "ECONNREFUSED" or 111; source errno(3)
---@return netlab.Errno
function errno.value(which) end

---Whether this is an error value. It does not count as looking at it.
---@param value any
---@return boolean
function errno.is(value) end

return errno
