/* packet.c: decoding Ethernet frames. Floor facts.
 * Invariant: every function gets how many bytes were captured from its first byte on (`captured`) and how
 * many there were on the wire (`length`), captured <= length, and looks at none beyond the former. */
#include "facts/packet.h"

#include "facts/bytes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define ETHERTYPE_IP4 0x0800
#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_IP6 0x86dd

#define IP4_HEADER  20
#define IP6_HEADER  40
#define TCP_HEADER  20
#define UDP_HEADER  8
#define ICMP_HEADER 8

static size_t lesser(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void map_ip4(uint8_t address[16], const uint8_t *ip4)
{
	static const uint8_t PREFIX[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	memcpy(address, PREFIX, sizeof PREFIX);
	memcpy(address + 12, ip4, 4);
}

/* ---- the network layer; also for the packet that an ICMP error quotes ---- */

static bool decode_ip4(struct nlab_ip *ip, const uint8_t *at, size_t captured)
{
	if (captured < IP4_HEADER || at[0] >> 4 != 4) {
		return false;
	}
	uint16_t fragment = nlab_get16(at + 6);
	ip->version = 4;
	ip->tos = at[1];
	ip->length = nlab_get16(at + 2);
	ip->id = nlab_get16(at + 4);
	ip->df = fragment & 0x4000;
	ip->mf = fragment & 0x2000;
	ip->fragment_offset = (uint16_t)((fragment & 0x1fff) * 8);
	ip->fragment = ip->mf || ip->fragment_offset;
	ip->ttl = at[8];
	ip->protocol = at[9];
	map_ip4(ip->src, at + 12);
	map_ip4(ip->dst, at + 16);
	ip->header_length = (at[0] & 15u) * 4;
	ip->malformed = ip->header_length < IP4_HEADER || ip->length < ip->header_length;
	ip->complete = !ip->malformed && ip->header_length <= captured;
	return true;
}

static void decode_fragment(struct nlab_ip *ip, const uint8_t *at)
{
	uint16_t fragment = nlab_get16(at + 2);
	ip->mf = fragment & 1;
	ip->fragment_offset = fragment & 0xfff8;
	ip->fragment = ip->mf || ip->fragment_offset;
	ip->id = nlab_get32(at + 4);
}

/* Walk the extension headers (RFC 8200 4.1) up to the transport header, or to a later fragment's data. */
static void skip_extensions(struct nlab_ip *ip, const uint8_t *at, size_t captured)
{
	while (ip->protocol == IPPROTO_HOPOPTS || ip->protocol == IPPROTO_ROUTING ||
	       ip->protocol == IPPROTO_FRAGMENT || ip->protocol == IPPROTO_DSTOPTS) {
		if (captured - ip->header_length < 8) {
			return;
		}
		const uint8_t *extension = at + ip->header_length;
		size_t size = ip->protocol == IPPROTO_FRAGMENT ? 8 : (extension[1] + 1u) * 8;
		ip->malformed = size > ip->length - ip->header_length;
		if (ip->malformed || size > captured - ip->header_length) {
			return;
		}
		if (ip->protocol == IPPROTO_FRAGMENT) {
			decode_fragment(ip, extension);
		} else if (ip->protocol == IPPROTO_ROUTING) {
			ip->routed = extension[3] != 0;
		}
		ip->protocol = extension[0];
		ip->header_length += (uint32_t)size;
		if (ip->fragment_offset) {
			break;
		}
	}
	ip->complete = true;
}

static bool decode_ip6(struct nlab_ip *ip, const uint8_t *at, size_t captured)
{
	if (captured < IP6_HEADER || at[0] >> 4 != 6) {
		return false;
	}
	ip->version = 6;
	ip->tos = (uint8_t)(at[0] << 4 | at[1] >> 4);
	ip->length = IP6_HEADER + nlab_get16(at + 4);
	ip->protocol = at[6];
	ip->ttl = at[7];
	memcpy(ip->src, at + 8, 16);
	memcpy(ip->dst, at + 24, 16);
	ip->header_length = IP6_HEADER;
	skip_extensions(ip, at, captured);
	return true;
}

/* ---- the transport layer: `at` is its header, `length` what the network layer has for it ---- */

static void set_payload(struct nlab_packet *packet, size_t header, size_t captured, size_t length)
{
	size_t skip = lesser(header, length);
	packet->payload = (uint32_t)(packet->transport + skip);
	packet->payload_length = (uint32_t)(length - skip);
	packet->payload_captured = (uint32_t)(captured > skip ? captured - skip : 0);
}

static void decode_tcp(struct nlab_packet *packet, const uint8_t *at, size_t captured, size_t length)
{
	if (captured < TCP_HEADER) {
		return;
	}
	size_t header = (at[12] >> 4) * 4u;
	packet->layers |= NLAB_LAYER_TCP | NLAB_LAYER_PORTS;
	packet->proto = NLAB_PROTO_TCP;
	packet->sport = nlab_get16(at);
	packet->dport = nlab_get16(at + 2);
	packet->tcp.seq = nlab_get32(at + 4);
	packet->tcp.ack = nlab_get32(at + 8);
	packet->tcp.flags = at[13];
	packet->tcp.window = nlab_get16(at + 14);
	packet->tcp.urgent = nlab_get16(at + 18);
	if (header < TCP_HEADER || header > length) {
		packet->layers |= NLAB_LAYER_MALFORMED;
		set_payload(packet, TCP_HEADER, captured, length);
		return;
	}
	if (header > TCP_HEADER) {
		size_t options = lesser(header, captured) - TCP_HEADER;
		nlab_tcp_options_parse(&packet->options, at + TCP_HEADER, options);
		if (packet->options.malformed && header <= captured) {
			packet->layers |= NLAB_LAYER_MALFORMED;
		}
	}
	set_payload(packet, header, captured, length);
}

static void decode_udp(struct nlab_packet *packet, const uint8_t *at, size_t captured, size_t length)
{
	if (captured < UDP_HEADER) {
		return;
	}
	size_t said = nlab_get16(at + 4);
	packet->layers |= NLAB_LAYER_UDP | NLAB_LAYER_PORTS;
	packet->proto = NLAB_PROTO_UDP;
	packet->sport = nlab_get16(at);
	packet->dport = nlab_get16(at + 2);
	if (packet->ip.fragment) {
		said = lesser(said, length);
	}
	if (said < UDP_HEADER || said > length) {
		packet->layers |= NLAB_LAYER_MALFORMED;
		said = length;
	}
	set_payload(packet, UDP_HEADER, lesser(captured, said), said);
}

static void decode_quoted(struct nlab_packet *packet, const uint8_t *at, size_t captured, size_t length)
{
	struct nlab_quoted *quoted = &packet->quoted;
	size_t here = lesser(captured, length);
	if (!decode_ip4(&quoted->ip, at, here) && !decode_ip6(&quoted->ip, at, here)) {
		return;
	}
	packet->layers |= NLAB_LAYER_QUOTED;
	bool ports = quoted->ip.protocol == IPPROTO_TCP || quoted->ip.protocol == IPPROTO_UDP;
	if (ports && quoted->ip.complete && !quoted->ip.fragment_offset &&
	    here >= quoted->ip.header_length + 4) {
		quoted->has_ports = true;
		quoted->sport = nlab_get16(at + quoted->ip.header_length);
		quoted->dport = nlab_get16(at + quoted->ip.header_length + 2);
	}
}

static void decode_icmp(struct nlab_packet *packet, const uint8_t *at, size_t captured, size_t length,
			uint32_t errors)
{
	if (captured < 4) {
		return;
	}
	packet->layers |= NLAB_LAYER_ICMP;
	packet->icmp_type = at[0];
	packet->icmp_code = at[1];
	set_payload(packet, ICMP_HEADER, captured, length);
	if (at[0] < 32 && errors >> at[0] & 1 && packet->payload_captured) {
		decode_quoted(packet, packet->frame + packet->payload, packet->payload_captured,
			      packet->payload_length);
	}
}

static void decode_icmp4(struct nlab_packet *packet, const uint8_t *at, size_t captured, size_t length)
{
	/* destination unreachable, source quench, redirect, time exceeded, parameter problem */
	decode_icmp(packet, at, captured, length, 1u << 3 | 1u << 4 | 1u << 5 | 1u << 11 | 1u << 12);
	if (packet->layers & NLAB_LAYER_ICMP) {
		packet->layers |= NLAB_LAYER_ICMP4;
		packet->proto = NLAB_PROTO_ICMP;
	}
}

static void decode_icmp6(struct nlab_packet *packet, const uint8_t *at, size_t captured, size_t length)
{
	/* destination unreachable, packet too big, time exceeded, parameter problem */
	decode_icmp(packet, at, captured, length, 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4);
	if (packet->layers & NLAB_LAYER_ICMP) {
		packet->layers |= NLAB_LAYER_ICMP6;
		packet->proto = NLAB_PROTO_ICMP6;
	}
}

struct proto_row {
	const char *name;
	uint8_t ip_protocol;
	void (*decode)(struct nlab_packet *packet, const uint8_t *at, size_t captured, size_t length);
};

static const struct proto_row PROTOS[NLAB_PROTO_COUNT] = {
    [NLAB_PROTO_OTHER] = {.name = "other"},
    [NLAB_PROTO_ARP] = {.name = "arp"},
    [NLAB_PROTO_IP] = {.name = "ip"},
    [NLAB_PROTO_IP6] = {.name = "ip6"},
    [NLAB_PROTO_ICMP] = {"icmp", IPPROTO_ICMP, decode_icmp4},
    [NLAB_PROTO_ICMP6] = {"icmp6", IPPROTO_ICMPV6, decode_icmp6},
    [NLAB_PROTO_TCP] = {"tcp", IPPROTO_TCP, decode_tcp},
    [NLAB_PROTO_UDP] = {"udp", IPPROTO_UDP, decode_udp},
};

const char *nlab_proto_name(unsigned proto)
{
	return PROTOS[proto < NLAB_PROTO_COUNT ? proto : NLAB_PROTO_OTHER].name;
}

enum nlab_proto nlab_proto_of_ip(uint8_t protocol)
{
	for (unsigned i = NLAB_PROTO_COUNT - 1; i > NLAB_PROTO_OTHER; i--) {
		if (PROTOS[i].decode && PROTOS[i].ip_protocol == protocol) {
			return (enum nlab_proto)i;
		}
	}
	return NLAB_PROTO_OTHER;
}

/* ---- the frame ---- */

static void decode_ip(struct nlab_packet *packet, const uint8_t *at, size_t captured, size_t length)
{
	struct nlab_ip *ip = &packet->ip;
	bool four = packet->ethertype == ETHERTYPE_IP4;
	if (!(four ? decode_ip4(ip, at, captured) : decode_ip6(ip, at, captured))) {
		return;
	}
	packet->layers |= NLAB_LAYER_IP | NLAB_LAYER_ADDRESSES | (four ? NLAB_LAYER_IP4 : NLAB_LAYER_IP6);
	packet->layers |= ip->fragment ? NLAB_LAYER_FRAGMENT : 0;
	packet->proto = four ? NLAB_PROTO_IP : NLAB_PROTO_IP6;
	if (ip->malformed || ip->length > length) {
		packet->layers |= NLAB_LAYER_MALFORMED;
		ip->length = (uint32_t)lesser(ip->length, length);
	}
	if (!ip->complete || ip->header_length > ip->length) {
		return;
	}
	packet->transport = NLAB_ETHER_HEADER + ip->header_length;
	size_t inside = ip->length - ip->header_length;
	size_t here = lesser(captured - lesser(captured, ip->header_length), inside);
	set_payload(packet, 0, here, inside);
	const struct proto_row *row = &PROTOS[nlab_proto_of_ip(ip->protocol)];
	if (row->decode && !ip->fragment_offset) {
		row->decode(packet, at + ip->header_length, here, inside);
	}
}

static void decode_arp(struct nlab_packet *packet, const uint8_t *at, size_t captured)
{
	static const uint8_t KIND[6] = {0, 1, 8, 0, 6, 4}; /* Ethernet, IPv4, lengths 6 and 4 */
	if (captured < 28 || memcmp(at, KIND, sizeof KIND) != 0) {
		return;
	}
	packet->layers |= NLAB_LAYER_ARP | NLAB_LAYER_ADDRESSES;
	packet->proto = NLAB_PROTO_ARP;
	packet->arp.op = nlab_get16(at + 6);
	memcpy(packet->arp.sha, at + 8, 6);
	memcpy(packet->arp.tha, at + 18, 6);
	map_ip4(packet->ip.src, at + 14);
	map_ip4(packet->ip.dst, at + 24);
}

void nlab_packet_decode(struct nlab_packet *packet, const uint8_t *frame, size_t captured, size_t length)
{
	*packet = (struct nlab_packet){.frame = frame,
				       .captured = (uint32_t)lesser(lesser(captured, length), UINT32_MAX),
				       .length = (uint32_t)lesser(length, UINT32_MAX)};
	captured = packet->captured;
	length = packet->length;
	packet->layers = captured < length ? NLAB_LAYER_TRUNCATED : 0;
	if (captured < NLAB_ETHER_HEADER) {
		return;
	}
	packet->layers |= NLAB_LAYER_ETHER;
	packet->ethertype = nlab_get16(frame + 12);
	packet->transport = packet->payload = NLAB_ETHER_HEADER;
	frame += NLAB_ETHER_HEADER;
	captured -= NLAB_ETHER_HEADER;
	length -= NLAB_ETHER_HEADER;
	if (packet->ethertype == ETHERTYPE_IP4 || packet->ethertype == ETHERTYPE_IP6) {
		decode_ip(packet, frame, captured, length);
	} else if (packet->ethertype == ETHERTYPE_ARP) {
		decode_arp(packet, frame, captured);
	}
}

/* ---- text ---- */

const char *nlab_tcp_flags_text(uint8_t flags, char *buffer, size_t size)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} ORDER[] = {
	    {NLAB_TCP_SYN, "SYN"}, {NLAB_TCP_FIN, "FIN"}, {NLAB_TCP_RST, "RST"}, {NLAB_TCP_PSH, "PSH"},
	    {NLAB_TCP_ACK, "ACK"}, {NLAB_TCP_URG, "URG"}, {NLAB_TCP_ECE, "ECE"}, {NLAB_TCP_CWR, "CWR"},
	};
	size_t used = 0;
	buffer[0] = '\0';
	for (size_t i = 0; i < sizeof ORDER / sizeof ORDER[0] && used < size; i++) {
		if (flags & ORDER[i].flag) {
			used += (size_t)snprintf(buffer + used, size - used, "%s%s", used ? "," : "",
						 ORDER[i].name);
		}
	}
	return buffer;
}

const char *nlab_address_text(const uint8_t address[16], char *buffer, size_t size)
{
	struct in6_addr in6;
	memcpy(&in6, address, sizeof in6);
	bool mapped = IN6_IS_ADDR_V4MAPPED(&in6);
	if (!inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? address + 12 : address, buffer,
		       (socklen_t)size)) {
		buffer[0] = '\0';
	}
	return buffer;
}
