/* orders.h: serves what the processes of an experiment ask of the lab (facts/order.h).
 * Floor lab. Each process has a socket of its own; one that is closed, or that sends nonsense, is dropped. */
#ifndef NLAB_LAB_ORDERS_H
#define NLAB_LAB_ORDERS_H

#include "lab/filters.h"
#include "lab/network.h"
#include "lab/reaper.h"
#include "lab/wire.h"

#define NLAB_ORDERS_PEERS 512 /* processes with an order socket at once */

struct nlab_orders {
	struct nlab_recording *recording; /* all borrowed */
	struct nlab_network *network;
	struct nlab_wire *wire;
	struct nlab_reaper *reaper;
	bool allowed; /* false: no network; the script only declares */
	pid_t script; /* the script process, and the lab's end of its order socket */
	int script_socket;
	int epoll;
	unsigned peers;
	struct nlab_filters filters;
	struct nlab_order_message *message; /* the one being served */
};

/* Begin to serve; the borrowed parts must be set. */
bool nlab_orders_open(struct nlab_orders *orders, struct nlab_error *error);

/* End it; the processes' sockets stay open. */
void nlab_orders_close(struct nlab_orders *orders);

/* Serve one more process; takes over its socket. */
bool nlab_orders_admit(struct nlab_orders *orders, int socket, struct nlab_error *error);

/* Read and answer the orders that have arrived. Never blocks. */
void nlab_orders_serve(struct nlab_orders *orders);

/* Answer what was left to be answered later: filters, and who waits for them. Never blocks. */
void nlab_orders_settle(struct nlab_orders *orders);

/* Readable when there is something to serve (epoll(7)). */
int nlab_orders_fd(const struct nlab_orders *orders);

#endif
