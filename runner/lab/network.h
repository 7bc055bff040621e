/* network.h: the hosts of an experiment: network namespaces on one LAN, whose middle is the wire.
 * Floor lab. Addresses are given in the order of creation: 10.0.0.1, fd00::1, 02:00:00:00:00:01 for the first host. */
#ifndef NLAB_LAB_NETWORK_H
#define NLAB_LAB_NETWORK_H

#include "facts/order.h"
#include "lab/wire.h"

struct nlab_host {
	char name[NLAB_ORDER_NAME];
	uint16_t id;
	int space; /* its network namespace's descriptor */
	struct in_addr ip;
	struct in6_addr ip6; /* unspecified without IPv6 */
	uint8_t mac[6];
};

#define NLAB_HOSTS_LIMIT 63

struct nlab_network {
	struct nlab_recording *recording; /* borrowed */
	struct nlab_wire *wire;           /* borrowed */
	int space;                        /* the switch's network namespace: the lab's own */
	uint16_t count, ports;
	struct nlab_host hosts[NLAB_HOSTS_LIMIT];
};

/* Make ready for hosts: the calling process's network namespace is the switch. */
bool nlab_network_open(struct nlab_network *network, struct nlab_recording *recording, struct nlab_wire *wire,
		       struct nlab_error *error);

/* Make a host with an interface on the LAN; every host knows every other one's address (static neighbours). Returns when
 * the link carries frames. NULL with `error` when a step is refused. */
const struct nlab_host *nlab_network_host(struct nlab_network *network, const char *name, bool ipv6,
					  struct nlab_error *error);

#endif
