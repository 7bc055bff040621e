-- tests/tools/deps.sh, with a dpkg-query, apt-get, sudo and id of our own, which only say how they were called.
local test = require "harness"

-- Run deps.sh for the packages "here" (installed) and "gone" (not); `tools` are the programs that exist, as code.
local function deps(packages, tools)
  local folder = test.run("mktemp -d").out:gsub("\n", "")
  for name, code in pairs(tools) do
    local file = assert(io.open(folder .. "/" .. name, "w"))
    file:write("#!/bin/sh\n", code, "\n")
    file:close()
  end
  local result = test.run(([[cd %s; chmod +x * 2>/dev/null
    for tool in env grep sh; do ln -s $(command -v $tool) .; done
    PATH=%s /bin/sh "$OLDPWD/tests/tools/deps.sh" %s]]):format(folder, folder, packages))
  test.run("rm -rf " .. folder)
  return result
end

local QUERY = 'case "$*" in *here*) echo installed;; *) exit 1;; esac'
local APT = 'echo "apt-get $*, $DEBIAN_FRONTEND"'
local UPDATE = "apt-get -qq -o DPkg::Lock::Timeout=300 update, noninteractive\n"
local INSTALL = "apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends gone, noninteractive\n"

test("nothing is called when all is installed", function(t)
  t.equal(deps("here", { ["dpkg-query"] = QUERY, ["apt-get"] = APT }), { code = 0, out = "", err = "" })
end)

test("root installs what is missing, without a question", function(t)
  local result = deps("here gone", { ["dpkg-query"] = QUERY, ["apt-get"] = APT, id = "echo 0" })
  t.equal(result, { code = 0, out = "deps: installing gone\n" .. UPDATE .. INSTALL, err = "" })
end)

test("a user does it through sudo", function(t)
  local sudo = 'echo sudo; exec "$@"'
  local result = deps("gone", { ["dpkg-query"] = QUERY, ["apt-get"] = APT, id = "echo 1000", sudo = sudo })
  t.equal(result.out, "deps: installing gone\nsudo\n" .. UPDATE .. "sudo\n" .. INSTALL)
end)

test("a user without sudo is told what to install", function(t)
  local result = deps("gone", { ["dpkg-query"] = QUERY, ["apt-get"] = APT, id = "echo 1000" })
  t.equal(result.code, 1)
  t.match(result.err, "missing: gone\n.-apt%-get install gone")
end)

test("a failing apt-get fails", function(t)
  t.equal(deps("gone", { ["dpkg-query"] = QUERY, ["apt-get"] = "exit 100", id = "echo 0" }).code, 100)
end)

test("without apt-get it names what is needed and goes on", function(t)
  local result = deps("gone", {})
  t.equal(result.code, 0)
  t.match(result.err, "there is no apt%-get here.+gone")
end)
