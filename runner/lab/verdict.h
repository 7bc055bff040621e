/* verdict.h: the rules of the wire: what becomes of a packet.
 * Floor lab. Rules are asked action by action: cut, drop, reject, filter, then what alters the packet (corrupt, truncate),
 * duplicate, hold, reorder, rate, delay. What is lost is not held, what a filter decides about is put to no other rule, what is
 * held is neither delayed nor queued; all else adds up. For each action the oldest rule decides that matches, has let its
 * `skip` packets pass, has the luck of its `chance`, and is not used up. */
#ifndef NLAB_LAB_VERDICT_H
#define NLAB_LAB_VERDICT_H

#include "facts/order.h"
#include "facts/recording.h"
#include "lab/queue.h"

#define NLAB_VERDICTS_MAX 128

struct nlab_verdict_rule {
	uint16_t id; /* from 1; 0: free */
	uint16_t action;
	uint16_t link; /* on which it holds, 0: on any */
	uint32_t skip; /* matching packets that still pass */
	uint32_t left; /* how many packets it still decides; UINT32_MAX: without limit */
	uint32_t chance;
	uint64_t random; /* state of its random numbers */
	int64_t value, amount;
	int64_t last_due_ns; /* delay: when the packet before was due; rate: when the line is free again */
	int64_t burst;       /* drop: so many more are lost whatever the chance */
	uint64_t hits;
	bool matched;              /* its form has matched a packet */
	bool told_match, told_hit; /* and the recording knows it, and that it has decided */
	uint8_t address[16];       /* reject: the source of its answers */
	struct nlab_rule rule;
};

struct nlab_verdicts {
	uint16_t last_id;
	size_t count;
	struct nlab_verdict_rule rules[NLAB_VERDICTS_MAX]; /* in the order of their making */
};

struct nlab_verdict {
	enum nlab_fate fate;
	uint16_t rule;  /* that decided the fate, 0: none */
	int64_t due_ns; /* with NLAB_FATE_PENDING: when to deliver it, recording's clock; INT64_MAX: never */
	enum nlab_wait wait; /* with PENDING and HELD */
	uint32_t gap;        /* with NLAB_WAIT_OVERTAKEN */
	unsigned copies;     /* to deliver behind it */
	uint16_t copier;     /* the rule that says so */
	const struct nlab_verdict_rule
	    *altered; /* how to change it; NULL: not. Borrowed until the next order */
	const struct nlab_verdict_rule *rejects; /* how to answer it; NULL: not. Borrowed as well */
};

/* What becomes of this packet on this link; counts the rules that decide. `queue`: what they keep back already. `context` has
 * its record: the time, the length, the direction. */
struct nlab_verdict nlab_verdict(struct nlab_verdicts *verdicts, const struct nlab_queue *queue,
				 uint16_t link, const struct nlab_packet_context *context);

/* Record which rules have matched a packet, or decided about one, for the first time since this was last called. */
void nlab_verdicts_tell(struct nlab_verdicts *verdicts, struct nlab_recording *recording, int64_t time_ns);

/* Change a frame of `length` bytes, which is decoded in `packet`, as an altering rule says; returns its new length. */
size_t nlab_verdict_alter(const struct nlab_verdict_rule *rule, const struct nlab_packet *packet,
			  uint8_t *frame, size_t length);

/* Build the answer of a rejecting rule to a packet, as nlab_answer_icmp() does. Returns its size, 0: there is none. */
size_t nlab_verdict_answer(const struct nlab_verdict_rule *rule, const struct nlab_packet *packet,
			   uint8_t *frame, size_t room);

/* Add the rule of a NLAB_ORDER_RULE. Returns its id, 0 with `error` when it makes no sense or there are too many. */
uint16_t nlab_verdicts_add(struct nlab_verdicts *verdicts, const struct nlab_order *order,
			   struct nlab_error *error);

/* Take out one rule: the one with this id, or (id 0) any one of this action, or (action 0) any. Returns its id, 0: none. */
uint16_t nlab_verdicts_remove(struct nlab_verdicts *verdicts, uint16_t id, unsigned action);

/* How many packets rule `id` has decided. False when there is no such rule. */
bool nlab_verdicts_hits(const struct nlab_verdicts *verdicts, uint16_t id, uint64_t *hits);

#endif
