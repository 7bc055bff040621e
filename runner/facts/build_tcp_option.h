/* build_tcp_option.h: the options of a TCP header as bytes (RFC 9293 3.2): the other direction of tcp_option.h. Floor
 * facts. */
#ifndef NLAB_FACTS_BUILD_TCP_OPTION_H
#define NLAB_FACTS_BUILD_TCP_OPTION_H

#include "facts/build.h"

/* Write the options of `build` into `bytes`, which has room for NLAB_TCP_OPTION_BYTES, with what pads them to a multiple of 4 bytes: NOPs where Linux has them when the order
 * is not given, zeros (end of list) at the end otherwise. False when they are more than 40 bytes, or when the order
 * names what has no value, or leaves out what has one. */
bool nlab_build_tcp_options(const struct nlab_build *build, uint8_t *bytes, size_t *size,
			    struct nlab_error *error);

#endif
