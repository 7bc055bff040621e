/* build_example.h: descriptions of packets that tests begin with, and what comes of them. */
#ifndef NLAB_TESTS_BUILD_EXAMPLE_H
#define NLAB_TESTS_BUILD_EXAMPLE_H

#include "facts/build.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define GIVEN(value_) ((struct nlab_build_field){NLAB_BUILD_GIVEN, value_})
#define BAD           ((struct nlab_build_field){NLAB_BUILD_BAD, 0})

/* 10.0.0.1 to 10.0.0.2, or fd00::1 to fd00::2; ports 1111 and 2222. */
static inline struct nlab_build build_example(unsigned proto, uint8_t version)
{
	struct nlab_build build = {.proto = (uint8_t)proto,
				   .version = version,
				   .src_mac = {2, 0, 0, 0, 0, 1},
				   .dst_mac = {2, 0, 0, 0, 0, 2},
				   .ttl = 64,
				   .sport = 1111,
				   .dport = 2222};
	inet_pton(AF_INET6, version == 4 ? "::ffff:10.0.0.1" : "fd00::1", build.src);
	inet_pton(AF_INET6, version == 4 ? "::ffff:10.0.0.2" : "fd00::2", build.dst);
	return build;
}

struct built {
	uint8_t frame[NLAB_BUILD_FRAME_MAX];
	size_t size;
	struct nlab_packet packet; /* decoded again */
};

/* Build and decode; false, with a message on stderr, when it could not be built. */
static inline bool build_and_decode(const struct nlab_build *build, struct built *built)
{
	struct nlab_error error;
	char text[400];
	if (!nlab_build_frame(build, built->frame, sizeof built->frame, &built->size, &error)) {
		fprintf(stderr, "%s\n", nlab_error_text(&error, text, sizeof text));
		return false;
	}
	nlab_packet_decode(&built->packet, built->frame, built->size, built->size);
	return true;
}

#endif
