/* test_rule.c: rules match what they say, and a rule from a hostile peer is refused. */
#include "facts/rule.h"

#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct nlab_packet_record RECORD = {
    .from_port = 1, .to_port = 2, .seq_base = 100, .src_host = 1};

/* SYN,ACK from 10.0.0.1:4000 to 10.0.0.2:80 with seq 105 - 100 and "data". */
static bool matches(const struct nlab_rule *rule)
{
	struct frame frame = {0};
	struct nlab_packet packet;
	struct nlab_packet_context context = {&packet, &RECORD};
	frame_tcp(&frame, (struct segment){.sport = 4000,
					   .dport = 80,
					   .flags = NLAB_TCP_SYN | NLAB_TCP_ACK,
					   .seq = 105,
					   .payload = "data"});
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	assert_true(nlab_rule_valid(rule));
	return nlab_rule_matches(rule, &context);
}

static struct nlab_rule_term term(const char *field, enum nlab_rule_op op, uint64_t value)
{
	assert_true(nlab_field_number(field) >= 0);
	struct nlab_rule_term made = {.field = (uint16_t)nlab_field_number(field), .op = (uint8_t)op};
	made.value = value;
	return made;
}

static bool holds(const char *field, enum nlab_rule_op op, uint64_t value)
{
	struct nlab_rule rule = {.count = 1, .terms = {term(field, op, value)}};
	return matches(&rule);
}

static void ops(void **state)
{
	(void)state;
	static const struct {
		enum nlab_rule_op op;
		bool below, equal, above; /* does it hold for 80 when the term's value is 79, 80, 81? */
	} CASES[] = {
	    {NLAB_RULE_EQ, false, true, false}, {NLAB_RULE_NE, true, false, true},
	    {NLAB_RULE_LT, false, false, true}, {NLAB_RULE_LE, false, true, true},
	    {NLAB_RULE_GT, true, false, false}, {NLAB_RULE_GE, true, true, false},
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		assert_int_equal(holds("dport", CASES[i].op, 79), CASES[i].below);
		assert_int_equal(holds("dport", CASES[i].op, 80), CASES[i].equal);
		assert_int_equal(holds("dport", CASES[i].op, 81), CASES[i].above);
	}
	assert_true(holds("seq", NLAB_RULE_EQ, 5));
	assert_true(holds("from", NLAB_RULE_EQ, 1));
}

static void masked(void **state)
{
	(void)state;
	struct nlab_rule rule = {.count = 1, .terms = {term("flags", NLAB_RULE_MASKED, NLAB_TCP_SYN)}};
	rule.terms[0].mask = NLAB_TCP_SYN | NLAB_TCP_RST;
	assert_true(matches(&rule));
	rule.terms[0].mask |= NLAB_TCP_ACK;
	assert_false(matches(&rule));
}

/* A field that the packet lacks makes a term false, also "is not". */
static void absent(void **state)
{
	(void)state;
	for (unsigned op = 0; op < NLAB_RULE_OP_COUNT; op++) {
		assert_false(holds("icmp_type", (enum nlab_rule_op)op, 0));
		assert_false(holds("dst_host", (enum nlab_rule_op)op, 1));
	}
	struct nlab_rule rule = {.count = 1, .terms = {term("arp_spa", NLAB_RULE_NE, 0)}};
	assert_false(matches(&rule));
}

static void addresses(void **state)
{
	(void)state;
	struct nlab_rule rule = {.count = 1, .terms = {term("src", NLAB_RULE_EQ, 0)}};
	memcpy(rule.terms[0].address, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1", 16);
	assert_true(matches(&rule));
	rule.terms[0].op = NLAB_RULE_NE;
	assert_false(matches(&rule));
	rule.terms[0].address[15] = 9;
	assert_true(matches(&rule));
	rule.terms[0].op = NLAB_RULE_EQ;
	assert_false(matches(&rule));
}

static void all_terms(void **state)
{
	(void)state;
	struct nlab_rule rule = {.count = 0};
	assert_true(matches(&rule));
	for (; rule.count < NLAB_RULE_TERMS; rule.count++) {
		rule.terms[rule.count] = term("dport", NLAB_RULE_EQ, 80);
	}
	assert_true(matches(&rule));
	rule.terms[NLAB_RULE_TERMS - 1].value = 81;
	assert_false(matches(&rule));
}

static void hostile(void **state)
{
	(void)state;
	struct nlab_rule rule = {.count = NLAB_RULE_TERMS + 1};
	assert_false(nlab_rule_valid(&rule));
	rule.count = 1;
	rule.terms[0].field = (uint16_t)nlab_field_count();
	assert_false(nlab_rule_valid(&rule));
	rule.terms[0].field = 0;
	rule.terms[0].op = NLAB_RULE_OP_COUNT;
	assert_false(nlab_rule_valid(&rule));
	rule.terms[0] = term("src", NLAB_RULE_LT, 0);
	assert_false(nlab_rule_valid(&rule));
	/* whatever passes the check can be matched: random rules, fixed seed */
	uint32_t random = 1, passed = 0;
	for (unsigned i = 0; i < 100000; i++) {
		uint8_t *bytes = (uint8_t *)&rule;
		for (size_t k = 0; k < 4 * sizeof rule.terms[0]; k++) {
			random = random * 1664525 + 1013904223;
			bytes[k] = (uint8_t)(random >> 24) % 8;
		}
		rule.count %= NLAB_RULE_TERMS + 2;
		for (size_t k = 0; k < NLAB_RULE_TERMS; k++) {
			rule.terms[k].field %= (uint16_t)(nlab_field_count() + 1);
		}
		if (nlab_rule_valid(&rule)) {
			matches(&rule);
			passed++;
		}
	}
	assert_in_range(passed, 1, 99999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ops),       cmocka_unit_test(masked),    cmocka_unit_test(absent),
	    cmocka_unit_test(addresses), cmocka_unit_test(all_terms), cmocka_unit_test(hostile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
