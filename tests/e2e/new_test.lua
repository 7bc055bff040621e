-- netlab new: the script that it writes is a good one as it is, and becomes what its comments say.
local test = require "harness"
local session = require "session"

local function write_new(folder, name)
  local run = session.netlab("new " .. name, ("cd %s &&"):format(folder))
  return run, folder .. "/" .. name:gsub("%.lua$", "") .. ".lua"
end

test("a new script passes as it is: run, check, luacheck without settings", function(t)
  session.in_folder(function(folder)
    local run, path = write_new(folder, "first")
    t.equal({ run.code, run.err }, { 0, "" })
    t.equal(run.out, "first.lua is written. Read it, then run it: netlab -v first.lua\n")
    session.expect(t, session.netlab(path), "first", "PASS")
    t.equal(session.netlab("check " .. path).code, 0)
    if test.run "command -v luacheck".code == 0 then -- a package of `make lint`
      local found = test.run("luacheck --no-config --no-cache --no-color " .. path)
      t.equal(found.code, 0, found.out)
    end
    t.match(session.netlab("mutate " .. path).out, "^(%d+) of %1 noticed  first\n")
  end)
end)

test("nothing is written over", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/there.lua", "mine\n")
    for _, name in ipairs { "there", "there.lua" } do
      local run, path = write_new(folder, name)
      t.equal({ run.code, run.out, run.err }, { 3, "", "netlab: cannot write there.lua: File exists\n" })
      t.equal(session.text(path), "mine\n")
    end
    t.match(write_new(folder, "no/where").err, "cannot write no/where.lua: No such file or directory\n")
  end)
end)

test("names of any kind", function(t)
  session.in_folder(function(folder)
    test.run("mkdir " .. folder .. "/sub")
    t.equal(session.netlab("new 'a \"b'", ("cd %s &&"):format(folder)).code, 0)
    t.equal(session.netlab("new sub/FILE.lua", ("cd %s &&"):format(folder)).code, 0)
    local run = session.netlab(folder)
    session.expect(t, run, 'a "b', "PASS")
    session.expect(t, run, "FILE", "PASS")
    for _, name in ipairs { "''", ".lua", "sub/" } do
      run = session.netlab("new " .. name, ("cd %s &&"):format(folder))
      t.equal(run.code, 2)
      t.match(run.err, "a script cannot have the name '")
    end
    t.match(session.netlab("new").err, "what shall the new script be called%? netlab new NAME\n")
    t.equal(session.netlab("new a b").code, 2)
  end)
end)

-- What its last comment tells the reader to try: the change of the text, the status, words of the report.
local tries = {
  { { "len=5 payload", "len=6 payload" }, "FAIL", "t:trace: the packets are not as expected", "len=6" },
  { { "c:connect%(server, 7%)", "c:connect(server, 8)" }, "FAIL", "ECONNREFUSED" },
  { { "    t:ok%(c:connect", '    t.wire:drop("client -> server SYN", { count = 1 })\n%0' }, "FAIL" },
  { { "    t:ok%(c:connect", '    t.wire:drop("client -> server SYN", { count = 1 })\n%0',
    "\n      client %-> server:7  SYN      seq=0 len=0", "\n client -x server:7  SYN  seq=0 len=0%0" }, "PASS" },
  { { "\n  end\n}", '\n    t:ok(c:close())\n    t:trace "client -> server:7 FIN,ACK seq=6 ack=1 len=0\\n'
    .. 'optional { server:7 -> client ACK }"%0' }, "PASS" },
}

for number, row in ipairs(tries) do
  test("what the comment tells to try: " .. number, function(t)
    session.in_folder(function(folder)
      local _, path = write_new(folder, "tried")
      local text = session.text(path)
      for i = 1, #row[1], 2 do
        local count
        text, count = text:gsub(row[1][i], row[1][i + 1], 1)
        t.equal(count, 1, row[1][i])
      end
      session.write(path, text)
      session.expect(t, session.netlab(path), "tried", row[2], table.unpack(row, 3))
    end)
  end)
end
