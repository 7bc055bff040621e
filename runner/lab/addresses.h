/* addresses.h: which host has a network address, so that packets carry the hosts of their ends.
 * Floor lab. An IPv4 address is held as ::ffff:a.b.c.d. */
#ifndef NLAB_LAB_ADDRESSES_H
#define NLAB_LAB_ADDRESSES_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLAB_ADDRESSES_MAX 256

struct nlab_addresses { /* all zero: empty */
	size_t count;
	struct {
		uint16_t host;
		struct in6_addr address;
	} rows[NLAB_ADDRESSES_MAX];
};

/* Add an address of a host; harmless when it is there. False when the table is full. */
bool nlab_addresses_add(struct nlab_addresses *addresses, uint16_t host, const struct in6_addr *address);

/* The host that has this address (the first that was said to have it), NLAB_HOST_NONE (0) when nobody has. */
uint16_t nlab_addresses_host(const struct nlab_addresses *addresses, const uint8_t address[16]);

#endif
