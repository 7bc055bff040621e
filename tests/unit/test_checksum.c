/* test_checksum.c: the Internet checksum, verified and filled in. */
#include "facts/checksum.h"

#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static enum nlab_checksum verify(const struct frame *frame)
{
	struct nlab_packet packet;
	nlab_packet_decode(&packet, frame->bytes, frame->size, frame->size);
	return nlab_checksum_verify(&packet);
}

/* The example of RFC 1071 3: 0001 f203 f4f5 f6f7 sums to ddf2 with carries. */
static void sum_of_rfc1071(void **state)
{
	(void)state;
	const uint8_t bytes[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
	assert_int_equal(nlab_checksum_fold(nlab_checksum_add(0, bytes, sizeof bytes)), (uint16_t)~0xddf2);
	assert_int_equal(nlab_checksum_fold(nlab_checksum_add(nlab_checksum_add(0, bytes, 4), bytes + 4, 4)),
			 (uint16_t)~0xddf2);
	assert_int_equal(nlab_checksum_fold(nlab_checksum_add(0, bytes + 2, 1)), (uint16_t)~0xf200);
	assert_int_equal(nlab_checksum_fold(0), 0xffff);
}

static void tcp_right_and_wrong(void **state)
{
	(void)state;
	struct frame frame = {0};
	frame_tcp(&frame, (struct segment){.sport = 1000, .dport = 2000, .seq = 7, .payload = "odd"});
	assert_int_equal(verify(&frame), NLAB_CHECKSUM_OK);
	for (size_t i = FRAME_IP; i < frame.size; i++) {
		frame.bytes[i] ^= 0x40;
		assert_int_not_equal(verify(&frame), NLAB_CHECKSUM_OK);
		frame.bytes[i] ^= 0x40;
	}
	frame.bytes[frame.size - 1] ^= 1;
	assert_int_equal(verify(&frame), NLAB_CHECKSUM_BAD);
	frame.bytes[frame.size - 1] ^= 1;
	frame.bytes[FRAME_IP + 8]--;
	assert_int_equal(verify(&frame), NLAB_CHECKSUM_BAD);
}

static void udp_without_checksum(void **state)
{
	(void)state;
	struct frame frame = {0};
	frame_udp(&frame, "10.0.0.1", 53, "10.0.0.2", 4000, "x");
	assert_int_equal(verify(&frame), NLAB_CHECKSUM_OK);
	nlab_put16(frame.bytes + FRAME_TRANSPORT + 6, 0);
	assert_int_equal(verify(&frame), NLAB_CHECKSUM_OK);
	nlab_put16(frame.bytes + FRAME_TRANSPORT + 6, 1);
	assert_int_equal(verify(&frame), NLAB_CHECKSUM_BAD);
}

static void not_all_there(void **state)
{
	(void)state;
	struct frame frame = {0};
	struct nlab_packet packet;
	frame_tcp(&frame, (struct segment){.sport = 1, .dport = 2, .payload = "data"});
	nlab_packet_decode(&packet, frame.bytes, frame.size - 1, frame.size);
	assert_int_equal(nlab_checksum_verify(&packet), NLAB_CHECKSUM_UNKNOWN);
	assert_false(nlab_checksum_complete(frame.bytes, frame.size - 1));
	nlab_put16(frame.bytes + FRAME_IP + 6, 0x2000); /* more fragments */
	assert_false(nlab_checksum_complete(frame.bytes, frame.size));
}

/* What the kernel leaves for the hardware: a wrong value where the checksum belongs. */
static void completes(void **state)
{
	(void)state;
	struct frame frame = {0}, blank;
	frame_tcp(&frame, (struct segment){.sport = 1000, .dport = 2000, .seq = 7, .payload = "hello"});
	blank = frame;
	nlab_put16(blank.bytes + FRAME_TRANSPORT + 16, 0xbeef);
	assert_true(nlab_checksum_complete(blank.bytes, blank.size));
	assert_memory_equal(frame.bytes, blank.bytes, frame.size);
	frame_udp(&frame, "127.0.0.1", 53, "127.0.0.1", 4000, "abc");
	blank = frame;
	nlab_put16(blank.bytes + FRAME_TRANSPORT + 6, 0);
	assert_true(nlab_checksum_complete(blank.bytes, blank.size));
	assert_memory_equal(frame.bytes, blank.bytes, frame.size);
}

/* Ethernet padding is not summed. */
static void padding(void **state)
{
	(void)state;
	struct frame frame = {0};
	frame_udp(&frame, "10.0.0.1", 53, "10.0.0.2", 4000, "x");
	memset(frame.bytes + frame.size, 0xaa, 17);
	frame.size += 17;
	assert_int_equal(verify(&frame), NLAB_CHECKSUM_OK);
	assert_true(nlab_checksum_complete(frame.bytes, frame.size));
	assert_int_equal(verify(&frame), NLAB_CHECKSUM_OK);
}

/* A datagram whose checksum comes out as 0 is sent with ffff (RFC 768). */
static void udp_zero(void **state)
{
	(void)state;
	struct frame frame = {0};
	frame_udp(&frame, "10.0.0.1", 53, "10.0.0.2", 4000, "xx");
	uint8_t *udp = frame.bytes + FRAME_TRANSPORT;
	for (unsigned value = 0; value < 65536; value++) {
		nlab_put16(udp + 8, value);
		frame_fill(&frame, 6, 10);
		if (udp[6] == 0 && udp[7] == 0) {
			assert_true(nlab_checksum_complete(frame.bytes, frame.size));
			assert_int_equal(udp[6] << 8 | udp[7], 0xffff);
			assert_int_equal(verify(&frame), NLAB_CHECKSUM_OK);
			return;
		}
	}
	fail_msg("no payload gives the checksum 0");
}

/* An ICMPv6 echo request to ::1, identifier 1, number 1, no data. */
static void icmp6(void **state)
{
	(void)state;
	struct frame frame = {.size = 62};
	uint8_t *ip = frame.bytes + FRAME_IP;
	nlab_put16(frame.bytes + 12, 0x86dd);
	ip[0] = 0x60;
	ip[5] = 8;
	ip[6] = 58;
	ip[7] = 64;
	ip[23] = ip[39] = 1;
	ip[40] = 128;
	ip[45] = ip[47] = 1;
	/* ::1 + ::1 + length 8 + 58 + 8000 + 1 + 1 = 8046, complemented 7fb9 */
	nlab_put16(ip + 42, 0x7fb9);
	assert_int_equal(verify(&frame), NLAB_CHECKSUM_OK);
	nlab_put16(ip + 42, 0);
	assert_int_equal(verify(&frame), NLAB_CHECKSUM_BAD);
	assert_true(nlab_checksum_complete(frame.bytes, frame.size));
	assert_int_equal(ip[42] << 8 | ip[43], 0x7fb9);
}

/* No byte beyond the captured ones is read, whatever the headers claim: the sanitizer watches exact copies.
 */
static void cut_everywhere(void **state)
{
	(void)state;
	struct frame frames[3] = {0};
	frame_tcp(&frames[0], (struct segment){.payload = "payload"});
	frames[1] = frames[0];
	frames[1].bytes[FRAME_IP] = 0x4f; /* 40 bytes of options, more than there are */
	nlab_put16(frames[1].bytes + FRAME_IP + 2, 65535);
	frame_icmp_error(&frames[2]);
	for (size_t i = 0; i < 3; i++) {
		for (size_t captured = 1; captured <= frames[i].size; captured++) {
			uint8_t *copy = malloc(captured);
			struct nlab_packet packet;
			memcpy(copy, frames[i].bytes, captured);
			nlab_packet_decode(&packet, copy, captured, 1500);
			assert_true(nlab_checksum_verify(&packet) != NLAB_CHECKSUM_OK ||
				    captured == frames[i].size);
			bool whole = nlab_checksum_complete(copy, captured);
			assert_int_equal(whole, captured == frames[i].size && i != 1);
			free(copy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sum_of_rfc1071),
	    cmocka_unit_test(tcp_right_and_wrong),
	    cmocka_unit_test(udp_without_checksum),
	    cmocka_unit_test(not_all_there),
	    cmocka_unit_test(completes),
	    cmocka_unit_test(padding),
	    cmocka_unit_test(udp_zero),
	    cmocka_unit_test(icmp6),
	    cmocka_unit_test(cut_everywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
