-- netlab watch: driven by events. A shell reads what netlab prints, line by line, and acts on it: no sleeping.
local test = require "harness"
local session = require "session"

local first = [[
experiment "refused" { run = function(t)
  local client, server = t:hosts("client", "server")
  local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
  t:fails(ECONNREFUSED, c:connect(server, 80))
end }
]]
local second = first:gsub("80", "81"):gsub("\nend }", "\n  t:ok(c:close())\n  t:ok(false)%0")

-- Begin to watch FOLDER/a.lua; read(n) prints what comes until it watches the n-th time more; finish() ends it.
local prelude = [[
mkfifo FOLDER/out
LC_ALL=C "$NETLAB" watch FOLDER/a.lua OPTIONS >FOLDER/out 2>FOLDER/err & runner=$!
exec 3<FOLDER/out
next() {
  while read -r line <&3; do
    printf '%s\n' "$line"
    case $line in "watching "*) return ;; esac
  done
  echo "it has ended"
}
finish() {
  kill -$1 $runner
  cat <&3
  wait $runner
  echo "code: $?, left: $(grep -ls 'FOLDER/[a].lua' /proc/[0-9]*/cmdline | wc -l)"
  cat FOLDER/err
}
next
]]

local function watch(commands, options, script)
  return session.in_folder(function(folder)
    session.write(folder .. "/a.lua", script or first)
    session.write(folder .. "/b.lua", second)
    local words = (prelude .. commands):gsub("FOLDER", folder):gsub("OPTIONS", options or "")
    return session.shell(folder, words)
  end)
end

test("it runs the file, draws it, and ends with status 130", function(t)
  for _, signal in ipairs { "INT", "TERM" } do
    local run = watch("finish " .. signal)
    t.match(run.out, "^PASS     refused  [^\n]*\n *msline client +server\n")
    t.match(run.out, "\n[^\n]*connect = %-1 ECONNREFUSED +|\n1 passed, 0 failed[^\n]*\nwatching /tmp/[^ ]+; "
      .. "Ctrl%-C ends it\ncode: 130, left: 0\n$")
    t.lacks(run.out, "the run before")
  end
end)

-- How a file may be changed: in place, by a file that is put in its place, by removing it first.
for _, how in ipairs { "cat FOLDER/b.lua >FOLDER/a.lua", "mv FOLDER/b.lua FOLDER/a.lua",
  "rm FOLDER/a.lua; cp FOLDER/b.lua FOLDER/a.lua", "mv FOLDER/a.lua FOLDER/a.lua~; cat FOLDER/b.lua >FOLDER/a.lua" } do
  test("it runs it again after: " .. how, function(t)
    local run = watch(how .. "\nnext\nfinish INT")
    local told = t.ok(run.out:match "\ncompared with the run before:\n(.-)\nwatching ", run.out .. run.err)
    t.same_lines(told, [[
      refused: FAIL, was PASS
      - client  connect(fd, 10.0.0.2:80) = -1 ECONNREFUSED
      - client -> server:80  SYN  seq=0 len=0 mss=1460 sackok ts wscale=7
      - server:80 -> client  RST,ACK  seq=0 ack=1 len=0
      + client  connect(fd, 10.0.0.2:81) = -1 ECONNREFUSED
      + client -> server:81  SYN  seq=0 len=0 mss=1460 sackok ts wscale=7
      + server:81 -> client  RST,ACK  seq=0 ack=1 len=0
      + client  close(fd) = 0
    ]])
    t.match(run.out, "code: 130, left: 0\n$")
  end)
end

test("through a symbolic link", function(t)
  local run = watch([[
    mkdir FOLDER/sub && mv FOLDER/a.lua FOLDER/sub/real.lua && ln -s sub/real.lua FOLDER/a.lua
    finish INT
    LC_ALL=C "$NETLAB" watch FOLDER/a.lua >FOLDER/out 2>FOLDER/err & runner=$!
    exec 3<FOLDER/out
    next >/dev/null
    mv FOLDER/b.lua FOLDER/sub/real.lua
    next
    finish INT]])
  t.match(run.out, "\n *refused: FAIL, was PASS\n")
end)

test("files beside it, and a file that is written as it was, change nothing", function(t)
  local run = watch [[
    echo >FOLDER/c.lua; cp FOLDER/b.lua FOLDER/a.lua2; cp FOLDER/a.lua FOLDER/same; mv FOLDER/same FOLDER/a.lua
    printf '\n' >>FOLDER/a.lua
    next
    finish INT]]
  t.equal(select(2, run.out:gsub("PASS     refused", "")), 2, run.out)
  t.match(run.out, "\nnothing else happened than in the run before\n")
end)

test("a file that cannot be loaded, or has nothing to run, is told, and watched further", function(t)
  local run = watch [[
    echo 'experiment' >FOLDER/a.lua; next
    : >FOLDER/a.lua; next
    cat FOLDER/b.lua >FOLDER/a.lua; next
    finish INT]]
  t.match(run.out, "ERROR [^\n]*\n.*ERROR .*no experiment.*FAIL     refused")
  t.match(run.out, "refused: FAIL, was PASS")
end)

test("experiments that come and go, and long differences", function(t)
  local run = watch([[
    sed 's/"refused"/"other"/; s/SYN/x/; $i for i = 1, 40 do t:note("n" .. i) end' FOLDER/a.lua >FOLDER/n
    cat FOLDER/a.lua >>FOLDER/n; mv FOLDER/n FOLDER/a.lua; next
    sed '/"other"/,/^end/d; $i for i = 1, 40 do t:note("n" .. i) end' FOLDER/a.lua >FOLDER/n
    mv FOLDER/n FOLDER/a.lua; next
    finish INT]])
  t.match(run.out, "compared with the run before:\n *other: new, PASS\nwatching")
  t.match(run.out, "\n *other: it is not there any more\n *refused: PASS as before\n *%+ n1\n.*%+ n24\n"
    .. " *... 16 more %(%-%-full%)\nwatching")
end)

test("Ctrl-C during a run ends it, too, with nothing left behind", function(t)
  local run = watch([[
    sed '$i t:sleep(600)' FOLDER/a.lua >FOLDER/n; mv FOLDER/n FOLDER/a.lua
    begun() { grep -ls 'FOLDER/[a].lua' /proc/[0-9]*/cmdline | wc -l; }
    until [ "$(begun)" -ge 3 ]; do kill -0 $runner || break; sleep 0.05; done # the runner, a lab, a script
    finish INT]])
  t.match(run.out, "code: 130, left: 0\n$")
end)

test("the folder goes away", function(t)
  local run = watch [[
    mv FOLDER FOLDER.gone
    wait $runner
    echo "code: $?"; cat FOLDER.gone/err; mv FOLDER.gone FOLDER]]
  t.match(run.out, "code: 3\nnetlab: /tmp/[^ ]* cannot be watched any more: its folder was removed or has another name")
end)

test("what cannot be watched", function(t)
  t.match(session.netlab("watch").err, "which script%? netlab watch FILE\n")
  local folder = session.netlab("watch " .. session.fixtures .. "good")
  t.equal({ folder.code, folder.err },
    { 2, "netlab: " .. session.fixtures .. "good: netlab watch takes one script, not a folder\n" })
  local missing = session.netlab "watch missing.lua"
  t.equal({ missing.code, missing.err }, { 3, "netlab: missing.lua: No such file or directory\n" })
end)
