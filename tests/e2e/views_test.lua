-- Drawings and reports: the options, the files, and a report in a real browser.

local browser = require "browser"
local session = require "session"
local stories = require "stories"
local test = require "harness"

local fixture = session.fixtures .. "report.lua"

-- ---- netlab show ----

-- The forms of a saved recording, by option.
local shown = session.in_folder(function(folder)
  session.netlab(("--out %s --filter Z %s"):format(folder, fixture))
  local saved = test.run(("ls %s/*.pcapng"):format(folder)).out
  local forms = { count = select(2, saved:gsub("\n", "")) }
  local one = saved:match "%S*title%S*"
  for _, option in ipairs { "", "--text", "--svg", "--svg --scale", "--mermaid", "--html", "--html --scale",
    "--html --svg", "--text --mermaid", "--text --scale", "--mermaid --scale", "--svg=steps" } do
    forms[option] = session.netlab(("show %s %s"):format(option, one))
  end
  forms.two = session.netlab(("show --svg %s %s"):format(one, one))
  forms.page = session.netlab(("show --html %s %s %s/none"):format(one, one, folder))
  return forms
end)

test("show: text is the form when none is named", function(t)
  t.equal({ shown[""].code, shown[""].err }, { 0, "" })
  t.equal(shown[""].out, shown["--text"].out)
end)

test("show: SVG, in steps and to scale", function(t)
  for _, option in ipairs { "--svg", "--svg --scale" } do
    t.equal({ shown[option].code, shown[option].err }, { 0, "" })
    t.equal(stories.misnested(shown[option].out), nil)
    t.match(shown[option].out, "^<svg xmlns=")
    t.match(shown[option].out, ">SYN seq=0 ")
    t.match(shown[option].out, "FIN,ACK %(missing%)")
    t.lacks(shown[option].out, "<script")
    session.in_folder(function(folder)
      session.write(folder .. "/ladder.svg", shown[option].out)
      t.equal(test.run(("xmllint --noout %s/ladder.svg"):format(folder)), { code = 0, out = "", err = "" })
    end)
  end
  t.ok(shown["--svg"].out ~= shown["--svg --scale"].out)
end)

test("show: Mermaid", function(t)
  t.equal({ shown["--mermaid"].code, shown["--mermaid"].err }, { 0, "" })
  t.match(shown["--mermaid"].out, "^sequenceDiagram\n")
  t.match(shown["--mermaid"].out, "\n    h1%->>h2: SYN seq=0 ")
end)

test("show: a page, also with several recordings; what cannot be read is told", function(t)
  for _, option in ipairs { "--html", "--html --scale" } do
    t.equal({ shown[option].code, shown[option].err }, { 0, "" })
    t.equal(stories.misnested(shown[option].out, true), nil)
    t.match(shown[option].out, "<dt>rawseq</dt>")
  end
  t.equal(shown.page.code, 3)
  t.match(shown.page.err, "/none")
  t.equal(select(2, shown.page.out:gsub("<svg", "")), 2)
  t.match(shown.page.out, 'id="e2%-t"')
end)

test("show: what makes no sense is refused", function(t)
  for option, words in pairs {
    ["--html --svg"] = "--svg or --html, not both", ["--text --mermaid"] = "--text or --mermaid, not both",
    ["--text --scale"] = "--scale goes with --svg or --html", ["--mermaid --scale"] = "--scale goes with",
    ["--svg=steps"] = "option --svg takes no value", two = "--svg prints one drawing: name one recording",
  } do
    t.equal({ shown[option].code, shown[option].out }, { 2, "" }, option)
    t.match(shown[option].err, words)
  end
end)

-- The signs that the legend of a picture explains.
local function signs(picture)
  local found = {}
  for words in picture:match '<g aria%-hidden="true">.*$':gmatch 'class="dim" x="42" y="12"> *([^<]*)<' do
    found[#found + 1] = words
  end
  return found
end

test("the picture of docs/ladder.md is that of its script", function(t)
  local text, picture = session.text "docs/ladder.md", session.text "docs/ladder.svg"
  t.equal(stories.misnested(picture), nil)
  session.in_folder(function(folder)
    session.write(folder .. "/ladder.lua", text:match "```lua\n(.-)```")
    local run = session.netlab(("--out %s %s/ladder.lua"):format(folder, folder))
    t.equal(run.code, 1, run.out)
    local drawn = session.netlab(("show --svg %s/ladder.pcapng"):format(folder)).out
    t.equal(drawn:match '<title id="ladder%-t">[^<]*', picture:match '<title id="ladder%-t">[^<]*')
    t.equal(signs(drawn), signs(picture))
  end)
end)

-- ---- netlab --html ----

local function report(arguments)
  return session.in_folder(function(folder)
    local run = session.netlab(("--html %s/r.html %s"):format(folder, arguments))
    run.page = session.text(folder .. "/r.html")
    return run
  end)
end

local whole = report(fixture)

test("--html: all experiments, with all that is known of each", function(t)
  t.equal({ whole.code, whole.err }, { 3, "" })
  t.equal(stories.misnested(whole.page, true), nil)
  t.equal(select(2, whole.page:gsub('<section class="x"', "")), #whole.parts)
  for _, words in ipairs {
    "<title>netlab: 2 passed, 1 failed, 1 error, 1 skipped</title>",
    "the script says &#39;refuted&#39;; this run does not show it",
    "<dd>connect is refused</dd>", "confirmed: Linux does what is claimed", "<dd>the FIN that does not come</dd>",
    "RFC 9293 3.10.7.1 &lt;b&gt;bold&lt;/b&gt;", ">FIN,ACK (missing)<", "t:trace", "✗ does not hold",
    'server -&gt; client  FIN,ACK ◀ here</mark>', '<a href="#e1-L26">line 26</a>', 'id="e1-L26"', "net.ipv4.",
    "a refusal [ipv6]", "report.lua --filter &#39;a refusal [ipv6]&#39; -v</pre>", "Why it was skipped",
    "a &lt;b&gt;mistake&lt;/b&gt;", "<dt>checksum_ok</dt><dd>yes</dd>", "3c 73 63 72 69 70 74",
    "line 26: not expected", "line 42: as expected", "kernel " .. test.run("uname -r").out:match "%S+",
  } do
    t.ok(whole.page:find(words, 1, true), words)
  end
end)

test("--html: no word of a script or a packet is markup, and only one script may run", function(t)
  t.equal(select(2, whole.page:gsub("<script", "")), 1)
  t.lacks(whole.page, "<img")
  t.lacks(whole.page, "<b>")
  local policy = whole.page:match 'http%-equiv="Content%-Security%-Policy" content="([^"]*)"'
  t.match(policy, "^default%-src &#39;none&#39;; ")
  t.lacks(whole.page:gsub('xmlns="http://www.w3.org/2000/svg"', ""), "https?://", "it loads nothing from elsewhere")
end)

test("--html: the policy names the hash of the script that is there", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/script", whole.page:match "<script>(.-)</script>")
    local hex = test.run(("sha256sum <%s/script"):format(folder)).out:match "^%x+"
    session.write(folder .. "/hash", (hex:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end)))
    local hash = test.run(("base64 -w0 %s/hash"):format(folder)).out
    t.match(whole.page, "&#39;sha256-" .. hash .. "&#39;")
  end)
end)

test("--html: of several runs one is shown, and how many passed", function(t)
  local run = report("--repeat 3 --filter 'a refusal [ipv4]' " .. fixture)
  t.equal(run.code, 0, run.err)
  t.equal(select(2, run.page:gsub('<section class="x"', "")), 1)
  t.match(run.page, "3 of 3 runs passed")
end)

test("--html: what an experiment does not reveal is not in the file, unless -v asks for it", function(t)
  session.in_folder(function(folder)
    local body = 'hint = "a hint", run = function(t) t:host "client"; t:equal("seen", "wanted") end }\n'
    session.write(folder .. "/secret.lua", table.concat({
      'experiment "observed" { reveal = "observed", ' .. body, 'experiment "hint" { reveal = "hint", ' .. body,
      'experiment "nothing" { reveal = "nothing", ' .. body, 'experiment "hidden" { visibility = "hidden", ' .. body,
    }))
    session.netlab(("--html %s/r.html %s/secret.lua"):format(folder, folder))
    local page = session.text(folder .. "/r.html")
    t.equal(select(2, page:gsub('<section class="x"', "")), 4)
    t.lacks(page, "wanted")
    t.lacks(page, "experiment &quot;")
    t.equal(select(2, page:gsub("<svg", "")), 1)
    t.equal(select(2, page:gsub("<p>a hint</p>", "")), 2)
    session.netlab(("-v --html %s/r.html %s/secret.lua"):format(folder, folder))
    page = session.text(folder .. "/r.html")
    t.match(page, "wanted")
    t.equal(select(2, page:gsub("<svg", "")), 4)
  end)
end)

test("--html: nothing to run", function(t)
  local run = report("--filter 'no such experiment' " .. fixture)
  t.equal(run.code, 4)
  t.match(run.page, "<h1>netlab: nothing was run</h1>")
  t.equal(stories.misnested(run.page, true), nil)
end)

test("--html: a file that cannot be loaded is in it; one that cannot be written is told at once", function(t)
  local run = report("missing.lua")
  t.match(run.page, "missing.lua")
  t.match(run.page, '<span class="badge ERROR">')
  local refused = session.netlab("--html /no/such/folder/r.html " .. fixture)
  t.equal({ refused.code, refused.out }, { 2, "" })
  t.match(refused.err, "/no/such/folder/r.html: No such file or directory")
end)

test("--html: a long run makes no long page", function(t)
  session.in_folder(function(folder)
    session.write(folder .. "/long.lua", [[
experiment "long" {
  run = function(t)
    local client = t:host "client"
    local s = t:ok(client:socket(AF_INET, SOCK_DGRAM))
    for i = 1, 3000 do s:sendto("x", 0, "127.0.0.1", 9) end
    print(("p"):rep(30000))
    t:equal(1, 2)
  end,
}]])
    local run = session.netlab(("--html %s/r.html %s/long.lua"):format(folder, folder))
    local page = session.text(folder .. "/r.html")
    t.match(page, "⋮ %d+ more ⋮", run.out)
    t.match(page, "packets more: %-%-out saves all of them")
    t.ok(#page < 300000, #page)
  end)
end)

-- ---- in a browser ----

local SHOWN = "[...document.querySelectorAll('section.x')].filter((one) => one.offsetHeight > 0).length"
local OPENED = "document.querySelectorAll('section.x > details[open]').length"
local CHOOSE = "(() => { const form = document.getElementById('filter'); form.elements[%q].value = %q; "
  .. "form.dispatchEvent(new Event('input', { bubbles: true })); return document.getElementById('shown').value })()"

-- The tests of the page in a browser: all in one, since it takes long to start.
local function in_browser(scripts, fn)
  test(scripts and "in a browser" or "in a browser without scripts", function(t)
    if not browser.is_there() then t.skip "there is no chromium here" end
    session.in_folder(function(folder)
      session.write(folder .. "/r.html", whole.page)
      browser.with_page(folder, scripts, function(page)
        page:open(folder .. "/r.html")
        fn(t, page)
        t.equal(page.complaints, {}, "what the browser complains about")
      end)
    end)
  end)
end

-- Whether an item of a list is told with these words.
local function spoken(page, words)
  for _, node in ipairs(page:command "Accessibility.getFullAXTree".nodes) do
    local role, name = node.role and node.role.value, node.name and node.name.value
    if role == "listitem" and name and name:find(words, 1, true) then
      return true
    end
  end
  return false
end

in_browser(true, function(t, page)
  t.equal(page:value "document.title", "netlab: 2 passed, 1 failed, 1 error, 1 skipped", "no script of a payload ran")
  t.equal(page:value "document.querySelectorAll('img, b, script').length", 1)
  t.equal(page:value(SHOWN), 5)
  t.equal(page:value(OPENED), 2, "what did not pass is open")

  t.equal(page:value(CHOOSE:format("case", "Z3")), "2 of 5 shown")
  t.equal(page:value(SHOWN), 2)
  t.equal(page:value(CHOOSE:format("case", "Z'2\"")), "1 of 5 shown")
  t.equal(page:value(CHOOSE:format("tag", "a&b")), "1 of 5 shown")
  t.equal(page:value(CHOOSE:format("tag", "connect")), "0 of 5 shown")
  page:value "document.querySelector('button[type=reset]').click()"
  t.equal(page:value(CHOOSE:format("words", "IPV6")), "1 of 5 shown")
  page:value "document.querySelector('button[type=reset]').click()"
  page:value "document.querySelector('input[value=PASS]').click()"
  t.equal(page:value "document.getElementById('shown').value", "3 of 5 shown")

  page:value "document.getElementById('open').click()"
  t.equal(page:value(OPENED), 3, "only what is shown is opened")
  page:value "document.getElementById('fold').click()"
  t.equal(page:value(OPENED), 0)

  page:value "document.querySelector('section.x summary').focus()" -- by keys
  page:press "Enter"
  t.equal(page:value(OPENED), 1)
  page:press "Tab"
  t.equal(page:value "document.activeElement.closest('section').id", "e1")

  t.equal(page:value "document.querySelectorAll('svg [role=listitem] > title').length > 20", true)
  t.ok(spoken(page, "line 16: client: connect("), "a screen reader finds the calls")
  t.ok(spoken(page, "expected, but did not come: server -> client FIN,ACK"), "and what is missing")
  for _, dark in ipairs { false, true } do
    for _, width in ipairs { 360, 1600 } do
      page:look(width, dark)
      t.equal(page:value "document.documentElement.scrollWidth <= innerWidth", true, width .. " pixels are enough")
      t.equal(page:value "getComputedStyle(document.documentElement).backgroundColor",
        dark and "rgb(13, 17, 23)" or "rgb(255, 255, 255)")
    end
  end
  page:look(794, true, "print")
  t.equal(page:value "getComputedStyle(document.documentElement).getPropertyValue('--paper')", "#ffffff", "on paper")
  t.equal(page:value "document.getElementById('filter').offsetHeight", 0)
end)

in_browser(false, function(t, page)
  t.equal(page:value(SHOWN), 5)
  t.equal(page:value "document.getElementById('filter').offsetHeight", 0, "the filters would do nothing")
  page:value "document.querySelector('section.x summary').focus()"
  page:press "Enter"
  t.equal(page:value(OPENED), 1)
end)
