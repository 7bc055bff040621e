/* test_build_fragment.c: datagrams cut into fragments: put together again they are the datagram, whatever the size. */
#include "facts/build_fragment.h"

#include "facts/build.h"
#include "facts/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAYLOAD 3001

/* A UDP datagram; its addresses are 10.0.0.1 and 10.0.0.2, or fd00::1 and fd00::2. */
static struct nlab_build datagram(uint8_t version)
{
	static const uint8_t V4[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1};
	static const uint8_t V6[16] = {0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
	static uint8_t payload[PAYLOAD];
	struct nlab_build build = {.proto = NLAB_PROTO_UDP,
				   .version = version,
				   .ttl = 9,
				   .tos = 3,
				   .sport = 7,
				   .dport = 8,
				   .payload = {payload, sizeof payload}};
	for (size_t i = 0; i < sizeof payload; i++) {
		payload[i] = (uint8_t)(i * 7 + i / 256);
	}
	memcpy(build.src, version == 4 ? V4 : V6, 16);
	memcpy(build.dst, build.src, 16);
	build.dst[15] = 2;
	return build;
}

static uint8_t *frame_of(const struct nlab_build *build, size_t *size)
{
	static uint8_t whole[NLAB_BUILD_FRAME_MAX];
	struct nlab_error error;
	assert_true(nlab_build_frame(build, whole, sizeof whole, size, &error));
	uint8_t *frame = malloc(*size);
	memcpy(frame, whole, *size);
	return frame;
}

/* Cut and put together; returns how many fragments there were. */
static unsigned put_together(const struct nlab_build *build, size_t data, uint32_t id)
{
	static uint8_t together[70000];
	struct nlab_build_cut cut;
	struct nlab_error error;
	struct nlab_packet packet, whole;
	size_t size, at = 0, part;
	unsigned count = 0;
	uint8_t *frame = frame_of(build, &size), *fragment = malloc(size + NLAB_BUILD_CUT_MORE);
	nlab_packet_decode(&whole, frame, size, size);
	assert_true(nlab_build_cut_begin(&cut, frame, size, data, id, &error));
	size_t first = whole.ip.fragment_offset;
	bool more = true;
	while (nlab_build_cut_next(&cut, fragment, &part)) {
		nlab_packet_decode(&packet, fragment, part, part);
		assert_false(packet.layers & NLAB_LAYER_MALFORMED);
		assert_memory_equal(packet.ip.src, whole.ip.src, 32);
		assert_int_equal(packet.ip.fragment_offset, first + at);
		assert_int_equal(packet.ip.ttl, 9);
		assert_int_equal(packet.ip.tos, 3);
		assert_int_equal(packet.ip.id, id);
		assert_int_equal(packet.ip.length, part - NLAB_ETHER_HEADER);
		assert_int_not_equal(nlab_checksum_verify(&packet), NLAB_CHECKSUM_BAD);
		size_t inside = packet.ip.length - packet.ip.header_length;
		assert_true(inside == data || at + inside == size - whole.transport);
		memcpy(together + at, fragment + packet.transport, inside);
		at += inside;
		more = packet.ip.mf;
		assert_true(more || at == size - whole.transport);
		count++;
	}
	assert_int_equal(more, build->mf);
	assert_int_equal(at, size - whole.transport);
	assert_memory_equal(together, frame + whole.transport, at);
	free(fragment);
	free(frame);
	return count;
}

static void all_sizes(void **state)
{
	(void)state;
	for (uint8_t version = 4; version <= 6; version = (uint8_t)(version + 2)) {
		struct nlab_build build = datagram(version);
		build.id = version == 4 ? 77 : 0;
		for (size_t data = 8; data <= 3200; data += 8) {
			unsigned count = put_together(&build, data, 77);
			assert_int_equal(count, (PAYLOAD + 8 + data - 1) / data);
		}
	}
}

static void a_fragment_again(void **state)
{
	(void)state;
	for (uint8_t version = 4; version <= 6; version = (uint8_t)(version + 2)) {
		struct nlab_build build = datagram(version);
		build.id = 77;
		build.fragment_offset = 1480;
		build.mf = true;
		build.payload.size = 1480 - 8;
		assert_int_equal(put_together(&build, 496, 77), 3);
	}
}

static void without_payload(void **state)
{
	(void)state;
	struct nlab_build build = datagram(4);
	build.proto = NLAB_PROTO_IP;
	build.protocol = (struct nlab_build_field){NLAB_BUILD_GIVEN, 17};
	build.payload.size = 0;
	assert_int_equal(put_together(&build, 8, 0), 1);
}

/* Record route is not copied, security is; RFC 791 3.1. */
static void options_are_copied(void **state)
{
	static const uint8_t OPTIONS[] = {1, 7, 7, 4, 1, 1, 1, 1, 130, 3, 9, 1};
	static const uint8_t SECOND[] = {130, 3, 9, 0};
	struct nlab_build build = datagram(4);
	struct nlab_build_cut cut;
	struct nlab_error error;
	struct nlab_packet packet;
	size_t size, part;
	(void)state;
	build.ip_options = (struct nlab_build_bytes){OPTIONS, sizeof OPTIONS};
	uint8_t *frame = frame_of(&build, &size), *fragment = malloc(size + NLAB_BUILD_CUT_MORE);
	assert_true(nlab_build_cut_begin(&cut, frame, size, 2000, 0, &error));
	assert_true(nlab_build_cut_next(&cut, fragment, &part));
	assert_memory_equal(fragment + 34, OPTIONS, sizeof OPTIONS);
	assert_true(nlab_build_cut_next(&cut, fragment, &part));
	nlab_packet_decode(&packet, fragment, part, part);
	assert_int_equal(packet.ip.header_length, 24);
	assert_memory_equal(fragment + 34, SECOND, sizeof SECOND);
	assert_int_not_equal(nlab_checksum_verify(&packet), NLAB_CHECKSUM_BAD);
	assert_false(nlab_build_cut_next(&cut, fragment, &part));
	free(fragment);
	free(frame);
}

static void refused(const uint8_t *frame, size_t size, size_t data, const char *why)
{
	struct nlab_build_cut cut;
	struct nlab_error error = {0};
	if (nlab_build_cut_begin(&cut, frame, size, data, 0, &error) || !strstr(error.subject, why)) {
		fail_msg("\"%s\" instead of: %s", error.subject, why);
	}
}

static void cannot_be_cut(void **state)
{
	struct nlab_build build = datagram(4);
	size_t size;
	(void)state;
	build.df = true;
	uint8_t *frame = frame_of(&build, &size);
	refused(frame, size, 16, "don't fragment");
	refused(frame, size, 12, "12 bytes in each");
	refused(frame, size, 0, "0 bytes in each");
	refused(frame, 13, 16, "no IP datagram");
	refused(frame, 33, 16, "header length is wrong");
	frame[14] = 0x44;
	refused(frame, size, 16, "header length is wrong");
	frame[14] = 0x4f;
	refused(frame, 14 + 59, 16, "header length is wrong");
	frame[12] = 9;
	refused(frame, size, 16, "no IP datagram");
	free(frame);
	build = datagram(6);
	build.fragment_offset = 65520;
	frame = frame_of(&build, &size);
	refused(frame, size, 16, "an offset of");
	refused(frame, 53, 16, "no whole IPv6 header");
	free(frame);
	static uint8_t bytes[65535];
	build = datagram(6);
	build.proto = NLAB_PROTO_IP6;
	build.protocol = (struct nlab_build_field){NLAB_BUILD_GIVEN, 253};
	build.payload = (struct nlab_build_bytes){bytes, sizeof bytes};
	frame = frame_of(&build, &size);
	refused(frame, size, 65536, "up to 65520");
	free(frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_sizes),       cmocka_unit_test(a_fragment_again),
	    cmocka_unit_test(without_payload), cmocka_unit_test(options_are_copied),
	    cmocka_unit_test(cannot_be_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
