/* Tests of lab/verdict.h: which rule decides, how often, and which orders make no rule. */
#include "lab/verdict.h"

#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

static struct nlab_verdicts verdicts;
static struct frame frame;

static int clear(void **state)
{
	(void)state;
	memset(&verdicts, 0, sizeof verdicts);
	return 0;
}

static struct nlab_order order_for(enum nlab_action action, const char *field, uint64_t value)
{
	struct nlab_order order = {.kind = NLAB_ORDER_RULE, .action = (uint16_t)action, .text = "as written"};
	order.rule.count = 1;
	order.rule.terms[0].field = (uint16_t)nlab_field_number(field);
	order.rule.terms[0].value = value;
	return order;
}

static uint16_t add(enum nlab_action action, unsigned dport, uint32_t count, int64_t delay_ns)
{
	struct nlab_order order = order_for(action, "dport", dport);
	order.count = count;
	order.value = delay_ns;
	return nlab_verdicts_add(&verdicts, &order, NULL);
}

static struct nlab_verdict judge(unsigned dport)
{
	struct nlab_packet packet;
	struct nlab_packet_record record = {0};
	frame_udp(&frame, "10.0.0.1", 5000, "10.0.0.2", dport, "x");
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	return nlab_verdict(&verdicts, &(struct nlab_packet_context){&packet, &record});
}

static void assert_verdict(unsigned dport, enum nlab_fate fate, unsigned rule)
{
	struct nlab_verdict verdict = judge(dport);
	assert_string_equal(nlab_fate_name(verdict.fate), nlab_fate_name(fate));
	assert_int_equal(verdict.rule, rule);
}

static void assert_hits(uint16_t id, uint64_t wanted)
{
	uint64_t hits = UINT64_MAX;
	assert_true(nlab_verdicts_hits(&verdicts, id, &hits));
	assert_int_equal(hits, wanted);
}

static void without_a_rule_it_is_delivered(void **state)
{
	(void)state;
	assert_verdict(53, NLAB_FATE_DELIVERED, 0);
	assert_int_equal(add(NLAB_ACTION_DROP, 53, 0, 0), 1);
	assert_verdict(54, NLAB_FATE_DELIVERED, 0);
	assert_hits(1, 0);
}

static void each_action_has_its_fate(void **state)
{
	(void)state;
	add(NLAB_ACTION_DROP, 1, 0, 0);
	add(NLAB_ACTION_DELAY, 2, 0, 1500);
	add(NLAB_ACTION_HOLD, 3, 0, 0);
	add(NLAB_ACTION_CUT, 4, 0, 0);
	assert_verdict(1, NLAB_FATE_DROPPED, 1);
	assert_verdict(2, NLAB_FATE_PENDING, 2);
	assert_verdict(3, NLAB_FATE_HELD, 3);
	assert_verdict(4, NLAB_FATE_CUT, 4);
	assert_int_equal(judge(2).delay_ns, 1500);
}

static void the_oldest_that_is_not_used_up_decides(void **state)
{
	(void)state;
	add(NLAB_ACTION_DROP, 53, 2, 0);
	add(NLAB_ACTION_DROP, 53, 1, 0);
	add(NLAB_ACTION_DROP, 53, 0, 0);
	assert_verdict(53, NLAB_FATE_DROPPED, 1);
	assert_verdict(53, NLAB_FATE_DROPPED, 1);
	assert_verdict(53, NLAB_FATE_DROPPED, 2);
	for (int i = 0; i < 5; i++) {
		assert_verdict(53, NLAB_FATE_DROPPED, 3);
	}
	assert_hits(1, 2);
	assert_hits(2, 1);
	assert_hits(3, 5);
}

static void losing_is_before_holding_and_that_before_delaying(void **state)
{
	(void)state;
	add(NLAB_ACTION_DELAY, 53, 0, 1500);
	add(NLAB_ACTION_HOLD, 53, 1, 0);
	add(NLAB_ACTION_DROP, 53, 1, 0);
	add(NLAB_ACTION_CUT, 53, 1, 0);
	assert_verdict(53, NLAB_FATE_CUT, 4);
	assert_verdict(53, NLAB_FATE_DROPPED, 3);
	assert_verdict(53, NLAB_FATE_HELD, 2);
	assert_verdict(53, NLAB_FATE_PENDING, 1);
	assert_verdict(53, NLAB_FATE_PENDING, 1);
	assert_hits(1, 2); /* only what it has decided */
}

static void rules_are_taken_out_by_id_and_by_action(void **state)
{
	uint64_t hits;
	(void)state;
	add(NLAB_ACTION_DROP, 1, 0, 0);
	add(NLAB_ACTION_HOLD, 1, 0, 0);
	add(NLAB_ACTION_DROP, 2, 0, 0);
	assert_int_equal(nlab_verdicts_remove(&verdicts, 9, 0), 0);
	assert_int_equal(nlab_verdicts_remove(&verdicts, 1, NLAB_ACTION_HOLD), 1); /* the id alone counts */
	assert_verdict(1, NLAB_FATE_HELD, 2);
	assert_false(nlab_verdicts_hits(&verdicts, 1, &hits));
	assert_int_equal(nlab_verdicts_remove(&verdicts, 0, NLAB_ACTION_DROP), 3);
	assert_int_equal(nlab_verdicts_remove(&verdicts, 0, NLAB_ACTION_DROP), 0);
	assert_int_equal(nlab_verdicts_remove(&verdicts, 0, 0), 2);
	assert_int_equal(nlab_verdicts_remove(&verdicts, 0, 0), 0);
	assert_verdict(1, NLAB_FATE_DELIVERED, 0);
	assert_int_equal(add(NLAB_ACTION_DROP, 1, 0, 0), 4); /* no id comes twice */
}

static void assert_refused(const struct nlab_order *order, int code)
{
	struct nlab_error error = {0};
	assert_int_equal(nlab_verdicts_add(&verdicts, order, &error), 0);
	assert_int_equal(error.code, code);
	assert_string_equal(error.subject, "as written");
}

static void nonsense_makes_no_rule(void **state)
{
	struct nlab_order order = order_for(NLAB_ACTION_DROP, "dport", 1);
	(void)state;
	order.action = 0;
	assert_refused(&order, EINVAL);
	order.action = NLAB_ACTION_COUNT;
	assert_refused(&order, EINVAL);
	order.action = NLAB_ACTION_DELAY;
	order.value = -1;
	assert_refused(&order, EINVAL);
	order.value = 0;
	order.rule.terms[0].field = UINT16_MAX;
	assert_refused(&order, EINVAL);
	order = order_for(NLAB_ACTION_DROP, "dport", 1);
	order.rule.count = NLAB_RULE_TERMS + 1;
	assert_refused(&order, EINVAL);
	assert_int_equal(verdicts.count, 0);
}

static void there_is_room_for_so_many_rules(void **state)
{
	struct nlab_order order = order_for(NLAB_ACTION_DROP, "dport", 1);
	(void)state;
	for (unsigned i = 1; i <= NLAB_VERDICTS_MAX; i++) {
		assert_int_equal(add(NLAB_ACTION_DROP, i, 0, 0), i);
	}
	assert_refused(&order, ENOSPC);
	assert_verdict(NLAB_VERDICTS_MAX, NLAB_FATE_DROPPED, NLAB_VERDICTS_MAX);
	assert_int_equal(nlab_verdicts_remove(&verdicts, 5, 0), 5);
	assert_int_equal(add(NLAB_ACTION_DROP, 5, 0, 0), NLAB_VERDICTS_MAX + 1);
	verdicts.last_id = UINT16_MAX; /* ids do not come round */
	nlab_verdicts_remove(&verdicts, 1, 0);
	assert_refused(&order, ENOSPC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(without_a_rule_it_is_delivered, clear),
	    cmocka_unit_test_setup(each_action_has_its_fate, clear),
	    cmocka_unit_test_setup(the_oldest_that_is_not_used_up_decides, clear),
	    cmocka_unit_test_setup(losing_is_before_holding_and_that_before_delaying, clear),
	    cmocka_unit_test_setup(rules_are_taken_out_by_id_and_by_action, clear),
	    cmocka_unit_test_setup(nonsense_makes_no_rule, clear),
	    cmocka_unit_test_setup(there_is_room_for_so_many_rules, clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
