/* queue.h: the packets that the wire keeps back: delayed ones until they are due, held ones until they are released, others
 * until packets of their direction have overtaken them. A direction is from one interface to another (or to all).
 * Floor lab. Refers to records in the recording, which never move. Order: by due time, then as they came. */
#ifndef NLAB_LAB_QUEUE_H
#define NLAB_LAB_QUEUE_H

#include "facts/recording.h"

/* What a packet waits for. */
enum nlab_wait {
	NLAB_WAIT_TIME,
	NLAB_WAIT_RELEASE,
	NLAB_WAIT_FILTER,
	NLAB_WAIT_OVERTAKEN, /* or its time, whichever comes first */
};

struct nlab_queue_item {
	struct nlab_packet_record *record;
	uint16_t rule;  /* that keeps it back */
	uint8_t wait;   /* enum nlab_wait */
	uint32_t gap;   /* OVERTAKEN: by so many packets, still */
	int64_t due_ns; /* recording's clock; INT64_MAX: never */
};

struct nlab_queue {
	struct nlab_queue_item *items; /* sorted by due_ns, stable; all zero is an empty queue */
	size_t count, room;
	size_t overtaken; /* of these, how many wait to be */
};

/* Keep a packet back. Without memory it stays as it is, never delivered; returns false then. */
bool nlab_queue_add(struct nlab_queue *queue, const struct nlab_queue_item *item);

/* Take the first packet that is due at `now_ns`, or NULL. */
struct nlab_packet_record *nlab_queue_take_due(struct nlab_queue *queue, int64_t now_ns);

/* Take the oldest held packet of rule `rule` (0: of any), or NULL. */
struct nlab_packet_record *nlab_queue_take_held(struct nlab_queue *queue, uint16_t rule);

/* Take the packet with this id, if it waits for this by `rule` (0: any), or NULL. */
struct nlab_packet_record *nlab_queue_take_packet(struct nlab_queue *queue, enum nlab_wait wait,
						  uint16_t rule, uint32_t id);

/* The id of the oldest packet that waits for a filter, of `rule` (0: any); 0: none does. */
uint32_t nlab_queue_asked(const struct nlab_queue *queue, uint16_t rule);

/* Count a packet that is delivered for all that wait and were sent before it in its direction. */
void nlab_queue_overtake(struct nlab_queue *queue, const struct nlab_packet_record *record);

/* Take the first packet that was overtaken by as many as it waited for, or NULL. */
struct nlab_packet_record *nlab_queue_take_overtaken(struct nlab_queue *queue);

/* Whether a packet of `rule` and the direction of `record` waits to be overtaken. */
bool nlab_queue_is_overtaken(const struct nlab_queue *queue, uint16_t rule,
			     const struct nlab_packet_record *record);

/* Take the first packet, delayed or held, that `rule` keeps back, or NULL. */
struct nlab_packet_record *nlab_queue_take_of(struct nlab_queue *queue, uint16_t rule);

/* When the next packet is due; INT64_MAX: none is. */
int64_t nlab_queue_next_due(const struct nlab_queue *queue);

/* How many packets `rule` holds (not delays). */
size_t nlab_queue_count_held(const struct nlab_queue *queue, uint16_t rule);

void nlab_queue_free(struct nlab_queue *queue);

#endif
