/* describe.h: any bytes as the description of a packet (facts/build.h), for build_fuzz.c. The layout: five bytes of
 * choices, then what they ask for, in the order of nlab_describe(); bytes that are missing are 0. Most descriptions can
 * be built; with the choice CHOICE_WILD numbers are taken as they come, also where they do not fit. */
#ifndef NLAB_TESTS_DESCRIBE_H
#define NLAB_TESTS_DESCRIBE_H

#include "facts/build.h"

#include <stdbool.h>
#include <string.h>

#define PATTERN_SIZE 70000

enum choice { /* bits of the third and the fourth byte */
	      CHOICE_WILD = 1 << 0,
	      CHOICE_DF = 1 << 1,
	      CHOICE_MF = 1 << 2,
	      CHOICE_OFFSET = 1 << 3,
	      CHOICE_FRAGMENT_HEADER = 1 << 4,
	      CHOICE_IP_OPTIONS = 1 << 5,
	      CHOICE_ORDER = 1 << 6,
	      CHOICE_RAW_OPTIONS = 1 << 7,
	      CHOICE_PATTERN = 1 << 8, /* the payload is of any size, and not taken from the input */
	      CHOICE_LIES = 1 << 9,
};

struct input { /* what is left of the bytes */
	const uint8_t *at;
	size_t left;
};

static inline const uint8_t *take(struct input *input, size_t size, size_t *got)
{
	const uint8_t *at = input->at;
	*got = size < input->left ? size : input->left;
	input->at += *got;
	input->left -= *got;
	return at;
}

static inline uint32_t number(struct input *input, unsigned size)
{
	uint32_t value = 0;
	size_t got;
	const uint8_t *at = take(input, size, &got);
	for (size_t i = 0; i < got; i++) {
		value = value << 8 | at[i];
	}
	return value;
}

static inline void fill(struct input *input, uint8_t *bytes, size_t size)
{
	size_t got;
	const uint8_t *at = take(input, size, &got);
	memset(bytes, 0, size);
	if (got) {
		memcpy(bytes, at, got);
	}
}

static inline struct nlab_build_bytes some(struct input *input, size_t most)
{
	struct nlab_build_bytes bytes = {0};
	bytes.at = take(input, number(input, 1) % (most + 1), &bytes.size);
	return bytes;
}

static inline struct nlab_build_field lie(struct input *input)
{
	struct nlab_build_field field = {.how = (uint8_t)(number(input, 1) % 3)};
	field.value = field.how == NLAB_BUILD_GIVEN ? (uint16_t)number(input, 2) : 0;
	return field;
}

static inline void describe_ip(struct input *input, unsigned choices, struct nlab_build *build)
{
	static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	bool wild = choices & CHOICE_WILD;
	bool four = build->version == 4;
	fill(input, build->src, 16);
	fill(input, build->dst, 16);
	if (four && !wild) {
		memcpy(build->src, MAPPED, sizeof MAPPED);
		memcpy(build->dst, MAPPED, sizeof MAPPED);
	}
	build->ttl = (uint8_t)number(input, 1);
	build->tos = (uint8_t)number(input, 1);
	build->df = choices & CHOICE_DF && (four || wild);
	build->mf = choices & CHOICE_MF;
	build->fragment_header = choices & CHOICE_FRAGMENT_HEADER && (!four || wild);
	if (choices & CHOICE_OFFSET) {
		build->fragment_offset = wild ? number(input, 4) : (number(input, 2) & 0x1fff) * 8;
	}
	bool id = four || build->mf || build->fragment_offset || build->fragment_header;
	build->id = id || wild ? number(input, four && !wild ? 2 : 4) : 0;
	build->flow_label = wild ? number(input, 4) : four ? 0 : number(input, 3) & 0xfffff;
	if (choices & CHOICE_IP_OPTIONS && (four || wild)) {
		build->ip_options = some(input, wild ? 255 : 40);
	}
}

static inline void describe_options(struct input *input, unsigned choices, struct nlab_build *build)
{
	struct nlab_tcp_options *options = &build->options;
	bool wild = choices & CHOICE_WILD;
	options->has = (uint8_t)number(input, 1);
	options->has &= wild ? 0xff : 0x3f;
	options->mss = (uint16_t)number(input, 2);
	options->wscale = (uint8_t)number(input, 1);
	options->tsval = number(input, 4);
	options->tsecr = number(input, 4);
	options->sack_blocks = (uint8_t)number(input, 1);
	options->sack_blocks = wild ? options->sack_blocks : options->sack_blocks % NLAB_TCP_SACK_BLOCKS + 1;
	for (unsigned i = 0; i < NLAB_TCP_SACK_BLOCKS; i++) {
		options->sack[i][0] = number(input, 4);
		options->sack[i][1] = number(input, 4);
	}
	struct nlab_build_bytes cookie = some(input, wild ? 255 : 18);
	options->cookie = cookie.at;
	options->cookie_length = (uint8_t)cookie.size;
	if (choices & CHOICE_ORDER) {
		struct nlab_build_bytes order = some(input, NLAB_TCP_OPTION_BYTES);
		options->count = (uint8_t)order.size;
		fill(&(struct input){order.at, order.size}, options->kinds, NLAB_TCP_OPTION_BYTES);
	}
	if (choices & CHOICE_RAW_OPTIONS) {
		build->raw_options = some(input, wild ? 255 : 40);
	}
}

static inline void describe_inside(struct input *input, unsigned choices, struct nlab_build *build)
{
	build->sport = (uint16_t)number(input, 2);
	build->dport = (uint16_t)number(input, 2);
	build->icmp_type = (uint8_t)number(input, 1);
	build->icmp_code = (uint8_t)number(input, 1);
	build->icmp_rest = number(input, 4);
	if (build->proto == NLAB_PROTO_TCP) {
		build->tcp = (struct nlab_tcp){.seq = number(input, 4), .ack = number(input, 4)};
		build->tcp.window = (uint16_t)number(input, 2);
		build->tcp.urgent = (uint16_t)number(input, 2);
		build->tcp.flags = (uint8_t)number(input, 1);
		describe_options(input, choices, build);
	} else if (build->proto == NLAB_PROTO_ARP) {
		build->arp.op = (uint16_t)number(input, 2);
		fill(input, build->arp.sha, 6);
		fill(input, build->arp.tha, 6);
	}
}

static inline void describe_lies(struct input *input, struct nlab_build *build)
{
	build->ethertype = lie(input);
	build->protocol = lie(input);
	build->ip_length = lie(input);
	build->data_offset = lie(input);
	build->udp_length = lie(input);
	build->checksum = lie(input);
	if (build->version == 4) {
		build->ihl = lie(input);
		build->ip_checksum = lie(input);
	}
}

/* Make a description of `input`. `pattern` has PATTERN_SIZE bytes. The description borrows both. */
static inline void nlab_describe(struct input *input, const uint8_t *pattern, struct nlab_build *build)
{
	static const uint8_t VERSIONS[] = {4, 6, 4, 6, 4, 6, 4, 5};
	*build = (struct nlab_build){.proto = (uint8_t)(number(input, 1) % (NLAB_PROTO_COUNT + 1))};
	build->version = VERSIONS[number(input, 1) % sizeof VERSIONS];
	if (build->proto == NLAB_PROTO_IP || build->proto == NLAB_PROTO_ICMP) {
		build->version = 4;
	} else if (build->proto == NLAB_PROTO_IP6 || build->proto == NLAB_PROTO_ICMP6) {
		build->version = 6;
	}
	unsigned choices = number(input, 2);
	uint8_t protocol = (uint8_t)number(input, 1);
	fill(input, build->src_mac, 6);
	fill(input, build->dst_mac, 6);
	describe_ip(input, choices, build);
	describe_inside(input, choices, build);
	if (choices & CHOICE_LIES) {
		describe_lies(input, build);
	} else if (build->proto == NLAB_PROTO_IP || build->proto == NLAB_PROTO_IP6) {
		build->protocol = (struct nlab_build_field){NLAB_BUILD_GIVEN, protocol};
	} else if (build->proto == NLAB_PROTO_OTHER) {
		build->ethertype = (struct nlab_build_field){NLAB_BUILD_GIVEN, (uint16_t)(protocol << 8 | 1)};
	}
	if (choices & CHOICE_PATTERN) {
		build->payload = (struct nlab_build_bytes){pattern, number(input, 3) % PATTERN_SIZE};
	} else {
		build->payload.at = take(input, input->left, &build->payload.size);
	}
}

#endif
