/* build_ip.h: the IP header of a frame that is built (RFC 791 3.1, RFC 8200 3 and 4.5). Floor facts. */
#ifndef NLAB_FACTS_BUILD_IP_H
#define NLAB_FACTS_BUILD_IP_H

#include "facts/build.h"

/* The value of a checksum field whose right value is `right`. */
uint16_t nlab_build_checksum(const struct nlab_build_field *field, uint16_t right);

/* Bytes of the IP header of `build`: IPv4 with its options, IPv6 with a fragment header where there is one. */
size_t nlab_build_ip_size(const struct nlab_build *build);

/* Check that what `build` says fits an IP header in front of `inside` bytes of the protocol `protocol`. */
bool nlab_build_ip_check(const struct nlab_build *build, size_t inside, struct nlab_error *error);

/* Write the header at `at`, nlab_build_ip_size() bytes; `inside` bytes of `protocol` stand behind it already. The
 * description was checked. */
void nlab_build_ip_write(const struct nlab_build *build, uint8_t protocol, size_t inside, uint8_t *at);

/* Of the `inside` bytes behind the header, how many belong to the datagram as its length field claims; all of them when
 * the claim does not lie within the frame. */
size_t nlab_build_ip_inside(const struct nlab_build *build, size_t inside);

#endif
