/* request.h: one order of a process while it is served: what came, and what goes back. Floor lab. */
#ifndef NLAB_LAB_REQUEST_H
#define NLAB_LAB_REQUEST_H

#include "lab/orders.h"

/* An order and the frame that may follow it. */
struct nlab_order_message {
	struct nlab_order order;
	uint8_t frame[NLAB_ORDER_FRAME_MAX];
};

struct nlab_request {
	struct nlab_orders *orders;
	const struct nlab_order *order;
	int socket; /* of the process that asked */
	int given;  /* the descriptor that came along, -1: none, or taken */
	struct nlab_reply *reply;
	int returned;  /* a descriptor to send back, borrowed; -1: none */
	bool later;    /* somebody else will reply */
	size_t length; /* of the frame that followed the order */
};

/* Say in the reply that the order was not obeyed. Returns false. */
static inline bool nlab_request_refuse(struct nlab_request *c, int code, const char *step,
				       const char *subject)
{
	return nlab_error_set(&c->reply->error, code, step, "%s", subject);
}

#endif
