/* answer.c: the answer to a packet. Floor facts. */
#include "facts/answer.h"

#include "facts/build.h"
#include "facts/checksum.h"

#include <string.h>

#define TTL      64
#define ND_TTL   255  /* RFC 4861 7.1 */
#define TOS_ICMP 0xc0 /* precedence of internetwork control, RFC 1812 4.3.2.5 */
#define WINDOW   65535

#define ICMP_HEADER  8
#define ICMP6_ERRORS 128 /* lower types are errors, RFC 4443 2.1 */

#define ND_SOLICITATION  135
#define ND_ADVERTISEMENT 136
#define ND_SOLICITED     UINT32_C(0x40000000)
#define ND_OVERRIDE      UINT32_C(0x20000000)
#define ND_TARGET        16 /* bytes */

static const uint8_t UNSPECIFIED[16];
static const uint8_t ANY4[16] = {[10] = 0xff, [11] = 0xff};

/* What the versions of IP do otherwise. */
static const struct {
	uint8_t icmp;        /* enum nlab_proto */
	size_t room;         /* for what an error quotes */
	const uint8_t *none; /* the address of nobody */
} VERSIONS[] = {
    [4] = {NLAB_PROTO_ICMP, 576 - 20 - ICMP_HEADER, ANY4},
    [6] = {NLAB_PROTO_ICMP6, 1280 - 40 - ICMP_HEADER, UNSPECIFIED},
};

static bool is_group(const uint8_t address[16])
{
	static const uint8_t BROADCAST[4] = {255, 255, 255, 255};
	bool four = memcmp(address, ANY4, 12) == 0;
	return four ? (address[12] & 0xf0) == 0xe0 || memcmp(address + 12, BROADCAST, 4) == 0
		    : address[0] == 0xff;
}

/* Whether it came whole from one host to one host. */
static bool is_answerable(const struct nlab_packet *to)
{
	return (to->layers & NLAB_LAYER_IP) && !(to->layers & NLAB_LAYER_MALFORMED) &&
	       to->ip.fragment_offset == 0 && !(to->frame[0] & 1) && !is_group(to->ip.dst) &&
	       !is_group(to->ip.src) && memcmp(to->ip.src, VERSIONS[to->ip.version].none, 16) != 0 &&
	       nlab_checksum_verify(to) != NLAB_CHECKSUM_BAD;
}

/* A packet back, of protocol `proto`. */
static struct nlab_build back(const struct nlab_packet *to, unsigned proto)
{
	struct nlab_build build = {.proto = (uint8_t)proto,
				   .version = to->ip.version,
				   .ttl = TTL,
				   .sport = to->dport,
				   .dport = to->sport};
	memcpy(build.dst_mac, to->frame + 6, 6);
	memcpy(build.src_mac, to->frame, 6);
	memcpy(build.src, to->ip.dst, 16);
	memcpy(build.dst, to->ip.src, 16);
	return build;
}

static size_t finish(const struct nlab_build *build, uint8_t *frame, size_t room)
{
	size_t size;
	return nlab_build_frame(build, frame, room, &size, NULL) ? size : 0;
}

uint32_t nlab_answer_space(const struct nlab_packet *segment)
{
	return segment->payload_length + !!(segment->tcp.flags & NLAB_TCP_SYN) +
	       !!(segment->tcp.flags & NLAB_TCP_FIN);
}

size_t nlab_answer_tcp(const struct nlab_packet *to, const struct nlab_answer_segment *segment,
		       uint8_t *frame, size_t room)
{
	if (!(to->layers & NLAB_LAYER_TCP) || !is_answerable(to)) {
		return 0;
	}
	struct nlab_build build = back(to, NLAB_PROTO_TCP);
	build.df = to->ip.version == 4; /* as TCP of Linux does */
	build.tcp.flags = segment->flags;
	build.tcp.seq = segment->seq;
	build.tcp.ack = segment->ack;
	build.tcp.window = segment->flags & NLAB_TCP_RST ? 0 : WINDOW;
	build.options.has = segment->mss ? NLAB_OPTION_MSS : 0;
	build.options.mss = segment->mss;
	return finish(&build, frame, room);
}

size_t nlab_answer_reset(const struct nlab_packet *to, uint8_t *frame, size_t room)
{
	bool acknowledges = to->tcp.flags & NLAB_TCP_ACK;
	const struct nlab_answer_segment reset = {
	    .flags = acknowledges ? NLAB_TCP_RST : NLAB_TCP_RST | NLAB_TCP_ACK,
	    .seq = acknowledges ? to->tcp.ack : 0,
	    .ack = acknowledges ? 0 : to->tcp.seq + nlab_answer_space(to),
	};
	return to->tcp.flags & NLAB_TCP_RST ? 0 : nlab_answer_tcp(to, &reset, frame, room);
}

/* RFC 792's errors; RFC 4443 2.1. A type that is not known is none. */
static bool is_icmp_error(const struct nlab_packet *packet)
{
	static const bool ERRORS[256] = {[3] = true, [4] = true, [5] = true, [11] = true, [12] = true};
	return packet->layers & NLAB_LAYER_ICMP4   ? ERRORS[packet->icmp_type]
	       : packet->layers & NLAB_LAYER_ICMP6 ? packet->icmp_type < ICMP6_ERRORS
						   : false;
}

size_t nlab_answer_icmp(const struct nlab_packet *to, const struct nlab_answer_error *error, uint8_t *frame,
			size_t room)
{
	if (!is_answerable(to) || is_icmp_error(to)) {
		return 0;
	}
	bool named = memcmp(error->from, UNSPECIFIED, sizeof error->from) != 0;
	uint8_t version = memcmp(error->from, ANY4, 12) == 0 ? 4 : 6;
	if (named && version != to->ip.version) {
		return 0;
	}
	struct nlab_build build = back(to, VERSIONS[to->ip.version].icmp);
	size_t there = to->captured - NLAB_ETHER_HEADER;
	size_t quoted = to->ip.length < there ? to->ip.length : there;
	size_t most = VERSIONS[to->ip.version].room;
	build.tos = to->ip.version == 4 ? (uint8_t)((to->ip.tos & 0x1e) | TOS_ICMP) : 0;
	build.icmp_type = error->type;
	build.icmp_code = error->code;
	build.icmp_rest = error->rest;
	build.payload =
	    (struct nlab_build_bytes){to->frame + NLAB_ETHER_HEADER, quoted < most ? quoted : most};
	if (named) {
		memcpy(build.src, error->from, sizeof build.src);
	}
	return finish(&build, frame, room);
}

/* ---- who has an address ---- */

static bool is_solicitation(const struct nlab_packet *to)
{
	return (to->layers & NLAB_LAYER_ICMP6) && to->icmp_type == ND_SOLICITATION && to->icmp_code == 0 &&
	       to->ip.ttl == ND_TTL && to->payload_captured >= ND_TARGET && to->frame[to->payload] != 0xff &&
	       nlab_checksum_verify(to) != NLAB_CHECKSUM_BAD;
}

bool nlab_answer_asked(const struct nlab_packet *to, uint8_t address[16])
{
	bool arp = (to->layers & NLAB_LAYER_ARP) && to->arp.op == 1;
	if (arp) {
		memcpy(address, to->ip.dst, 16);
	} else if (is_solicitation(to)) {
		memcpy(address, to->frame + to->payload, 16);
		return true;
	}
	return arp;
}

static size_t answer_arp(const struct nlab_packet *to, const uint8_t mac[6], uint8_t *frame, size_t room)
{
	struct nlab_build build = back(to, NLAB_PROTO_ARP);
	build.arp.op = 2;
	memcpy(build.src_mac, mac, 6);
	memcpy(build.arp.sha, mac, 6);
	memcpy(build.arp.tha, to->arp.sha, 6);
	return finish(&build, frame, room);
}

/* Who asks without an address of its own (it looks whether it may have this one) is told with all others. */
static size_t advertise(const struct nlab_packet *to, const uint8_t mac[6], uint8_t *frame, size_t room)
{
	static const uint8_t ALL_NODES[16] = {0xff, 2, [15] = 1};
	static const uint8_t ALL_NODES_MAC[6] = {0x33, 0x33, 0, 0, 0, 1};
	uint8_t body[ND_TARGET + 8] = {[ND_TARGET] = 2, [ND_TARGET + 1] = 1}; /* target link-layer address */
	bool solicited = memcmp(to->ip.src, UNSPECIFIED, 16) != 0;
	struct nlab_build build = back(to, NLAB_PROTO_ICMP6);
	memcpy(body, to->frame + to->payload, ND_TARGET);
	memcpy(body + ND_TARGET + 2, mac, 6);
	memcpy(build.src_mac, mac, 6);
	memcpy(build.src, body, 16);
	if (!solicited) {
		memcpy(build.dst, ALL_NODES, 16);
		memcpy(build.dst_mac, ALL_NODES_MAC, 6);
	}
	build.ttl = ND_TTL;
	build.icmp_type = ND_ADVERTISEMENT;
	build.icmp_rest = ND_OVERRIDE | (solicited ? ND_SOLICITED : 0);
	build.payload = (struct nlab_build_bytes){body, sizeof body};
	return finish(&build, frame, room);
}

size_t nlab_answer_neighbour(const struct nlab_packet *to, const uint8_t mac[6], uint8_t *frame, size_t room)
{
	uint8_t asked[16];
	if (!nlab_answer_asked(to, asked)) {
		return 0;
	}
	return (to->layers & NLAB_LAYER_ARP ? answer_arp : advertise)(to, mac, frame, room);
}
