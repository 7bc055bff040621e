/* rule.c: checking and matching rules. Floor facts. */
#include "facts/rule.h"

#include <string.h>

enum order { LESS = 1, EQUAL = 2, GREATER = 4 };

/* Which orders of the packet's number and the term's each op accepts. */
static const uint8_t ACCEPTS[NLAB_RULE_OP_COUNT] = {
    [NLAB_RULE_EQ] = EQUAL,        [NLAB_RULE_NE] = LESS | GREATER, [NLAB_RULE_LT] = LESS,
    [NLAB_RULE_LE] = LESS | EQUAL, [NLAB_RULE_GT] = GREATER,        [NLAB_RULE_GE] = GREATER | EQUAL,
    [NLAB_RULE_MASKED] = EQUAL,
};

static bool number_holds(const struct nlab_rule_term *term, uint64_t have)
{
	uint64_t masked = term->op == NLAB_RULE_MASKED ? have & term->mask : have;
	enum order order = masked < term->value ? LESS : masked > term->value ? GREATER : EQUAL;
	return ACCEPTS[term->op] & order;
}

static bool term_holds(const struct nlab_rule_term *term, const struct nlab_packet_context *context)
{
	const struct nlab_field *field = nlab_field_at(term->field);
	if (nlab_field_type(field) == NLAB_FIELD_ADDRESS) {
		const uint8_t *have = nlab_field_address(field, context);
		bool equal = have && memcmp(have, term->address, sizeof term->address) == 0;
		return have && equal == (term->op == NLAB_RULE_EQ);
	}
	uint64_t have;
	return nlab_field_get(field, context, &have) && number_holds(term, have);
}

bool nlab_rule_matches(const struct nlab_rule *rule, const struct nlab_packet_context *context)
{
	for (uint32_t i = 0; i < rule->count; i++) {
		if (!term_holds(&rule->terms[i], context)) {
			return false;
		}
	}
	return true;
}

bool nlab_rule_valid(const struct nlab_rule *rule)
{
	if (rule->count > NLAB_RULE_TERMS) {
		return false;
	}
	for (uint32_t i = 0; i < rule->count; i++) {
		const struct nlab_field *field = nlab_field_at(rule->terms[i].field);
		uint8_t op = rule->terms[i].op;
		if (!field || op >= NLAB_RULE_OP_COUNT) {
			return false;
		}
		if (nlab_field_type(field) == NLAB_FIELD_ADDRESS && op > NLAB_RULE_NE) {
			return false;
		}
	}
	return true;
}
