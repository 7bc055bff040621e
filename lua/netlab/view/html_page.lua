-- html_page.lua: a page of HTML in one file: it loads nothing, and its policy forbids every script but the one for
-- filtering, whose hash it names (https://www.w3.org/TR/CSP3/). Pure.

local ladder_style = require "netlab.view.ladder_style"
local markup = require "netlab.view.markup"

local html_page = {}

local colors = [[
:root{--pass:#116329;--fail:#b3161e;--error:#6e3fb3;--timeout:#7d4e00;--skip:#59636e}
@media (prefers-color-scheme:dark){
:root{--pass:#56d364;--fail:#ff7b72;--error:#d2a8ff;--timeout:#e3b341;--skip:#9198a1}}
@media print{:root{--pass:#116329;--fail:#b3161e;--error:#6e3fb3;--timeout:#7d4e00;--skip:#59636e}}
]]

local rules = [[
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI","Liberation Sans",sans-serif}
body{margin:0 auto;max-width:88rem;padding:1rem}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.05rem;margin:0;display:inline;font-weight:600}
h3{font-size:1rem;margin:1.4rem 0 .4rem}h4,h5{font-size:.85rem;margin:.8rem 0 .2rem;color:var(--dim)}
a{color:var(--packet)}p{margin:.4rem 0;max-width:60rem}
code,pre,.mono{font:.8125rem/1.5 ui-monospace,"DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,monospace}
pre{background:var(--box);padding:.6rem .8rem;margin:.4rem 0;border-radius:6px;overflow-x:auto}
.dim{color:var(--dim)}.skip:not(:focus){position:absolute;left:-99rem}
:focus-visible{outline:3px solid var(--packet);outline-offset:2px}
ul.counts{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;margin:.4rem 0}
.badge{display:inline-block;min-width:4.6rem;text-align:center;font:bold .75rem/1.6 ui-monospace,monospace;
border:1.5px solid currentColor;border-radius:4px;padding:0 .4rem}
.PASS{color:var(--pass)}.FAIL{color:var(--fail)}.ERROR{color:var(--error)}.TIMEOUT{color:var(--timeout)}
.SKIP{color:var(--skip)}
form{background:var(--box);border-radius:8px;padding:.6rem .9rem;margin:1rem 0;display:flex;flex-wrap:wrap;
gap:.6rem 1.2rem;align-items:center}
form[hidden]{display:none}fieldset{border:0;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:.2rem .9rem}
legend{float:left;margin-right:.6rem}input,select,button{font:inherit;color:inherit;background:var(--paper);
border:1px solid var(--dim);border-radius:5px;padding:.1rem .5rem;max-width:100%}input[type=checkbox]{width:1rem;
height:1rem;vertical-align:-2px}
section.x{border-top:1px solid var(--rule)}section.x[hidden]{display:none}
summary{cursor:pointer;padding:.35rem .2rem}section.x>details>summary{padding:.5rem .2rem}
section.x>details>div{padding:0 .2rem 1.5rem 1.2rem}.meta{color:var(--dim);font-size:.85rem}
dl.about{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.4rem 0;max-width:60rem}
dl.about dt{color:var(--dim)}dl.about dd,dl.fields dd{margin:0}
.why{border-left:4px solid var(--bad);background:var(--badpaper);padding:.3rem .9rem;margin:.6rem 0;
border-radius:0 6px 6px 0}.why pre{background:none;padding:.2rem 0}
.picture{overflow-x:auto;border:1px solid var(--rule);border-radius:6px;margin:.4rem 0}
.picture svg{display:block;height:auto;
max-width:max(100%,58rem)}
table{border-collapse:collapse;margin:.4rem 0;font-size:.875rem;display:block;overflow-x:auto}
th,td{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:top}th{color:var(--dim);font-weight:600}
td.r{text-align:right}.ok{color:var(--pass)}.no{color:var(--fail);font-weight:bold}
.script span{display:block;padding-right:1rem;min-width:max-content}.script .n{display:inline;color:var(--dim)}
.script mark{display:block;background:var(--badpaper);color:var(--bad);min-width:max-content}
dl.fields{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:0 1.5rem;margin:.2rem 0;
font-size:.8125rem}dl.fields div{display:flex;gap:.6rem;border-bottom:1px dotted var(--rule)}
dl.wide{grid-template-columns:repeat(auto-fill,minmax(min(26rem,100%),1fr))}
dl.fields dt{color:var(--dim);min-width:6rem}dl.fields dd{overflow-wrap:anywhere}
details.packet>summary{font:.8125rem/1.4 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
details.packet>div{margin-left:1.2rem}
@media (max-width:40rem){body{padding:.6rem}dl.about{display:block}dl.about dd{margin-bottom:.4rem}
section.x>details>div{padding-left:.2rem}}
@media print{form,.skip{display:none}body{max-width:none;font-size:11pt}h3,summary{break-after:avoid}
.picture,pre,table{overflow:visible;border:0}.picture svg{max-width:100%;height:auto}pre{white-space:pre-wrap}}
]]

-- What the form of filters does. It is the only script. The hash of these bytes, in base64, is html_page.hash: a test
-- says what it has to be.
local script = [[
"use strict";
const form = document.getElementById("filter"), shown = document.getElementById("shown");
const all = [...document.querySelectorAll("section.x")];
function has(list, word) { return !word || list.split("\n").includes(word); }
function apply() {
  const data = new FormData(form), words = data.get("words").toLowerCase().trim();
  let count = 0;
  for (const one of all) {
    const about = one.dataset;
    const fits = data.getAll("status").includes(about.status) && has(about.tags, data.get("tag")) &&
      has(about.cases, data.get("case")) && one.querySelector("summary").textContent.toLowerCase().includes(words);
    one.hidden = !fits;
    count += fits ? 1 : 0;
  }
  shown.textContent = count + " of " + all.length + " shown";
}
function fold(open) {
  for (const one of all) if (!one.hidden) one.firstElementChild.open = open;
}
form.addEventListener("input", apply);
form.addEventListener("reset", () => setTimeout(apply));
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("open").addEventListener("click", () => fold(true));
document.getElementById("fold").addEventListener("click", () => fold(false));
form.hidden = false;
apply();
]]

html_page.script = script
html_page.hash = "sha256-rymOv2dCdSB+hoLHcvaDn6vPTT/KwQpzJEU7VLQzjEE="

local frame = [[
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style!}</style>
</head>
<body>
{body!}
{script!}</body>
</html>
]]

---A whole page.
---@param title string
---@param body string markup
---@param filters boolean? with the script that filters
---@return string
function html_page.of(title, body, filters)
  local allowed = filters and "; script-src '" .. html_page.hash .. "'" or ""
  return markup.fill(frame, {
    title = title, body = body, style = ladder_style.sheet ":root" .. colors .. rules,
    policy = "default-src 'none'; style-src 'unsafe-inline'" .. allowed,
    script = filters and "<script>" .. script .. "</script>\n" or "",
  })
end

return html_page
