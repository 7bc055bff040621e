/* test_field.c: the table of packet fields: every name, what it gives, and when it is absent. */
#include "facts/field.h"

#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NONE UINT64_MAX /* no field has this value here */

static const uint8_t OPTIONS[] = {2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 3, 0, 0, 0, 9, 1, 3, 3, 7};

static const struct nlab_packet_record RECORD = {
    .head = {.time_ns = 1700000000123456789},
    .received_ns = 1700000000123456999,
    .id = 12,
    .fate = NLAB_FATE_DELIVERED,
    .from_port = 3,
    .to_port = 4,
    .src_host = 1,
    .dst_host = 2,
    .rule = 6,
    .made_by = 5,
    .flow = 9,
    .seq_base = 1000,
    .ack_base = 0xffffffff,
};

static uint64_t get(const char *name, const struct nlab_packet_context *context)
{
	uint64_t value = NONE;
	int number = nlab_field_number(name);
	assert_true(number >= 0);
	return nlab_field_get(nlab_field_at((unsigned)number), context, &value) ? value : NONE;
}

static const uint8_t *address(const char *name, const struct nlab_packet_context *context)
{
	return nlab_field_address(nlab_field_at((unsigned)nlab_field_number(name)), context);
}

struct expected {
	const char *name;
	uint64_t value;
};

static void compare(const struct nlab_packet_context *context, const struct expected *expected, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (get(expected[i].name, context) != expected[i].value) {
			fail_msg("%s is %llu, not %llu", expected[i].name,
				 (unsigned long long)get(expected[i].name, context),
				 (unsigned long long)expected[i].value);
		}
	}
}

#define COMPARE(context, expected) compare(context, expected, sizeof(expected) / sizeof(expected)[0])

static const struct expected OF_TCP[] = {
    {"id", 12},
    {"time", 1700000000123456789},
    {"received", 1700000000123456999},
    {"fate", NLAB_FATE_DELIVERED},
    {"rule", 6},
    {"made_by", 5},
    {"flow", 9},
    {"from", 3},
    {"to", 4},
    {"src_host", 1},
    {"dst_host", 2},
    {"loopback", 0},
    {"length", 78},
    {"proto", NLAB_PROTO_TCP},
    {"sport", 4000},
    {"dport", 80},
    {"ttl", 64},
    {"tos", 0},
    {"ipid", 0x1234},
    {"df", 1},
    {"mf", 0},
    {"frag", 0},
    {"len", 4},
    {"checksum_ok", 1},
    {"flags", NLAB_TCP_ACK | NLAB_TCP_URG},
    {"seq", 5},
    {"ack", 8},
    {"rawseq", 1005},
    {"rawack", 7},
    {"win", 501},
    {"urg", 0},
    {"mss", 1460},
    {"wscale", 7},
    {"sackok", 1},
    {"ts", 1},
    {"tsval", 3},
    {"tsecr", 9},
    {"icmp_type", NONE},
    {"icmp_code", NONE},
    {"arp_op", NONE},
    {"arp_sha", NONE},
    {"src", NONE}, /* an address is no number */
};

static void tcp(void **state)
{
	(void)state;
	struct frame frame = {0};
	struct nlab_packet packet;
	struct nlab_packet_context context = {&packet, &RECORD};
	frame_tcp(&frame, (struct segment){.sport = 4000,
					   .dport = 80,
					   .flags = NLAB_TCP_ACK | NLAB_TCP_URG,
					   .seq = 1005,
					   .ack = 7,
					   .options = OPTIONS,
					   .options_size = sizeof OPTIONS,
					   .payload = "data"});
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	COMPARE(&context, OF_TCP);
	assert_memory_equal(address("src", &context), "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1", 16);
	assert_memory_equal(address("dst", &context), "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\2", 16);
	assert_null(address("arp_spa", &context));
	assert_null(address("sport", &context));
	frame.bytes[FRAME_TRANSPORT + 17] ^= 1;
	assert_int_equal(get("checksum_ok", &context), 0);
}

/* What is not there is absent, not zero. */
static void absent(void **state)
{
	(void)state;
	static const struct expected EXPECTED[] = {
	    {"received", NONE}, {"rule", NONE},  {"flow", NONE}, {"from", NONE}, {"to", NONE},
	    {"src_host", NONE}, {"seq", 10},     {"ack", NONE},  {"rawack", 7},  {"urg", NONE},
	    {"mss", NONE},      {"tsval", NONE}, {"sackok", 0},  {"ts", 0},      {"fate", NLAB_FATE_PENDING},
	    {"loopback", 0},
	};
	struct frame frame = {0};
	struct nlab_packet packet;
	struct nlab_packet_record record = {.id = 1};
	struct nlab_packet_context context = {&packet, &record};
	frame_tcp(&frame, (struct segment){.flags = NLAB_TCP_SYN, .seq = 10, .ack = 7});
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	COMPARE(&context, EXPECTED);
	context.record = NULL;
	assert_int_equal(get("seq", &context), NONE);
	assert_int_equal(get("id", &context), NONE);
	assert_int_equal(get("loopback", &context), NONE);
	assert_int_equal(get("rawseq", &context), 10);
}

static void others(void **state)
{
	(void)state;
	struct frame frame = {0};
	struct nlab_packet packet;
	struct nlab_packet_record record = {.from_port = 3, .to_port = 3};
	struct nlab_packet_context context = {&packet, &record};
	frame_udp(&frame, "10.0.0.1", 5, "10.0.0.2", 6, "hello");
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	assert_int_equal(get("loopback", &context), 1);
	assert_int_equal(get("sport", &context), 5);
	assert_int_equal(get("len", &context), 5);
	assert_int_equal(get("flags", &context), NONE);
	assert_int_equal(get("seq", &context), NONE);
	static const uint8_t ARP[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0,  1, 8, 6,
				      0,    1,    8,    0,    6,    4,    0, 1, 2, 0, 0,  0, 0, 1,
				      10,   0,    0,    1,    0,    0,    0, 0, 0, 0, 10, 0, 0, 2};
	nlab_packet_decode(&packet, ARP, sizeof ARP, sizeof ARP);
	assert_int_equal(get("arp_op", &context), 1);
	assert_int_equal(get("arp_sha", &context), 0x020000000001);
	assert_int_equal(get("ttl", &context), NONE);
	assert_int_equal(get("len", &context), NONE);
	assert_int_equal(get("checksum_ok", &context), NONE);
	assert_memory_equal(address("arp_tpa", &context) + 12, "\x0a\0\0\2", 4);
	assert_memory_equal(address("src", &context) + 12, "\x0a\0\0\1", 4);
}

static void names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < nlab_field_count(); i++) {
		assert_int_equal(nlab_field_number(nlab_field_name(nlab_field_at(i))),
				 i); /* so none stands twice */
	}
	assert_int_equal(nlab_field_number("sprot"), -1);
	assert_null(nlab_field_at(nlab_field_count()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tcp),
	    cmocka_unit_test(absent),
	    cmocka_unit_test(others),
	    cmocka_unit_test(names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
