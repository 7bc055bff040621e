/* sockdiag.h: the TCP and UDP sockets of a network namespace, whoever holds them, sock_diag(7).
 * Floor kernel. Orphans, TIME-WAIT, half-open requests and sockets that are bound and nothing else are among them. A
 * handle acts in the network namespace in which it was opened. */
#ifndef NLAB_KERNEL_SOCKDIAG_H
#define NLAB_KERNEL_SOCKDIAG_H

#include "base/error.h"

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Idiag_timer, tcp(7) */
enum nlab_socket_timer {
	NLAB_SOCKET_TIMER_NONE,
	NLAB_SOCKET_TIMER_RETRANSMIT, /* also loss probe and reordering; of a SYN,ACK in SYN-RECEIVED */
	NLAB_SOCKET_TIMER_KEEPALIVE,  /* also the time limit of an orphan in FIN-WAIT-2 */
	NLAB_SOCKET_TIMER_TIME_WAIT,
	NLAB_SOCKET_TIMER_PROBE, /* zero-window probe */
};

struct nlab_socket_info {
	uint8_t family;      /* AF_INET or AF_INET6 */
	uint8_t protocol;    /* IPPROTO_TCP or IPPROTO_UDP */
	uint8_t state;       /* TCP_ESTABLISHED (1), ... of linux/tcp_states.h; UDP: 1 connected, 7 not */
	uint8_t timer;       /* enum nlab_socket_timer */
	uint8_t retransmits; /* of what the timer waits for, so far */
	bool orphan; /* TCP: closed by its process (or that is gone), and the close goes on without it */
	uint16_t port, peer_port; /* 0: none */
	uint8_t address[16];      /* network byte order; 4 bytes for AF_INET */
	uint8_t peer_address[16];
	uint32_t expires_ms;    /* of the timer */
	uint32_t receive_queue; /* bytes not read yet; LISTEN: connections not accepted yet */
	uint32_t send_queue;    /* bytes not acknowledged yet; LISTEN: the longest that queue may be */
	uint32_t uid;           /* of the owner, as the reader's user namespace sees it */
	uint32_t inode; /* 0: no descriptor: an orphan, TIME-WAIT, SYN-RECEIVED, or not accepted yet */
};

struct nlab_sockdiag {
	struct mnl_socket *socket; /* NULL: closed */
	uint32_t sequence;
};

struct nlab_socket_list { /* all zero: empty */
	struct nlab_socket_info *sockets;
	size_t count, room;
};

/* Open a handle in the current network namespace. Fails with the errno of socket(2) or bind(2). */
bool nlab_sockdiag_open(struct nlab_sockdiag *diag, struct nlab_error *error);

/* Close it. Harmless on one that is closed or all zero. */
void nlab_sockdiag_close(struct nlab_sockdiag *diag);

/* Make `list` the sockets of both protocols and families: by protocol, family, local port, remote port, state and
 * addresses in this order. The memory of an earlier list is used again. Not a picture of one moment: a socket that
 * changes meanwhile may show twice or not at all. Fails with the kernel's errno; without CAP_NET_ADMIN over the
 * namespace, bound idle sockets are missing or refused. */
bool nlab_sockdiag_list(struct nlab_sockdiag *diag, struct nlab_socket_list *list, struct nlab_error *error);

/* Free what a list holds. */
void nlab_socket_list_free(struct nlab_socket_list *list);

/* Look up one TCP socket exactly: `key` gives family, addresses and ports; peer 0 looks for a listener. Fails with
 * ENOENT when there is none (a listener never stands for a connection that is not there). */
bool nlab_sockdiag_find(struct nlab_sockdiag *diag, const struct nlab_socket_info *key,
			struct nlab_socket_info *found, struct nlab_error *error);

/* "retransmit", "keepalive", "time-wait", "probe"; NULL for none and for a number that is not in the enum. */
const char *nlab_socket_timer_name(unsigned timer);

#endif
