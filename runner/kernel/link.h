/* link.h: interfaces, their addresses and neighbours, as rtnetlink(7) requests.
 * Floor kernel. Each function only collects its request: nlab_netlink_run() sends all of them in one message and tells
 * what the kernel refused. They act in the namespace of the netlink handle. Interface numbers are chosen by the
 * caller, so that a request can name an interface that a request before it makes. */
#ifndef NLAB_KERNEL_LINK_H
#define NLAB_KERNEL_LINK_H

#include "kernel/netlink.h"

#include <stdint.h>

#define NLAB_LINK_LOOPBACK 1 /* the number of lo in every network namespace */

struct nlab_link_end {
	const char *name;   /* "eth0", 15 bytes at the most */
	const uint8_t *mac; /* 6 bytes, or NULL: the kernel makes one up */
	unsigned index;     /* interface number, free in its namespace, or 0: the kernel takes the next */
};

/* Create a veth(4) pair with this MTU on both ends, `near` in the handle's namespace, `far` in the namespace that the
 * descriptor `far_namespace` stands for; it must be open until the requests have run. Both ends are down.
 * The kernel says EEXIST when a name or number is taken there. */
void nlab_link_pair(struct nlab_netlink *netlink, const struct nlab_link_end *near,
		    const struct nlab_link_end *far, int far_namespace, unsigned mtu);

/* Set an interface up or down (IFF_UP). An end of a pair has no carrier before both ends are up, and a little later:
 * see nlab_ethtool_carrier_wait(). */
void nlab_link_up(struct nlab_netlink *netlink, unsigned index, bool up);

/* Set the MTU, in bytes. */
void nlab_link_mtu(struct nlab_netlink *netlink, unsigned index, unsigned mtu);

/* Set gso_max_segs: how many segments a packet handed to the interface may hold; 1 keeps TCP from making larger ones.
 */
void nlab_link_gso_max_segs(struct nlab_netlink *netlink, unsigned index, unsigned segments);

/* Add an address in network byte order: AF_INET with 4 bytes, AF_INET6 with 16 (without duplicate address detection:
 * it can be used at once). Its network's route comes with it once the interface is up. */
void nlab_link_address(struct nlab_netlink *netlink, unsigned index, int family, const void *address,
		       unsigned prefix_length);

/* Add a permanent neighbour (NUD_PERMANENT): no ARP or neighbour discovery is made for this address. */
void nlab_link_neighbour(struct nlab_netlink *netlink, unsigned index, int family, const void *address,
			 const uint8_t mac[6]);

/* Take a neighbour away again, so that the address has to be resolved. The kernel says ENOENT when there is none. */
void nlab_link_forget(struct nlab_netlink *netlink, unsigned index, int family, const void *address);

/* Add a route to address/prefix_length through `gateway` (NULL: the network is on the link itself). A prefix length of
 * 0 makes the default route. */
void nlab_link_route(struct nlab_netlink *netlink, unsigned index, int family, const void *address,
		     unsigned prefix_length, const void *gateway);

/* Whether IPv6 takes packets to `address` as the current network namespace's own: 1 yes, 0 not yet, -1 with `error`.
 * IPv6 gets ready in a worker of the kernel, some time after the carrier is there (addrconf). Only then does an address
 * get its local route; until then packets to it are dropped in silence. Does not block. */
int nlab_link_is_local6(const void *address, struct nlab_error *error);

#endif
