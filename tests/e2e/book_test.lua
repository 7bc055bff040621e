-- netlab book: the pages are made from all experiments, their links hold, two books of the same experiments are equal.
local test = require "harness"

local function make(experiments)
  local folder = test.run("mktemp -d /tmp/netlab-book.XXXXXX", 10).out:gsub("%s+$", "")
  local run = test.run(('"$NETLAB" book --out %s %s'):format(folder, experiments), 250)
  local pages = {}
  for name in test.run("ls " .. folder, 10).out:gmatch "%S+" do
    local file <close> = assert(io.open(folder .. "/" .. name))
    pages[name] = file:read "a"
  end
  test.run("rm -r " .. folder, 10)
  return pages, run
end

-- How GitHub names the places of a page: by its headings.
local function places_of(page)
  local places = {}
  local text = page:gsub("\n```.-\n```", "")
  for heading in text:gmatch "\n#+ ([^\n]*)" do
    places[heading:lower():gsub("[^%w%s_%-\x80-\xff]", ""):gsub("%s", "-")] = true
  end
  return places
end

local pages, run = make "experiments"

test("the book is made of all experiments", function(t)
  t.equal({ run.code, run.err }, { 0, "" }, run.out)
  for _, name in ipairs {
    "README.md", "refuted.md", "topics.md", "states.md", "errors.md", "A1.md", "L2.md", "U10.md",
  } do
    t.ok(pages[name], "no page " .. name)
  end
end)

test("links between the pages lead somewhere", function(t)
  local places, links = {}, 0
  for name, page in pairs(pages) do
    places[name] = places_of(page)
  end
  for name, page in pairs(pages) do
    for target in page:gsub("\n```.-\n```", ""):gmatch "%]%(([^)]*)%)" do
      local file, place = target:match "^([^#]*)#?(.*)$"
      file = file == "" and name or file
      links = links + 1
      t.ok(pages[file], name .. ": no page " .. target)
      t.ok(place == "" or places[file][place], name .. ": no place " .. target)
    end
  end
  t.ok(links > 100, "only " .. links .. " links")
end)

test("a page has claim, script, calls and packets, without times and without ports that change", function(t)
  local page = pages["A1.md"]
  for _, words in ipairs {
    "# Case A1\n", "| Claim | ", "| Verdict | **confirmed** |", "[ECONNREFUSED](errors.md#econnrefused)",
    '```lua\nexperiment "connect to a port nobody listens on" {', "client: connect(7, 10.0.0.2:12500)\n",
    "          client:$a -> server:12500  SYN  seq=0 len=0", "server:12500 -> client:$a  RST,ACK  seq=0 ack=1 len=0\n",
    "client: connect = -1 ECONNREFUSED",
  } do
    t.match(page, words)
  end
end)

test("the page of refuted claims has claim, evidence and link of each", function(t)
  local page = pages["refuted.md"]
  local _, claims = page:gsub("%*%*The claim:%*%* %S", "")
  local _, evidence = page:gsub("%*%*The evidence:%*%*\n\n```text\n[^`\n]", "")
  local _, truths = page:gsub("%*%*What really happens:%*%* %S", "")
  t.ok(claims >= 1, page)
  t.equal({ evidence, truths }, { claims, claims })
end)

test("two books of the same experiments are the same", function(t)
  local some = "experiments/simultaneous_open.lua experiments/session_in_*.lua experiments/sigpipe_*.lua"
  local first, second = make(some), make(some)
  for name, page in pairs(first) do
    t.equal(second[name], page, name)
  end
end)
