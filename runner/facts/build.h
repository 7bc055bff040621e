/* build.h: from a description of a packet to the bytes of an Ethernet frame: the other direction of packet.h. Floor
 * facts; pure functions that allocate nothing and write only into the caller's buffer.
 *
 * What a description does not give is computed: lengths, header sizes, checksums. Each of these can be wrong on
 * purpose (struct nlab_build_field). A checksum is right for the bytes that the lengths in the headers claim, when
 * these lie within the frame, else for those that were built. What does not fit a header is an error; parts of a
 * description that its protocol does not have are not looked at, but for those of the other IP version, which are
 * errors. Integers are in host byte order. */
#ifndef NLAB_FACTS_BUILD_H
#define NLAB_FACTS_BUILD_H

#include "base/error.h"
#include "facts/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLAB_BUILD_HEADERS   160 /* bytes: at least what all headers of one frame need */
#define NLAB_BUILD_FRAME_MAX (NLAB_ETHER_HEADER + 40 + 65535)

enum nlab_build_how {
	NLAB_BUILD_RIGHT, /* computed */
	NLAB_BUILD_GIVEN, /* the value, right or wrong */
	NLAB_BUILD_BAD,   /* checksums only: certainly wrong, and never 0 (in UDP: none) */
};

/* A header field that is computed unless the description says otherwise. */
struct nlab_build_field {
	uint8_t how; /* enum nlab_build_how */
	uint16_t value;
};

struct nlab_build_bytes {
	const uint8_t *at; /* borrowed */
	size_t size;
};

struct nlab_build {
	uint8_t
	    proto; /* enum nlab_proto. IP, IP6: what is inside is `payload`; OTHER: no network layer at all */
	uint8_t version; /* 4 or 6; with ARP and OTHER it is not looked at */
	uint8_t src_mac[6], dst_mac[6];
	struct nlab_build_field ethertype;

	/* IP; addresses as in struct nlab_ip: IPv4 as IPv4-mapped. ARP: src is the sender's address, dst the target's. */
	uint8_t src[16], dst[16];
	uint8_t ttl, tos;         /* hop limit, traffic class */
	uint32_t id;              /* IPv4: 16 bits; IPv6: of the fragment header */
	uint32_t fragment_offset; /* bytes, a multiple of 8 */
	uint32_t flow_label;      /* IPv6, 20 bits */
	bool df;                  /* IPv4 */
	bool mf;
	bool fragment_header; /* IPv6: there is one though neither mf nor fragment_offset needs it */
	struct nlab_build_bytes ip_options; /* IPv4, up to 40, padded with zeros */
	struct nlab_build_field protocol;   /* in the IP header; must be given with IP and IP6 */
	struct nlab_build_field
	    ip_length;               /* IPv4: total length, RFC 791 3.1; IPv6: payload length, RFC 8200 3 */
	struct nlab_build_field ihl; /* IPv4: header length in units of 4 bytes, RFC 791 3.1 */
	struct nlab_build_field ip_checksum; /* IPv4 */

	/* What is inside. */
	uint16_t sport, dport; /* TCP, UDP */
	struct nlab_tcp tcp;
	/* Which options there are (has), their values, and their order (kinds, count); count 0: the order and the
	 * padding of Linux. An option without a value there cannot be named, except for eol and nop. */
	struct nlab_tcp_options options;
	struct nlab_build_bytes raw_options; /* TCP: behind the options */
	struct nlab_build_field data_offset; /* TCP: header length in units of 4 bytes, RFC 9293 3.1 */
	struct nlab_build_field udp_length;
	uint8_t icmp_type, icmp_code;
	uint32_t icmp_rest; /* bytes 4 to 7 of the header: echo id and sequence number, next-hop MTU, ... */
	struct nlab_arp arp;
	struct nlab_build_field checksum; /* of TCP, UDP, ICMP, ICMPv6 */
	struct nlab_build_bytes
	    payload; /* of an ICMP error: the packet that it quotes, from its IP header on */
};

/* Write the frame that `build` describes into `frame`, which has `room` bytes, and its size into `size`. The payload
 * must not lie in `frame`. False, with `error` filled, when something does not fit. */
bool nlab_build_frame(const struct nlab_build *build, uint8_t *frame, size_t room, size_t *size,
		      struct nlab_error *error);

#endif
