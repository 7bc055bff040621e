/* build_fuzz.c: the packet builder (facts/build.h, facts/build_fragment.h) takes any description: bytes -> description
 * (describe.h) -> frame -> what is decoded again is what was asked, and what was asked to be wrong is wrong in just that
 * way. Frames, those that were built and any bytes, are cut into fragments, which put together are the datagram again.
 * The one function is libFuzzer's; tests/fuzz/driver.c calls it as well. The first byte of an input says how large the
 * fragments are, and with its highest bit that the rest is a frame, and no description. A broken promise aborts. */
#include "describe.h"

#include "facts/build_fragment.h"
#include "facts/build_ip.h"
#include "facts/bytes.h"
#include "facts/checksum.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define PROMISED(condition) ((condition) ? (void)0 : broken_promise(#condition, __LINE__))

static void broken_promise(const char *condition, int line)
{
	fprintf(stderr, "build_fuzz.c:%d: does not hold: %s\n", line, condition);
	abort();
}

static void *get_memory(size_t size)
{
	void *memory = malloc(size ? size : 1);
	if (!memory) {
		abort();
	}
	return memory;
}

/* ---- what was asked stands where the RFC says ---- */

static bool is_ip(const struct nlab_build *build)
{
	return build->proto != NLAB_PROTO_ARP && build->proto != NLAB_PROTO_OTHER;
}

/* A field that was given has the value; one that was not is `right`. */
static void look_at_field(const struct nlab_build_field *field, unsigned value, size_t right)
{
	PROMISED(value == (field->how == NLAB_BUILD_GIVEN ? field->value : right));
}

static void look_at_ip4(const struct nlab_build *build, const uint8_t *ip, size_t size)
{
	size_t header = nlab_build_ip_size(build);
	PROMISED(ip[0] >> 4 == 4);
	look_at_field(&build->ihl, ip[0] & 15u, header / 4);
	look_at_field(&build->ip_length, nlab_get16(ip + 2), size);
	PROMISED(ip[1] == build->tos && nlab_get16(ip + 4) == build->id && ip[8] == build->ttl);
	PROMISED(nlab_get16(ip + 6) ==
		 ((build->df ? 0x4000u : 0) | (build->mf ? 0x2000u : 0) | build->fragment_offset / 8));
	PROMISED(memcmp(ip + 12, build->src + 12, 4) == 0 && memcmp(ip + 16, build->dst + 12, 4) == 0);
	PROMISED(memcmp(ip + 20, build->ip_options.at ? build->ip_options.at : ip + 20,
			build->ip_options.size) == 0);
	if (build->ip_checksum.how == NLAB_BUILD_GIVEN) {
		PROMISED(nlab_get16(ip + 10) == build->ip_checksum.value);
	} else if (build->ihl.how != NLAB_BUILD_GIVEN) {
		bool right = nlab_checksum_fold(nlab_checksum_add(0, ip, header)) == 0;
		PROMISED(right == (build->ip_checksum.how == NLAB_BUILD_RIGHT));
	}
}

static void look_at_ip6(const struct nlab_build *build, const uint8_t *ip, size_t size)
{
	bool fragment = nlab_build_ip_size(build) > 40;
	PROMISED(nlab_get32(ip) == (6u << 28 | (uint32_t)build->tos << 20 | build->flow_label));
	look_at_field(&build->ip_length, nlab_get16(ip + 4), size - 40);
	PROMISED(ip[7] == build->ttl && memcmp(ip + 8, build->src, 16) == 0 &&
		 memcmp(ip + 24, build->dst, 16) == 0);
	PROMISED(fragment == (build->mf || build->fragment_offset || build->fragment_header));
	if (fragment) {
		PROMISED(ip[6] == 44 && ip[41] == 0 && nlab_get32(ip + 44) == build->id);
		PROMISED(nlab_get16(ip + 42) == (build->fragment_offset | build->mf));
	}
}

static void look_at_bytes(const struct nlab_build *build, const uint8_t *frame, size_t size)
{
	static const uint8_t HEADERS[NLAB_PROTO_COUNT] = {[NLAB_PROTO_ARP] = 28,
							  [NLAB_PROTO_TCP] = 20,
							  [NLAB_PROTO_UDP] = 8,
							  [NLAB_PROTO_ICMP] = 8,
							  [NLAB_PROTO_ICMP6] = 8};
	size_t before = NLAB_ETHER_HEADER + (is_ip(build) ? nlab_build_ip_size(build) : 0);
	PROMISED(memcmp(frame, build->dst_mac, 6) == 0 && memcmp(frame + 6, build->src_mac, 6) == 0);
	PROMISED(build->ethertype.how != NLAB_BUILD_GIVEN ||
		 nlab_get16(frame + 12) == build->ethertype.value);
	PROMISED(size >= before + HEADERS[build->proto] + build->payload.size);
	PROMISED(!build->payload.size ||
		 memcmp(frame + size - build->payload.size, build->payload.at, build->payload.size) == 0);
	if (is_ip(build)) {
		(build->version == 4 ? look_at_ip4 : look_at_ip6)(build, frame + NLAB_ETHER_HEADER,
								  size - NLAB_ETHER_HEADER);
	}
	if (build->proto == NLAB_PROTO_TCP) {
		size_t header = size - before - build->payload.size;
		look_at_field(&build->data_offset, frame[before + 12] >> 4, header / 4);
		PROMISED(header % 4 == 0 && header <= 60);
	} else if (build->proto == NLAB_PROTO_UDP) {
		look_at_field(&build->udp_length, nlab_get16(frame + before + 4), 8 + build->payload.size);
	}
}

/* ---- what was asked is what is decoded ---- */

/* The values that the options of a header have, as far as they can be told from what was asked: an end of list hides
 * what is behind it, raw options may be anything, and a cookie of a length that RFC 7413 does not have is no cookie. */
static void same_options(const struct nlab_tcp_options *is, const struct nlab_build *build)
{
	const struct nlab_tcp_options *want = &build->options;
	bool cookie = want->cookie_length <= 16 && want->cookie_length % 2 == 0;
	unsigned has = want->has & (cookie ? 0x3fu : 0x3fu & ~(unsigned)NLAB_OPTION_FASTOPEN);
	if (build->raw_options.size || memchr(want->kinds, 0, want->count)) {
		return;
	}
	PROMISED(is->has == has && !is->malformed);
	PROMISED(is->mss == (has & NLAB_OPTION_MSS ? want->mss : 0));
	PROMISED(is->wscale == (has & NLAB_OPTION_WSCALE ? want->wscale : 0));
	PROMISED(is->tsval == (has & NLAB_OPTION_TS ? want->tsval : 0));
	PROMISED(is->tsecr == (has & NLAB_OPTION_TS ? want->tsecr : 0));
	PROMISED(is->sack_blocks == (has & NLAB_OPTION_SACK ? want->sack_blocks : 0));
	PROMISED(memcmp(is->sack, want->sack, 8u * is->sack_blocks) == 0);
	PROMISED(!(has & NLAB_OPTION_FASTOPEN) || is->cookie_length == want->cookie_length);
	PROMISED(!is->cookie_length || memcmp(is->cookie, want->cookie, is->cookie_length) == 0);
	PROMISED(memcmp(is->kinds, want->kinds, want->count) == 0);
}

static void same_inside(const struct nlab_packet *packet, const struct nlab_build *build)
{
	const uint8_t *header = packet->frame + packet->transport;
	if (packet->layers & NLAB_LAYER_PORTS) {
		PROMISED(packet->sport == build->sport && packet->dport == build->dport);
	}
	if (build->proto == NLAB_PROTO_TCP) {
		PROMISED(packet->tcp.seq == build->tcp.seq && packet->tcp.ack == build->tcp.ack);
		PROMISED(packet->tcp.window == build->tcp.window && packet->tcp.urgent == build->tcp.urgent);
		PROMISED(packet->tcp.flags == build->tcp.flags);
		same_options(&packet->options, build);
	} else if (packet->layers & NLAB_LAYER_ICMP) {
		PROMISED(packet->icmp_type == build->icmp_type && packet->icmp_code == build->icmp_code);
		PROMISED(nlab_get32(header + 4) == build->icmp_rest);
	}
	PROMISED(packet->payload_length == build->payload.size &&
		 packet->payload_captured == build->payload.size);
}

/* A description without lies; of the inside only what has a transport header. */
static void same(const struct nlab_packet *packet, const struct nlab_build *build)
{
	const struct nlab_ip *ip = &packet->ip;
	if (build->proto == NLAB_PROTO_ARP) {
		PROMISED(packet->proto == NLAB_PROTO_ARP && packet->arp.op == build->arp.op);
		PROMISED(memcmp(packet->arp.sha, build->arp.sha, 6) == 0 &&
			 memcmp(packet->arp.tha, build->arp.tha, 6) == 0);
		PROMISED(memcmp(ip->src + 12, build->src + 12, 4) == 0 &&
			 memcmp(ip->dst + 12, build->dst + 12, 4) == 0);
		return;
	}
	PROMISED(ip->version == build->version && ip->ttl == build->ttl && ip->tos == build->tos);
	PROMISED(memcmp(ip->src, build->src, 16) == 0 && memcmp(ip->dst, build->dst, 16) == 0);
	if (build->proto == NLAB_PROTO_IP || build->proto == NLAB_PROTO_IP6) {
		return; /* what the payload stands for is its own matter */
	}
	bool id = build->version == 4 || nlab_build_ip_size(build) > 40;
	PROMISED(ip->id == (id ? build->id : 0) && ip->df == build->df && ip->mf == build->mf);
	PROMISED(ip->fragment_offset == build->fragment_offset);
	PROMISED(ip->header_length == nlab_build_ip_size(build));
	PROMISED(ip->length == packet->length - NLAB_ETHER_HEADER);
	if (!build->fragment_offset) {
		PROMISED(packet->proto == build->proto);
		same_inside(packet, build);
	}
}

/* Is the transport checksum as it stands in the frame the right one? */
static bool is_right(const struct nlab_build *build, const struct nlab_packet *packet, unsigned place)
{
	uint8_t *frame = get_memory(packet->captured);
	memcpy(frame, packet->frame, packet->captured);
	unsigned is = nlab_get16(frame + packet->transport + place);
	bool right = nlab_checksum_complete(frame, packet->captured) &&
		     nlab_get16(frame + packet->transport + place) == is;
	free(frame);
	PROMISED(right || build->checksum.how != NLAB_BUILD_RIGHT);
	PROMISED(!right || build->checksum.how != NLAB_BUILD_BAD);
	PROMISED(build->checksum.how != NLAB_BUILD_GIVEN || is == build->checksum.value);
	PROMISED(is || build->checksum.how != NLAB_BUILD_BAD);
	PROMISED(is || build->checksum.how == NLAB_BUILD_GIVEN || build->proto != NLAB_PROTO_UDP);
	return right;
}

/* Checksums are right unless asked for otherwise, whatever else is wrong, as far as there is something to check. */
static void look_at_checksums(const struct nlab_packet *packet, const struct nlab_build *build)
{
	static const uint8_t PLACES[NLAB_PROTO_COUNT] = {
	    [NLAB_PROTO_TCP] = 16, [NLAB_PROTO_UDP] = 6, [NLAB_PROTO_ICMP] = 2, [NLAB_PROTO_ICMP6] = 2};
	enum nlab_checksum found = nlab_checksum_verify(packet);
	unsigned place = PLACES[build->proto];
	if (found == NLAB_CHECKSUM_UNKNOWN || packet->proto != build->proto || !place ||
	    packet->ip.version != build->version || packet->ip.header_length != nlab_build_ip_size(build)) {
		return;
	}
	const uint8_t *ip = packet->frame + NLAB_ETHER_HEADER;
	bool good = packet->ip.version == 6 ||
		    nlab_checksum_fold(nlab_checksum_add(0, ip, packet->ip.header_length)) == 0;
	unsigned is = nlab_get16(packet->frame + packet->transport + place);
	bool right = !good || is_right(build, packet, place);
	if (is %
	    0xffff) { /* 0 and 0xffff are the same number, and over UDP 0 is none: the decoder's own tests */
		PROMISED(found == (good && right ? NLAB_CHECKSUM_OK : NLAB_CHECKSUM_BAD));
	}
}

/* ---- fragments ---- */

/* The fragments of a frame that can be cut: each is good, and what they carry is the datagram's, without a gap. */
static void look_at_fragments(const uint8_t *frame, size_t size, size_t data)
{
	struct nlab_build_cut cut;
	struct nlab_error error = {0};
	bool begun = nlab_build_cut_begin(&cut, frame, size, data, 0x01020304, &error);
	size_t done = 0, got = 0;
	PROMISED(begun == !error.step[0]);
	if (!begun) {
		return;
	}
	size_t inside = size - cut.header, offset = cut.offset;
	bool more = cut.more;
	uint8_t *fragment = get_memory(size + NLAB_BUILD_CUT_MORE);
	while (nlab_build_cut_next(&cut, fragment, &got)) {
		struct nlab_packet packet;
		size_t header = (cut.four ? (fragment[NLAB_ETHER_HEADER] & 15u) * 4 : 48) + NLAB_ETHER_HEADER;
		PROMISED(got <= size + NLAB_BUILD_CUT_MORE && got >= header && got - header <= inside - done);
		PROMISED(memcmp(fragment + header, frame + cut.header + done, got - header) == 0);
		nlab_packet_decode(&packet, fragment, got, got);
		size_t here =
		    cut.four ? (nlab_get16(fragment + 20) & 0x1fffu) * 8 : nlab_get16(fragment + 56) & 0xfff8;
		bool last =
		    !(cut.four ? nlab_get16(fragment + 20) & 0x2000u : nlab_get16(fragment + 56) & 1u);
		PROMISED(here == offset + done);
		done += got - header;
		PROMISED(last == (done == inside && !more));
		PROMISED(got - header == data || done == inside);
		PROMISED(!cut.four || nlab_checksum_fold(nlab_checksum_add(0, fragment + NLAB_ETHER_HEADER,
									   header - NLAB_ETHER_HEADER)) == 0);
	}
	PROMISED(done == inside);
	free(fragment);
}

/* ---- the target ---- */

static bool tells_the_truth(const struct nlab_build *build)
{
	bool protocol = build->proto == NLAB_PROTO_IP || build->proto == NLAB_PROTO_IP6;
	return build->proto != NLAB_PROTO_OTHER && !build->ethertype.how &&
	       (protocol || !build->protocol.how) && !build->ip_length.how && !build->ihl.how &&
	       !build->data_offset.how && !build->udp_length.how;
}

/* The frame, in memory of exactly its size, which is more than nothing; NULL when it cannot be built. */
static uint8_t *build_exactly(const struct nlab_build *build, size_t *size)
{
	static uint8_t whole[NLAB_BUILD_FRAME_MAX];
	struct nlab_error error = {0};
	size_t again = 0;
	memset(whole, 0xa5, NLAB_BUILD_HEADERS);
	bool built = nlab_build_frame(build, whole, sizeof whole, size, &error);
	PROMISED(built == !error.step[0]);
	if (!built) {
		return NULL;
	}
	PROMISED(*size <= NLAB_BUILD_HEADERS + build->payload.size && *size >= NLAB_ETHER_HEADER);
	uint8_t *frame = get_memory(*size);
	memset(frame, 0x5a, *size);
	PROMISED(!nlab_build_frame(build, frame, *size - 1, &again, &error));
	PROMISED(nlab_build_frame(build, frame, *size, &again, &error) && again == *size);
	PROMISED(memcmp(frame, whole, *size) == 0); /* every byte was written */
	return frame;
}

static void look_at_description(struct input *input, size_t data)
{
	static uint8_t pattern[PATTERN_SIZE];
	struct nlab_build build;
	size_t size = 0;
	for (size_t i = 0; i < sizeof pattern && !pattern[1]; i++) {
		pattern[i] = (uint8_t)(i * 7 >> 2);
	}
	nlab_describe(input, pattern, &build);
	uint8_t *frame = build_exactly(&build, &size);
	if (!frame) {
		return;
	}
	struct nlab_packet packet;
	nlab_packet_decode(&packet, frame, size, size);
	look_at_bytes(&build, frame, size);
	if (tells_the_truth(&build)) {
		same(&packet, &build);
	}
	look_at_checksums(&packet, &build);
	look_at_fragments(frame, size, data);
	free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = {bytes, size};
	uint32_t first = number(&input, 1);
	size_t data = (first & 0x7f) * 8 + (first & 1 ? 1024 : 0);
	if (first & 0x80) {
		look_at_fragments(input.at, input.left, data);
	} else {
		look_at_description(&input, data);
	}
	return 0;
}
