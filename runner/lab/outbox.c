/* outbox.c: frames that the wire itself is about to send. Floor lab. */
#include "lab/outbox.h"

#include <stdlib.h>
#include <string.h>

void nlab_outbox_add(struct nlab_outbox *outbox, uint16_t from, uint16_t made_by, int64_t time_ns,
		     const uint8_t *frame, size_t length)
{
	struct nlab_outbox_item *item = malloc(sizeof *item + length);
	if (!item) {
		return;
	}
	item->next = NULL;
	item->time_ns = time_ns;
	item->from = from;
	item->made_by = made_by;
	item->length = (uint32_t)length;
	memcpy(item->frame, frame, length);
	if (outbox->last) {
		outbox->last->next = item;
	} else {
		outbox->first = item;
	}
	outbox->last = item;
}

struct nlab_outbox_item *nlab_outbox_take(struct nlab_outbox *outbox)
{
	struct nlab_outbox_item *item = outbox->first;
	if (item) {
		outbox->first = item->next;
		outbox->last = outbox->first ? outbox->last : NULL;
	}
	return item;
}

void nlab_outbox_free(struct nlab_outbox *outbox)
{
	struct nlab_outbox_item *item;
	while ((item = nlab_outbox_take(outbox))) {
		free(item);
	}
}
