-- shell_lab.lua: the lab of netlab shell: its script process is asked, and what happens in it meanwhile is printed.

local cjson = require "cjson"
local judge = require "netlab.report.judge"
local live = require "netlab.view.live"
local plan = require "netlab.cli.plan"
local session = require "netlab.core.session"
local story = require "netlab.view.story"
local transcript = require "netlab.view.transcript"

local shell_lab = {}

local TICK = 0.02 -- seconds between two looks at the recording

---@class netlab.ShellLab
---@field entry netlab.Entry what the ladder and messages speak of; its text grows by what is typed
---@field source string the script's text, "" without one
---@field chunks netlab.Typed[] what was typed
---@field begin table? what the script's experiment left: packets, judged, names, last
---@field trouble boolean an error was told, or a check failed
---@field over boolean the script process has ended
---@field terminated boolean SIGTERM has come
local Lab = {}
Lab.__index = Lab

---Print a line.
---@param words string
---@param color string?
function Lab:say(words, color)
  io.stdout:write(color and self.paint(color, words) or words, "\n")
end

---Print what is wrong.
---@param words string
function Lab:complain(words)
  self.trouble = true
  self:say(words, "FAIL")
end

---What has happened since the last time, as text.
---@return string? lines nil when nothing has
function Lab:news()
  local lines = {}
  for _, one in ipairs(self.live and self.live:take() or {}) do
    local words = ("%10.6f  %s"):format(one.time, one.text)
    lines[#lines + 1] = one.color and self.paint(one.color, words) or words
    self.trouble = self.trouble or one.color == "FAIL"
  end
  return lines[1] and table.concat(lines, "\n") .. "\n"
end

---Print it.
function Lab:print_news()
  local words = self:news()
  if words then
    io.stdout:write(words)
    io.stdout:flush()
  end
end

-- The reasons of a verdict that speak about the end of the lab.
local ending = { error = true, lab = true, limit = true, recorder = true }

-- The script process has ended by itself: what there is stays, to be looked at and saved.
local function tell_end(self)
  self:print_news()
  self.over = true
  for _, reason in ipairs(self:verdict().reasons) do
    if ending[reason.kind] then
      self:complain(reason.message)
    end
    self.broken = self.broken or reason.kind == "lab"
  end
  if not self.broken then
    self:say "The lab is over. ladder and save still work; reset begins a new one."
  end
end

-- Wait for the script process's answer, and print meanwhile what happens. nil when it has ended.
local function answer(self, quiet)
  while true do
    local what, words = self.session:wait(TICK)
    if not quiet then
      self:print_news()
    end
    if what == "answer" then
      return cjson.decode(words)
    elseif what == "over" then
      return tell_end(self)
    end
    local signal = not quiet and self.editor:signal() -- else it is about the line that is being typed
    if signal == "SIGINT" then
      self.session:interrupt()
    elseif signal == "SIGTERM" then
      self.terminated = true
      return nil
    end
  end
end

---Ask the script process.
---@param request table of lab/prompt.lua
---@param quiet boolean? print nothing meanwhile
---@return table? answer nil when it has ended
function Lab:ask(request, quiet)
  local sent, problem = self.session:send(cjson.encode(request))
  if not sent then
    self:complain("this cannot be sent to the lab: " .. problem)
    return nil
  end
  return answer(self, quiet)
end

-- What is left of the script's experiment.
local function tell_begin(self, said)
  self.begin = {
    packets = self:recording():packet_count(), judged = math.tointeger(said.judged), names = said.names,
    last = math.tointeger(said.last),
  }
  if said.error then
    self:complain(said.error)
  end
  self:say(said.stopped and "The experiment was stopped by a failed check; its variables are as they were then."
    or "The experiment has ended; its variables are as they were then.")
end

---Start a lab; with a script its experiment is run first.
---@return boolean started false: no lab can be made, the reason was printed
function Lab:start()
  self.entry.text = self.source
  self.chunks, self.over, self.begin = {}, false, nil
  local job = plan.job(self.entry, self.given)
  job.prompt = true
  local problem
  self.session, problem = session.open(job)
  if not self.session then
    self:complain(problem)
    return false
  end
  self.live = live.new(self:recording())
  local said = answer(self)
  if said and said.ran then
    tell_begin(self, said)
  end
  return not self.broken
end

---Kill the lab.
function Lab:stop()
  if self.session then
    self.live = nil
    self.session:close()
    self.session = nil
  end
end

---@return userdata recording
function Lab:recording()
  return self.session:recording()
end

---@return netlab.Verdict
function Lab:verdict()
  return judge.run(self:recording(), self.session:result())
end

---@return netlab.Story
function Lab:story()
  return story.of(self.entry, self:verdict(), self:recording())
end

-- ---- what is typed ----

---The number of the line that is typed next.
---@return integer
function Lab:line()
  local source = self.entry.text
  return 1 + (source == "" and 0 or select(2, source:gsub("\n", "\n")) + (source:sub(-1) == "\n" and 0 or 1))
end

-- Values as the interactive Lua prints them; a mere `true` says nothing that the call has not said.
local function print_values(self, values)
  local words, telling = {}, false
  for i, v in ipairs(values) do
    words[i] = v.text
    telling = telling or v.text ~= "true"
  end
  if telling then
    self:say(table.concat(words, "  "))
  end
end

-- Whether system calls were made since a slot, and the errno of the last one when that failed.
local function calls_since(recording, slot)
  local last
  for _, one in ipairs(recording:slots("call", slot)) do
    last = one
  end
  return last ~= nil, last and last.error
end

-- What came after the last chunk belongs to it.
local function settle(self)
  local last = self.chunks[#self.chunks]
  if last then
    last.settled = self:recording():packet_count()
  end
end

---Run one chunk.
---@param words string
function Lab:run(words)
  if self.over then
    return self:complain("the lab is over; reset begins a new one")
  end
  settle(self)
  local recording, before, line = self:recording(), self.live.next_slot, self:line()
  self.entry.text = self.entry.text .. words .. "\n"
  local said = self:ask { kind = "run", text = words, line = line, source = self.entry.text }
  local called, failed = calls_since(recording, before)
  local typed = { text = words, values = said and said.values, called = called, failed = failed }
  typed.judged = said and math.tointeger(said.judged)
  self.chunks[#self.chunks + 1] = typed
  if said and said.error then
    self:complain(said.error)
  elseif said and said.values then
    print_values(self, said.values)
  end
end


---The statements that do what was typed.
---@return string
function Lab:body()
  local packets = {}
  settle(self)
  for packet in self:recording():packets() do
    packets[packet.id] = packet
  end
  return transcript.body(self.chunks, packets, self.begin)
end

---A lab that is not started yet.
---@param entry netlab.Entry of the script, or one without a text
---@param given table options of the command line
---@param paint fun(color: string, text: string): string
---@return netlab.ShellLab
function shell_lab.new(entry, given, paint)
  return setmetatable({ entry = entry, source = entry.text, given = given, paint = paint, chunks = {} }, Lab)
end

return shell_lab
