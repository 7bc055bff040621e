/* addresses.c: which host has a network address. Floor lab. A search through some dozens of rows is faster than hashing. */
#include "lab/addresses.h"

#include <string.h>

bool nlab_addresses_add(struct nlab_addresses *addresses, uint16_t host, const struct in6_addr *address)
{
	if (nlab_addresses_host(addresses, address->s6_addr) == host) {
		return true;
	}
	if (addresses->count == NLAB_ADDRESSES_MAX) {
		return false;
	}
	addresses->rows[addresses->count].host = host;
	addresses->rows[addresses->count++].address = *address;
	return true;
}

uint16_t nlab_addresses_host(const struct nlab_addresses *addresses, const uint8_t address[16])
{
	for (size_t i = 0; i < addresses->count; i++) {
		if (memcmp(&addresses->rows[i].address, address, 16) == 0) {
			return addresses->rows[i].host;
		}
	}
	return 0;
}
