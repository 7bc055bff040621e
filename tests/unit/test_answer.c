/* test_answer.c: the answers to packets: which numbers, which quotes, when none; tshark reads each form. */
#include "facts/answer.h"

#include "build_example.h"
#include "frames.h"

#include "facts/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tshark.h"

static struct frame given;
static struct nlab_packet asked;
static struct built answer;

static const uint8_t MAC[6] = {2, 0, 0, 0, 0, 9};
static const struct nlab_answer_error PORT_UNREACHABLE = {3, 3, 0, {0}};
static const struct nlab_answer_error NO_PORT6 = {1, 4, 0, {0}};

static void decode_given(void)
{
	nlab_packet_decode(&asked, given.bytes, given.size, given.size);
}

static void give_tcp(uint8_t flags, uint32_t seq, uint32_t ack, const char *payload)
{
	frame_tcp(
	    &given,
	    (struct segment){
		.sport = 5000, .dport = 80, .flags = flags, .seq = seq, .ack = ack, .payload = payload});
	decode_given();
}

static void give_udp(const char *src, const char *dst, const char *payload)
{
	frame_udp(&given, src, 5000, dst, 53, payload);
	decode_given();
}

/* `size` bytes of UDP payload over either version. */
static void give_large(uint8_t version, size_t size)
{
	static const uint8_t DATA[1400];
	struct nlab_build build = build_example(NLAB_PROTO_UDP, version);
	build.tos = 0x10;
	build.payload = (struct nlab_build_bytes){DATA, size};
	assert_true(nlab_build_frame(&build, given.bytes, sizeof given.bytes, &given.size, NULL));
	decode_given();
}

/* The answer, which must be one that is right as a frame. */
static const struct nlab_packet *right(size_t size)
{
	answer.size = size;
	assert_true(size > 0);
	nlab_packet_decode(&answer.packet, answer.frame, size, size);
	assert_memory_equal(answer.frame, given.bytes + 6, 6);
	assert_false(answer.packet.layers & NLAB_LAYER_MALFORMED);
	assert_int_not_equal(nlab_checksum_verify(&answer.packet), NLAB_CHECKSUM_BAD);
	return &answer.packet;
}

#define ANSWER(function_, ...) function_(&asked, __VA_ARGS__, answer.frame, NLAB_ANSWER_ROOM)
#define RESET()                nlab_answer_reset(&asked, answer.frame, NLAB_ANSWER_ROOM)

static void resets_have_the_numbers_of_rfc_9293(void **state)
{
	static const struct {
		const char *payload;
		uint32_t seq, ack; /* of the answer */
		uint8_t flags, reset;
	} ROWS[] = {
	    {NULL, 0, 1001, NLAB_TCP_SYN, NLAB_TCP_RST | NLAB_TCP_ACK},
	    {"abc", 0, 1004, NLAB_TCP_SYN, NLAB_TCP_RST | NLAB_TCP_ACK},
	    {"abc", 0, 1003, 0, NLAB_TCP_RST | NLAB_TCP_ACK},
	    {NULL, 0, 1001, NLAB_TCP_FIN, NLAB_TCP_RST | NLAB_TCP_ACK},
	    {"abc", 777, 0, NLAB_TCP_ACK, NLAB_TCP_RST},
	    {NULL, 777, 0, NLAB_TCP_SYN | NLAB_TCP_ACK, NLAB_TCP_RST},
	};
	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
		give_tcp(ROWS[i].flags, 1000, 777, ROWS[i].payload);
		const struct nlab_packet *reset = right(RESET());
		assert_int_equal(reset->tcp.flags, ROWS[i].reset);
		assert_int_equal(reset->tcp.seq, ROWS[i].seq);
		assert_int_equal(reset->tcp.ack, ROWS[i].ack);
		assert_int_equal(reset->sport, 80);
		assert_int_equal(reset->dport, 5000);
		assert_memory_equal(reset->ip.src, asked.ip.dst, 16);
		assert_memory_equal(reset->ip.dst, asked.ip.src, 16);
		assert_int_equal(reset->payload_length, 0);
	}
}

static void a_segment_of_ones_own(void **state)
{
	const struct nlab_answer_segment synack = {NLAB_TCP_SYN | NLAB_TCP_ACK, 5, UINT32_MAX, 1460};
	(void)state;
	give_tcp(NLAB_TCP_SYN, UINT32_MAX - 1, 0, NULL);
	const struct nlab_packet *segment = right(ANSWER(nlab_answer_tcp, &synack));
	assert_int_equal(segment->tcp.flags, NLAB_TCP_SYN | NLAB_TCP_ACK);
	assert_int_equal(segment->tcp.ack, UINT32_MAX);
	assert_int_equal(segment->tcp.window, 65535);
	assert_int_equal(segment->options.mss, 1460);
	assert_int_equal(nlab_answer_space(segment), 1);
}

static void an_error_quotes_what_fits(void **state)
{
	static const struct {
		uint8_t version;
		size_t payload, quoted;
	} ROWS[] = {{4, 4, 32}, {4, 520, 548},   {4, 521, 548},  {4, 1400, 548},
		    {6, 4, 52}, {6, 1184, 1232}, {6, 1400, 1232}};
	(void)state;
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
		give_large(ROWS[i].version, ROWS[i].payload);
		const struct nlab_packet *error =
		    right(ANSWER(nlab_answer_icmp, ROWS[i].version == 4 ? &PORT_UNREACHABLE : &NO_PORT6));
		assert_int_equal(error->icmp_type, ROWS[i].version == 4 ? 3 : 1);
		assert_int_equal(error->payload_length, ROWS[i].quoted);
		assert_memory_equal(error->frame + error->payload, given.bytes + FRAME_IP, ROWS[i].quoted);
		assert_int_equal(error->quoted.dport, 2222);
		assert_int_equal(error->ip.tos, ROWS[i].version == 4 ? 0xd0 : 0);
	}
}

static void an_error_from_a_router(void **state)
{
	struct nlab_answer_error error = {3, 4, 1280, {[10] = 0xff, [11] = 0xff, 10, 0, 0, 254}};
	(void)state;
	give_udp("10.0.0.1", "10.0.0.2", "x");
	const struct nlab_packet *sent = right(ANSWER(nlab_answer_icmp, &error));
	assert_memory_equal(sent->ip.src, error.from, 16);
	assert_int_equal(nlab_get16(sent->frame + sent->transport + 6), 1280);
	give_large(6, 4);
	assert_int_equal(ANSWER(nlab_answer_icmp, &error), 0); /* of the other version */
}

static void what_is_not_answered(void **state)
{
	(void)state;
	give_tcp(NLAB_TCP_RST, 1, 0, NULL);
	assert_int_equal(RESET(), 0);
	right(ANSWER(nlab_answer_icmp, &PORT_UNREACHABLE)); /* RFC 1122 3.2.2 does not forbid it */
	frame_icmp_error(&given);
	decode_given();
	assert_int_equal(ANSWER(nlab_answer_icmp, &PORT_UNREACHABLE), 0);
	assert_int_equal(RESET(), 0);
	static const char *const ENDS[][2] = {{"10.0.0.1", "224.0.0.1"},
					      {"10.0.0.1", "255.255.255.255"},
					      {"0.0.0.0", "10.0.0.2"},
					      {"224.0.0.1", "10.0.0.2"}};
	for (size_t i = 0; i < 4; i++) {
		give_udp(ENDS[i][0], ENDS[i][1], "x");
		assert_int_equal(ANSWER(nlab_answer_icmp, &PORT_UNREACHABLE), 0);
	}
	give_udp("10.0.0.1", "10.0.0.2", "x");
	assert_int_equal(RESET(), 0);
	given.bytes[0] = 0xff; /* a broadcast of the link */
	assert_int_equal(ANSWER(nlab_answer_icmp, &PORT_UNREACHABLE), 0);
	give_udp("10.0.0.1", "10.0.0.2", "x");
	given.bytes[given.size - 1] ^= 1;
	assert_int_equal(ANSWER(nlab_answer_icmp, &PORT_UNREACHABLE), 0);
	give_tcp(NLAB_TCP_SYN, 1, 0, NULL);
	given.bytes[given.size - 1] ^= 1;
	assert_int_equal(RESET(), 0);
}

static void a_later_fragment_is_not_answered(void **state)
{
	struct nlab_build build = build_example(NLAB_PROTO_IP, 4);
	(void)state;
	build.protocol = GIVEN(17);
	build.fragment_offset = 8;
	assert_true(nlab_build_frame(&build, given.bytes, sizeof given.bytes, &given.size, NULL));
	decode_given();
	assert_int_equal(ANSWER(nlab_answer_icmp, &PORT_UNREACHABLE), 0);
}

/* ---- who has an address ---- */

static void give_arp(uint16_t op)
{
	struct nlab_build build = build_example(NLAB_PROTO_ARP, 4);
	build.arp = (struct nlab_arp){op, {2, 0, 0, 0, 0, 1}, {0}};
	memset(build.dst_mac, 0xff, 6);
	assert_true(nlab_build_frame(&build, given.bytes, sizeof given.bytes, &given.size, NULL));
	decode_given();
}

static void give_solicitation(const char *src, uint8_t ttl)
{
	static uint8_t target[16];
	struct nlab_build build = build_example(NLAB_PROTO_ICMP6, 6);
	inet_pton(AF_INET6, "fd00::2", target);
	inet_pton(AF_INET6, src, build.src);
	inet_pton(AF_INET6, "ff02::1:ff00:2", build.dst);
	build.dst_mac[0] = 0x33;
	build.ttl = ttl;
	build.icmp_type = 135;
	build.payload = (struct nlab_build_bytes){target, sizeof target};
	assert_true(nlab_build_frame(&build, given.bytes, sizeof given.bytes, &given.size, NULL));
	decode_given();
}

static void an_arp_request_is_replied_to(void **state)
{
	uint8_t address[16];
	(void)state;
	give_arp(1);
	assert_true(nlab_answer_asked(&asked, address));
	assert_memory_equal(address, asked.ip.dst, 16);
	const struct nlab_packet *reply = right(ANSWER(nlab_answer_neighbour, MAC));
	assert_int_equal(reply->arp.op, 2);
	assert_memory_equal(reply->arp.sha, MAC, 6);
	assert_memory_equal(reply->arp.tha, asked.arp.sha, 6);
	assert_memory_equal(reply->ip.src, asked.ip.dst, 16);
	give_arp(2);
	assert_false(nlab_answer_asked(&asked, address));
	assert_int_equal(ANSWER(nlab_answer_neighbour, MAC), 0);
}

static void a_solicitation_is_advertised_to(void **state)
{
	uint8_t address[16];
	(void)state;
	give_solicitation("fd00::1", 255);
	assert_true(nlab_answer_asked(&asked, address));
	const struct nlab_packet *reply = right(ANSWER(nlab_answer_neighbour, MAC));
	assert_int_equal(reply->icmp_type, 136);
	assert_memory_equal(reply->ip.src, address, 16);
	assert_memory_equal(reply->ip.dst, asked.ip.src, 16);
	give_solicitation("fd00::1", 254); /* it came through a router, RFC 4861 7.1.1 */
	assert_int_equal(ANSWER(nlab_answer_neighbour, MAC), 0);
}

/* ---- tshark ---- */

static void add_answer(struct capture *capture, size_t size)
{
	assert_true(size > 0);
	capture_add(capture, answer.frame, size);
}

static void tshark_segments(void **state)
{
	const struct nlab_answer_segment ack = {NLAB_TCP_ACK, 5, 1001, 0};
	const struct nlab_answer_segment synack = {NLAB_TCP_SYN | NLAB_TCP_ACK, 5, 1001, 1460};
	struct capture c;
	(void)state;
	capture_open(&c);
	give_tcp(NLAB_TCP_SYN, 1000, 0, NULL);
	add_answer(&c, RESET());
	add_answer(&c, ANSWER(nlab_answer_tcp, &ack));
	add_answer(&c, ANSWER(nlab_answer_tcp, &synack));
	give_tcp(NLAB_TCP_ACK, 1000, 777, "abc");
	add_answer(&c, RESET());
	says(&c,
	     "-e eth.src -e eth.dst -e ip.src -e ip.ttl -e ip.flags.df -e tcp.srcport -e tcp.dstport -e "
	     "tcp.flags "
	     "-e tcp.seq_raw -e tcp.ack_raw -e tcp.window_size_value -e tcp.options.mss_val -e "
	     "tcp.checksum.status "
	     "-e ip.checksum.status",
	     "02:00:00:00:00:02 02:00:00:00:00:01 10.0.0.2 64 1 80 5000 0x0014 0 1001 0  1 1\n"
	     "02:00:00:00:00:02 02:00:00:00:00:01 10.0.0.2 64 1 80 5000 0x0010 5 1001 65535  1 1\n"
	     "02:00:00:00:00:02 02:00:00:00:00:01 10.0.0.2 64 1 80 5000 0x0012 5 1001 65535 1460 1 1\n"
	     "02:00:00:00:00:02 02:00:00:00:00:01 10.0.0.2 64 1 80 5000 0x0004 777 0 0  1 1\n");
	capture_close(&c);
}

static void tshark_icmp(void **state)
{
	const struct nlab_answer_error needed = {3, 4, 1280, {[10] = 0xff, [11] = 0xff, 10, 0, 0, 254}};
	struct capture c;
	(void)state;
	capture_open(&c);
	give_large(4, 1400);
	add_answer(&c, ANSWER(nlab_answer_icmp, &PORT_UNREACHABLE));
	add_answer(&c, ANSWER(nlab_answer_icmp, &needed));
	says(&c,
	     "-E occurrence=f -e ip.src -e ip.dst -e ip.len -e ip.dsfield -e icmp.type -e icmp.code -e "
	     "icmp.mtu "
	     "-e icmp.checksum.status -e udp.dstport",
	     "10.0.0.2 10.0.0.1 576 0xd0 3 3  1 2222\n"
	     "10.0.0.254 10.0.0.1 576 0xd0 3 4 1280 1 2222\n");
	capture_close(&c);
}

static void tshark_icmp6(void **state)
{
	const struct nlab_answer_error too_big = {2, 0, 1300, {0}};
	struct capture c;
	(void)state;
	capture_open(&c);
	give_large(6, 1400);
	add_answer(&c, ANSWER(nlab_answer_icmp, &NO_PORT6));
	add_answer(&c, ANSWER(nlab_answer_icmp, &too_big));
	says(&c,
	     "-E occurrence=f -e ipv6.src -e ipv6.dst -e ipv6.plen -e icmpv6.type -e icmpv6.code -e "
	     "icmpv6.mtu "
	     "-e icmpv6.checksum.status -e udp.dstport",
	     "fd00::2 fd00::1 1240 1 4  1 2222\n"
	     "fd00::2 fd00::1 1240 2 0 1300 1 2222\n");
	capture_close(&c);
}

static void tshark_neighbours(void **state)
{
	struct capture c;
	(void)state;
	capture_open(&c);
	give_arp(1);
	add_answer(&c, ANSWER(nlab_answer_neighbour, MAC));
	give_solicitation("fd00::1", 255);
	add_answer(&c, ANSWER(nlab_answer_neighbour, MAC));
	give_solicitation("::", 255);
	add_answer(&c, ANSWER(nlab_answer_neighbour, MAC));
	says(&c,
	     "-e eth.src -e eth.dst -e arp.opcode -e arp.src.proto_ipv4 -e arp.dst.hw_mac -e "
	     "arp.dst.proto_ipv4 "
	     "-e ipv6.src -e ipv6.dst -e ipv6.hlim -e icmpv6.type -e icmpv6.nd.na.flag.s -e "
	     "icmpv6.nd.na.flag.o "
	     "-e icmpv6.nd.na.target_address -e icmpv6.opt.linkaddr -e icmpv6.checksum.status",
	     "02:00:00:00:00:09 02:00:00:00:00:01 2 10.0.0.2 02:00:00:00:00:01 10.0.0.1         \n"
	     "02:00:00:00:00:09 02:00:00:00:00:01     fd00::2 fd00::1 255 136 1 1 fd00::2 02:00:00:00:00:09 "
	     "1\n"
	     "02:00:00:00:00:09 33:33:00:00:00:01     fd00::2 ff02::1 255 136 0 1 fd00::2 02:00:00:00:00:09 "
	     "1\n");
	capture_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(resets_have_the_numbers_of_rfc_9293),
	    cmocka_unit_test(a_segment_of_ones_own),
	    cmocka_unit_test(an_error_quotes_what_fits),
	    cmocka_unit_test(an_error_from_a_router),
	    cmocka_unit_test(what_is_not_answered),
	    cmocka_unit_test(a_later_fragment_is_not_answered),
	    cmocka_unit_test(an_arp_request_is_replied_to),
	    cmocka_unit_test(a_solicitation_is_advertised_to),
	    cmocka_unit_test(tshark_segments),
	    cmocka_unit_test(tshark_icmp),
	    cmocka_unit_test(tshark_icmp6),
	    cmocka_unit_test(tshark_neighbours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
