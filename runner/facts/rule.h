/* rule.h: a condition on packets as plain data of fixed size, which a script sends to the wire.
 * Floor facts. A rule comes from an untrusted peer: check it with nlab_rule_valid() before anything else. */
#ifndef NLAB_FACTS_RULE_H
#define NLAB_FACTS_RULE_H

#include "facts/field.h"

#include <stdbool.h>
#include <stdint.h>

#define NLAB_RULE_TERMS 24

enum nlab_rule_op {
	NLAB_RULE_EQ,
	NLAB_RULE_NE,
	NLAB_RULE_LT,
	NLAB_RULE_LE,
	NLAB_RULE_GT,
	NLAB_RULE_GE,
	NLAB_RULE_MASKED, /* (field & mask) == value */
	NLAB_RULE_OP_COUNT
};

struct nlab_rule_term {
	uint16_t field; /* number of a field, facts/field.h */
	uint8_t op;     /* enum nlab_rule_op; for an address only EQ and NE */
	uint8_t reserved[5];
	union {
		struct {
			uint64_t value, mask; /* mask: only with MASKED */
		};
		uint8_t address[16]; /* IPv4 as IPv4-mapped */
	};
};

struct nlab_rule {
	uint32_t count; /* terms; 0: any packet */
	uint32_t reserved;
	struct nlab_rule_term terms[NLAB_RULE_TERMS];
};

/* True when all terms hold. A term on a field that the packet lacks does not hold, whatever its op. The rule
 * must be valid. */
bool nlab_rule_matches(const struct nlab_rule *rule, const struct nlab_packet_context *context);

/* True when the rule can be given to nlab_rule_matches(): its count, fields and ops are in their ranges and
 * fit. */
bool nlab_rule_valid(const struct nlab_rule *rule);

#endif
