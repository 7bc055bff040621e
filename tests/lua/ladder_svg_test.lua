-- The ladder as SVG and for Mermaid: what is drawn of stories written down here, and that all words stay words.

local documents = require "documents"
local test = require "harness"
local ladder = require "netlab.view.ladder"
local ladder_mermaid = require "netlab.view.ladder_mermaid"
local ladder_svg = require "netlab.view.ladder_svg"
local ladder_style = require "netlab.view.ladder_style"
local markup = require "netlab.view.markup"
local stories = require "stories"

local call, segment, story = stories.call, stories.segment, stories.story

local function svg(items, options, hosts)
  return ladder_svg.draw(story(items, hosts), options)
end

local function count(text, pattern)
  return select(2, text:gsub(pattern, ""))
end

-- The coordinates of the lines of a class: { x1, y1, x2, y2 }
local function lines_of(picture, class)
  local found = {}
  picture = picture:gsub('<g aria%-hidden="true">.*', "") -- the legend
  for x1, y1, x2, y2 in picture:gmatch('<path class="' .. class .. '" d="M([%d.-]+) ([%d.-]+)L([%d.-]+) ([%d.-]+)"') do
    found[#found + 1] = { tonumber(x1), tonumber(y1), tonumber(x2), tonumber(y2) }
  end
  return found
end

-- ---- words ----

test("text for markup: what means something there, control characters, bytes that are no UTF-8", function(t)
  t.equal(markup.text [[<b a="1" c='2'>&amp;</b>]],
    "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;")
  t.equal(markup.text "é…\n\t.", "é…\n\t.")
  t.equal(markup.text "a\0b\27[31m\127", "a\\x00b\\x1b[31m\\x7f")
  t.equal(markup.text "caf\xe9", "caf\\xe9")
  t.equal(markup.text "\xc2\x9b1m \xe2\x80\xaeabc", "\\xc2\\x9b1m \\xe2\\x80\\xaeabc", "C1 and the order of letters")
end)

test("a template: text, markup, what is absent", function(t)
  t.equal(markup.fill("<p>{a}{b!}{c}</p>", { a = "<", b = "<i>{a}</i>" }), "<p>&lt;<i>{a}</i></p>")
end)

-- ---- the picture ----

test("a refused connect: well-formed, with title, description and an item for each rung", function(t)
  local picture = ladder_svg.draw(stories.refused())
  t.equal(stories.misnested(picture), nil)
  t.match(picture, '<svg xmlns="http://www.w3.org/2000/svg" class="ladder" role="group" aria-labelledby="ladder-t '
    .. 'ladder-d"')
  t.match(picture, '<title id="ladder-t">a story</title>\n<desc id="ladder-d">Time runs downwards. '
    .. 'Hosts: client, server. 1 system calls, 2 packets.</desc>')
  local rungs = ladder.rungs(stories.refused())
  t.equal(count(picture, '<g role="listitem"><title>[^<]'), #rungs)
  t.match(picture, "<title>2.000 ms: #%d+ client:40000 %-&gt; server:80 SYN seq=0</title>")
  t.match(picture, "<title>client is in SYN%-SENT</title>")
  t.match(picture, '>connect%(3, 10.0.0.2:80%)</text>')
  t.match(picture, 'class="halo end warn">connect = %-1 ECONNREFUSED</text>')
  t.lacks(picture, "<script")
end)

test("arrows go down from the sender to the receiver; the call's bar spans them", function(t)
  local picture = ladder_svg.draw(stories.refused())
  local syn, rst = table.unpack(lines_of(picture, "p"))
  t.ok(syn[1] < syn[3] and syn[2] < syn[4], "to the right and down")
  t.ok(rst[1] > rst[3] and rst[2] < rst[4] and rst[2] > syn[4], "to the left and down, below the SYN")
  local from, to = picture:match '<path class="bar" d="M[%d.]+ ([%d.]+)h7V([%d.]+)h%-7z"'
  t.ok(tonumber(from) < syn[2] and tonumber(to) > rst[4])
end)

test("packets that cross are drawn across each other", function(t)
  local a, b = table.unpack(lines_of(svg {
    segment(0.001, 0.003, "client -> server", "SYN", 0), segment(0.002, 0.004, "server -> client", "SYN", 0),
  }, "p"))
  t.ok(a[2] < b[2] and b[2] < a[4] and a[4] < b[4])
end)

test("lost, held, copied, unexpected, missing: each has its sign, and the legend explains just these", function(t)
  local plain = ladder_svg.draw(stories.refused())
  local lost = svg { segment(0.001, nil, "client -> server", "SYN", 0) }
  local held = svg { segment(0.001, nil, "client -> server", "SYN", 0, nil, 0, { fate = "held" }) }
  local copy = svg { segment(0.001, 0.0011, "client -> server", "SYN", 0, nil, 0, { copy_of = 1 }) }
  local odd = segment(0.001, 0.0011, "client -> server", "SYN", 0)
  local failed = svg { odd, {
    kind = "check", failed = true, name = "trace", time = 0.05, line = 9, text = "the packets are not as expected",
    packet = odd.id, expected = { from = "server:80", to = "client", text = "SYN,ACK seq=0" },
  } }
  t.match(lost, "SYN seq=0 lost")
  t.match(held, "SYN seq=0 held")
  t.match(copy, "SYN seq=0 copy of #1")
  t.match(failed, "SYN seq=0 %(not expected%)")
  t.match(failed, "SYN,ACK seq=0 %(missing%)")
  t.match(failed, 'class="bad p dash"')
  t.match(failed, ">t:trace: the packets are not as expected</text>")
  local function meaning(name)
    for _, row in ipairs(ladder_style.legend) do
      if row[1] == name then return ">" .. row[3] .. "<" end
    end
  end
  for name, picture in pairs { lost = lost, kept = held, copy = copy, unexpected = failed, missing = failed } do
    t.match(picture, meaning(name))
    t.lacks(plain, meaning(name))
  end
  for _, one in ipairs { lost, held } do
    local arrow = lines_of(one, one == lost and "bad p" or "p dots")[1]
    local whole = lines_of(plain, "p")[1]
    t.ok(arrow[3] - arrow[1] < 0.8 * (whole[3] - whole[1]), "it does not reach the other side")
  end
end)

test("in steps a pause takes a line at the most, to scale its time; no two rungs are closer than in steps", function(t)
  local items = {
    segment(0.001, 0.0011, "client -> server", "ACK", 1, 1), segment(0.002, 0.0021, "client -> server", "ACK", 2, 1),
    segment(1.002, 1.0021, "client -> server", "ACK", 3, 1),
  }
  local function gaps(options)
    local lines = lines_of(svg(items, options), "p")
    return lines[2][2] - lines[1][2], lines[3][2] - lines[2][2]
  end
  local short, long = gaps {}
  t.ok(long >= short and long < 2 * short, short .. " " .. long)
  local short_scaled, long_scaled = gaps { scale = true }
  t.ok(short_scaled >= short and long_scaled > 10 * short_scaled, short_scaled .. " " .. long_scaled)
end)

test("a pause is told; one that is short is not", function(t)
  local items = { segment(1, 1.001, "client -> server", "ACK", 1, 1) }
  items[2] = segment(1.207, 1.208, "client -> server", "ACK", 2, 1)
  t.match(svg(items), ">⋮ 207 ms<")
  items[2].time = 1.049
  t.lacks(svg(items), "⋮")
end)

test("what fits no column is told in words: a broadcast, a packet on lo, a note, a call of no host", function(t)
  local picture = svg {
    segment(0.001, 0.0011, "client -> client", "SYN", 0),
    { kind = "packet", id = 9, time = 0.002, fate = "delivered", from = "server", to = "*", body = "ARP request",
      fields = { "target=10.0.0.2" }, ends = { "server", "*" } },
    { kind = "note", time = 0.003, line = 3, text = "a note" },
    call(0.004, 0.005, nil, "kill", "3", "= 0"),
  }
  t.equal(stories.misnested(picture), nil)
  t.match(picture, "client:40000 %-&gt; client:80 SYN")
  t.match(picture, "server %-&gt; %* ARP request target=10.0.0.2 %(to")
  t.match(picture, ">a note<")
  t.match(picture, ">kill%(3%) = 0<")
end)

test("one host, no host, nothing at all", function(t)
  for _, hosts in ipairs { { "client" }, {}, { "client", "server" } } do
    local picture = svg({}, nil, hosts)
    t.equal(stories.misnested(picture), nil)
    t.lacks(picture, "nan")
    t.lacks(picture, "inf")
  end
  t.match(svg({ call(0.001, nil, "client", "recv", "3", "did not return") }, nil, { "client" }), "… did not return")
end)

test("hosts between others have their calls and states on the right of their line", function(t)
  local picture = svg({
    call(0.001, 0.002, "b", "socket", "AF_INET", "= 3"), segment(0.003, 0.0031, "a -> b", "SYN", 0),
    segment(0.004, 0.0041, "b -> c", "SYN", 0),
  }, nil, { "a", "b", "c" })
  local places = {}
  for x, name in picture:gmatch '<text x="([%d.]+)" y="%-12" class="host">(%a)</text>' do places[name] = tonumber(x) end
  t.ok(places.a < places.b and places.b < places.c)
  local x = tonumber(picture:match '<text x="([%d.]+)" y="[%d.]+" class="halo">socket')
  t.ok(x > places.b and x < places.c)
end)

test("a long run is folded; what a check complains about stays; packets into and out of the fold are drawn", function(t)
  local items = {}
  for i = 1, 400 do items[i] = call(i / 1000, i / 1000 + 1e-4, "client", "send", "3, " .. i, "= 1") end
  t.equal(#ladder.rungs(story(items), { most = 60 }), 61)
  local picture = svg(items, { most = 60 })
  t.match(picture, "⋮ 340 more ⋮")
  t.match(picture, ">send%(3, 30%) = 1<")
  t.lacks(picture, ">send%(3, 200%) = 1<")
  items[401] = { kind = "check", failed = true, name = "equal", time = 0.2001, line = 9, text = "not equal" }
  t.match(svg(items, { most = 60 }), ">send%(3, 200%) = 1<")
  t.match(svg(items, { full = true }), ">send%(3, 100%) = 1<")
  items[402] = call(0.0005, 0.2002, "client", "recv", "3", "= 1", { pid = 9 })
  items[403] = segment(0.0006, 0.15, "client -> server", "SYN", 0, nil, 0, { rule = "delay client -> server" })
  items[404] = segment(0.15, 0.39, "server -> client", "SYN", 0, nil, 0, { rule = "delay server -> client" })
  picture = svg(items, { most = 60 })
  t.equal(stories.misnested(picture), nil)
  t.equal(#lines_of(picture, "p"), 2)
end)

test("hostile words stay text everywhere", function(t)
  local bad = [["/><script>alert('1')</script>]] .. "\0\27\xff&amp;{a}%1]]>"
  local item = segment(0.001, 0.0011, "client -> server", "SYN", 0, nil, 0, { body = bad, fields = { bad } })
  local items = {
    call(0.0001, 0.0002, "client", bad, bad, bad), item, { kind = "note", time = 0.002, line = 1, text = bad },
    { kind = "event", event = "start", time = 0.002, host = "client", pid = 2, text = bad .. " (pid 2) started" },
    { kind = "check", failed = true, name = bad, time = 0.05, line = 9, text = bad, packet = item.id,
      expected = { from = "server:80", to = "client", text = bad } },
    segment(0.06, nil, "client -> client", "SYN", 0, nil, 0, { ends = { bad, bad }, fate = bad }),
  }
  local told = story(items, { "client", "server", bad })
  told.title, told.status, told.about = bad, bad, { claim = bad }
  local picture = ladder_svg.draw(told, { id = bad })
  t.equal(stories.misnested(picture), nil)
  t.lacks(picture, "<script")
  t.lacks(picture, "[%z\27\xff]")
  local diagram = ladder_mermaid.draw(told)
  t.lacks(diagram, "<script")
  for line in diagram:gmatch "[^\n]+" do
    t.lacks(line:gsub("<br/>", ""):gsub("^    h%d[-x>)]+h%d: ", ""), '[<>"%%{}%[%]%c\xff]')
  end
  t.match(diagram, "#92;x00#92;x1b#92;xff")
end)

test("a picture in a page has no style of its own, and its ids are its own", function(t)
  local picture = ladder_svg.draw(stories.refused(), { plain = true, id = "e7" })
  t.lacks(picture, "<style")
  t.match(picture, 'aria%-labelledby="e7%-t e7%-d"')
  t.match(picture, '<title id="e7%-t">')
  t.match(ladder_svg.draw(stories.refused()), "@media %(prefers%-color%-scheme:dark%)")
end)

test("docs/ladder.md explains the signs of the legend, and no other", function(t)
  local documented, known = {}, {}
  for i, cells in ipairs(documents.rows(documents.read "docs/ladder.md", "signs")) do documented[i] = cells[#cells] end
  for i, row in ipairs(ladder_style.legend) do known[i] = row[3]:match "^ *(.*)$" end
  t.equal(documented, known)
end)

-- ---- colours ----

-- Contrast as WCAG 2.2 defines it.
local function luminance(color)
  local sum, weights = 0, { 0.2126, 0.7152, 0.0722 }
  for i = 1, 3 do
    local c = tonumber(color:sub(2 * i, 2 * i + 1), 16) / 255
    sum = sum + weights[i] * (c <= 0.04045 and c / 12.92 or ((c + 0.055) / 1.055) ^ 2.4)
  end
  return sum
end

test("words have a contrast of 4.5 or more, in light and dark", function(t)
  for _, dark in ipairs { false, true } do
    local colors = {}
    for name, color in ladder_style.variables("x", dark):gmatch "%-%-(%a+):(#%x+)" do colors[name] = color end
    for _, pair in ipairs { { "ink", "paper" }, { "dim", "paper" }, { "packet", "paper" }, { "bad", "paper" },
      { "bad", "badpaper" }, { "warn", "paper" }, { "good", "paper" }, { "ink", "box" }, { "dim", "box" } } do
      local a, b = luminance(colors[pair[1]]), luminance(colors[pair[2]])
      local contrast = (math.max(a, b) + 0.05) / (math.min(a, b) + 0.05)
      t.ok(contrast >= 4.5, ("%s on %s: %.2f"):format(pair[1], pair[2], contrast))
    end
  end
end)

-- ---- Mermaid ----

test("a refused connect for Mermaid", function(t)
  t.equal("\n" .. ladder_mermaid.draw(stories.refused()), [[

sequenceDiagram
    title: a story
    participant h1 as client
    participant h2 as server
    Note over h1: 1.000 ms, line 7<br/>connect(3, 10.0.0.2#58;80)
    activate h1
    h1->>h2: SYN seq=0
    Note over h1: SYN-SENT
    h2->>h1: RST,ACK seq=0 ack=1
    Note over h1: CLOSED
    deactivate h1
    Note over h1: 5.000 ms, line 7<br/>connect = #45;1 ECONNREFUSED
]])
end)

test("Mermaid: lost, held, crossing, missing, unexpected; bars are closed as often as they are opened", function(t)
  local odd = segment(0.004, 0.006, "client -> server", "FIN", 2)
  local items = {
    segment(0.001, nil, "client -> server", "SYN", 0),
    segment(0.002, nil, "client -> server", "SYN", 0, nil, 0, { fate = "held" }), odd,
    segment(0.005, 0.007, "server -> client", "FIN", 2),
    call(0.0030, nil, "server", "recv", "4", "did not return"),
    { kind = "check", failed = true, name = "trace", time = 0.05, line = 9, text = "no", packet = odd.id,
      expected = { from = "server:80", to = "client", text = "SYN,ACK seq=0" } },
  }
  local diagram = ladder_mermaid.draw(story(items))
  for _, words in ipairs { "h1-xh2: SYN seq=0 lost", "h1--)h2: SYN seq=0 held",
    "h1--)h2: FIN seq=2 (sent) (not expected)", "h1->>h2: FIN seq=2 (arrives) (not expected)",
    "h2--xh1: SYN,ACK seq=0 (missing)", "Note over h1,h2: 50.000 ms, line 9<br/>#10007; t#58;trace#58; no" } do
    t.ok(diagram:find(words, 1, true), words .. " in\n" .. diagram)
  end
  t.lacks(diagram, "activate", "a call that did not return has no end that could close it")
end)

-- ---- the command line ----

test("--html takes a file, but not for show; without a command it does", function(t)
  local options = require "netlab.cli.options"
  t.equal(options.read({ "--html", "a", "b" }, "run"), { html = "a", "b" })
  t.equal(options.read { "--html", "a", "b" }, { html = "a", "b" })
  t.equal(options.read({ "--html", "a", "b" }, "show"), { html = true, "a", "b" })
end)
