-- ladder_style.lua: the colours and lines of a ladder as CSS, light and dark; and the signs that its legend explains.

local ladder_style = {}

-- name, light, dark; the contrast of each with the paper is 4.5 or more, but for lines that carry no words
local colors = {
  { "paper", "#ffffff", "#0d1117" }, { "ink", "#1f2328", "#e6edf3" }, { "dim", "#59636e", "#9198a1" },
  { "rule", "#b4bcc5", "#484f58" }, { "bar", "#8aa4bf", "#56718d" }, { "packet", "#0550ae", "#79c0ff" },
  { "bad", "#b3161e", "#ff7b72" }, { "badpaper", "#ffebe9", "#3d1416" }, { "warn", "#7d4e00", "#e3b341" },
  { "good", "#116329", "#56d364" }, { "box", "#eef1f4", "#21262d" },
}

local rules = [[
.ladder{background:var(--paper);font:12px ui-monospace,"DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,monospace}
.ladder text{fill:var(--ink);white-space:pre}
.ladder .halo{stroke:var(--paper);stroke-width:4px;stroke-linejoin:round;paint-order:stroke}
.ladder .dim{fill:var(--dim)}.ladder .host{font-weight:bold;text-anchor:middle}
.ladder .end{text-anchor:end}.ladder .mid{text-anchor:middle}
.ladder .warn{fill:var(--warn)}.ladder .bad{fill:var(--bad)}.ladder .state{fill:var(--good);font-weight:bold}
.ladder .paper{fill:var(--paper)}.ladder .box{fill:var(--box);stroke:var(--rule)}.ladder .alarm{fill:var(--badpaper)}
.ladder .bar{fill:var(--bar)}.ladder .life{stroke:var(--rule);stroke-width:1.5}
.ladder .p{stroke:var(--packet);stroke-width:1.6;fill:none}.ladder .tip{fill:var(--packet)}
.ladder .bad.p{stroke:var(--bad);fill:none}.ladder .bad.tip{fill:var(--bad)}
.ladder .glow{stroke:var(--badpaper);stroke-width:26}
.ladder .dash{stroke-dasharray:6 4}.ladder .dots{stroke-dasharray:2 4}
.ladder .cross{stroke:var(--bad);stroke-width:2.4;fill:none}.ladder .wait{stroke:var(--packet);stroke-width:2.4}
]]

---CSS variables of the colours.
---@param of string the selector that they hold for
---@param dark boolean
---@return string
function ladder_style.variables(of, dark)
  local list = {}
  for i, row in ipairs(colors) do
    list[i] = ("--%s:%s"):format(row[1], row[dark and 3 or 2])
  end
  return ("%s{color-scheme:%s;%s}"):format(of, dark and "dark" or "light", table.concat(list, ";"))
end

ladder_style.rules = rules

---All that pictures need.
---@param of string? the selector of what has the colours: without it a picture
---@return string
function ladder_style.sheet(of)
  of = of or ".ladder"
  return ("%s\n@media (prefers-color-scheme:dark){%s}\n@media print{%s}\n%s"):format(
    ladder_style.variables(of, false), ladder_style.variables(of, true),
    ladder_style.variables(of, false), rules)
end

-- How each sign is drawn in the legend, in a field of 34 by 16 pixels, and what it means.
ladder_style.legend = {
  { "call", '<path class="bar" d="M14 3h7v10h-7z"/>', "a call and its result" },
  { "bar", '<path class="bar" d="M14 0h7v16h-7z"/>', "a call that waits, from begin to return" },
  { "packet", '<path class="p" d="M2 5L28 10"/><path class="tip" d="M33 11l-9 1 2-7z"/>',
    "a packet, from its sending to its arrival" },
  { "lost", '<path class="bad p" d="M2 8H26"/><path class="cross" d="M22 3l9 10m0-10l-9 10"/>',
    "a lost packet" },
  { "kept", '<path class="p dots" d="M2 8H24"/><path class="wait" d="M26 3v10m5-10v10"/>',
    "a packet that is kept back" },
  { "copy", '<path class="p" d="M2 6H28m-26 4H28"/><path class="tip" d="M33 8l-9 4v-8z"/>',
    "a copy that the wire made" },
  { "unexpected", '<path class="alarm" d="M0 0h34v16h-34z"/><path class="bad p" d="M2 8H28"/>'
    .. '<path class="bad tip" d="M33 8l-9 4v-8z"/>', "came, but was not expected" },
  { "missing", '<path class="bad p dash" d="M2 8H28"/><path class="bad tip" d="M33 8l-9 4v-8z"/>',
    "was expected, but did not come" },
  { "pause", '<text class="dim" x="0" y="12">⋮ ms</text>', "nothing happened for so long" },
  { "state", '<text class="state" x="0" y="12">STATE</text>', "  the TCP state from here on" },
}

return ladder_style
