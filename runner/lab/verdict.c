/* verdict.c: the rules of the wire. Floor lab. */
#include "lab/verdict.h"

#include <errno.h>
#include <string.h>

static const enum nlab_fate FATES[NLAB_ACTION_COUNT] = {
    [NLAB_ACTION_DROP] = NLAB_FATE_DROPPED,
    [NLAB_ACTION_DELAY] = NLAB_FATE_PENDING,
    [NLAB_ACTION_HOLD] = NLAB_FATE_HELD,
    [NLAB_ACTION_CUT] = NLAB_FATE_CUT,
};

/* The actions in the order in which they are asked about: what is lost is not held, what is held is not delayed. */
static const enum nlab_action STAGES[] = {NLAB_ACTION_CUT, NLAB_ACTION_DROP, NLAB_ACTION_HOLD,
					  NLAB_ACTION_DELAY};

/* The first rule of this action that matches and is not used up, or NULL. */
static struct nlab_verdict_rule *decide(struct nlab_verdicts *verdicts, enum nlab_action action,
					uint16_t link, const struct nlab_packet_context *context)
{
	for (size_t i = 0; i < verdicts->count; i++) {
		struct nlab_verdict_rule *rule = &verdicts->rules[i];
		bool concerned =
		    rule->action == action && rule->left > 0 && (!rule->link || rule->link == link);
		if (concerned && nlab_rule_matches(&rule->rule, context)) {
			return rule;
		}
	}
	return NULL;
}

struct nlab_verdict nlab_verdict(struct nlab_verdicts *verdicts, uint16_t link,
				 const struct nlab_packet_context *context)
{
	for (size_t i = 0; i < sizeof STAGES / sizeof STAGES[0]; i++) {
		struct nlab_verdict_rule *rule = decide(verdicts, STAGES[i], link, context);
		if (rule) {
			rule->hits++;
			rule->left -= rule->left != UINT32_MAX;
			return (struct nlab_verdict){FATES[rule->action], rule->id, rule->delay_ns};
		}
	}
	return (struct nlab_verdict){.fate = NLAB_FATE_DELIVERED};
}

uint16_t nlab_verdicts_add(struct nlab_verdicts *verdicts, const struct nlab_order *order,
			   struct nlab_error *error)
{
	bool sane = order->action > 0 && order->action < NLAB_ACTION_COUNT && nlab_rule_valid(&order->rule) &&
		    order->value >= 0;
	if (!sane || verdicts->count == NLAB_VERDICTS_MAX || verdicts->last_id == UINT16_MAX) {
		nlab_error_set(error, sane ? ENOSPC : EINVAL, "add a rule to the wire", "%s", order->text);
		return 0;
	}
	verdicts->rules[verdicts->count++] = (struct nlab_verdict_rule){
	    .id = ++verdicts->last_id,
	    .action = order->action,
	    .link = order->link,
	    .left = order->count ? order->count : UINT32_MAX,
	    .delay_ns = order->value,
	    .rule = order->rule,
	};
	return verdicts->last_id;
}

uint16_t nlab_verdicts_remove(struct nlab_verdicts *verdicts, uint16_t id, unsigned action)
{
	for (size_t i = 0; i < verdicts->count; i++) {
		struct nlab_verdict_rule *rule = &verdicts->rules[i];
		if (id ? rule->id == id : action == 0 || rule->action == action) {
			uint16_t gone = rule->id;
			memmove(rule, rule + 1, (verdicts->count - i - 1) * sizeof *rule);
			verdicts->count--;
			return gone;
		}
	}
	return 0;
}

bool nlab_verdicts_hits(const struct nlab_verdicts *verdicts, uint16_t id, uint64_t *hits)
{
	for (size_t i = 0; i < verdicts->count; i++) {
		if (verdicts->rules[i].id == id) {
			*hits = verdicts->rules[i].hits;
			return true;
		}
	}
	return false;
}
