/* test_build_tshark.c: frames that were built, as tshark reads them: an independent judge of every field, option and
 * protocol, of checksums and of fragments (whose offsets it counts in units of 8 bytes). tshark must be installed. */
#include "facts/build.h"

#include "build_example.h"

#include "facts/build_fragment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tshark.h"

static void capture_build(struct capture *capture, const struct nlab_build *build)
{
	static uint8_t frame[NLAB_BUILD_FRAME_MAX];
	struct nlab_error error;
	char text[400];
	size_t size;
	if (!nlab_build_frame(build, frame, sizeof frame, &size, &error)) {
		fail_msg("%s", nlab_error_text(&error, text, sizeof text));
	}
	capture_add(capture, frame, size);
}

static struct nlab_build_bytes bytes(const char *text, size_t size)
{
	return (struct nlab_build_bytes){(const uint8_t *)text, size};
}
#define BYTES(literal) bytes(literal, sizeof literal - 1)

static void ethernet_and_arp(void **state)
{
	struct capture c;
	(void)state;
	capture_open(&c);
	struct nlab_build build = build_example(NLAB_PROTO_ARP, 4);
	build.arp = (struct nlab_arp){1, {2, 0, 0, 0, 0, 1}, {0}};
	memset(build.dst_mac, 0xff, 6);
	capture_build(&c, &build);
	build.arp = (struct nlab_arp){2, {2, 0, 0, 0, 0, 9}, {2, 0, 0, 0, 0, 2}};
	capture_build(&c, &build);
	build.ethertype = GIVEN(0x88b5);
	build.proto = NLAB_PROTO_OTHER;
	build.payload = BYTES("abc");
	capture_build(&c, &build);
	says(&c,
	     "-e eth.src -e eth.dst -e eth.type -e arp.opcode -e arp.src.proto_ipv4 -e arp.dst.proto_ipv4 "
	     "-e arp.src.hw_mac -e arp.dst.hw_mac -e data.data",
	     "02:00:00:00:00:01 ff:ff:ff:ff:ff:ff 0x0806 1 10.0.0.1 10.0.0.2 02:00:00:00:00:01 "
	     "00:00:00:00:00:00 \n"
	     "02:00:00:00:00:01 ff:ff:ff:ff:ff:ff 0x0806 2 10.0.0.1 10.0.0.2 02:00:00:00:00:09 "
	     "02:00:00:00:00:02 \n"
	     "02:00:00:00:00:01 ff:ff:ff:ff:ff:ff 0x88b5      616263\n");
	capture_close(&c);
}

static void ip4_fields(void **state)
{
	struct capture c;
	(void)state;
	capture_open(&c);
	struct nlab_build build = build_example(NLAB_PROTO_IP, 4);
	build.protocol = GIVEN(253);
	build.ttl = 7;
	build.tos = 46 << 2 | 3; /* EF, CE */
	build.id = 0xbeef;
	build.df = true;
	build.ip_options = BYTES("\x94\x04\0\0\1"); /* router alert, NOP */
	build.payload = BYTES("hello");
	capture_build(&c, &build);
	build.df = false;
	build.mf = true;
	build.fragment_offset = 65528 - 8;
	build.ip_options.size = 0;
	build.ip_checksum = BAD;
	capture_build(&c, &build);
	build.ip_checksum = GIVEN(0x1234);
	build.ip_length = GIVEN(24);
	capture_build(&c, &build);
	says(&c,
	     "-e ip.src -e ip.dst -e ip.ttl -e ip.dsfield.dscp -e ip.dsfield.ecn -e ip.id -e ip.flags.df -e "
	     "ip.flags.mf "
	     "-e ip.frag_offset -e ip.hdr_len -e ip.len -e ip.proto -e ip.opt.type -e ip.checksum.status -e "
	     "data.data",
	     "10.0.0.1 10.0.0.2 7 46 3 0xbeef 1 0 0 28 33 253 148,1,0 1 68656c6c6f\n"
	     "10.0.0.1 10.0.0.2 7 46 3 0xbeef 0 1 8190 20 25 253  0 68656c6c6f\n"
	     "10.0.0.1 10.0.0.2 7 46 3 0xbeef 0 1 8190 20 24 253  0 68656c6c\n");
	says(&c, "-Y frame.number==3 -e ip.checksum", "0x1234\n");
	capture_close(&c);
}

static void ip6_fields(void **state)
{
	struct capture c;
	(void)state;
	capture_open(&c);
	struct nlab_build build = build_example(NLAB_PROTO_IP6, 6);
	build.protocol = GIVEN(253);
	build.ttl = 7;
	build.tos = 46 << 2 | 1;
	build.flow_label = 0xabcde;
	build.payload = BYTES("hello");
	capture_build(&c, &build);
	build.mf = true;
	build.fragment_offset = 1480;
	build.id = 0xdeadbeef;
	capture_build(&c, &build);
	build.ip_length = GIVEN(9);
	build.mf = false;
	build.fragment_offset = 0;
	build.fragment_header = true;
	capture_build(&c, &build);
	says(&c,
	     "-e ipv6.src -e ipv6.dst -e ipv6.hlim -e ipv6.tclass.dscp -e ipv6.tclass.ecn -e ipv6.flow -e "
	     "ipv6.plen "
	     "-e ipv6.nxt -e ipv6.fraghdr.nxt -e ipv6.fraghdr.offset -e ipv6.fraghdr.more -e "
	     "ipv6.fraghdr.ident "
	     "-e data.data",
	     "fd00::1 fd00::2 7 46 1 0x0abcde 5 253     68656c6c6f\n"
	     "fd00::1 fd00::2 7 46 1 0x0abcde 13 44 253 185 1 0xdeadbeef 68656c6c6f\n"
	     "fd00::1 fd00::2 7 46 1 0x0abcde 9 44 253 0 0 0xdeadbeef 68\n");
	capture_close(&c);
}

static void tcp_fields(void **state)
{
	struct capture c;
	(void)state;
	capture_open(&c);
	for (uint8_t version = 4; version <= 6; version = (uint8_t)(version + 2)) {
		struct nlab_build build = build_example(NLAB_PROTO_TCP, version);
		build.tcp = (struct nlab_tcp){4000000000, 3000000000, 1234, 55, 0xff};
		build.payload = BYTES("odd");
		capture_build(&c, &build);
		for (unsigned flag = 1; flag < 0x100; flag <<= 1) {
			build.tcp.flags = (uint8_t)flag;
			build.payload.size = flag % 5;
			build.payload.at = (const uint8_t *)"abcd";
			capture_build(&c, &build);
		}
	}
	static const char FRAMES[] = "1111 2222 4000000000 3000000000 1234 55 0x00ff 3 20 1\n"
				     "1111 2222 4000000000 3000000000 1234 55 0x0001 1 20 1\n"
				     "1111 2222 4000000000 3000000000 1234 55 0x0002 2 20 1\n"
				     "1111 2222 4000000000 3000000000 1234 55 0x0004 4 20 1\n"
				     "1111 2222 4000000000 3000000000 1234 55 0x0008 3 20 1\n"
				     "1111 2222 4000000000 3000000000 1234 55 0x0010 1 20 1\n"
				     "1111 2222 4000000000 3000000000 1234 55 0x0020 2 20 1\n"
				     "1111 2222 4000000000 3000000000 1234 55 0x0040 4 20 1\n"
				     "1111 2222 4000000000 3000000000 1234 55 0x0080 3 20 1\n";
	char expected[2 * sizeof FRAMES];
	snprintf(expected, sizeof expected, "%s%s", FRAMES, FRAMES);
	says(&c,
	     "-e tcp.srcport -e tcp.dstport -e tcp.seq -e tcp.ack_raw -e tcp.window_size_value -e "
	     "tcp.urgent_pointer "
	     "-e tcp.flags -e tcp.len -e tcp.hdr_len -e tcp.checksum.status",
	     expected);
	capture_close(&c);
}

static void tcp_options(void **state)
{
	struct capture c;
	(void)state;
	capture_open(&c);
	struct nlab_build build = build_example(NLAB_PROTO_TCP, 4);
	build.tcp.flags = NLAB_TCP_SYN;
	build.options = (struct nlab_tcp_options){.has = NLAB_OPTION_MSS | NLAB_OPTION_WSCALE |
							 NLAB_OPTION_SACKOK | NLAB_OPTION_TS,
						  .mss = 1460,
						  .wscale = 7,
						  .tsval = 4000000001,
						  .tsecr = 17};
	capture_build(&c, &build);
	build.tcp.flags = NLAB_TCP_ACK;
	build.options = (struct nlab_tcp_options){
	    .has = NLAB_OPTION_SACK, .sack_blocks = 4, .sack = {{1, 2}, {3, 4}, {5, 6}, {4294967295, 7}}};
	capture_build(&c, &build);
	build.tcp.flags = NLAB_TCP_SYN;
	build.options =
	    (struct nlab_tcp_options){.has = NLAB_OPTION_FASTOPEN | NLAB_OPTION_MSS,
				      .mss = 536,
				      .cookie = (const uint8_t *)"\xca\xfe\xba\xbe\x01\x02\x03\x04",
				      .cookie_length = 8};
	capture_build(&c, &build);
	build.options = (struct nlab_tcp_options){.has = NLAB_OPTION_FASTOPEN};
	capture_build(&c, &build);
	build.options = (struct nlab_tcp_options){0};
	build.raw_options =
	    BYTES("\xfe\x05\xf9\x89\x2a"); /* the cookie as an experiment, RFC 7413 B; padded with zeros */
	capture_build(&c, &build);
	says(&c,
	     "-e tcp.option_kind -e tcp.option_len -e tcp.options.mss_val -e tcp.options.wscale.shift "
	     "-e tcp.options.timestamp.tsval -e tcp.options.timestamp.tsecr -e tcp.options.sack_le "
	     "-e tcp.options.sack_re -e tcp.options.tfo.cookie -e tcp.options.tfo.request -e tcp.hdr_len "
	     "-e tcp.checksum.status",
	     "2,4,8,1,3 4,2,10,3 1460 7 4000000001 17     40 1\n"
	     "1,1,5 34     1,3,5,4294967295 2,4,6,7   56 1\n"
	     "2,34,1,1 4,10 536      cafebabe01020304  36 1\n"
	     "34,1,1 2        1 24 1\n"
	     "254,0,0,0 5       2a  28 1\n");
	capture_close(&c);
}

static void udp_and_icmp(void **state)
{
	struct capture c;
	(void)state;
	capture_open(&c);
	struct nlab_build build = build_example(NLAB_PROTO_UDP, 4);
	build.payload = BYTES("odd");
	capture_build(&c, &build);
	build = build_example(NLAB_PROTO_UDP, 6);
	build.payload = BYTES("even");
	capture_build(&c, &build);
	build = build_example(NLAB_PROTO_UDP, 4);
	build.checksum = GIVEN(0); /* none */
	capture_build(&c, &build);
	says(&c, "-e udp.srcport -e udp.dstport -e udp.length -e udp.checksum.status -e udp.payload",
	     "1111 2222 11 1 6f6464\n"
	     "1111 2222 12 1 6576656e\n"
	     "1111 2222 8 3 \n");
	capture_close(&c);
	capture_open(&c);
	build = build_example(NLAB_PROTO_ICMP, 4);
	build.icmp_type = 8;
	build.icmp_rest = 0x12340007;
	build.payload = BYTES("ping!");
	capture_build(&c, &build);
	build = build_example(NLAB_PROTO_ICMP6, 6);
	build.icmp_type = 129;
	build.icmp_rest = 0x12340007;
	build.payload = BYTES("pong!");
	capture_build(&c, &build);
	says(&c,
	     "-e icmp.type -e icmp.code -e icmp.ident -e icmp.seq -e icmp.checksum.status -e icmpv6.type "
	     "-e icmpv6.code -e icmpv6.echo.identifier -e icmpv6.echo.sequence_number -e "
	     "icmpv6.checksum.status "
	     "-e data.data",
	     "8 0 4660 7 1      70696e6721\n"
	     "     129 0 0x1234 7 1 706f6e6721\n");
	capture_close(&c);
}

/* An ICMP error of each version quotes a TCP segment. */
static void icmp_errors(void **state)
{
	struct capture c;
	uint8_t quoted[2][200];
	(void)state;
	capture_open(&c);
	for (unsigned i = 0; i < 2; i++) {
		uint8_t version = i ? 6 : 4;
		struct nlab_error error;
		size_t size;
		struct nlab_build build = build_example(NLAB_PROTO_TCP, version);
		build.tcp.seq = 77;
		assert_true(nlab_build_frame(&build, quoted[i], sizeof quoted[i], &size, &error));
		build = build_example(i ? NLAB_PROTO_ICMP6 : NLAB_PROTO_ICMP, version);
		build.icmp_type = i ? 2 : 3; /* packet too big, fragmentation needed */
		build.icmp_code = i ? 0 : 4;
		build.icmp_rest = 1280;
		build.payload =
		    (struct nlab_build_bytes){quoted[i] + NLAB_ETHER_HEADER, size - NLAB_ETHER_HEADER};
		capture_build(&c, &build);
	}
	says(&c,
	     "-e icmp.type -e icmp.code -e icmp.mtu -e icmp.checksum.status -e icmpv6.type -e icmpv6.mtu "
	     "-e icmpv6.checksum.status -e tcp.srcport -e tcp.dstport -e tcp.seq",
	     "3 4 1280 1    1111 2222 77\n"
	     "    2 1280 1 1111 2222 77\n");
	capture_close(&c);
}

/* 0 is bad, 1 is good, for tshark; each protocol over each version, the IPv4 header right and wrong. */
static void bad_checksums(void **state)
{
	static const uint8_t ROWS[][2] = {{NLAB_PROTO_TCP, 4}, {NLAB_PROTO_TCP, 6},  {NLAB_PROTO_UDP, 4},
					  {NLAB_PROTO_UDP, 6}, {NLAB_PROTO_ICMP, 4}, {NLAB_PROTO_ICMP6, 6}};
	struct capture c;
	(void)state;
	capture_open(&c);
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		struct nlab_build build = build_example(ROWS[i][0], ROWS[i][1]);
		build.icmp_type = build.version == 4 ? 8 : 128;
		build.checksum = BAD;
		capture_build(&c, &build);
		if (build.version == 4) {
			build.checksum.how = NLAB_BUILD_RIGHT;
			build.ip_checksum = BAD;
			capture_build(&c, &build);
		}
	}
	says(&c,
	     "-e ip.checksum.status -e tcp.checksum.status -e udp.checksum.status -e icmp.checksum.status "
	     "-e icmpv6.checksum.status",
	     "1 0   \n"
	     "0 1   \n"
	     " 0   \n"
	     "1  0  \n"
	     "0  1  \n"
	     "  0  \n"
	     "1   0 \n"
	     "0   1 \n"
	     "    0\n");
	capture_close(&c);
}

/* tshark puts the fragments together and checks the checksum of the whole. */
static void fragments(void **state)
{
	static uint8_t payload[3000], frame[NLAB_BUILD_FRAME_MAX], fragment[NLAB_BUILD_FRAME_MAX];
	struct capture c;
	(void)state;
	memset(payload, 'x', sizeof payload);
	capture_open(&c);
	for (uint8_t version = 4; version <= 6; version = (uint8_t)(version + 2)) {
		struct nlab_build build = build_example(NLAB_PROTO_UDP, version);
		struct nlab_build_cut cut;
		struct nlab_error error;
		size_t size;
		build.id = version == 4 ? 0x4321 : 0;
		build.payload = (struct nlab_build_bytes){payload, sizeof payload};
		assert_true(nlab_build_frame(&build, frame, sizeof frame, &size, &error));
		assert_true(nlab_build_cut_begin(&cut, frame, size, 1480, 0x87654321, &error));
		while (nlab_build_cut_next(&cut, fragment, &size)) {
			capture_add(&c, fragment, size);
		}
	}
	says(&c,
	     "-e ip.flags.mf -e ip.frag_offset -e ip.checksum.status -e ipv6.fraghdr.more -e "
	     "ipv6.fraghdr.offset "
	     "-e ipv6.fraghdr.ident -e ip.reassembled.length -e ipv6.reassembled.length -e udp.length "
	     "-e udp.checksum.status",
	     "1 0 1       \n"
	     "1 185 1       \n"
	     "0 370 1    3008  3008 1\n"
	     "   1 0 0x87654321    \n"
	     "   1 185 0x87654321    \n"
	     "   0 370 0x87654321  3008 3008 1\n");
	capture_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ethernet_and_arp), cmocka_unit_test(ip4_fields),
	    cmocka_unit_test(ip6_fields),       cmocka_unit_test(tcp_fields),
	    cmocka_unit_test(tcp_options),      cmocka_unit_test(udp_and_icmp),
	    cmocka_unit_test(icmp_errors),      cmocka_unit_test(bad_checksums),
	    cmocka_unit_test(fragments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
