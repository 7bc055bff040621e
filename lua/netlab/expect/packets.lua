-- packets.lua: the grammar of one packet line: endpoints, control bits or protocol, fields.
-- What is wrong raises a problem that says what was expected there.

local lpeg = require "lpeg"
local bits = require "netlab.expect.bits"
local fields = require "netlab.expect.fields"
local icmp = require "netlab.expect.icmp"
local nearest = require "netlab.expect.nearest"
local problem = require "netlab.expect.problem"
local tokens = require "netlab.expect.tokens"
local values = require "netlab.expect.values"

local P, S, R, C, Cc, Cg, Cp, Ct = lpeg.P, lpeg.S, lpeg.R, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cp, lpeg.Ct
local space, must, checked = tokens.space, tokens.must, tokens.checked

---@class netlab.expect.Packet one packet form
---@field kind "packet"
---@field src netlab.expect.Endpoint
---@field dst netlab.expect.Endpoint
---@field lost boolean "-x": lost on the wire
---@field proto string? "tcp", "udp", "icmp", "icmp6", "arp", "ip", "other"; nil: any
---@field bits integer? control bits that are expected; nil: not checked
---@field icmp {[1]: string, [2]: integer, [3]: integer?}? the named message
---@field arp_op integer? 1 request, 2 reply
---@field fields netlab.expect.Field[]
---@field time netlab.expect.Time? what stands before it
---@field at integer byte offset in where.text
---@field text string as written
---@field line integer of the script
---@field column integer
---@field where netlab.expect.Where

local packets = {}

local EXPECTED_BODY = "control bits (such as SYN,ACK or none) or a protocol (TCP, UDP, ICMP, ICMP6, ARP, IP)"

-- ---- control bits and protocols ----

local function read_bits(where, at, word)
  local mask, wrong = bits.read(word)
  if mask then
    return mask
  end
  if word:find("[=<>~!]") or fields.by_name[word] then
    problem.raise(where, at, ("expected %s before the fields, found %q"):format(EXPECTED_BODY, word),
      EXPECTED_BODY)
  end
  local names = table.move(bits.names, 1, #bits.names, 1, { "none" })
  if word == wrong then
    table.move(fields.protocol_names, 1, #fields.protocol_names, #names + 1, names)
  end
  local what = word == wrong and "control bit or protocol" or "control bit"
  problem.raise(where, at, ("unknown %s %q%s; expected %s"):format(what, wrong, nearest.hint(wrong, names),
    EXPECTED_BODY), EXPECTED_BODY)
end

local function read_icmp(proto)
  return function(where, at, word)
    local row = icmp.find(proto, word)
    if not row then
      local names = icmp.names(proto)
      problem.raise(where, at, ("unknown %s message %q%s; the names are %s"):format(proto:upper(), word,
        nearest.hint(word, names), table.concat(names, ", ")), "the name of an ICMP message")
    end
    return row
  end
end

local arp_operations = { request = 1, reply = 2 }

local function read_arp(where, at, word)
  if not arp_operations[word] then
    problem.raise(where, at, ("expected request or reply, found %q"):format(word), "request or reply")
  end
  return arp_operations[word]
end

-- What goes on in the line: neither its end nor a comment nor a closing brace nor "for" (of none ... for).
local more = space * -(-1 + S "\n}#" + tokens.keyword "for")
local word_end = -1 + #S " \t\r\n}#"
local word = C((1 - S " \t\r\n}#") ^ 1)
-- A word that is no field: "port-unreachable", not "df", "code=3" or "quoted.sport=1".
local plain_word = lpeg.Cmt(C(R "az" * (R("az", "09") + "-") ^ 0) * word_end, function(_, at, text)
  return not fields.by_name[text] and at, text
end)

local function protocol(name)
  return P(name) * word_end * Cg(Cc(fields.protocols[name]), "proto")
end
local bits_word = #(R "AZ" + S "[." + P "none") * word
local body = protocol "TCP" * (more * Cg(checked(bits_word, read_bits), "bits")) ^ -1
  + protocol "ICMP" * (more * Cg(checked(plain_word, read_icmp "icmp"), "icmp")) ^ -1
  + protocol "ICMP6" * (more * Cg(checked(plain_word, read_icmp "icmp6"), "icmp")) ^ -1
  + protocol "ARP" * (more * Cg(checked(plain_word, read_arp), "arp_op")) ^ -1
  + protocol "UDP" + protocol "IP" + protocol "OTHER"
  + Cg(checked(word, read_bits), "bits") * Cg(Cc "tcp", "proto")

-- ---- fields ----

local operator = C(P "!=" + "<=" + ">=" + P "=" * -P "=" + "<" + ">" + "~")
local field_name = C(R("az", "AZ") * (R("az", "AZ", "09") + S "_.") ^ 0)
local field = Ct(Cg(Cp(), "at") * Cg(P "!" * Cc(true), "absent") ^ -1
  * Cg(must(field_name, "a field, such as seq=0"), "name")
  * (Cg(Cp(), "op_at") * Cg(operator, "op")
    * Cg(must(tokens.value, 'a value: a number, a range such as 1..1460, "text", * or $name'), "value")
    + must(word_end, "an operator (= != < <= > >= ~) or a space")) * Cg(Cp(), "stop"))

local function check_ports(where, packet)
  for _, side in ipairs { packet.src, packet.dst } do
    local named = side.port or side.bind or side.any_port
    if named and packet.proto and packet.proto ~= "tcp" and packet.proto ~= "udp" then
      problem.raise(where, side.at, ("%s has no ports"):format(fields.protocol_word(packet.proto)),
        "an endpoint without a port")
    end
  end
end

local function finish(where, at, packet)
  check_ports(where, packet)
  packet.fields = {}
  for i, raw in ipairs(packet.raw) do
    packet.fields[i] = values.read(where, raw, packet.proto)
  end
  packet.raw = nil
  packet.kind, packet.at, packet.where = "packet", at, where
  packet.line, packet.column = problem.place(where, at)
  packet.text = where.text:sub(at, packet.stop - 1):gsub("%s+$", "")
  return packet
end

-- ---- the line ----

local function no_arrow(text, at, where, keywords)
  local before = text:sub(1, at - 1):match("([%w_-]+)%s*$") or ""
  problem.raise(where, at, ("expected -> or -x behind the sender, %s%s"):format(tokens.found(text, at),
    nearest.hint(before, keywords)), "-> or -x")
end

---The pattern of a packet line.
---@param options {keywords: string[], expected: string, any_protocol: boolean} words that may have been meant
---  when the first one is no sender; what may stand where the sender does; whether control bits and protocol
---  may be left out (any protocol)
---@return any LPeg pattern that captures a netlab.expect.Packet
function packets.pattern(options)
  local arrow = P "->" * Cc(false) + P "-x" * Cc(true)
    + lpeg.Cmt(lpeg.Carg(1) * Cc(options.keywords), no_arrow)
  local middle = more * body
  if options.any_protocol then
    middle = more * -(S "!" + R "az") * body + more * #(P "none" * word_end) * body + P(true)
  else
    middle = must(middle, EXPECTED_BODY)
  end
  local expected_end = "a host name, an address or *"
  local line = Ct(Cg(must(tokens.endpoint, options.expected), "src") * space * Cg(arrow, "lost") * space
    * Cg(must(tokens.endpoint, expected_end), "dst") * middle
    * Cg(Ct((more * field) ^ 0), "raw") * Cg(Cp(), "stop"))
  return checked(line, finish)
end

return packets
