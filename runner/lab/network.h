/* network.h: the network of an experiment: hosts (network namespaces), links, and the interfaces that join them.
 * Floor lab. A link has the wire in its middle: every frame on it is carried and recorded. Link 1 is the LAN of hosts
 * that do not ask for anything else; on it the n-th host has 10.0.0.n, fd00::n and 02:00:00:00:00:n. */
#ifndef NLAB_LAB_NETWORK_H
#define NLAB_LAB_NETWORK_H

#include "facts/order.h"
#include "lab/wire.h"

#define NLAB_HOSTS_LIMIT      63
#define NLAB_LINKS_LIMIT      64
#define NLAB_INTERFACES_LIMIT 100 /* of all hosts together, loopback aside */
#define NLAB_ADDRESSES_LIMIT  8   /* of one interface */
#define NLAB_LINK_LAN         1

struct nlab_prefix { /* an address with the length of its network */
	int family;
	unsigned length;
	uint8_t bytes[16]; /* AF_INET: the first 4 */
};

struct nlab_interface {
	uint16_t port; /* interface id in the recording */
	uint16_t host, link;
	unsigned near;  /* number of the wire's end, in the lab's own namespace */
	int near_fd;    /* the wire's port on that end, borrowed */
	unsigned index; /* number of the host's end */
	unsigned mtu;
	char name[16]; /* "eth0" */
	uint8_t mac[6];
	size_t count;
	struct nlab_prefix addresses[NLAB_ADDRESSES_LIMIT];
};

struct nlab_host {
	char name[NLAB_ORDER_NAME];
	uint16_t id;
	int space; /* its network namespace's descriptor; -1: it has crashed */
	bool
	    puppet; /* nothing but a MAC and addresses on the wire: it has no namespace, and nothing answers for it */
	bool ipv6;
	uint16_t loopback;   /* the interface id of lo, 0: none */
	uint16_t interfaces; /* made so far */
	struct in_addr ip;   /* the first addresses, unspecified without */
	struct in6_addr ip6;
	uint8_t mac[6]; /* of the first interface */
};

struct nlab_link {
	char name[NLAB_ORDER_NAME];
	bool arp; /* addresses are resolved; otherwise neighbours are static */
};

struct nlab_network {
	struct nlab_recording *recording; /* borrowed */
	struct nlab_wire *wire;           /* borrowed */
	int space;                        /* the wire's network namespace: the lab's own */
	uint16_t count, links, ports;     /* hosts, links, interface ids so far */
	size_t interfaces;
	unsigned last_near;
	struct nlab_host hosts[NLAB_HOSTS_LIMIT];
	struct nlab_link link[NLAB_LINKS_LIMIT]; /* link n is link[n - 1] */
	struct nlab_interface interface[NLAB_INTERFACES_LIMIT];
};

/* Make ready for hosts: the calling process's network namespace is the wire's. Makes the link NLAB_LINK_LAN. */
bool nlab_network_open(struct nlab_network *network, struct nlab_recording *recording, struct nlab_wire *wire,
		       struct nlab_error *error);

/* Make a host with an interface on the LAN and addresses there. Returns when its link carries frames; NULL with `error`
 * when a step is refused. */
const struct nlab_host *nlab_network_host(struct nlab_network *network, const char *name, bool ipv6,
					  struct nlab_error *error);

/* Make a host with nothing but loopback. */
const struct nlab_host *nlab_network_lone_host(struct nlab_network *network, const char *name, bool ipv6,
					       struct nlab_error *error);

/* Make a puppet: a host without a stack, whose frames the script reads and writes itself. With `lan`, it has an interface
 * and addresses on the LAN, as other hosts. */
const struct nlab_host *nlab_network_puppet(struct nlab_network *network, const char *name, bool ipv6,
					    bool lan, struct nlab_error *error);

/* The recording's id of a host's interface ("eth0", "lo"), 0 with `error` when it has none. */
uint16_t nlab_network_port(const struct nlab_network *network, uint16_t host, const char *interface,
			   struct nlab_error *error);

/* Make a link. Returns its id, 0 with `error` when there are too many. */
uint16_t nlab_network_link(struct nlab_network *network, const char *name, bool arp,
			   struct nlab_error *error);

/* Give a host an interface on a link: "eth" and the next number, with these addresses ("192.168.1.2/24 fd01::2/64", at
 * the most NLAB_ADDRESSES_LIMIT) and MTU (0: 1500). Returns when it carries frames; NULL with `error`. */
const struct nlab_interface *nlab_network_attach(struct nlab_network *network, uint16_t host, uint16_t link,
						 const char *addresses, unsigned mtu,
						 struct nlab_error *error);

/* Pull the cable of a host's interface (it loses its carrier), or plug it in again. */
bool nlab_network_cable(struct nlab_network *network, uint16_t host, const char *interface, bool plugged,
			struct nlab_error *error);

/* Set a host's interface up or down (IFF_UP). Set up again, it has its addresses and static neighbours as before; routes
 * through it are the caller's matter. */
bool nlab_network_interface(struct nlab_network *network, uint16_t host, const char *interface, bool up,
			    struct nlab_error *error);

/* Take a host away: nothing leaves or reaches it from now on, no FIN, no RST. Its processes are the caller's matter. */
bool nlab_network_crash(struct nlab_network *network, uint16_t host, struct nlab_error *error);

/* Bring a crashed host back, empty, with the same interfaces, MACs and addresses. */
const struct nlab_host *nlab_network_reboot(struct nlab_network *network, uint16_t host,
					    struct nlab_error *error);

#endif
