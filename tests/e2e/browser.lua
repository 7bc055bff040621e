-- browser.lua: a headless Chromium for the end-to-end tests, spoken to over its debugging pipe
-- (chromium --remote-debugging-pipe; the protocol: https://chromedevtools.github.io/devtools-protocol/).

local cjson = require "cjson"
local test = require "harness"

local browser = {}

local LIMIT = 120 -- seconds that it may live

---@class browser.Page
---@field complaints string[] errors and warnings of the page, of its policy, of the network
local Page = {}
Page.__index = Page

---Whether there is a Chromium. In CI there has to be one.
---@return boolean
function browser.is_there()
  return test.run("command -v chromium").code == 0 or os.getenv "CI" ~= nil
end

local function next_message(self)
  local line = assert(self.from:read "l", "Chromium ended")
  return cjson.decode(line)
end

local function note_complaint(self, message)
  local params = message.params or {}
  if message.method == "Runtime.exceptionThrown" then
    self.complaints[#self.complaints + 1] = params.exceptionDetails.text
  elseif message.method == "Log.entryAdded" and params.entry.level ~= "verbose" and params.entry.level ~= "info" then
    self.complaints[#self.complaints + 1] = params.entry.text
  elseif message.method == "Runtime.consoleAPICalled" then
    self.complaints[#self.complaints + 1] = "console." .. params.type
  end
end

-- Wait for a message that fits; what is complained about until then is kept.
local function wait(self, fits)
  while true do
    local message = next_message(self)
    note_complaint(self, message)
    if fits(message) then
      return message
    end
  end
end

---Send a command and wait for its result. Raises what the browser says against it.
---@param method string
---@param params table?
---@return table
function Page:command(method, params)
  self.count = self.count + 1
  local id = self.count
  local text = cjson.encode { id = id, method = method, sessionId = self.session, params = params }
  self.to:write(text, "\0")
  self.to:flush()
  local answer = wait(self, function(message) return message.id == id end)
  return answer.error and error(method .. ": " .. answer.error.message, 2) or answer.result
end

---Open a file and wait until it is loaded.
---@param path string absolute
function Page:open(path)
  self.complaints = {}
  self:command("Page.navigate", { url = "file://" .. path })
  wait(self, function(message) return message.method == "Page.loadEventFired" end)
end

---The value of an expression of JavaScript in the page.
---@param expression string
---@return any
function Page:value(expression)
  local answer = self:command("Runtime.evaluate", { expression = expression, returnByValue = true })
  if answer.exceptionDetails then
    error(expression .. ": " .. answer.exceptionDetails.text, 2)
  end
  return answer.result.value
end

---Press a key.
---@param key string "Tab", "Enter", " "
function Page:press(key)
  local text = key == "Enter" and "\r" or key == " " and " " or nil
  local codes = { Tab = 9, Enter = 13, [" "] = 32 }
  self:command("Input.dispatchKeyEvent",
    { type = "keyDown", key = key, text = text, windowsVirtualKeyCode = codes[key] })
  self:command("Input.dispatchKeyEvent", { type = "keyUp", key = key, windowsVirtualKeyCode = codes[key] })
end

---Set the size of the window, the scheme of colours, and what it is shown on.
---@param width integer
---@param dark boolean
---@param media string? "print"; without it a screen
function Page:look(width, dark, media)
  self:command("Emulation.setDeviceMetricsOverride",
    { width = width, height = 900, deviceScaleFactor = 1, mobile = false })
  self:command("Emulation.setEmulatedMedia",
    { media = media or "", features = { { name = "prefers-color-scheme", value = dark and "dark" or "light" } } })
end

---Call a function with a page of a new browser; scripts of pages run, or do not.
---@param folder string for its files
---@param scripts boolean
---@param fn fun(page: browser.Page)
function browser.with_page(folder, scripts, fn)
  test.run(("mkfifo %s/to %s/from"):format(folder, folder))
  os.execute(("cd %s && HOME=%s timeout -k 5 %d chromium --headless=new --no-sandbox --disable-gpu "
    .. "--user-data-dir=%s/profile --remote-debugging-pipe about:blank 3<to 4>from >/dev/null 2>&1 &")
    :format(folder, folder, LIMIT, folder))
  local self = setmetatable({ count = 0, complaints = {} }, Page)
  self.to = assert(io.open(folder .. "/to", "w"))
  self.from = assert(io.popen(("stdbuf -oL tr '\\000' '\\n' <%s/from"):format(folder))) -- a line a message
  local fine, raised = xpcall(function()
    local target = self:command("Target.createTarget", { url = "about:blank" }).targetId
    self.session = self:command("Target.attachToTarget", { targetId = target, flatten = true }).sessionId
    for _, domain in ipairs { "Page", "Runtime", "Log", "Network" } do
      self:command(domain .. ".enable")
    end
    self:command("Emulation.setScriptExecutionDisabled", { value = not scripts })
    fn(self)
    self.session = nil
  end, function(raised) return raised end)
  self.session = nil
  pcall(self.command, self, "Browser.close")
  self.to:close()
  while self.from:read(4096) do end -- until it has gone: it writes into the folder
  self.from:close()
  test.run(("rm -f %s/to %s/from"):format(folder, folder))
  if not fine then
    error(raised, 0)
  end
end

return browser
