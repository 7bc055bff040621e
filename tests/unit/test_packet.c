/* test_packet.c: decoding frames field by field, cut short everywhere, and with hostile bytes. */
#include "facts/packet.h"

#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void decode(struct nlab_packet *packet, const struct frame *frame)
{
	nlab_packet_decode(packet, frame->bytes, frame->size, frame->size);
}

static void address_is(const uint8_t address[16], const char *text)
{
	char buffer[64];
	assert_string_equal(nlab_address_text(address, buffer, sizeof buffer), text);
}

/* mss 1460, sackok, ts, nop, wscale 7 as Linux sends them. */
static const uint8_t SYN_OPTIONS[] = {2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0x10, 1, 0, 0, 0, 9, 1, 3, 3, 7};

static void tcp_syn(void **state)
{
	(void)state;
	struct frame frame = {0};
	struct nlab_packet p;
	char text[300];
	frame_tcp(&frame, (struct segment){.sport = 40000,
					   .dport = 12500,
					   .flags = NLAB_TCP_SYN,
					   .seq = 0xfffffff0,
					   .options = SYN_OPTIONS,
					   .options_size = sizeof SYN_OPTIONS});
	decode(&p, &frame);
	assert_int_equal(p.layers, NLAB_LAYER_ETHER | NLAB_LAYER_IP | NLAB_LAYER_IP4 | NLAB_LAYER_ADDRESSES |
				       NLAB_LAYER_TCP | NLAB_LAYER_PORTS);
	assert_int_equal(p.proto, NLAB_PROTO_TCP);
	address_is(p.ip.src, "10.0.0.1");
	address_is(p.ip.dst, "10.0.0.2");
	assert_int_equal(p.ip.ttl, 64);
	assert_int_equal(p.ip.id, 0x1234);
	assert_true(p.ip.df && !p.ip.mf);
	assert_int_equal(p.sport, 40000);
	assert_int_equal(p.dport, 12500);
	assert_int_equal(p.tcp.seq, 0xfffffff0);
	assert_int_equal(p.tcp.flags, NLAB_TCP_SYN);
	assert_int_equal(p.tcp.window, 501);
	assert_int_equal(p.payload_length, 0);
	assert_int_equal(p.payload, frame.size);
	assert_int_equal(p.options.has,
			 NLAB_OPTION_MSS | NLAB_OPTION_SACKOK | NLAB_OPTION_TS | NLAB_OPTION_WSCALE);
	assert_int_equal(p.options.mss, 1460);
	assert_int_equal(p.options.wscale, 7);
	assert_int_equal(p.options.tsval, 0x1001);
	assert_int_equal(p.options.tsecr, 9);
	assert_string_equal(nlab_tcp_options_text(&p.options, text, sizeof text), "mss,sackok,ts,nop,wscale");
}

static void tcp_data_and_padding(void **state)
{
	(void)state;
	struct frame frame = {0};
	struct nlab_packet p;
	frame_tcp(&frame, (struct segment){.flags = NLAB_TCP_ACK | NLAB_TCP_PSH, .ack = 77, .payload = "hi"});
	memset(frame.bytes + frame.size, 0, 4); /* a short frame is padded to 60 bytes */
	frame.size += 4;
	decode(&p, &frame);
	assert_int_equal(p.tcp.ack, 77);
	assert_int_equal(p.payload_length, 2);
	assert_int_equal(p.payload_captured, 2);
	assert_memory_equal(frame.bytes + p.payload, "hi", 2);
	assert_int_equal(p.layers & NLAB_LAYER_MALFORMED, 0);
}

static void tcp_other_options(void **state)
{
	(void)state;
	static const uint8_t OPTIONS[] = {
	    1,  1, 5,    18,   0,    0,    0,   1, 0,    0,  0, 2, 0, 0, 0, 5, 0, 0, 0, 9, /* two blocks */
	    34, 6, 0xca, 0xfe, 0xba, 0xbe, 253, 3, 0x11, 19, 2, 0,
	};
	struct frame frame = {0};
	struct nlab_packet p;
	char text[300];
	frame_tcp(&frame, (struct segment){.options = OPTIONS, .options_size = sizeof OPTIONS});
	decode(&p, &frame);
	assert_int_equal(p.options.sack_blocks, 2);
	assert_int_equal(p.options.sack[1][0], 5);
	assert_int_equal(p.options.sack[1][1], 9);
	assert_int_equal(p.options.cookie_length, 4);
	assert_memory_equal(p.options.cookie, "\xca\xfe\xba\xbe", 4);
	nlab_tcp_options_text(&p.options, text, sizeof text);
	assert_string_equal(text, "nop,nop,sack,fastopen,opt253,md5,eol");
}

static void tcp_bad_options(void **state)
{
	(void)state;
	static const struct {
		uint8_t bytes[8];
		uint8_t count, has;
		bool malformed;
	} CASES[] = {
	    {{2, 3, 5, 1, 1, 1, 1, 1}, 6, 0, false},                  /* mss with a wrong length: ignored */
	    {{2, 0, 1, 1, 1, 1, 1, 1}, 1, 0, true},                   /* no length */
	    {{1, 1, 1, 1, 8, 10, 0, 0}, 5, 0, true},                  /* over the end */
	    {{1, 1, 1, 1, 1, 1, 1, 4}, 8, 0, true},                   /* no room for a length */
	    {{0, 2, 4, 5, 0xb4, 1, 1, 1}, 1, 0, false},               /* behind the end of the list */
	    {{3, 4, 7, 7, 1, 1, 1, 1}, 5, 0, false},                  /* wscale of two bytes */
	    {{4, 2, 5, 6, 0, 0, 0, 0}, 2, NLAB_OPTION_SACKOK, false}, /* half a block */
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct nlab_tcp_options options = {0};
		nlab_tcp_options_parse(&options, CASES[i].bytes, sizeof CASES[i].bytes);
		assert_int_equal(options.count, CASES[i].count);
		assert_int_equal(options.has, CASES[i].has);
		assert_int_equal(options.malformed, CASES[i].malformed);
	}
}

static void udp(void **state)
{
	(void)state;
	struct frame frame = {0};
	struct nlab_packet p;
	frame_udp(&frame, "10.0.0.1", 5000, "10.0.0.2", 53, "query");
	decode(&p, &frame);
	assert_int_equal(p.proto, NLAB_PROTO_UDP);
	assert_int_equal(p.sport, 5000);
	assert_int_equal(p.dport, 53);
	assert_int_equal(p.payload_length, 5);
	nlab_put16(frame.bytes + FRAME_TRANSPORT + 4,
		   10); /* shorter than the datagram: the rest is no payload */
	decode(&p, &frame);
	assert_int_equal(p.payload_length, 2);
	nlab_put16(frame.bytes + FRAME_TRANSPORT + 4, 900); /* longer than the datagram: a lie */
	decode(&p, &frame);
	assert_int_equal(p.payload_length, 5);
	assert_true(p.layers & NLAB_LAYER_MALFORMED);
}

static void arp(void **state)
{
	(void)state;
	static const uint8_t ARP[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0,  1, 8, 6,
				      0,    1,    8,    0,    6,    4,    0, 1, 2, 0, 0,  0, 0, 1,
				      10,   0,    0,    1,    0,    0,    0, 0, 0, 0, 10, 0, 0, 2};
	struct nlab_packet p;
	nlab_packet_decode(&p, ARP, sizeof ARP, sizeof ARP);
	assert_int_equal(p.proto, NLAB_PROTO_ARP);
	assert_int_equal(p.layers, NLAB_LAYER_ETHER | NLAB_LAYER_ARP | NLAB_LAYER_ADDRESSES);
	assert_int_equal(p.arp.op, 1);
	assert_memory_equal(p.arp.sha, ARP + 6, 6);
	address_is(p.ip.src, "10.0.0.1");
	address_is(p.ip.dst, "10.0.0.2");
}

static void icmp_error(void **state)
{
	(void)state;
	struct frame frame = {0};
	struct nlab_packet p;
	frame_icmp_error(&frame);
	decode(&p, &frame);
	assert_int_equal(p.proto, NLAB_PROTO_ICMP);
	assert_int_equal(p.icmp_type, 3);
	assert_int_equal(p.icmp_code, 3);
	assert_int_equal(p.payload_length, 28);
	assert_true(p.layers & NLAB_LAYER_QUOTED);
	assert_int_equal(p.layers & (NLAB_LAYER_PORTS | NLAB_LAYER_MALFORMED), 0);
	address_is(p.quoted.ip.src, "10.0.0.1");
	address_is(p.quoted.ip.dst, "10.0.0.2");
	assert_int_equal(nlab_proto_of_ip(p.quoted.ip.protocol), NLAB_PROTO_UDP);
	assert_true(p.quoted.has_ports);
	assert_int_equal(p.quoted.sport, 5000);
	assert_int_equal(p.quoted.dport, 53);
	frame.bytes[FRAME_TRANSPORT] = 8; /* an echo request quotes nothing */
	decode(&p, &frame);
	assert_int_equal(p.layers & NLAB_LAYER_QUOTED, 0);
}

static void fragments(void **state)
{
	(void)state;
	struct frame frame = {0};
	struct nlab_packet p;
	frame_udp(&frame, "10.0.0.1", 5000, "10.0.0.2", 53, "first part");
	nlab_put16(frame.bytes + FRAME_IP + 6, 0x2000);
	nlab_put16(frame.bytes + FRAME_TRANSPORT + 4, 3000); /* of the whole datagram */
	decode(&p, &frame);
	assert_int_equal(p.proto, NLAB_PROTO_UDP);
	assert_true(p.ip.mf && p.layers & NLAB_LAYER_FRAGMENT);
	assert_int_equal(p.layers & NLAB_LAYER_MALFORMED, 0);
	assert_int_equal(p.payload_length, 10);
	nlab_put16(frame.bytes + FRAME_IP + 6, 185);
	decode(&p, &frame);
	assert_int_equal(p.proto, NLAB_PROTO_IP);
	assert_int_equal(p.ip.fragment_offset, 1480);
	assert_int_equal(p.layers & NLAB_LAYER_PORTS, 0);
	assert_int_equal(p.payload_length, 18);
}

static void ip4_options(void **state)
{
	(void)state;
	struct frame frame = {0};
	struct nlab_packet p;
	frame_udp(&frame, "10.0.0.1", 5000, "10.0.0.2", 53, "query");
	memmove(frame.bytes + FRAME_TRANSPORT + 4, frame.bytes + FRAME_TRANSPORT, 13);
	memset(frame.bytes + FRAME_TRANSPORT, 1, 4); /* four times no operation */
	frame.bytes[FRAME_IP] = 0x46;
	nlab_put16(frame.bytes + FRAME_IP + 2, 37);
	frame.size += 4;
	decode(&p, &frame);
	assert_int_equal(p.dport, 53);
	assert_int_equal(p.payload_length, 5);
	assert_memory_equal(frame.bytes + p.payload, "query", 5);
}

static void ip6_extensions(void **state)
{
	(void)state;
	struct frame frame = {0};
	struct nlab_packet p;
	frame_ip6(&frame);
	decode(&p, &frame);
	assert_int_equal(p.proto, NLAB_PROTO_UDP);
	assert_int_equal(p.layers, NLAB_LAYER_ETHER | NLAB_LAYER_IP | NLAB_LAYER_IP6 | NLAB_LAYER_ADDRESSES |
				       NLAB_LAYER_FRAGMENT | NLAB_LAYER_UDP | NLAB_LAYER_PORTS);
	address_is(p.ip.src, "fd00::1");
	assert_int_equal(p.ip.tos, 0xab);
	assert_int_equal(p.ip.ttl, 63);
	assert_int_equal(p.ip.id, 0xdeadbeef);
	assert_true(p.ip.mf && p.ip.routed);
	assert_int_equal(p.sport, 5000);
	assert_int_equal(p.payload_length, 4);
	assert_memory_equal(frame.bytes + p.payload, "data", 4);
	frame.bytes[FRAME_IP + 40 + 1] = 200; /* the hop-by-hop header claims 1608 bytes */
	decode(&p, &frame);
	assert_true(p.layers & NLAB_LAYER_MALFORMED);
	assert_int_equal(p.proto, NLAB_PROTO_IP6);
}

/* Lengths that lie never make a payload longer than what is on the wire. */
static void lying_lengths(void **state)
{
	(void)state;
	struct frame frame = {0}, good = {0};
	struct nlab_packet p;
	frame_tcp(&good, (struct segment){.payload = "12345678"});
	static const unsigned LENGTHS[] = {0, 19, 20, 39, 1000, 65535};
	for (size_t i = 0; i < sizeof LENGTHS / sizeof LENGTHS[0]; i++) {
		frame = good;
		nlab_put16(frame.bytes + FRAME_IP + 2, LENGTHS[i]);
		decode(&p, &frame);
		assert_true(p.payload + p.payload_length <= frame.size);
		assert_int_equal(!(p.layers & NLAB_LAYER_MALFORMED), LENGTHS[i] >= 20 && LENGTHS[i] < 1000);
	}
	frame = good;
	frame.bytes[FRAME_TRANSPORT + 12] = 0xf0; /* a TCP header of 60 bytes: more than there is */
	decode(&p, &frame);
	assert_true(p.layers & NLAB_LAYER_TCP && p.layers & NLAB_LAYER_MALFORMED);
	frame.bytes[FRAME_TRANSPORT + 12] = 0x10;
	decode(&p, &frame);
	assert_true(p.layers & NLAB_LAYER_MALFORMED);
	assert_int_equal(p.options.count, 0);
}

/* Decode a copy of exactly `captured` bytes, so that the sanitizer sees any read beyond them. */
static void decode_cut(const uint8_t *bytes, size_t captured, size_t length)
{
	uint8_t *copy = malloc(captured ? captured : 1);
	struct nlab_packet p;
	assert_non_null(copy);
	memcpy(copy, bytes, captured);
	nlab_packet_decode(&p, captured ? copy : NULL, captured, length);
	assert_int_equal(p.captured, captured < length ? captured : length);
	assert_int_equal(!!(p.layers & NLAB_LAYER_TRUNCATED), captured < length);
	if (p.layers & NLAB_LAYER_IP && p.payload) {
		assert_true(p.payload + p.payload_captured <= captured || p.payload_captured == 0);
		assert_true(p.payload_captured <= p.payload_length);
		assert_true(p.payload + p.payload_length <= length);
	}
	assert_true(p.options.count <= NLAB_TCP_OPTION_BYTES &&
		    p.options.sack_blocks <= NLAB_TCP_SACK_BLOCKS);
	free(copy);
}

static void cut_everywhere(void **state)
{
	(void)state;
	struct frame frames[3] = {0};
	frame_tcp(&frames[0],
		  (struct segment){.options = SYN_OPTIONS, .options_size = 20, .payload = "payload"});
	frame_icmp_error(&frames[1]);
	frame_ip6(&frames[2]);
	for (size_t i = 0; i < 3; i++) {
		for (size_t captured = 0; captured <= frames[i].size; captured++) {
			decode_cut(frames[i].bytes, captured, frames[i].size);
			decode_cut(frames[i].bytes, captured, captured);
		}
	}
	struct nlab_packet p; /* a cut payload keeps the length that the headers give */
	nlab_packet_decode(&p, frames[0].bytes, frames[0].size - 3, frames[0].size);
	assert_int_equal(p.payload_length, 7);
	assert_int_equal(p.payload_captured, 4);
}

/* 200000 frames: good ones with some bytes changed, and nothing but random bytes behind a known ethertype. */
static void hostile_bytes(void **state)
{
	(void)state;
	struct frame seeds[3] = {0};
	frame_tcp(&seeds[0],
		  (struct segment){.options = SYN_OPTIONS, .options_size = 20, .payload = "payload"});
	frame_icmp_error(&seeds[1]);
	frame_ip6(&seeds[2]);
	uint64_t random = 20240607;
	for (unsigned i = 0; i < 200000; i++) {
		struct frame frame = seeds[i % 3];
		unsigned changes = i % 5 ? 1 + i % 7 : (unsigned)frame.size;
		for (unsigned k = 0; k < changes; k++) {
			random = random * 6364136223846793005u + 1442695040888963407u;
			size_t at = changes == frame.size ? k : (random >> 33) % frame.size;
			frame.bytes[at == 12 || at == 13 ? 0 : at] = (uint8_t)(random >> 56);
		}
		size_t captured = i % 2 ? frame.size : (random >> 20) % (frame.size + 1);
		decode_cut(frame.bytes, captured, frame.size);
	}
}

static void texts(void **state)
{
	(void)state;
	char text[64];
	assert_string_equal(nlab_tcp_flags_text(0xff, text, sizeof text), "SYN,FIN,RST,PSH,ACK,URG,ECE,CWR");
	assert_string_equal(nlab_tcp_flags_text(NLAB_TCP_ACK | NLAB_TCP_SYN, text, sizeof text), "SYN,ACK");
	assert_string_equal(nlab_tcp_flags_text(0, text, sizeof text), "");
	assert_string_equal(nlab_proto_name(NLAB_PROTO_ICMP6), "icmp6");
	assert_string_equal(nlab_proto_name(99), "other");
	for (unsigned proto = 0; proto < NLAB_PROTO_COUNT; proto++) {
		assert_non_null(nlab_proto_name(proto));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tcp_syn),
	    cmocka_unit_test(tcp_data_and_padding),
	    cmocka_unit_test(tcp_other_options),
	    cmocka_unit_test(tcp_bad_options),
	    cmocka_unit_test(udp),
	    cmocka_unit_test(arp),
	    cmocka_unit_test(icmp_error),
	    cmocka_unit_test(fragments),
	    cmocka_unit_test(ip4_options),
	    cmocka_unit_test(ip6_extensions),
	    cmocka_unit_test(lying_lengths),
	    cmocka_unit_test(cut_everywhere),
	    cmocka_unit_test(hostile_bytes),
	    cmocka_unit_test(texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
