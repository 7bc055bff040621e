-- docs/scripting.md, docs/network.md and docs/architecture.md: what they list is what the program has, in both
-- directions; and every public function of lua/netlab/lab says what it takes. The examples are run by
-- tests/e2e/readme_test.lua.

local documents = require "documents"
local test = require "harness"

local constants = require "netlab.core.constants"
local errno = require "netlab.core.errno"
local expect_fields = require "netlab.expect.fields"
local experiment = require "netlab.lab.experiment"
local host = require "netlab.lab.host"
local network = require "netlab.lab.network"
local registered = require "registered"
local socket = require "netlab.core.socket"
local units = require "netlab.core.units"

local keys, read, rows_of = documents.keys, documents.read, documents.rows
local text = read "docs/scripting.md"

-- ---- what a document says ----

local function names_in(piece)
  return documents.names(piece, "`([^`]+)`")
end

local function listed(name)
  return names_in(assert(text:match("<!%-%- " .. name .. " %-%->\n(.-)<!%-%- end %-%->"), name))
end

local function column(rows, number)
  local names = {}
  for _, cells in ipairs(rows) do
    for _, name in ipairs(cells[number]:find "`" and names_in("`" .. cells[number] .. "`") or { cells[number] }) do
      if name:match "%w" then names[#names + 1] = name end
    end
  end
  table.sort(names)
  return names
end

-- The functions with an entry "#### `self:name(arguments)`": name -> { arguments =, text = }.
local function entries_of(self)
  local found, entry = {}, nil
  for line in text:gmatch "([^\n]*)\n" do
    local heading = line:match "^##"
    local owner, name, arguments = line:match "^#### `([%w.]+):([%w_]+)%((.*)%)`$"
    if heading then entry = nil end
    if owner == self then
      entry = { arguments = arguments, text = "" }
      found[name] = entry
    elseif entry then
      entry.text = entry.text .. line .. "\n"
    end
  end
  return found
end

-- ---- what the program has ----

local upvalue, Wire = registered.upvalue, registered.Wire
local classes = registered.classes

-- The parameters of a Lua function as it is written, or nil for one of C.
local function parameters(fn)
  local about = debug.getinfo(fn, "Su")
  if about.what == "C" then return nil end
  local names = {}
  for i = 1, about.nparams do names[i] = debug.getlocal(fn, i) end
  if about.isvararg then names[#names + 1] = "..." end
  return names
end

-- ---- functions ----

for _, class in ipairs(classes) do
  local self, has = class[1], class[3]
  test(("every method of %s is documented, and no other"):format(self), function(t)
    t.equal(keys(entries_of(self)), keys(has))
  end)

  test(("the entries of %s say what comes back, and name the arguments"):format(self), function(t)
    for name, entry in pairs(entries_of(self)) do
      t.ok(entry.text:find "[Rr]eturns?%f[%W]" or entry.text:find "Does not return", name .. ": what it returns")
      local wanted = has[name] and parameters(has[name]) or {}
      local at = 1
      for _, parameter in ipairs(wanted) do
        if parameter ~= "self" then
          local _, last = entry.arguments:find(parameter, at, true)
          at = t.ok(last, ("%s has no argument %s: %s"):format(name, parameter, entry.arguments))
        end
      end
    end
  end)
end

test("the arguments of the methods of sockets and captures are those of lua/netlab/meta", function(t)
  for _, row in ipairs { { "s", "Socket", "socket" }, { "capture", "Capture", "capture" } } do
    local meta = read("lua/netlab/meta/" .. row[3] .. ".lua")
    for name, entry in pairs(entries_of(row[1])) do
      local arguments = meta:match("\nfunction " .. row[2] .. ":" .. name .. "%(([^)]*)%)")
      t.equal((entry.arguments:gsub("[%[%]]", ""):gsub(" ,", ",")), arguments, name)
    end
  end
end)

test("every call of the kernel has its source", function(t)
  for name, entry in pairs(entries_of "s") do
    t.ok(entry.text:find "Source:%s+%w+%(%d" or entry.text:find "No call", name)
  end
end)

-- ---- experiments ----

test("the fields of an experiment", function(t)
  local fields = upvalue(experiment.declare, "fields")
  t.equal(column(rows_of(text, "fields"), 1), keys(fields))
end)

test("the address families, with what differs", function(t)
  local family = require "netlab.lab.family"
  local columns = { "ipv4", "ipv6", "mapped" }
  t.equal({ family.list(columns), family.list "ipv5", family.list {} }, { columns })
  local address = { ip = "`host.ip`", ip6 = "`host.ip6`", mapped = '`"::ffff:"` and `host.ip`' }
  for _, cells in ipairs(rows_of(text, "families")) do
    local field = cells[1]:match "^t%.(%w+)$"
    for i, name in ipairs(columns) do
      local row = family.of(name)
      local known = field == "af" and (row.af == constants.AF_INET and "AF_INET" or "AF_INET6")
        or field == "family" and ('"%s"'):format(name) or field and ('"%s"'):format(row[field])
        or address[row.field]:match "^`([^`]*)`$" or address[row.field]
      t.equal(cells[i + 1], known, ("%s of %s"):format(cells[1], name))
    end
  end
end)

local function size_of(cell)
  return cell:match "%a" and units.size(cell) or tonumber(cell)
end

test("the limits of an experiment: names, ranges, and what they are without being set", function(t)
  local rows = upvalue(upvalue(experiment.declare, "fields").limits[1], "limit_rows")
  local runner = read "runner/main/job.c"
  local seen = {}
  for _, cells in ipairs(rows_of(text, "limits")) do
    local name = cells[1]
    local row = t.ok(rows[name], name)
    local otherwise = t.ok(runner:match('{"' .. name .. '", %w+, offsetof%b(), ([^}]+)}'), name)
    t.equal(size_of(cells[2]), load("return " .. otherwise:gsub("INT64_C", ""))(), name .. ": default")
    t.equal({ size_of(cells[3]), size_of(cells[4]) }, { row[2], row[3] }, name .. ": range")
    seen[name] = true
  end
  t.equal(keys(seen), keys(rows))
end)

test("the time of an experiment without a timeout", function(t)
  local seconds = read("runner/main/job.c"):match '{"timeout", TIME, offsetof%b(), (%d+) %* NLAB_NS_PER_S}'
  t.match(text, ("how long the experiment may last; %s s, or `--timeout`, without it"):format(seconds))
end)

test("the statuses", function(t)
  local known = {}
  for status in read("lua/netlab/report/judge.lua"):match "@field status ([^\n]*)":gmatch '"(%u+)"' do
    known[status] = true
  end
  t.equal(column(rows_of(text, "statuses"), 1), keys(known))
end)

-- ---- names ----

test("the names of the standard library that scripts have", function(t)
  local environment = require "netlab.lab.environment"
  local names = { "_G", table.unpack(upvalue(environment.new, "standard")) }
  table.sort(names)
  t.equal(listed "standard", names)
end)

test("the constants and the errors", function(t)
  local is_option, plain, errors = {}, {}, {}
  for _, option in ipairs(socket.options()) do is_option[option.name] = true end
  for name, value in pairs(constants) do
    if errno.is(value) then
      errors[name] = true
    elseif not is_option[name] then
      plain[name] = true
    end
  end
  local documented = {}
  for _, cells in ipairs(rows_of(text, "constants")) do
    for _, name in ipairs(names_in(cells[2]:find "`" and cells[2] or "`" .. cells[2] .. "`")) do
      documented[name] = true
    end
  end
  t.equal(keys(documented), keys(plain))
  t.equal(listed "errors", keys(errors))
end)

-- ---- tables ----

test("the options of sockets, with level, value, unit, access and source", function(t)
  local documented, known = {}, {}
  for _, cells in ipairs(rows_of(text, "options")) do
    documented[#documented + 1] = { cells[1], constants[cells[2]], table.unpack(cells, 3) }
  end
  for i, option in ipairs(socket.options()) do
    known[i] = { option.name, option.level, option.value, option.unit, option.access, option.source }
  end
  t.equal(documented, known)
end)

test("the kinds of values of options", function(t)
  local kinds = {}
  for _, option in ipairs(socket.options()) do kinds[option.value] = true end
  t.equal(column(rows_of(text, "kinds"), 1), keys(kinds))
end)

test("the fields of TCP_INFO, with their kind and meaning", function(t)
  local kinds = { string = "text", integer = "integer", boolean = "boolean", number = "seconds" }
  local class = read("lua/netlab/meta/socket.lua"):match "%-%-%-@class netlab.TcpInfo\n(.-)\n\n"
  local documented, known = rows_of(text, "tcp_info"), {}
  for i, field in ipairs(socket.tcp_info_fields()) do
    known[i] = { field.name, kinds[class:match("@field " .. field.name .. "%?? (%a+)")], field.doc }
  end
  t.equal(documented, known)
end)

test("the pinned settings, with value, hosts and reason", function(t)
  local known = {}
  local pins = read("runner/kernel/pins.c"):match "pins%[%] = {\n(.-)\n};"
  for name, value, flags, why in pins:gmatch '{"([^"]+)",%s*"([^"]*)",%s*([%w_| ]+),%s*"([^"]*)"}' do
    local when = flags:find "WITHOUT_IPV6" and "without IPv6" or flags:find "WITH_IPV6" and "with IPv6" or "always"
    known[#known + 1] = { name, value, when .. (flags:find "OPTIONAL" and ", if the kernel has it" or ""), why }
  end
  local _, rows = pins:gsub("{", "")
  t.equal(#known, rows, "rows of the table in C that this test can read")
  t.equal(rows_of(text, "pins"), known)
end)

test("the fields of packets", function(t)
  t.equal(column(rows_of(text, "packet"), 1), keys(registered.packet_fields()))
end)

test("the fields that a rule of the wire can compare", function(t)
  local known = {}
  for _, field in ipairs(expect_fields.list) do
    if field.term then known[field.name] = true end
  end
  t.equal(listed "rule fields", keys(known))
end)

-- The fields of a class: the lines behind it that begin with ---.
local function class_fields(path, class)
  local names, inside = {}, false
  for line in read("lua/netlab/" .. path):gmatch "([^\n]*)\n" do
    inside = line:match "^%s*%-%-%-" and (inside or line:match "@class ([%w_.]+)" == class)
    local name = inside and line:match "@field ([%w_]+)"
    if name then names[name] = true end
  end
  return keys(names)
end

test("the tables that functions return, and those that they take", function(t)
  t.equal(column(rows_of(text, "sockets"), 1), class_fields("meta/diag.lua", "netlab.SocketInfo"))
  t.equal(column(rows_of(text, "capture"), 1), class_fields("meta/capture.lua", "netlab.CaptureOptions"))
  t.equal(column(rows_of(text, "ending"), 1), class_fields("lab/actor.lua", "netlab.Ending"))
  t.equal(column(rows_of(text, "exit"), 1), class_fields("lab/program.lua", "netlab.Exit"))
  local exec = require "netlab.lab.program".exec
  local options = { table.unpack(upvalue(upvalue(exec, "check_exec"), "exec_options")) }
  table.sort(options)
  t.equal(column(rows_of(text, "exec"), 1), options)
  t.equal(column(rows_of(text, "host options"), 1), keys(upvalue(upvalue(host.new, "check_options"), "host_options")))
  local fields = {}
  for name in text:match "<!%-%- interface %-%->(.-)<!%-%- end":gmatch "`(%w+)`" do fields[name] = true end
  t.equal(keys(fields), class_fields("lab/interface.lua", "netlab.Interface"))
end)

-- ---- docs/network.md ----

local network_text = read "docs/network.md"

test("the options of the wire's rules, and whose they are", function(t)
  local documented, known = {}, {}
  for _, cells in ipairs(rows_of(network_text, "rule options")) do documented[cells[1]] = cells[2] end
  for name in pairs(upvalue(upvalue(Wire.drop, "add"), "common")) do known[name] = "all" end
  t.equal(class_fields("lab/wire.lua", "netlab.RuleOptions"), keys(known))
  for method, body in read "lua/netlab/lab/wire.lua":gmatch "\nfunction Wire:(%a+)%b()(.-)\nend" do
    for name in (body:match "text, options, {(.-)}" or ""):gmatch '"(%w+)"' do known[name] = method end
  end
  t.ok(known.jitter and known.queue, "the options of single rules are found in wire.lua")
  t.equal(documented, known)
end)

test("the fields of a link", function(t)
  local read_link = upvalue(upvalue(network.build, "read"), "read_link")
  t.equal(column(rows_of(network_text, "link fields"), 1), keys(upvalue(read_link, "link_fields")))
end)

test("the answers of rejecting rules", function(t)
  local names = { "rst" }
  for _, cells in ipairs(rows_of(network_text, "reject")) do names[#names + 1] = cells[1]:match "^[%w-]+" end
  t.equal(names, require "netlab.lab.reject".names)
end)

test("what a puppet answers", function(t)
  local known = keys(upvalue(require "netlab.lab.puppet".methods.answer, "answers"))
  t.equal(column(rows_of(network_text, "answers"), 1), { known[1], known[2], known[4] })
  t.equal(known[3], "none")
end)

test("the fates of packets", function(t)
  local known = {}
  for name in read "runner/facts/recording.c":gmatch '%[NLAB_FATE_%u+%] = "(%l+)"' do known[name] = true end
  t.ok(known.delivered)
  t.equal(column(rows_of(network_text, "fates"), 1), keys(known))
end)

-- ---- docs/architecture.md ----

test("architecture.md names every file of the program, and no other", function(t)
  local named, there = {}, {}
  local table_text = read "docs/architecture.md":match "<!%-%- files %-%->\n(.-)<!%-%- end %-%->"
  local folder
  for line in table_text:gmatch "[^\n]+" do
    folder = line:match "^| %*%*`([%w/]+)`%*%*" or folder
    local name = line:match "^| `([%w_/]+)`"
    if name then named[(folder:match "^runner" and "runner/" or "lua/netlab/") .. name] = true end
  end
  for path in test.run 'find runner lua/netlab -name "*.[ch]" -o -name "*.lua"'.out:gmatch "%S+" do
    if not path:find "^lua/netlab/meta/" then there[path:gsub("%.%a+$", "")] = true end
  end
  t.equal(keys(named), keys(there))
end)

-- ---- annotations ----

local files = {}
for path in test.run 'ls lua/netlab/lab/*.lua'.out:gmatch "%S+" do files[#files + 1] = path end

-- The public functions of a file: name, parameters, comment above it, body.
local function functions_of(path)
  local found = {}
  local previous = {}
  local open
  for line in (read(path) .. "\n"):gmatch "(.-)\n" do
    local name, arguments = line:match "^function ([%w_.:]+)(%b())"
    if name then
      open = { name = name, arguments = arguments, comment = table.concat(previous, "\n"), body = {} }
      found[#found + 1] = open
    elseif line == "end" then
      open = nil
    elseif open then
      open.body[#open.body + 1] = line
    end
    previous = line:match "^%-%-%-" and { table.unpack(previous) } or {}
    if line:match "^%-%-%-" then previous[#previous + 1] = line end
  end
  return found
end

for _, path in ipairs(files) do
  test(path .. ": every public function says what it takes and what it returns", function(t)
    for _, fn in ipairs(functions_of(path)) do
      t.match(fn.comment, "^%-%-%-[^@]", fn.name .. ": what it does")
      local named = {}
      for name in fn.comment:gmatch "@param ([%w_.]+)" do named[#named + 1] = name end
      local wanted = {}
      for name in fn.arguments:gmatch "[%w_.]+" do wanted[#wanted + 1] = name end
      t.equal(named, wanted, fn.name)
      local returns = table.concat(fn.body, "\n"):find "\n?  return [^\n]" -- of the function itself, not of one in it
      local last = fn.body[#fn.body] or ""
      if last:match "^  return %S" then t.match(fn.comment, "@return", fn.name) end
      if not returns then t.lacks(fn.comment, "@return", fn.name) end
    end
  end)
end

test("every type that an annotation names is defined", function(t)
  local defined, used = {}, {}
  for path in test.run 'find lua/netlab -name "*.lua"'.out:gmatch "%S+" do
    local source = read(path)
    for kind, name in source:gmatch "%-%-%-@(%a+) (netlab[%w_.]*)" do
      if kind == "class" or kind == "alias" then defined[name] = true end
    end
    for line in source:gmatch "%-%-%-@%a+ ([^\n]*)" do
      for name in line:gmatch "%f[%w]netlab%.%u[%w_]*" do used[name] = path end
    end
  end
  for name, path in pairs(used) do t.ok(defined[name], name .. " in " .. path) end
end)
