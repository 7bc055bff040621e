/* linktype.h: frames of other link types than Ethernet as Ethernet frames, for capture files of any origin.
 * Floor facts; pure and total. Numbers are those of https://www.tcpdump.org/linktypes.html.
 *
 * Known are Ethernet, raw IP (RAW, IPV4, IPV6), BSD loopback (NULL, LOOP) and Linux cooked captures (SLL,
 * SLL2). VLAN tags (IEEE 802.1Q) are taken off. A frame of any other type becomes one of the ethertype
 * NLAB_ETHERTYPE_UNKNOWN, which is decoded as nothing. */
#ifndef NLAB_FACTS_LINKTYPE_H
#define NLAB_FACTS_LINKTYPE_H

#include "facts/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLAB_ETHERTYPE_UNKNOWN 0xffff /* reserved, RFC 1701 */

struct nlab_link_header {
	uint8_t ether[NLAB_ETHER_HEADER]; /* stands in front of what is left */
	uint32_t skip; /* bytes of the frame that it takes the place of, at most what was captured */
};

/* Whether frames of this link type can be decoded. */
bool nlab_linktype_known(unsigned linktype);

/* Fill in the Ethernet header for a frame, of which `captured` bytes are there. False when the frame can
 * stay as it is; then `header` is not meaningful. */
bool nlab_linktype_header(unsigned linktype, const uint8_t *frame, size_t captured,
			  struct nlab_link_header *header);

#endif
