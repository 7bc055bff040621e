---@meta netlab.core.build
-- The C module netlab.core.build (runner/bind/build.c): packets of one's own, as bytes.
-- tests/lua/build_test.lua compares this file with what is registered, in both directions.

---A packet that is to be built. Its fields are called as those of a packet that was recorded; numbers are as on the
---wire (nothing is relative). What is absent is 0 or empty, but for ttl (64), win (65535), arp_sha (src_mac), and what
---is computed: lengths and checksums. A field that the packet's protocol does not have is misuse. Without `proto` what
---has `flags` is "tcp", `arp_op` "arp", `icmp_type` "icmp" or "icmp6". "ip": what is inside is the payload; "other":
---there is no network layer. What an ICMP error quotes stands there instead of a payload: bytes from an IP header on,
---or a packet to build (without hardware addresses).
---@class netlab.Frame
---@field proto "tcp"|"udp"|"icmp"|"icmp6"|"arp"|"ip"|"ip6"|"other"|nil  its protocol
---@field src_mac string            hardware address, "02:00:00:00:00:01"
---@field dst_mac string            hardware address
---@field ethertype integer?        with "other" it must be given
---@field src string                network address, IPv4 or IPv6
---@field dst string                of the same family
---@field ttl integer?              time to live, hop limit
---@field tos integer?              type of service, traffic class: DSCP and ECN; source RFC 2474, RFC 3168
---@field ipid integer?             identification; with IPv6 it makes a fragment header
---@field df boolean?               IPv4
---@field mf boolean?               more fragments
---@field frag integer?             fragment offset in bytes, a multiple of 8
---@field flowlabel integer?        IPv6; source RFC 8200 3
---@field ipproto integer?          number of the protocol inside; with "ip" it must be given
---@field ipoptions string?         IPv4, up to 40 bytes, padded with zeros
---@field ihl integer?              IPv4 header length field in units of 4 bytes; source RFC 791 3.1
---@field iplen integer?            length field: IPv4 total length, IPv6 payload length
---@field ipchecksum integer|"bad"|nil  IPv4; "bad": certainly wrong
---@field checksum integer|"bad"|nil  of TCP, UDP (0: none), ICMP, ICMPv6
---@field payload string?           bytes behind the headers
---@field sport integer?            TCP, UDP
---@field dport integer?            TCP, UDP
---@field flags string?             TCP control bits, "SYN,ACK"; "" for none
---@field seq integer?              sequence number, not relative
---@field ack integer?              acknowledgement number, not relative
---@field win integer?              window field, not scaled
---@field urg integer?              urgent pointer
---@field mss integer?              maximum segment size; this and what follows are options; source RFC 9293 3.2
---@field wscale integer?           window scale
---@field sackok boolean?           SACK permitted
---@field ts boolean?               with tsval or tsecr it need not be said
---@field tsval integer?            timestamp value
---@field tsecr integer?            timestamp echo reply
---@field sack string?              up to 4 blocks, not relative: "1001:2001 3001:4001"
---@field fastopen string?          cookie in hexadecimal; "" asks for one; source RFC 7413
---@field options string?           their order: "mss,sackok,ts,nop,wscale"; absent: that of Linux, with its padding
---@field rawoptions string?        bytes behind the other options, padded with zeros
---@field doff integer?             data offset field in units of 4 bytes; source RFC 9293 3.1
---@field udplen integer?           length field of UDP
---@field icmp_type integer?        with ICMP it must be given
---@field icmp_code integer?        of ICMP and ICMPv6
---@field icmp_rest integer?        bytes 4 to 7 of the header; the next three are parts of it
---@field icmp_id integer?          of an echo
---@field icmp_seq integer?         of an echo
---@field mtu integer?              next-hop MTU; source RFC 1191 4, RFC 4443 3.2
---@field quoted string|netlab.Frame|nil  what an ICMP error quotes
---@field arp_op integer?           1 request, 2 reply
---@field arp_spa string?           network address of the sender
---@field arp_tpa string?           of the target
---@field arp_sha string?           hardware address of the sender
---@field arp_tha string?           of the target

---One field of such a table.
---@class netlab.FrameField
---@field name string
---@field kind "number"|"boolean"|"text"|"bytes"|"address"|"mac"|"checksum"
---@field max integer?  of a number; the least is 0

local build = {}

---The bytes of a frame. Lengths and checksums are right unless the table says otherwise; a checksum is right for the
---bytes that the lengths claim, as far as they are there.
---Errors: raises when a field is unknown (with the nearest name), of the wrong kind, missing, or does not fit.
---@param packet netlab.Frame
---@return string frame from the Ethernet header on
function build.frame(packet) end

---The same packet in fragments; source RFC 791 3.2, RFC 8200 4.5. One that is not longer stays whole (IPv6: with a
---fragment header). The lengths of the fragments are right.
---Errors: as frame; and when it is no IP packet, or has `df`.
---@param packet netlab.Frame
---@param size integer bytes of data in each fragment but the last, a multiple of 8
---@return string[] frames
function build.fragments(packet, size) end

---All fields that a packet may have.
---@return netlab.FrameField[] fields
function build.fields() end

return build
