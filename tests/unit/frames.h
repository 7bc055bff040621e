/* frames.h: Ethernet frames made by hand for tests, with checksums that are summed here and not by what is
 * tested. */
#ifndef NLAB_TESTS_FRAMES_H
#define NLAB_TESTS_FRAMES_H

#include "facts/bytes.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FRAME_IP        14 /* offset of the IP header */
#define FRAME_TRANSPORT 34 /* offset behind an IPv4 header without options */

struct frame {
	size_t size;
	uint8_t bytes[2048];
};

static inline uint16_t frame_sum(uint32_t sum, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	}
	while (sum >> 16) {
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)~sum;
}

/* An Ethernet and IPv4 header for `size` bytes of `protocol` that already stand behind them. */
static inline void frame_ip4(struct frame *frame, const char *src, const char *dst, uint8_t protocol,
			     size_t size)
{
	static const uint8_t ETHER[14] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0};
	uint8_t *ip = frame->bytes + FRAME_IP;
	memcpy(frame->bytes, ETHER, sizeof ETHER);
	memset(ip, 0, 20);
	ip[0] = 0x45;
	nlab_put16(ip + 2, (unsigned)(20 + size));
	nlab_put16(ip + 4, 0x1234);
	nlab_put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = protocol;
	inet_pton(AF_INET, src, ip + 12);
	inet_pton(AF_INET, dst, ip + 16);
	nlab_put16(ip + 10, frame_sum(0, ip, 20));
	frame->size = FRAME_TRANSPORT + size;
}

/* Fill in the checksum at `offset` of the segment of `size` bytes, with the pseudo header of the IPv4 header
 * before it. */
static inline void frame_fill(struct frame *frame, size_t offset, size_t size)
{
	const uint8_t *ip = frame->bytes + FRAME_IP;
	uint8_t *segment = frame->bytes + FRAME_TRANSPORT;
	uint32_t pseudo = ip[9] + (uint32_t)size;
	nlab_put16(segment + offset, 0);
	for (unsigned i = 12; i < 20; i += 2) {
		pseudo += (uint32_t)(ip[i] << 8 | ip[i + 1]);
	}
	nlab_put16(segment + offset, frame_sum(pseudo, segment, size));
}

struct segment {
	const char *src, *dst; /* 10.0.0.1 and 10.0.0.2 when NULL */
	unsigned sport, dport;
	uint8_t flags;
	uint32_t seq, ack;
	const uint8_t *options; /* a multiple of 4 bytes */
	size_t options_size;
	const char *payload;
};

static inline void frame_tcp(struct frame *frame, struct segment segment)
{
	uint8_t *tcp = frame->bytes + FRAME_TRANSPORT;
	size_t header = 20 + segment.options_size;
	size_t length = segment.payload ? strlen(segment.payload) : 0;
	memset(tcp, 0, 20);
	nlab_put16(tcp, segment.sport);
	nlab_put16(tcp + 2, segment.dport);
	nlab_put32(tcp + 4, segment.seq);
	nlab_put32(tcp + 8, segment.ack);
	tcp[12] = (uint8_t)(header / 4 << 4);
	tcp[13] = segment.flags;
	nlab_put16(tcp + 14, 501);
	if (segment.options_size) {
		memcpy(tcp + 20, segment.options, segment.options_size);
	}
	if (length) {
		memcpy(tcp + header, segment.payload, length);
	}
	frame_ip4(frame, segment.src ? segment.src : "10.0.0.1", segment.dst ? segment.dst : "10.0.0.2", 6,
		  header + length);
	frame_fill(frame, 16, header + length);
}

static inline void frame_udp(struct frame *frame, const char *src, unsigned sport, const char *dst,
			     unsigned dport, const char *payload)
{
	uint8_t *udp = frame->bytes + FRAME_TRANSPORT;
	size_t size = strlen(payload), length = 8 + size;
	memset(udp, 0, 8);
	nlab_put16(udp, sport);
	nlab_put16(udp + 2, dport);
	nlab_put16(udp + 4, (unsigned)length);
	for (size_t i = 0; i < size; i++) {
		udp[8 + i] = (uint8_t)payload[i];
	}
	frame_ip4(frame, src, dst, 17, length);
	frame_fill(frame, 6, length);
}

/* Port unreachable for a datagram to port 53, as the host that has no such port sends it. */
static inline void frame_icmp_error(struct frame *frame)
{
	struct frame quoted = {0};
	uint8_t *icmp = frame->bytes + FRAME_TRANSPORT;
	frame_udp(&quoted, "10.0.0.1", 5000, "10.0.0.2", 53, "a long query of more than eight bytes");
	memset(icmp, 0, 8);
	icmp[0] = 3;
	icmp[1] = 3;
	memcpy(icmp + 8, quoted.bytes + FRAME_IP, 28);
	frame_ip4(frame, "10.0.0.2", "10.0.0.1", 1, 36);
	nlab_put16(icmp + 2, frame_sum(0, icmp, 36));
}

/* IPv6 with hop-by-hop options, a routing header, a fragment header and destination options before UDP. */
static inline void frame_ip6(struct frame *frame)
{
	uint8_t *ip = frame->bytes + FRAME_IP;
	uint8_t *next = ip + 40;
	static const uint8_t DATA[4] = {'d', 'a', 't', 'a'};
	memset(frame, 0, sizeof *frame);
	nlab_put16(frame->bytes + 12, 0x86dd);
	ip[0] = 0x6a;
	ip[1] = 0xb0;
	nlab_put16(ip + 4, 16 + 24 + 8 + 8 + 12);
	ip[7] = 63;
	inet_pton(AF_INET6, "fd00::1", ip + 8);
	inet_pton(AF_INET6, "fd00::2", ip + 24);
	next[0] = 43; /* hop-by-hop, 16 bytes */
	next[1] = 1;
	next += 16;
	next[0] = 44; /* routing, 24 bytes, one segment left */
	next[1] = 2;
	next[3] = 1;
	next += 24;
	next[0] = 60; /* fragment: the first of several */
	next[3] = 1;
	nlab_put32(next + 4, 0xdeadbeef);
	next += 8;
	next[0] = 17; /* destination options, 8 bytes */
	next += 8;
	nlab_put16(next, 5000);
	nlab_put16(next + 2, 53);
	nlab_put16(next + 4, 12);
	memcpy(next + 8, DATA, sizeof DATA);
	frame->size = (size_t)(next + 12 - frame->bytes);
}

#endif
