-- show.lua: netlab show: the pictures of a recording that netlab saved.

local capfile = require "netlab.core.capfile"
local cjson = require "cjson.safe"
local exits = require "netlab.cli.exits"
local html_page = require "netlab.view.html_page"
local ladder_mermaid = require "netlab.view.ladder_mermaid"
local ladder_svg = require "netlab.view.ladder_svg"
local ladder_text = require "netlab.view.ladder_text"
local markup = require "netlab.view.markup"
local report_entry = require "netlab.view.report_entry"
local screen = require "netlab.cli.screen"

local show = {}

-- What a recording tells; its packets are read only when they are to be shown, too.
local function read(path, with_packets)
  local header = not with_packets and path ~= "-" and capfile.story(path)
  local file, problem = { story = header }, nil
  if not header then
    file, problem = capfile.read(path)
  end
  if not file then
    return nil, problem
  elseif not file.story then
    return nil, ("%s has no story of a run: it was not saved by netlab --out (netlab trace prints any capture file)")
      :format(path)
  end
  local told, wrong = cjson.decode(file.story)
  if type(told) ~= "table" or type(told.items) ~= "table" or type(told.hosts) ~= "table" then
    return nil, ("%s: the story of the run in it is damaged: %s"):format(path, wrong or "no items")
  end
  return { path = path, story = told, recording = file.recording }
end

-- A page with all recordings.
local function page(all, given)
  local parts = {}
  for i, one in ipairs(all) do
    parts[i] = markup.fill('<h1>{title}</h1><p class="dim">{status} {path}</p>\n{happened!}\n', {
      title = one.story.title, status = one.story.status, path = one.path,
      happened = report_entry.happened(one.story, function(id) return one.recording:packet(id) end,
        { id = "e" .. i, scale = given.scale, full = given.full }),
    })
  end
  return html_page.of(all[1].story.title, table.concat(parts))
end

-- What is printed, by the name of its option.
local forms = {
  text = function(one, given)
    return one.story.title .. "\n" .. ladder_text.draw(one.story, screen.ladder(given)) .. "\n"
  end,
  svg = function(one, given)
    return ladder_svg.draw(one.story, { full = given.full, scale = given.scale })
  end,
  mermaid = function(one, given)
    return ladder_mermaid.draw(one.story, { full = given.full })
  end,
}

local names = { "text", "svg", "mermaid", "html" }

-- Which form is asked for, or nil and why that makes no sense.
local function form_of(given)
  local chosen
  for _, name in ipairs(names) do
    if given[name] and chosen then
      return nil, ("--%s or --%s, not both"):format(chosen, name)
    end
    chosen = given[name] and name or chosen
  end
  chosen = chosen or "text"
  if given.scale and (chosen == "text" or chosen == "mermaid") then
    return nil, "--scale goes with --svg or --html"
  end
  return chosen
end

---Draw recordings.
---@param given table options; the files in its list
---@return integer status of the program
function show.run(given)
  local form, senseless = form_of(given)
  if not form then
    return exits.complain(senseless, exits.USAGE)
  elseif (form == "svg" or form == "mermaid") and #given > 1 then
    return exits.complain(("--%s prints one drawing: name one recording"):format(form), exits.USAGE)
  end
  local status, pages = 0, {}
  for _, path in ipairs(given) do
    local one, problem = read(path, form == "html")
    if one and form == "html" then
      pages[#pages + 1] = one
    elseif one then
      io.stdout:write(forms[form](one, given))
    else
      status = exits.complain(problem, exits.CANNOT)
    end
  end
  if pages[1] then
    io.stdout:write(page(pages, given))
  end
  return status
end

return show
