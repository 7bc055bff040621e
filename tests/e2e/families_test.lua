-- Variants of an experiment by address family: each is run, chosen, reported and saved by itself.

local cjson = require "cjson"
local test = require "harness"
local session = require "session"

local fixture = session.fixtures .. "families.lua"
local variants = {
  "one body for all [ipv4]", "one body for all [ipv6]", "one body for all [mapped]",
  "links, routers and puppets [ipv4]", "links, routers and puppets [ipv6]", "links, routers and puppets [mapped]",
  "a host may do without [ipv6]", "with IPv6 of its own, mapped all the same [mapped]",
  "an experiment without variants",
}

local function names(run)
  local list = {}
  for i, part in ipairs(run.parts) do
    list[i] = part.name
  end
  return list
end

local run = session.netlab(fixture)

for _, name in ipairs(variants) do
  test("families.lua: " .. name, function(t)
    session.expect(t, run, name, "PASS")
  end)
end

test("the variants stand in the order of the script, and the claim counts once", function(t)
  t.equal(names(run), variants)
  t.match(run.summary, "^9 passed, 0 failed in .*; claims: 1 confirmed$")
  t.equal({ run.code, run.err }, { 0, "" })
end)

test("a claim does not count when a variant fails", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/one.lua", [[
      experiment "differs" { families = { "ipv4", "ipv6" }, claim = "x", verdict = "confirmed",
        run = function(t) t:equal(t.family, "ipv4") end }
    ]])
    local failed = session.netlab(folder .. "/one.lua")
    t.equal(names(failed), { "differs [ipv4]", "differs [ipv6]" })
    t.match(failed.summary, "^1 passed, 1 failed in %d+%.%d+ s$")
    local again = t.ok(failed.named["differs [ipv6]"].text:match "to run it again: %S+ ([^\n]*) %-v", failed.out)
    t.match(again, "%-%-filter 'differs %[ipv6%]'$")
    t.equal(names(session.netlab(again)), { "differs [ipv6]" })
  end)
end)

test("list names each variant, --filter picks it", function(t)
  local list = session.netlab("list " .. fixture).out
  t.match(list, "families.lua:12  one body for all %[ipv4%]  %[Z1%]\n[^\n]*:12  one body for all %[ipv6%]  %[Z1%]\n")
  local _, count = list:gsub("\n", "")
  t.equal(count, 9)
  t.equal(names(session.netlab(fixture .. " --filter '[mapped]' --shuffle --seed 7 --repeat 2")), {
    "one body for all [mapped]", "links, routers and puppets [mapped]",
    "with IPv6 of its own, mapped all the same [mapped]",
  })
end)

test("--json has the family, --out a file for each variant", function(t)
  session.in_folder(function(folder)
    local words = ("%s --filter 'one body' --repeat 2 --out %s/out --json -"):format(fixture, folder)
    local seen = {}
    for line in session.netlab(words).out:gmatch "[^\n]+" do
      local one = cjson.decode(line)
      seen[#seen + 1] = ("%s %s %d"):format(one.name, one.family, one.run)
    end
    t.equal(seen, {
      "one body for all [ipv4] ipv4 1", "one body for all [ipv4] ipv4 2", "one body for all [ipv6] ipv6 1",
      "one body for all [ipv6] ipv6 2", "one body for all [mapped] mapped 1", "one body for all [mapped] mapped 2",
    })
    t.equal(test.run("ls " .. folder .. "/out").out, ([[
families-one-body-for-all-ipv4.run1.pcapng
families-one-body-for-all-ipv4.run2.pcapng
families-one-body-for-all-ipv6.run1.pcapng
families-one-body-for-all-ipv6.run2.pcapng
families-one-body-for-all-mapped.run1.pcapng
families-one-body-for-all-mapped.run2.pcapng
]]))
  end)
end)

test("a kernel without IPv6: those that need it are skipped, with the reason", function(t)
  session.in_folder(function(folder) -- the library, with another place for what the kernel shows of IPv6
    t.equal(test.run(("cp -r lua/netlab %s/ && chmod -R a+rX %s"):format(folder, folder)).code, 0)
    local path = folder .. "/netlab/lab/family.lua"
    local text, count = session.text(path):gsub("/proc/net/if_inet6", "/proc/net/there_is_none")
    t.equal(count, 1)
    session.write(path, text)
    local lacking = session.netlab(fixture .. " --filter 'one body'", "NETLAB_LUA=" .. folder)
    session.expect(t, lacking, "one body for all [ipv4]", "PASS")
    session.expect(t, lacking, "one body for all [ipv6]", "SKIP", "this kernel has no IPv6")
    session.expect(t, lacking, "one body for all [mapped]", "SKIP", "this kernel has no IPv6")
    t.match(lacking.summary, "^1 passed, 0 failed, 2 skipped in .*; claims: 1 confirmed$")
    t.equal(lacking.code, 0)
  end)
end)

local refused = {
  { 'families = "ipv5"', 'of experiment \'x\' must be "ipv4", "ipv6" or "mapped", or a list of them, each once' },
  { "families = {}", "field 'families'" },
  { 'families = { "ipv4", "ipv4" }', "each once" },
  { 'families = { ipv4 = true }', "field 'families'" },
  { "families = 4", "field 'families'" },
}

session.refused(refused)
