/* filters.h: the processes that decide about packets (NLAB_ORDER_FILTER), and those that wait for that (NLAB_ORDER_DRAIN).
 * Floor lab. A filter is asked about one packet at a time, the oldest. When its process ends, its rule is taken out, and
 * what waited for it is delivered. */
#ifndef NLAB_LAB_FILTERS_H
#define NLAB_LAB_FILTERS_H

#include "facts/order.h"
#include "lab/wire.h"

#define NLAB_FILTERS_MAX  16
#define NLAB_DRAINERS_MAX 64

struct nlab_filters { /* all zero: none. Sockets are borrowed */
	size_t count;
	struct {
		int socket;
		uint16_t rule;
		bool idle; /* it waits for a packet */
	} list[NLAB_FILTERS_MAX];
	size_t drainers;
	int drainer[NLAB_DRAINERS_MAX]; /* sockets of who waits until filters have decided */
};

/* Serve a NLAB_ORDER_FILTER: do what it says, and remember that this process waits. False with `error` when it makes no
 * sense, or there are too many, and then its rule is taken out; otherwise the reply comes later. */
bool nlab_filters_next(struct nlab_filters *filters, struct nlab_wire *wire, int socket,
		       const struct nlab_order *order, struct nlab_error *error);

/* Let a drain on this socket wait until filters have decided. False when it need not, or must not: there is nothing to
 * decide, or it is a filter's own. */
bool nlab_filters_wait(struct nlab_filters *filters, const struct nlab_wire *wire, int socket);

/* Ask filters that wait, and answer drains when nothing is left to decide. Call it when something may have come. */
void nlab_filters_serve(struct nlab_filters *filters, const struct nlab_wire *wire,
			const struct nlab_recording *recording);

/* Forget a socket that is about to be closed. */
void nlab_filters_forget(struct nlab_filters *filters, struct nlab_wire *wire, int socket);

#endif
