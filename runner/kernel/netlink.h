/* netlink.h: requests to the kernel over NETLINK_ROUTE, rtnetlink(7): collected, sent in one message, each acknowledged.
 * Floor kernel. A handle acts in the network namespace in which it was opened, wherever its owner goes later. */
#ifndef NLAB_KERNEL_NETLINK_H
#define NLAB_KERNEL_NETLINK_H

#include "base/error.h"

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NLAB_NETLINK_REQUESTS     64
#define NLAB_NETLINK_BYTES        8192
#define NLAB_NETLINK_REQUEST_SIZE 512 /* the longest single request */

struct nlab_netlink_label { /* what a request is for, should the kernel refuse it */
	const char *step;
	char subject[64];
};

struct nlab_netlink {
	struct mnl_socket *socket; /* NULL: closed */
	uint32_t sequence;         /* of the next request */
	unsigned count;            /* requests collected and not sent yet */
	size_t used;               /* bytes before the last one collected */
	bool failed;               /* a request that went out early was refused: `error` says which */
	struct nlab_error error;
	struct nlab_netlink_label labels[NLAB_NETLINK_REQUESTS];
	_Alignas(struct nlmsghdr) char bytes[NLAB_NETLINK_BYTES];
};

/* Open a handle in the current network namespace. Fails with the errno of socket(2) or bind(2). */
bool nlab_netlink_open(struct nlab_netlink *netlink, struct nlab_error *error);

/* Close it; requests that were not run are forgotten. Harmless on a handle that is closed or all zero. */
void nlab_netlink_close(struct nlab_netlink *netlink);

/* Begin a request of `type` (RTM_NEWLINK, ...) with NLM_F_REQUEST, NLM_F_ACK and `flags`. The caller puts its header
 * and attributes into it with mnl_nlmsg_put_extra_header() and mnl_attr_put*(), NLAB_NETLINK_REQUEST_SIZE bytes at the
 * most, before the next request begins. `step` must be a string that lives on; the subject is printf-formatted.
 * Nothing is sent before nlab_netlink_run(), unless the handle is full: then what was collected goes out first. */
__attribute__((format(printf, 5, 6))) struct nlmsghdr *nlab_netlink_request(struct nlab_netlink *netlink,
									    uint16_t type, uint16_t flags,
									    const char *step,
									    const char *subject, ...);

/* Send what was collected and wait for the answers (the kernel works while we send: this does not block for long).
 * The kernel goes through all of them, also behind one that it refuses. False when one was refused: `error` then tells
 * of the first, with its step, its subject and the kernel's own words behind that. */
bool nlab_netlink_run(struct nlab_netlink *netlink, struct nlab_error *error);

/* Any socket of the namespace serves ioctls on interfaces, netdevice(7): the handle's descriptor, borrowed. */
int nlab_netlink_fd(const struct nlab_netlink *netlink);

#endif
