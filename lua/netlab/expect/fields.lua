-- fields.lua: the fields that a packet line may name: one table that parsing, matching, printing, the wire's rules
-- and the documentation share. Pure; requires nothing.

---@class netlab.expect.FieldRow
---@field name string as it is written
---@field view string the packet view's field
---@field quoted boolean? the field of view.quoted
---@field kind "number"|"serial"|"boolean"|"text"|"bytes"|"address"|"host"
---@field of table<string, boolean>? protocols that have it; nil: all
---@field term boolean whether a rule of the wire can test it
---@field sending boolean? only a packet that is sent has it (lab/compose.lua): no view does
---@field doc string

local fields = {}

local TCP, PORTS, NETWORK = "tcp", "tcp udp", "tcp udp icmp icmp6 ip"

-- name, kind, protocols ("" all), documentation; view= when the packet view calls it otherwise
local rows = {
  { "sport", "number", PORTS, "source port", term = true },
  { "dport", "number", PORTS, "destination port", term = true },
  { "seq", "serial", TCP, "sequence number, relative to the sender's initial one (RFC 9293 3.4)",
    term = true },
  { "ack", "serial", TCP, "acknowledgement number, relative; absent without the ACK bit", term = true },
  { "rawseq", "serial", TCP, "sequence number as on the wire", term = true },
  { "rawack", "serial", TCP, "acknowledgement number as on the wire", term = true },
  { "len", "number", NETWORK, "payload in bytes", term = true },
  { "win", "number", TCP, "window field, not scaled", term = true },
  { "urg", "number", TCP, "urgent pointer; absent without the URG bit", term = true },
  { "options", "text", TCP, 'names of the TCP options in order, "mss,sackok,ts,nop,wscale"' },
  { "mss", "number", TCP, "maximum segment size option", term = true },
  { "wscale", "number", TCP, "window scale option: the shift", term = true },
  { "sackok", "boolean", TCP, "SACK permitted option" },
  { "ts", "boolean", TCP, "timestamps option" },
  { "tsval", "serial", TCP, "timestamp value", term = true },
  { "tsecr", "serial", TCP, "timestamp echo reply", term = true },
  { "sack", "text", TCP, 'SACK blocks, relative, "1:1001 2001:3001"' },
  { "fastopen", "text", TCP, "Fast Open cookie in hexadecimal" },
  { "payload", "bytes", NETWORK, "the payload itself" },
  { "type", "number", "icmp icmp6", "ICMP type", view = "icmp_type", term = true },
  { "code", "number", "icmp icmp6", "ICMP code", view = "icmp_code", term = true },
  { "quoted.src", "address", "icmp icmp6", "of the packet that an ICMP error quotes: source address" },
  { "quoted.dst", "address", "icmp icmp6", "of the quoted packet: destination address" },
  { "quoted.sport", "number", "icmp icmp6", "of the quoted packet: source port" },
  { "quoted.dport", "number", "icmp icmp6", "of the quoted packet: destination port" },
  { "quoted.proto", "text", "icmp icmp6", "of the quoted packet: tcp, udp, ..." },
  { "target", "address", "arp", "address that is asked for, or the asker's in a reply", view = "arp_tpa" },
  { "sender", "address", "arp", "the sender's network address", view = "arp_spa" },
  { "mac", "text", "arp", "the sender's hardware address", view = "arp_sha" },
  { "op", "number", "arp", "operation: 1 request, 2 reply", view = "arp_op", term = true },
  { "src", "address", NETWORK, "source address", term = true },
  { "dst", "address", NETWORK, "destination address", term = true },
  { "ttl", "number", NETWORK, "time to live, hop limit", term = true },
  { "tos", "number", NETWORK, "type of service byte (DSCP and ECN), traffic class", term = true },
  { "ipid", "number", NETWORK, "IPv4 identification", term = true },
  { "df", "boolean", NETWORK, "don't fragment" },
  { "mf", "boolean", NETWORK, "more fragments" },
  { "frag", "number", NETWORK, "fragment offset in bytes", term = true },
  { "checksum_ok", "boolean", NETWORK, "network and transport checksums are right" },
  { "length", "number", "", "length of the frame in bytes", term = true },
  { "from", "host", "", "host whose interface sent it" },
  { "to", "host", "", "host whose interface it was sent to" },
  { "fate", "text", "", "what was done: delivered, dropped, rejected, cut, held, asked, pending, altered, nowhere" },
}

-- What only sending knows; view= is then the field of build.frame (meta/build.lua).
local sending_rows = {
  { "checksum", "text", "tcp udp icmp icmp6", 'transport checksum: "bad", or a number' },
  { "ipchecksum", "text", NETWORK, 'checksum of the IPv4 header: "bad", or a number' },
  { "iplen", "number", NETWORK, "length field of the IP header (IPv4: total, IPv6: payload)" },
  { "ihl", "number", NETWORK, "IPv4 header length field, in units of 4 bytes" },
  { "doff", "number", TCP, "data offset field, in units of 4 bytes" },
  { "udplen", "number", "udp", "length field of the UDP header" },
  { "ipoptions", "bytes", NETWORK, "IPv4 options" },
  { "rawoptions", "bytes", TCP, "TCP options as bytes, behind those that are named" },
  { "flowlabel", "number", NETWORK, "IPv6 flow label" },
  { "ipproto", "number", NETWORK, "number of the protocol inside of IP" },
  { "fragments", "number", NETWORK, "sent in fragments with so many bytes of data" },
  { "echo.id", "number", "icmp icmp6", "identifier of an echo request or reply", view = "icmp_id" },
  { "echo.seq", "number", "icmp icmp6", "sequence number of an echo request or reply", view = "icmp_seq" },
  { "mtu", "number", "icmp icmp6", "next-hop MTU of fragmentation-needed and packet-too-big" },
  { "rest", "number", "icmp icmp6", "bytes 4 to 7 of the ICMP header", view = "icmp_rest" },
  { "quoted.seq", "serial", "icmp icmp6", "of the quoted packet: sequence number, relative to its connection" },
  { "target_mac", "text", "arp", "the target's hardware address", view = "arp_tha" },
  { "src_mac", "text", "", "hardware address of the sending interface" },
  { "dst_mac", "text", "", "hardware address that the frame goes to" },
  { "ethertype", "number", "", "type field of the Ethernet header" },
}

local function set_of(words)
  if words == "" then
    return nil
  end
  local set = {}
  for word in words:gmatch("%S+") do
    set[word] = true
  end
  return set
end

---@type netlab.expect.FieldRow[]
fields.list = {}
---@type table<string, netlab.expect.FieldRow>
fields.by_name = {}

---The fields that only a packet that is sent has. They are in by_name as well.
---@type netlab.expect.FieldRow[]
fields.sending = {}

local function add(list, row, sending)
  local quoted = row[1]:match("^quoted%.(.*)$")
  local field = {
    name = row[1],
    kind = row[2],
    of = set_of(row[3]),
    doc = row[4],
    view = row.view or quoted or row[1],
    quoted = quoted ~= nil,
    term = row.term or false,
    sending = sending,
  }
  list[#list + 1], fields.by_name[field.name] = field, field
end

for _, row in ipairs(rows) do
  add(fields.list, row, false)
end
for _, row in ipairs(sending_rows) do
  add(fields.sending, row, true)
end

---Names of the fields that a protocol has, in the table's order.
---@param proto string? nil: of any
---@return string[]
function fields.names(proto)
  local names = {}
  for _, field in ipairs(fields.list) do
    if not proto or not field.of or field.of[proto] then
      names[#names + 1] = field.name
    end
  end
  return names
end

---A field's value in a packet view, nil when it has none.
---@param field netlab.expect.FieldRow
---@param view table packet view
---@return any
function fields.value(field, view)
  if field.sending then
    return nil
  elseif not field.quoted then
    return view[field.view]
  end
  local quoted = view.quoted
  return quoted and quoted[field.view] or nil
end

-- The words that say a line's protocol, and the values of the view's `proto` that they stand for.
fields.protocols = {
  TCP = "tcp", UDP = "udp", ICMP = "icmp", ICMP6 = "icmp6", ARP = "arp", IP = "ip", OTHER = "other",
}
fields.protocol_names = { "TCP", "UDP", "ICMP", "ICMP6", "ARP", "IP", "OTHER" }

---The word for a protocol of a packet view ("ip6" is IP, too).
---@param proto string
---@return string
function fields.protocol_word(proto)
  return proto == "ip6" and "IP" or proto:upper()
end

return fields
