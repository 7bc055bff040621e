/* verdict.h: the rules of the wire: what becomes of a packet.
 * Floor lab. Of the rules that match, one that loses the packet (cut, then drop) decides before one that holds it, and that
 * before one that delays it; among rules of the same action, the oldest that is not used up. */
#ifndef NLAB_LAB_VERDICT_H
#define NLAB_LAB_VERDICT_H

#include "facts/order.h"
#include "facts/recording.h"

#define NLAB_VERDICTS_MAX 128

struct nlab_verdict_rule {
	uint16_t id; /* from 1; 0: free */
	uint16_t action;
	uint16_t link; /* on which it holds, 0: on any */
	uint32_t left; /* how many packets it still decides; UINT32_MAX: without limit */
	int64_t delay_ns;
	uint64_t hits;
	struct nlab_rule rule;
};

struct nlab_verdicts {
	uint16_t last_id;
	size_t count;
	struct nlab_verdict_rule rules[NLAB_VERDICTS_MAX]; /* in the order of their making */
};

struct nlab_verdict {
	enum nlab_fate fate;
	uint16_t rule;    /* that decided, 0: none */
	int64_t delay_ns; /* with NLAB_FATE_PENDING */
};

/* What becomes of this packet on this link; counts the rule that decides. */
struct nlab_verdict nlab_verdict(struct nlab_verdicts *verdicts, uint16_t link,
				 const struct nlab_packet_context *context);

/* Add the rule of a NLAB_ORDER_RULE. Returns its id, 0 with `error` when it makes no sense or there are too many. */
uint16_t nlab_verdicts_add(struct nlab_verdicts *verdicts, const struct nlab_order *order,
			   struct nlab_error *error);

/* Take out one rule: the one with this id, or (id 0) any one of this action, or (action 0) any. Returns its id, 0: none. */
uint16_t nlab_verdicts_remove(struct nlab_verdicts *verdicts, uint16_t id, unsigned action);

/* How many packets rule `id` has decided. False when there is no such rule. */
bool nlab_verdicts_hits(const struct nlab_verdicts *verdicts, uint16_t id, uint64_t *hits);

#endif
