/* test_build.c: frames from descriptions: what was described is what is decoded, for 10,000 random descriptions; and
 * options lie as Linux lays them. Every buffer has exactly the size that is needed, so that the sanitizers see a byte
 * too much. */
#include "facts/build.h"

#include "build_example.h"

#include "facts/build_ip.h"
#include "facts/bytes.h"
#include "facts/checksum.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 10000

/* ---- random descriptions; xorshift64, the same numbers in every run ---- */

struct random {
	uint64_t state;
	uint8_t bytes[3000]; /* what payloads and options are taken from */
	uint8_t cookie[16];
};

static uint64_t next(struct random *random)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return random->state >> 16;
}

static uint32_t below(struct random *random, uint32_t limit)
{
	return (uint32_t)(next(random) % limit);
}

static bool chance(struct random *random)
{
	return next(random) & 1;
}

static void fill(struct random *random, uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		bytes[i] = (uint8_t)next(random);
	}
}

static void fill_address(struct random *random, uint8_t address[16], uint8_t version)
{
	static const uint8_t PREFIX[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	fill(random, address, 16);
	if (version == 4) {
		memcpy(address, PREFIX, sizeof PREFIX);
	}
}

static void fill_options(struct random *random, struct nlab_tcp_options *options)
{
	options->has = (uint8_t)below(random, 1 << 6);
	options->mss = (uint16_t)next(random);
	options->wscale = (uint8_t)next(random);
	options->tsval = (uint32_t)next(random);
	options->tsecr = (uint32_t)next(random);
	options->sack_blocks = (uint8_t)(1 + below(random, 2));
	for (unsigned i = 0; i < options->sack_blocks; i++) {
		options->sack[i][0] = (uint32_t)next(random);
		options->sack[i][1] = (uint32_t)next(random);
	}
	options->cookie = random->cookie;
	options->cookie_length = (uint8_t)(2 * below(random, 9));
}

/* A description in which everything fits, but for TCP options that may be too many. */
static void describe(struct random *random, struct nlab_build *build)
{
	static const uint8_t PROTOS[] = {NLAB_PROTO_TCP,   NLAB_PROTO_UDP, NLAB_PROTO_ICMP,
					 NLAB_PROTO_ICMP6, NLAB_PROTO_ARP, NLAB_PROTO_IP};
	memset(build, 0, sizeof *build);
	build->proto = PROTOS[below(random, sizeof PROTOS)];
	build->version = chance(random) ? 4 : 6;
	if (build->proto == NLAB_PROTO_ICMP || build->proto == NLAB_PROTO_ARP) {
		build->version = 4;
	} else if (build->proto == NLAB_PROTO_ICMP6) {
		build->version = 6;
	} else if (build->proto == NLAB_PROTO_IP) {
		build->proto = build->version == 4 ? NLAB_PROTO_IP : NLAB_PROTO_IP6;
		build->protocol = (struct nlab_build_field){NLAB_BUILD_GIVEN, 253};
	}
	fill(random, build->src_mac, 6);
	fill(random, build->dst_mac, 6);
	fill_address(random, build->src, build->version);
	fill_address(random, build->dst, build->version);
	build->ttl = (uint8_t)next(random);
	build->tos = (uint8_t)next(random);
	build->fragment_header = build->version == 6 && chance(random);
	build->mf = below(random, 8) == 0;
	build->df = build->version == 4 && chance(random);
	bool id = build->version == 4 || build->mf || build->fragment_header;
	build->id = id ? (uint32_t)next(random) & (build->version == 4 ? 0xffff : UINT32_MAX) : 0;
	build->flow_label = build->version == 6 ? below(random, 1 << 20) : 0;
	build->sport = (uint16_t)next(random);
	build->dport = (uint16_t)next(random);
	build->tcp = (struct nlab_tcp){(uint32_t)next(random), (uint32_t)next(random), (uint16_t)next(random),
				       (uint16_t)next(random), (uint8_t)next(random)};
	fill_options(random, &build->options);
	build->icmp_type = (uint8_t)(128 + below(random, 128)); /* no error: nothing is quoted */
	build->icmp_code = (uint8_t)next(random);
	build->icmp_rest = (uint32_t)next(random);
	build->arp.op = (uint16_t)next(random);
	fill(random, build->arp.sha, 6);
	fill(random, build->arp.tha, 6);
	build->payload = (struct nlab_build_bytes){random->bytes, below(random, 4) ? below(random, 40)
										   : below(random, 3000)};
	if (build->version == 4 && below(random, 4) == 0) {
		build->ip_options = (struct nlab_build_bytes){random->bytes + 7, below(random, 41)};
	}
}

/* ---- what was described is what is decoded ---- */

static void same_options(const struct nlab_tcp_options *is, const struct nlab_tcp_options *want)
{
	assert_int_equal(is->has, want->has);
	assert_false(is->malformed);
	assert_int_equal(is->mss, want->has & NLAB_OPTION_MSS ? want->mss : 0);
	assert_int_equal(is->wscale, want->has & NLAB_OPTION_WSCALE ? want->wscale : 0);
	assert_int_equal(is->tsval, want->has & NLAB_OPTION_TS ? want->tsval : 0);
	assert_int_equal(is->tsecr, want->has & NLAB_OPTION_TS ? want->tsecr : 0);
	if (want->has & NLAB_OPTION_SACK) {
		assert_int_equal(is->sack_blocks, want->sack_blocks);
		assert_memory_equal(is->sack, want->sack, 8u * want->sack_blocks);
	}
	if (want->has & NLAB_OPTION_FASTOPEN) {
		assert_int_equal(is->cookie_length, want->cookie_length);
		assert_memory_equal(is->cookie, want->cookie, want->cookie_length);
	}
}

static void same_ip(const struct nlab_packet *packet, const struct nlab_build *build)
{
	const uint8_t *ip = packet->frame + NLAB_ETHER_HEADER;
	assert_int_equal(packet->ip.version, build->version);
	assert_memory_equal(packet->ip.src, build->src, 16);
	assert_memory_equal(packet->ip.dst, build->dst, 16);
	assert_int_equal(packet->ip.ttl, build->ttl);
	assert_int_equal(packet->ip.tos, build->tos);
	assert_int_equal(packet->ip.id, build->id);
	assert_int_equal(packet->ip.df, build->df);
	assert_int_equal(packet->ip.mf, build->mf);
	assert_int_equal(packet->ip.fragment_offset, build->fragment_offset);
	assert_int_equal(packet->ip.header_length, nlab_build_ip_size(build));
	assert_int_equal(packet->ip.length, packet->length - NLAB_ETHER_HEADER);
	if (build->version == 6) {
		assert_int_equal(nlab_get32(ip) & 0xfffff, build->flow_label);
	} else if (build->ip_options.size) {
		assert_memory_equal(ip + 20, build->ip_options.at, build->ip_options.size);
	}
}

static void same_inside(const struct nlab_packet *packet, const struct nlab_build *build)
{
	if (packet->layers & NLAB_LAYER_PORTS) {
		assert_int_equal(packet->sport, build->sport);
		assert_int_equal(packet->dport, build->dport);
	}
	if (build->proto == NLAB_PROTO_TCP) {
		assert_int_equal(packet->tcp.seq, build->tcp.seq);
		assert_int_equal(packet->tcp.ack, build->tcp.ack);
		assert_int_equal(packet->tcp.window, build->tcp.window);
		assert_int_equal(packet->tcp.urgent, build->tcp.urgent);
		assert_int_equal(packet->tcp.flags, build->tcp.flags);
		same_options(&packet->options, &build->options);
	} else if (packet->layers & NLAB_LAYER_ICMP) {
		assert_int_equal(packet->icmp_type, build->icmp_type);
		assert_int_equal(packet->icmp_code, build->icmp_code);
		uint32_t rest;
		memcpy(&rest, packet->frame + packet->transport + 4, sizeof rest);
		assert_int_equal(ntohl(rest), build->icmp_rest);
	}
	assert_int_equal(packet->payload_length, build->payload.size);
	assert_int_equal(packet->payload_captured, build->payload.size);
	assert_memory_equal(packet->frame + packet->payload, build->payload.at, build->payload.size);
}

static void same(const struct nlab_packet *packet, const struct nlab_build *build)
{
	assert_memory_equal(packet->frame, build->dst_mac, 6);
	assert_memory_equal(packet->frame + 6, build->src_mac, 6);
	assert_int_equal(packet->proto, build->proto);
	assert_false(packet->layers & (NLAB_LAYER_MALFORMED | NLAB_LAYER_TRUNCATED));
	if (build->proto == NLAB_PROTO_ARP) {
		assert_int_equal(packet->arp.op, build->arp.op);
		assert_memory_equal(packet->arp.sha, build->arp.sha, 6);
		assert_memory_equal(packet->arp.tha, build->arp.tha, 6);
		assert_memory_equal(packet->ip.src, build->src, 16);
		assert_memory_equal(packet->ip.dst, build->dst, 16);
		return;
	}
	same_ip(packet, build);
	same_inside(packet, build);
	bool summed = build->proto != NLAB_PROTO_IP && build->proto != NLAB_PROTO_IP6 && !build->mf;
	assert_int_equal(nlab_checksum_verify(packet), summed ? NLAB_CHECKSUM_OK : NLAB_CHECKSUM_UNKNOWN);
}

static void round_trip(void **state)
{
	static struct random random = {.state = 0x6e65746c61623031};
	unsigned built = 0, refused = 0;
	(void)state;
	fill(&random, random.bytes, sizeof random.bytes);
	fill(&random, random.cookie, sizeof random.cookie);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct nlab_build build;
		struct nlab_packet packet;
		struct nlab_error error;
		static uint8_t whole[NLAB_BUILD_FRAME_MAX];
		size_t size, again;
		describe(&random, &build);
		if (!nlab_build_frame(&build, whole, sizeof whole, &size, &error)) {
			assert_int_equal(build.proto, NLAB_PROTO_TCP);
			assert_non_null(strstr(error.subject, "a header has room for 40"));
			refused++;
			continue;
		}
		built++;
		uint8_t *frame = malloc(size);
		assert_true(nlab_build_frame(&build, frame, size, &again, &error));
		assert_int_equal(again, size);
		assert_false(nlab_build_frame(&build, frame, below(&random, (uint32_t)size), &again, &error));
		nlab_packet_decode(&packet, frame, size, size);
		same(&packet, &build);
		free(frame);
	}
	assert_true(built > ROUNDS * 9 / 10 && refused > 0);
}

/* ---- the layout of options ---- */

static struct built *build_it(const struct nlab_build *build)
{
	static struct built built;
	assert_true(build_and_decode(build, &built));
	return &built;
}

/* The layouts of Linux's tcp_options_write(). */
static void option_layouts(void **state)
{
	static const struct {
		uint8_t has;
		const char *names;
	} LAYOUTS[] = {
	    {0, ""},
	    {NLAB_OPTION_MSS | NLAB_OPTION_SACKOK | NLAB_OPTION_TS | NLAB_OPTION_WSCALE,
	     "mss,sackok,ts,nop,wscale"},
	    {NLAB_OPTION_MSS | NLAB_OPTION_SACKOK | NLAB_OPTION_WSCALE, "mss,nop,nop,sackok,nop,wscale"},
	    {NLAB_OPTION_TS, "nop,nop,ts"},
	    {NLAB_OPTION_TS | NLAB_OPTION_SACK, "nop,nop,ts,nop,nop,sack"},
	    {NLAB_OPTION_MSS | NLAB_OPTION_FASTOPEN, "mss,fastopen,nop,nop"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof LAYOUTS / sizeof *LAYOUTS; i++) {
		struct nlab_build build = build_example(NLAB_PROTO_TCP, 4);
		char text[300];
		build.options = (struct nlab_tcp_options){.has = LAYOUTS[i].has, .sack_blocks = 1};
		struct built *built = build_it(&build);
		assert_string_equal(nlab_tcp_options_text(&built->packet.options, text, sizeof text),
				    LAYOUTS[i].names);
	}
}

static void options_in_order(void **state)
{
	static const uint8_t RAW[] = {253, 4, 0xf9, 0x89};
	(void)state;
	struct nlab_build build = build_example(NLAB_PROTO_TCP, 4);
	char text[300];
	build.options = (struct nlab_tcp_options){.has = NLAB_OPTION_MSS | NLAB_OPTION_WSCALE,
						  .mss = 1460,
						  .wscale = 3,
						  .count = 4,
						  .kinds = {3, 2, 1, 3}};
	build.raw_options = (struct nlab_build_bytes){RAW, sizeof RAW};
	struct built *built = build_it(&build);
	static const uint8_t BYTES_ARE[] = {3, 3, 3, 2, 4, 5, 0xb4, 1, 3, 3, 3, 253, 4, 0xf9, 0x89, 0};
	assert_memory_equal(built->frame + 14 + 20 + 20, BYTES_ARE, sizeof BYTES_ARE);
	nlab_tcp_options_text(&built->packet.options, text, sizeof text);
	assert_string_equal(text, "wscale,mss,nop,wscale,opt253,eol");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(option_layouts),
					   cmocka_unit_test(options_in_order)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
