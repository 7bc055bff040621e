/* checksum.h: the Internet checksum (RFC 1071) of IPv4, TCP, UDP, ICMP and ICMPv6. Floor facts; pure
 * functions. */
#ifndef NLAB_FACTS_CHECKSUM_H
#define NLAB_FACTS_CHECKSUM_H

#include "facts/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nlab_checksum {
	NLAB_CHECKSUM_UNKNOWN, /* nothing to check, or not all of it was captured (also: a fragment) */
	NLAB_CHECKSUM_OK,
	NLAB_CHECKSUM_BAD,
};

/* The one's complement sum of `size` bytes, added to `sum` (0 to begin). Only the last part may have an odd
 * size. */
uint32_t nlab_checksum_add(uint32_t sum, const uint8_t *bytes, size_t size);

/* Fold a sum to the 16 bits that stand in a header (complemented). Over a range that holds its checksum it is
 * 0. */
uint16_t nlab_checksum_fold(uint32_t sum);

/* Check the IPv4 header and the transport checksum of a decoded packet. OK when both are right (an IPv4 UDP
 * datagram without a checksum counts as right, RFC 768). */
enum nlab_checksum nlab_checksum_verify(const struct nlab_packet *packet);

/* Fill in the transport checksum (TCP, UDP, ICMP, ICMPv6) of an Ethernet frame, for frames of which the
 * kernel says that it has not (CHECKSUM_PARTIAL). The IP header is not touched. False, with nothing changed,
 * when the segment is not there as a whole, is a fragment or has no such checksum. */
bool nlab_checksum_complete(uint8_t *frame, size_t captured);

#endif
