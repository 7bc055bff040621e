-- Actors and programs.
local session = require "session"

session.all_pass "actors.lua"
session.all_pass "programs.lua"
