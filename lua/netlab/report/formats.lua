-- formats.lua: the formats of results by name. Each is a pure function of the objects of NDJSON (docs/results.md):
-- `begin` makes a state, `one` takes a run, `finish` ends it. What they return is written as it comes; that of a format
-- that is `whole` is the file, each time anew.

local github = require "netlab.report.github"
local gradescope = require "netlab.report.gradescope"
local junit = require "netlab.report.junit"
local ndjson = require "netlab.report.ndjson"
local tap = require "netlab.report.tap"

---@class netlab.Format
---@field begin fun(): table, string? the state, and what is written at once
---@field one fun(state: table, run: table, line: string): string?
---@field finish fun(state: table, about: netlab.RunEnd): string?, string? and what GITHUB_STEP_SUMMARY gets
---@field whole boolean?

---@class netlab.RunEnd
---@field ending string "done", "interrupted", "stopped"
---@field seconds number? that all runs took

local formats = {}

---@type table<string, netlab.Format>
formats.by_name = {
  json = ndjson, junit = junit, tap = tap.version_14, tap13 = tap.version_13, github = github, gradescope = gradescope,
}

-- In the order in which they are documented.
formats.names = { "json", "junit", "tap", "tap13", "github", "gradescope" }

return formats
