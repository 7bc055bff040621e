/* outbox.h: frames that the wire itself is about to send: answers of rules and of puppets, in the order of their making.
 * Floor lab. They are carried behind what they answer, so that the recording has them in this order. */
#ifndef NLAB_LAB_OUTBOX_H
#define NLAB_LAB_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

struct nlab_outbox_item {
	struct nlab_outbox_item *next;
	int64_t time_ns;  /* when it is sent, recording's clock */
	uint16_t from;    /* the interface that sends it */
	uint16_t made_by; /* the rule whose answer it is, 0: none */
	uint32_t length;
	uint8_t frame[];
};

struct nlab_outbox { /* all zero: empty */
	struct nlab_outbox_item *first, *last;
};

/* Add a copy of a frame. Without memory it is not sent. */
void nlab_outbox_add(struct nlab_outbox *outbox, uint16_t from, uint16_t made_by, int64_t time_ns,
		     const uint8_t *frame, size_t length);

/* Take the oldest; NULL when there is none. Free it with free(3). */
struct nlab_outbox_item *nlab_outbox_take(struct nlab_outbox *outbox);

void nlab_outbox_free(struct nlab_outbox *outbox);

#endif
