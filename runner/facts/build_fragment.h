/* build_fragment.h: cutting a datagram into fragments (RFC 791 3.2, RFC 8200 4.5). Floor facts; pure functions. */
#ifndef NLAB_FACTS_BUILD_FRAGMENT_H
#define NLAB_FACTS_BUILD_FRAGMENT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLAB_BUILD_CUT_MORE                                                                                  \
	8 /* bytes by which a fragment may be longer than its datagram: IPv6's fragment header */

struct nlab_build_cut {       /* a datagram that is being cut; to be read only */
	const uint8_t *frame; /* borrowed */
	size_t size;          /* of the frame */
	size_t header;        /* offset of what is cut: behind the IP header */
	size_t data;          /* bytes of it in each fragment but the last */
	size_t done;          /* bytes of it in the fragments so far */
	size_t offset;        /* of the first one: not 0 when the datagram is a fragment already */
	uint32_t id;          /* IPv6 */
	uint8_t next;         /* IPv6: the protocol behind the fragment header */
	bool four, more;      /* IPv4; more: the datagram is a fragment that is not the last one */
	bool finished;
};

/* Begin to cut the IP datagram in `frame`, `data` bytes (a multiple of 8) to a fragment. `id` is the identification
 * for IPv6; IPv4 has its own, and so has a datagram with a fragment header. Everything behind the IP header (IPv6: and
 * behind a fragment header directly behind it) is cut. False when it is no IP datagram, when it must not be cut (DF),
 * or when an offset would not fit. The frame's lengths are recomputed, not read, but for IPv4's header length. */
bool nlab_build_cut_begin(struct nlab_build_cut *cut, const uint8_t *frame, size_t size, size_t data,
			  uint32_t id, struct nlab_error *error);

/* Write the next fragment, an Ethernet frame, into `fragment`, which has room for cut->size + NLAB_BUILD_CUT_MORE
 * bytes. False when there is none left. A datagram that fits into one fragment stays whole; over IPv6 it gets a
 * fragment header nevertheless (RFC 6946). IPv4 options that are not to be copied stand in the first one only. */
bool nlab_build_cut_next(struct nlab_build_cut *cut, uint8_t *fragment, size_t *size);

#endif
