/* names.h: which host has which addresses, as the names in a capture file tell. Floor facts. First all
 * names are added, then they are settled, then asked for. Only names that the expectation language can
 * write are taken: letters, digits, "_", and "-" between them, not beginning with a digit and no keyword. */
#ifndef NLAB_FACTS_NAMES_H
#define NLAB_FACTS_NAMES_H

#include "facts/recording.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlab_name_row;

struct nlab_names {                      /* begin with zeros */
	struct nlab_name_row *rows;      /* settled: sorted by name */
	struct nlab_name_row *addresses; /* the same rows, sorted by address */
	size_t count, room;
};

/* Add a host, with one of its addresses (16 bytes, IPv4-mapped), or NULL. `name` is borrowed. What is no
 * name is passed over. False when there is no memory. */
bool nlab_names_add(struct nlab_names *names, const void *name, size_t length, const uint8_t *address);

/* Give each host its id and write it into the recording with its first address of each family (events host
 * and port, the latter of interface 0), at `time_ns`. Once. False without memory, or when the recording
 * has no room. */
bool nlab_names_record(struct nlab_names *names, struct nlab_recording *recording, int64_t time_ns);

/* The host that has an address, or NLAB_HOST_NONE. After nlab_names_record(). */
uint16_t nlab_names_of_address(const struct nlab_names *names, const uint8_t address[16]);

/* The host of that name, or NLAB_HOST_NONE. After nlab_names_record(). */
uint16_t nlab_names_of_name(const struct nlab_names *names, const void *name, size_t length);

void nlab_names_free(struct nlab_names *names);

#endif
