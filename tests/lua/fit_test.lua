-- Texts in a room of so many characters.

local test = require "harness"
local fit = require "netlab.view.fit"

test("characters are counted, not bytes; of what is no UTF-8, bytes", function(t)
  t.equal(fit.length "größe", 5)
  t.equal(fit.length "\xff\x80a", 3)
end)

test("a text is cut where it is too long, and says so", function(t)
  t.equal(fit.cut("größe", 5, "…"), "größe")
  t.equal(fit.cut("größe", 4, "…"), "grö…")
  t.equal(fit.cut("größe", 1, "…"), "…")
  t.equal(fit.cut("größe", 0, "…"), "")
  t.equal(fit.cut("\xffabc\x80", 3, "~"), "\xffa~")
end)

test("a long text goes on in indented lines, between words where that is not too early", function(t)
  t.equal(fit.wrap("one two three four", 10), { "one two", "  three", "  four" })
  t.equal(fit.wrap("a sixteenletter", 10), { "a sixteenl", "  etter" })
  t.equal(fit.wrap("short", 10), { "short" })
end)

test("bytes that are no UTF-8 are not lost where a line ends", function(t)
  t.equal(fit.wrap("\xffüüüüüüüüüü", 12), { "\xffüüüüü\xc3", "  \xbcüüüü" })
  t.equal(fit.wrap(("\x80"):rep(12), 10), { ("\x80"):rep(10), "  \x80\x80" })
end)

test("a line has at least eight characters, however little room there is", function(t)
  for _, room in ipairs { 7, 2, 0, -20 } do
    t.equal(fit.wrap("abcdefghijklmn", room), { "abcdefgh", "  ijklmn" })
  end
end)
