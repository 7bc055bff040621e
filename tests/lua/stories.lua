-- Stories written by hand, for the tests of what is drawn.

local stories = {}

---A system call of "client", "server", ...; nil as `ended`: it did not return.
function stories.call(time, ended, host, name, arguments, result, more)
  local item = {
    kind = "call", time = time, ended = ended, host = host, pid = 2, line = 7, name = name,
    text = ("%s(%s)"):format(name, arguments), result = result, failed = result:find "-1" ~= nil,
  }
  for key, value in pairs(more or {}) do item[key] = value end
  return item
end

local id = 0

---A segment: time, received (nil: never), "client -> server", control bits, seq, ack, len.
function stories.segment(time, received, ends, flags, seq, ack, len, more)
  id = id + 1
  local from, to = ends:match "^(%w+) %-> (%w+)$"
  local item = {
    kind = "packet", id = id, time = time, received = received, fate = received and "delivered" or "dropped",
    from = from, to = to, body = flags, ends = { from .. ":40000", to .. ":80" },
    fields = { "seq=" .. seq, ack and "ack=" .. ack or nil },
    tcp = { flow = 1, flags = flags, seq = seq, ack = ack, len = len or 0, src = from, dst = to,
      sport = from == "client" and 40000 or 80, dport = from == "client" and 80 or 40000 },
  }
  for key, value in pairs(more or {}) do item[key] = value end
  return item
end

function stories.story(items, hosts)
  return { title = "a story", hosts = hosts or { "client", "server" }, items = items }
end

---A connect that is refused: a call that waits, a SYN and its answer.
function stories.refused()
  return stories.story {
    stories.call(0.001, 0.005, "client", "connect", "3, 10.0.0.2:80", "= -1 ECONNREFUSED"),
    stories.segment(0.002, 0.0021, "client -> server", "SYN", 0),
    stories.segment(0.003, 0.0031, "server -> client", "RST,ACK", 0, 1),
  }
end

-- Elements of HTML that have no end.
local void = { meta = true, input = true, br = true }

---What is wrong with the nesting of the elements, or nil. What a script or a style holds is not looked at.
---@param markup string
---@param html boolean? elements without an end are allowed
---@return string?
function stories.misnested(markup, html)
  markup = markup:gsub("<!doctype html>", ""):gsub("(<script>).-(</script>)", "%1%2")
  markup = markup:gsub("(<style>).-(</style>)", "%1%2")
  local open = {}
  for tag in markup:gmatch "<[^<>]*>" do
    local close, name, rest = tag:match "^<(/?)([%a%d]+)(.*)>$"
    if not name then
      return "not a tag: " .. tag
    elseif close == "/" then
      if table.remove(open) ~= name then return "not open: " .. tag end
    else
      local words = rest:gsub('%s[%w-:]+="[^"<>]*"', ""):gsub("/$", ""):gsub("%s[%w-]+", html and "" or "%0")
      if words:match "%S" then return "attributes of " .. tag end
      if not (rest:sub(-1) == "/" or html and void[name]) then open[#open + 1] = name end
    end
  end
  local outside = markup:gsub("<[^<>]*>", "")
  if outside:find "[<>]" or outside:gsub("&%a+;", ""):gsub("&#%d+;", ""):find "&" then return "bare < > or &" end
  return open[1] and "not closed: " .. table.concat(open, " ") or nil
end

return stories
