/* test_build_wrong.c: descriptions that do not fit are refused; what is wrong on purpose is wrong, and only that. */
#include "facts/build.h"

#include "build_example.h"

#include "facts/build_ip.h"
#include "facts/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct built *build_it(const struct nlab_build *build)
{
	static struct built built;
	assert_true(build_and_decode(build, &built));
	return &built;
}

static void refused(const struct nlab_build *build, const char *why)
{
	static uint8_t frame[NLAB_BUILD_FRAME_MAX];
	struct nlab_error error = {0};
	size_t size;
	if (nlab_build_frame(build, frame, sizeof frame, &size, &error)) {
		fail_msg("built, instead of: %s", why);
	}
	if (!strstr(error.subject, why)) {
		fail_msg("\"%s\" instead of: %s", error.subject, why);
	}
}

/* Change an example so that it does not fit; why must be in the error. */
#define REFUSED(proto_, version_, change_, why_)                                                             \
	build = build_example(NLAB_PROTO_##proto_, version_);                                                \
	change_;                                                                                             \
	refused(&build, why_)
#define BYTES(size_) ((struct nlab_build_bytes){some_bytes, size_})

static uint8_t some_bytes[65536];

static void does_not_fit(void **state)
{
	struct nlab_build build;
	(void)state;
	REFUSED(TCP, 5, , "version 5");
	REFUSED(TCP, 4, build.src[0] = 1, "no IPv4 address");
	REFUSED(TCP, 4, build.dst[11] = 1, "no IPv4 address");
	REFUSED(TCP, 4, build.id = 65536, "identification 65536");
	REFUSED(TCP, 4, build.flow_label = 1, "no flow label");
	REFUSED(TCP, 4, build.fragment_header = true, "no fragment header");
	REFUSED(TCP, 4, build.ip_options = BYTES(41), "41 bytes of options");
	REFUSED(TCP, 4, build.ihl = GIVEN(16), "header length 16");
	REFUSED(TCP, 4, build.data_offset = GIVEN(16), "data offset 16");
	REFUSED(TCP, 4, build.fragment_offset = 12, "fragment offset 12");
	REFUSED(TCP, 6, build.fragment_offset = 65536, "fragment offset 65536");
	REFUSED(TCP, 6, build.df = true, "no df");
	REFUSED(TCP, 6, build.ip_options = BYTES(4), "no df, options");
	REFUSED(TCP, 6, build.ihl = GIVEN(5), "no df, options, header length");
	REFUSED(TCP, 6, build.ip_checksum.how = NLAB_BUILD_BAD, "or checksum");
	REFUSED(TCP, 6, build.flow_label = 1 << 20, "flow label 1048576");
	REFUSED(TCP, 4, build.payload = BYTES(65535 - 39), "a datagram of 65536 bytes");
	REFUSED(TCP, 6, build.payload = BYTES(65535 - 19), "65536 bytes behind it");
	REFUSED(UDP, 6, build.payload = BYTES(65535 - 7), "65536 bytes: up to 65535");
	REFUSED(IP, 4, build.payload = BYTES(65536), "65536 bytes of payload");
	REFUSED(ICMP, 6, , "icmp goes over IPv4");
	REFUSED(ICMP6, 4, , "icmp6 goes over IPv6");
	REFUSED(IP, 4, , "the number of the protocol");
	REFUSED(IP6, 4, build.protocol = GIVEN(9), "goes over IPv6");
	REFUSED(OTHER, 4, , "the Ethernet type");
	REFUSED(COUNT, 4, , "no protocol 8");
}

static void options_do_not_fit(void **state)
{
	struct nlab_build build;
	(void)state;
	REFUSED(TCP, 4, build.raw_options = BYTES(41), "44 bytes: a header has room for 40");
	REFUSED(TCP, 4, (build.options.has = NLAB_OPTION_SACK, build.options.sack_blocks = 5),
		"5 SACK blocks");
	REFUSED(TCP, 4, build.options.has = NLAB_OPTION_SACK, "0 SACK blocks");
	REFUSED(TCP, 4,
		(build.options.has = NLAB_OPTION_FASTOPEN, build.options.cookie = some_bytes,
		 build.options.cookie_length = 255),
		"a header has room for 40");
	REFUSED(TCP, 4, (build.options.count = 1, build.options.kinds[0] = 2),
		"names mss, which has no value");
	REFUSED(TCP, 4, (build.options.count = 1, build.options.kinds[0] = 19), "md5 has no value here");
	REFUSED(TCP, 4, build.options.count = 41, "41 options");
	REFUSED(TCP, 4,
		(build.options.has = NLAB_OPTION_MSS, build.options.count = 1, build.options.kinds[0] = 1),
		"mss has a value, but the order leaves it out");
}

static void largest(void **state)
{
	(void)state;
	struct nlab_build build = build_example(NLAB_PROTO_UDP, 4);
	build.payload = BYTES(65535 - 28);
	assert_int_equal(build_it(&build)->size, 14 + 65535);
	build = build_example(NLAB_PROTO_IP6, 6);
	build.protocol = GIVEN(253);
	build.payload = BYTES(65535);
	assert_int_equal(build_it(&build)->size, NLAB_BUILD_FRAME_MAX);
}

/* ---- wrong on purpose ---- */

/* What differs from a right checksum modulo 0xffff is wrong; 0 would mean to UDP that there is none. */
static void bad_is_never_right(void **state)
{
	struct nlab_build_field bad = {.how = NLAB_BUILD_BAD};
	(void)state;
	for (unsigned right = 0; right <= UINT16_MAX; right++) {
		uint16_t wrong = nlab_build_checksum(&bad, (uint16_t)right);
		assert_true(wrong != 0 && wrong % 0xffff != right % 0xffff);
	}
}

static void bad_checksums(void **state)
{
	static const uint8_t PROTOS[] = {NLAB_PROTO_TCP, NLAB_PROTO_UDP, NLAB_PROTO_ICMP, NLAB_PROTO_ICMP6};
	(void)state;
	for (size_t i = 0; i < sizeof PROTOS; i++) {
		struct nlab_build build = build_example(PROTOS[i], PROTOS[i] == NLAB_PROTO_ICMP6 ? 6 : 4);
		build.checksum.how = NLAB_BUILD_BAD;
		assert_int_equal(nlab_checksum_verify(&build_it(&build)->packet), NLAB_CHECKSUM_BAD);
		build.checksum = GIVEN(0xabcd);
		struct built *built = build_it(&build);
		static const uint8_t AT[] = {16, 6, 2, 2};
		assert_memory_equal(built->frame + built->packet.transport + AT[i], "\xab\xcd", 2);
		build.checksum.how = NLAB_BUILD_RIGHT;
		assert_int_equal(nlab_checksum_verify(&build_it(&build)->packet), NLAB_CHECKSUM_OK);
		build.ip_checksum.how = build.version == 4 ? NLAB_BUILD_BAD : NLAB_BUILD_RIGHT;
		assert_int_equal(nlab_checksum_verify(&build_it(&build)->packet),
				 build.version == 4 ? NLAB_CHECKSUM_BAD : NLAB_CHECKSUM_OK);
	}
}

static void no_udp_checksum(void **state)
{
	struct nlab_build build = build_example(NLAB_PROTO_UDP, 4);
	(void)state;
	build.checksum = GIVEN(0);
	struct built *built = build_it(&build);
	assert_memory_equal(built->frame + built->packet.transport + 6, "\0\0", 2);
	assert_int_equal(nlab_checksum_verify(&built->packet), NLAB_CHECKSUM_OK);
	/* a sum of 0 is written as 0xffff: find one */
	for (unsigned port = 0; port <= UINT16_MAX; port++) {
		build.checksum.how = NLAB_BUILD_RIGHT;
		build.sport = (uint16_t)port;
		built = build_it(&build);
		assert_memory_not_equal(built->frame + built->packet.transport + 6, "\0\0", 2);
	}
}

static void wrong_lengths(void **state)
{
	struct nlab_build build = build_example(NLAB_PROTO_UDP, 4);
	(void)state;
	build.payload = (struct nlab_build_bytes){(const uint8_t *)"0123456789", 10};
	build.udp_length = GIVEN(8 + 4); /* shorter: the checksum is right for what remains */
	struct built *built = build_it(&build);
	assert_int_equal(built->packet.payload_length, 4);
	assert_int_equal(nlab_checksum_verify(&built->packet), NLAB_CHECKSUM_OK);
	build.udp_length = GIVEN(7);
	assert_true(build_it(&build)->packet.layers & NLAB_LAYER_MALFORMED);
	build.udp_length = GIVEN(99);
	assert_true(build_it(&build)->packet.layers & NLAB_LAYER_MALFORMED);
	for (uint8_t version = 4; version <= 6; version = (uint8_t)(version + 2)) {
		size_t counted = version == 4 ? 20 : 0;
		build = build_example(NLAB_PROTO_TCP, version);
		build.payload = (struct nlab_build_bytes){(const uint8_t *)"0123456789", 10};
		build.ip_length = GIVEN((uint16_t)(counted + 20 + 3));
		built = build_it(&build);
		assert_int_equal(built->packet.payload_length, 3);
		assert_int_equal(nlab_checksum_verify(&built->packet), NLAB_CHECKSUM_OK);
		build.ip_length = GIVEN((uint16_t)(counted + 20 + 11));
		assert_true(build_it(&build)->packet.layers & NLAB_LAYER_MALFORMED);
	}
	build = build_example(NLAB_PROTO_TCP, 4);
	build.data_offset = GIVEN(4);
	assert_true(build_it(&build)->packet.layers & NLAB_LAYER_MALFORMED);
	build = build_example(NLAB_PROTO_TCP, 4);
	build.ihl = GIVEN(4);
	assert_true(build_it(&build)->packet.layers & NLAB_LAYER_MALFORMED);
	build.ihl = GIVEN(6); /* the header's checksum is right for 24 bytes */
	built = build_it(&build);
	assert_int_equal(nlab_checksum_fold(nlab_checksum_add(0, built->frame + 14, 24)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(does_not_fit),  cmocka_unit_test(options_do_not_fit),
	    cmocka_unit_test(largest),       cmocka_unit_test(bad_is_never_right),
	    cmocka_unit_test(bad_checksums), cmocka_unit_test(no_udp_checksum),
	    cmocka_unit_test(wrong_lengths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
