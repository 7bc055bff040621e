-- The lab: it needs no root, gives none, changes nothing outside, and leaves nothing behind however it ends.
local test = require "harness"
local session = require "session"

local root = session.is_root()
local user = "setpriv --reuid=65534 --regid=65534 --clear-groups"
local fixtures = session.fixtures

-- What experiments are made of, in a folder that an ordinary user may enter: the checkout may lie where only root may.
local function with_copy(fn)
  session.in_folder(function(folder)
    test.run(('cp "$NETLAB" FOLDER/netlab; cp -r FIXTURES* experiments FOLDER/; chmod -R a+rX FOLDER')
      :gsub("%u%u%u%u%u%u+", { FOLDER = folder, FIXTURES = fixtures }))
    fn(folder)
  end)
end

session.all_pass "confined.lua"

test("an ordinary user can do all of it", function(t)
  with_copy(function(folder)
    local before = ("cd %s && env HOME=/nowhere %s ./netlab"):format(folder, root and user or "")
    local files = { "good", "wire.lua", "actors.lua", "programs.lua", "confined.lua" }
    local run = test.run(("%s %s"):format(before, table.concat(files, " ")))
    t.equal(run.code, 0, run.out .. run.err)
    t.match(run.out, "\n%d+ passed, 0 failed in")
    t.equal(test.run(before .. " doctor").code, 0)
    t.equal(test.run(before .. " bounds.lua --filter 'fork bomb'").code, 1)
  end)
end)

test("outside, the processes of an experiment belong to an ordinary user", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/wait.lua", [[
      experiment "waits" { run = function(t)
        local a = t:host "a"
        a:spawn(function() t:sleep(600) end)
        t:ok(a:exec { "sleep", "27182.8", background = true })
        t:sleep(600)
      end }
    ]])
    -- the processes of the lab, while its program runs: those of the runner's command line, and that sleep, that have a
    -- pid of their own in another namespace as well; uid, gid, groups
    local run = session.shell(folder, ([[
      "$NETLAB" %s/wait.lua --timeout 60 >/dev/null &
      runner=$!
      for try in $(seq 100); do
        pid=$(grep -ls '[2]7182.8' /proc/[0-9]*/cmdline | head -n 1 | cut -d/ -f3)
        [ "$pid" ] && break
        sleep 0.02
      done
      for other in $(grep -ls '/[w]ait.lua\|[2]7182.8' /proc/[0-9]*/cmdline | cut -d/ -f3); do
        if awk '/^NSpid/ && NF > 2 { inside = 1 } END { exit !inside }' /proc/$other/status; then
          grep -E '^(Uid|Gid|Groups)' /proc/$other/status | tr '\n\t' '  '
          echo
        fi
      done
      kill $runner
      wait]]):format(folder))
    local id = root and "65534" or test.run("id -u").out:gsub("\n", "")
    local count = 0
    for line in run.out:gmatch "[^\n]+" do
      count = count + 1
      t.match(line, ("^Uid: %s %s %s %s Gid: "):format(id, id, id, id))
      if root then
        t.match(line, "Gid: 65534 65534 65534 65534 Groups: *$")
      end
    end
    t.equal(count, 4, run.out) -- the lab, the script, the actor, the program
  end)
end)

test("a script in a folder that only its owner may enter is found, with what it requires", function(t)
  session.in_folder(function(folder)
    test.run(("mkdir -p -m 700 %s/closed/sub/lib"):format(folder))
    session.write(folder .. "/closed/sub/lib/helper.lua", "return { answer = function(t) t:ok(true) return 42 end }\n")
    session.write(folder .. "/closed/sub/lib/broken.lua", "return {\n")
    session.write(folder .. "/outside.lua", "return {}\n")
    session.write(folder .. "/closed/sub/closed.lua", [[
local helper = require "lib.helper"
experiment "requires" { run = function(t)
  t:equal(helper.answer(t), 42)
  t:ok(require "lib.helper" == helper)
  local fine, message = pcall(require, "lib.broken")
  t:ok(not fine and message:find("lib/broken.lua:2:", 1, true), message)
  t:ok(not pcall(require, "../../outside"))
  t:ok(not pcall(require, "/etc/passwd"))
end }
]])
    test.run(("chmod 700 %s/closed %s/closed/sub %s/closed/sub/lib"):format(folder, folder, folder))
    for _, command in ipairs { '"$NETLAB" %s/closed/sub/closed.lua', 'cd %s/closed/sub && "$NETLAB" closed.lua',
      '"$NETLAB" %s/closed/sub --filter requires' } do
      local run = test.run(command:format(folder))
      t.match(run.out, "PASS     requires  ", command)
    end
  end)
end)

-- ---- outside ----

-- What a run could change outside: settings, interfaces, mounts, files in /tmp. Counters and what changes by itself are
-- left out; so are the settings that the machine does not let anybody read.
local function outside()
  return test.run([[
    grep -rs '' /proc/sys/net/ipv4 /proc/sys/net/core /proc/sys/net/ipv6 /proc/sys/user /proc/sys/kernel/core_pattern \
      /proc/sys/kernel/hostname | sort
    cut -d: -f1 /proc/net/dev
    cut -d' ' -f2- /proc/self/mounts
    ls -a /tmp | grep -v -e lua_ -e netlab-e2e -e '^\.'| grep -i netlab
  ]]).out
end

test("nothing outside is changed", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/change.lua", [[
      experiment "changes its own settings" { run = function(t)
        local a = t:host("a", { ipv6 = true, sysctl = { ["net.core.somaxconn"] = 77 } })
        a:sysctl("net.ipv4.ip_local_port_range", "5000 6000")
        t:ok(a:exec { "sh", "-c", "echo 99 >/proc/sys/net/core/somaxconn; echo changed >/proc/sys/kernel/hostname" })
        t:equal(a:sysctl "net.core.somaxconn", "99")
        os.execute "hostname changed 2>/dev/null; mount -t tmpfs none /mnt 2>/dev/null; echo x >/tmp/netlab-file"
        t:host "b"
      end }
    ]])
    local before = outside()
    t.match(before, "/proc/sys/net/ipv4/tcp_syn_retries:%d+\n")
    t.match(before, "\n *lo\n")
    local run = session.netlab(("%s/change.lua %swire.lua %sprograms.lua"):format(folder, fixtures, fixtures))
    t.equal(run.code, 0, run.out)
    t.equal(outside(), before)
  end)
end)

-- ---- the end ----

-- Experiments that are in the middle of something, each with processes of every kind.
local sleepers = [[
  for i = 1, 6 do
    experiment("sleeps, number " .. i) { run = function(t)
      local a, b = t:hosts("a", "b")
      a:spawn(function() b:exec { "sleep", "1MARK" } end)
      t:ok(a:exec { "sleep", "1MARK", background = true })
      os.execute "setsid sleep 1MARK &"
      t:sleep(600)
    end }
  end
]]

-- Start the sleepers, wait until all are there, send the signal to the runner; after it has ended wait for at most a
-- second until nothing of them is left.
local function interrupt(t, signal)
  local mark = tostring(math.random(10000000, 99999999))
  return session.in_folder(function(folder)
    session.write(folder .. "/sleep.lua", (sleepers:gsub("MARK", mark)))
    local run = session.shell(folder, ([[
      count() { grep -ls "$1" /proc/[0-9]*/cmdline | wc -l; }
      "$NETLAB" FOLDER/sleep.lua -j 6 2>FOLDER/errors &
      runner=$!
      for try in $(seq 200); do
        [ $(count '[1]MARK') -eq 18 ] && break
        sleep 0.05
      done
      echo "begun: $(count '[1]MARK')"
      kill -SIGNAL $runner
      wait $runner
      echo "code: $?"
      for try in $(seq 20); do
        [ $(count '[1]MARK') -eq 0 ] && break
        sleep 0.05
      done
      echo "left: $(count '[1]MARK'), $(count 'FOLDER/[s]leep.lua')"]])
      :gsub("%u%u%u%u+", { MARK = mark, FOLDER = folder, SIGNAL = signal }))
    t.match(run.out, "begun: 18\n")
    t.match(run.out, "left: 0, 0\n")
    return tonumber(run.out:match "code: (%d+)\n"), run.out
  end)
end

-- the signal, the exit code
for _, row in ipairs { { "INT", 130 }, { "TERM", 130 }, { "KILL", 137 } } do
  test(("SIG%s to the runner: nothing is left"):format(row[1]), function(t)
    local before = outside()
    local code, out = interrupt(t, row[1])
    t.equal(code, row[2])
    if row[2] == 130 then
      t.match(out, "0 passed, 0 failed in .*; interrupted, 6 not run\n")
    end
    t.equal(outside(), before)
  end)
end

test("an interrupted run tells what had ended, and its JSON is whole", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/some.lua", [[
      experiment "sleeps" { run = function(t) t:sleep(600) end }
      experiment "has ended" { run = function(t) t:ok(true) end }
      experiment "has failed" { run = function(t) t:ok(false) end }
    ]])
    local run = test.run(([[
      "$NETLAB" %s/some.lua -j 3 --json %s/out.json & runner=$!
      sleep 1
      kill -INT $runner
      wait $runner
      echo "code: $?"]]):format(folder, folder))
    t.match(run.out, "PASS     has ended")
    t.match(run.out, "FAIL     has failed")
    t.match(run.out, "1 passed, 1 failed in .*; interrupted, 1 not run\ncode: 130\n$")
    t.equal(select(2, session.text(folder .. "/out.json"):gsub("}\n", "")), 2)
  end)
end)

test("a signal while the scripts are being loaded ends it as well", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/endless.lua", "while true do end\n")
    local run = session.shell(folder, ([[
      "$NETLAB" FOLDER/endless.lua & runner=$!
      begun() { grep -ls 'FOLDER/[e]ndless.lua' /proc/[0-9]*/cmdline | wc -l; }
      until [ "$(begun)" -eq 3 ]; do kill -0 $runner || break; sleep 0.05; done # the runner, the lab, the script
      echo "begun: $(begun)"
      kill -INT $runner
      wait $runner
      echo "code: $?"
      echo "left: $(grep -ls 'FOLDER/[e]ndless.lua' /proc/[0-9]*/cmdline | wc -l)"]]):gsub("FOLDER", folder))
    t.match(run.out, "begun: 3\n")
    t.match(run.out, "code: 130\nleft: 0\n")
  end)
end)

test("who reads the report may go away", function(t)
  local run = test.run(([["$NETLAB" %swire.lua | head -n 1; sleep 0.2]]):format(fixtures))
  t.match(run.out, "^PASS     [^\n]*\n$")
end)
