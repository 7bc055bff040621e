/* Tests of lab/verdict.h: which rule decides, how often, and which orders make no rule. */
#include "lab/verdict.h"

#include "frames.h"
#include "recorded.h"

#include "facts/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

static struct nlab_verdicts verdicts;
static struct nlab_queue queue;
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

/* A datagram to this port, sent at `time_ns` on link 7 with `length` bytes on the wire. */
static struct nlab_verdict judge_at(unsigned dport, int64_t time_ns, uint32_t length)
{
	struct nlab_packet packet;
	struct nlab_packet_record record = {.head.time_ns = time_ns, .length = length};
	frame_udp(&frame, "10.0.0.1", 5000, "10.0.0.2", dport, "x");
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	return nlab_verdict(&verdicts, &queue, 7, &(struct nlab_packet_context){&packet, &record});
}

static struct nlab_verdict judge(unsigned dport)
{
	return judge_at(dport, 0, 100);
}

static uint16_t add_fault(enum nlab_action action, int64_t value, int64_t amount)
{
	struct nlab_order order = order_for(action, "dport", 53);
	order.value = value;
	order.amount = amount;
	return nlab_verdicts_add(&verdicts, &order, NULL);
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
	assert_int_equal(judge_at(2, 1000000, 100).due_ns, 1001500);
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

static void a_rule_of_another_link_does_not_hold(void **state)
{
	struct nlab_order order = order_for(NLAB_ACTION_DROP, "dport", 53);
	(void)state;
	order.link = 6;
	nlab_verdicts_add(&verdicts, &order, NULL);
	assert_verdict(53, NLAB_FATE_DELIVERED, 0);
	order.link = 7;
	nlab_verdicts_add(&verdicts, &order, NULL);
	assert_verdict(53, NLAB_FATE_DROPPED, 2);
}

static void the_first_packets_pass(void **state)
{
	struct nlab_order order = order_for(NLAB_ACTION_DROP, "dport", 53);
	(void)state;
	order.skip = 2;
	order.count = 1;
	nlab_verdicts_add(&verdicts, &order, NULL);
	assert_verdict(53, NLAB_FATE_DELIVERED, 0);
	assert_verdict(54, NLAB_FATE_DELIVERED, 0); /* does not match, does not count */
	assert_verdict(53, NLAB_FATE_DELIVERED, 0);
	assert_verdict(53, NLAB_FATE_DROPPED, 1);
	assert_verdict(53, NLAB_FATE_DELIVERED, 0);
}

/* Which of 4000 packets are dropped by a rule with a chance of a quarter and this seed, as a sum that tells the runs
 * apart; *dropped: how many. */
static uint64_t drop_a_quarter(uint64_t seed, unsigned *dropped)
{
	struct nlab_order order = order_for(NLAB_ACTION_DROP, "dport", 53);
	uint64_t sum = 0;
	order.chance = UINT32_C(1) << 30;
	order.seed = seed;
	clear(NULL);
	nlab_verdicts_add(&verdicts, &order, NULL);
	*dropped = 0;
	for (uint64_t i = 0; i < 4000; i++) {
		bool lost = judge(53).fate == NLAB_FATE_DROPPED;
		*dropped += lost;
		sum = sum * 31 + lost;
	}
	return sum;
}

static void a_chance_is_what_it_says_and_its_seed_repeats_it(void **state)
{
	unsigned one, again, other;
	(void)state;
	uint64_t first = drop_a_quarter(1, &one);
	assert_true(drop_a_quarter(1, &again) == first);
	assert_true(drop_a_quarter(2, &other) != first);
	assert_in_range(one, 890, 1110); /* 4 standard deviations of 27 */
	assert_in_range(other, 890, 1110);
}

static void jitter_keeps_the_order(void **state)
{
	int64_t before = 0, least = INT64_MAX, most = 0;
	(void)state;
	add_fault(NLAB_ACTION_DELAY, 10000, 4000);
	for (int64_t sent = 0; sent < 1000 * 100000;
	     sent += 100000) { /* far apart: no one waits for another */
		int64_t took = judge_at(53, sent, 100).due_ns - sent;
		least = took < least ? took : least;
		most = took > most ? took : most;
	}
	assert_in_range(least, 6000, 6200);
	assert_in_range(most, 13800, 14000);
	for (int64_t sent = 0; sent < 1000; sent++) { /* all at once */
		int64_t due = judge_at(53, sent, 100).due_ns;
		assert_true(due >= before);
		before = due;
	}
}

static void a_rate_is_a_line_with_a_queue(void **state)
{
	(void)state;
	add_fault(NLAB_ACTION_RATE, 8000000, 250); /* 1 byte a microsecond */
	assert_int_equal(judge_at(53, 0, 100).due_ns, 100000);
	assert_int_equal(judge_at(53, 0, 100).due_ns, 200000);
	assert_int_equal(judge_at(53, 0, 100).fate, NLAB_FATE_DROPPED); /* 200 of 250 bytes wait */
	assert_int_equal(judge_at(53, 50000, 100).due_ns, 300000);      /* now 150 do */
	assert_int_equal(judge_at(53, 1000000, 100).due_ns, 1100000);   /* the line is free */
	add_fault(NLAB_ACTION_DELAY, 5000, 0);
	assert_int_equal(judge_at(53, 2000000, 100).due_ns, 2105000); /* first the line, then the delay */
}

static void copies_and_changes_come_with_any_fate(void **state)
{
	(void)state;
	add_fault(NLAB_ACTION_DUPLICATE, 0, 3);
	uint16_t corrupt = add_fault(NLAB_ACTION_CORRUPT, 8, 0);
	uint16_t hold = add_fault(NLAB_ACTION_HOLD, 0, 0);
	struct nlab_verdict verdict = judge(53);
	assert_int_equal(verdict.copies, 3);
	assert_int_equal(verdict.altered->id, corrupt);
	assert_int_equal(verdict.rule, hold);
	add_fault(NLAB_ACTION_CUT, 0, 0);
	verdict = judge(53);
	assert_int_equal(verdict.copies, 0); /* what is lost is neither */
	assert_null(verdict.altered);
}

static void rejecting_is_losing_with_an_answer(void **state)
{
	struct nlab_packet packet;
	struct nlab_packet_record record = {.length = 100};
	uint8_t answer[NLAB_ANSWER_ROOM];
	(void)state;
	uint16_t reject = add_fault(NLAB_ACTION_REJECT, NLAB_REJECT_ICMP(3, 13, 1, 1), 0);
	struct nlab_verdict verdict = judge(53);
	assert_int_equal(verdict.fate, NLAB_FATE_REJECTED);
	assert_int_equal(verdict.rule, reject);
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	assert_true(nlab_verdict_answer(verdict.rejects, &packet, answer, sizeof answer) > 0);
	assert_int_equal(answer[FRAME_TRANSPORT], 3);
	assert_int_equal(answer[FRAME_TRANSPORT + 1], 13);
	const struct nlab_verdict_rule reset = {.action = NLAB_ACTION_REJECT, .value = NLAB_REJECT_RESET};
	assert_int_equal(nlab_verdict_answer(&reset, &packet, answer, sizeof answer), 0); /* it is UDP */
	record.made_by = reject; /* an answer is not answered */
	verdict = nlab_verdict(&verdicts, &queue, 7, &(struct nlab_packet_context){&packet, &record});
	assert_int_equal(verdict.fate, NLAB_FATE_DELIVERED);
	add_fault(NLAB_ACTION_DROP, 0, 0);
	verdict = judge(53);
	assert_int_equal(verdict.fate, NLAB_FATE_DROPPED);
	assert_null(verdict.rejects);
	assert_hits(reject, 1);
}

static void what_a_filter_decides_is_put_to_no_other_rule(void **state)
{
	(void)state;
	add_fault(NLAB_ACTION_DUPLICATE, 0, 3);
	add_fault(NLAB_ACTION_HOLD, 0, 0);
	uint16_t filter = add_fault(NLAB_ACTION_FILTER, 0, 0);
	struct nlab_verdict verdict = judge(53);
	assert_int_equal(verdict.fate, NLAB_FATE_ASKED);
	assert_int_equal(verdict.rule, filter);
	assert_int_equal(verdict.wait, NLAB_WAIT_FILTER);
	assert_int_equal(verdict.copies, 0);
	uint16_t drop = add_fault(NLAB_ACTION_DROP, 0, 0);
	assert_verdict(53, NLAB_FATE_DROPPED, drop);
	assert_hits(filter, 1);
}

static void a_burst_is_lost_in_a_row(void **state)
{
	struct nlab_order order = order_for(NLAB_ACTION_DROP, "dport", 53);
	unsigned lost = 0, run = 0;
	(void)state;
	order.chance = UINT32_C(1) << 28; /* a sixteenth */
	order.amount = 3;
	nlab_verdicts_add(&verdicts, &order, NULL);
	for (unsigned i = 0; i < 4000; i++) {
		bool hit = judge(53).fate == NLAB_FATE_DROPPED;
		assert_int_equal(judge(54).fate, NLAB_FATE_DELIVERED); /* does not match, does not count */
		assert_true(hit || run % 3 == 0);
		run = hit ? run + 1 : 0;
		lost += hit;
	}
	assert_in_range(lost, 667 - 150, 667 + 150); /* 4000 * 3/16 / (1 + 2/16) */
}

static void one_of_a_direction_waits_to_be_overtaken(void **state)
{
	struct nlab_packet_record waiting = {.id = 1, .from_port = 0, .to_port = 0};
	struct nlab_queue_item item = {
	    .record = &waiting, .wait = NLAB_WAIT_OVERTAKEN, .gap = 2, .due_ns = INT64_MAX};
	(void)state;
	item.rule = add_fault(NLAB_ACTION_REORDER, 700, 2);
	struct nlab_verdict verdict = judge_at(53, 1000, 100);
	assert_int_equal(verdict.fate, NLAB_FATE_PENDING);
	assert_int_equal(verdict.wait, NLAB_WAIT_OVERTAKEN);
	assert_int_equal(verdict.gap, 2);
	assert_int_equal(verdict.due_ns, 1700);
	assert_true(nlab_queue_add(&queue, &item));
	assert_verdict(53, NLAB_FATE_DELIVERED, 0);
	nlab_queue_free(&queue);
	assert_verdict(53, NLAB_FATE_PENDING, item.rule);
	assert_hits(item.rule, 2);
	struct nlab_order order = order_for(NLAB_ACTION_REORDER, "dport", 1);
	assert_int_equal(nlab_verdicts_add(&verdicts, &order, NULL), 0); /* behind nobody */
}

static void frames_are_altered_as_told(void **state)
{
	struct nlab_packet packet;
	uint8_t bytes[20] = {0};
	(void)state;
	frame_udp(&frame, "10.0.0.1", 5000, "10.0.0.2", 53, "x");
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	struct nlab_verdict_rule rule = {.action = NLAB_ACTION_CORRUPT, .value = 3 * 8 + 1};
	assert_int_equal(nlab_verdict_alter(&rule, &packet, bytes, sizeof bytes), sizeof bytes);
	assert_int_equal(bytes[3], 0x40);
	rule.value = 20 * 8; /* behind the end */
	assert_int_equal(nlab_verdict_alter(&rule, &packet, bytes, sizeof bytes), sizeof bytes);
	uint8_t before = frame.bytes[14 + 20 + 6];
	rule = (struct nlab_verdict_rule){.action = NLAB_ACTION_CORRUPT, .amount = 1};
	nlab_verdict_alter(&rule, &packet, frame.bytes, frame.size);
	assert_int_equal(frame.bytes[14 + 20 + 6], before ^ 0x80);
	rule = (struct nlab_verdict_rule){.action = NLAB_ACTION_TRUNCATE, .value = 14};
	assert_int_equal(nlab_verdict_alter(&rule, &packet, bytes, sizeof bytes), 14);
	assert_int_equal(nlab_verdict_alter(&rule, &packet, bytes, 10), 10);
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

static void assert_told(const struct nlab_recording *recording, unsigned nth, int64_t rule, int64_t decided)
{
	const struct nlab_event_record *event = recorded_event(recording, NLAB_EVENT_MATCH, nth);
	assert_non_null(event);
	assert_int_equal(event->a, rule);
	assert_int_equal(event->b, decided);
	assert_int_equal(event->head.time_ns, 77);
}

static void the_first_match_and_the_first_decision_are_recorded_once(void **state)
{
	struct nlab_recording recording;
	struct nlab_order patient = order_for(NLAB_ACTION_DROP, "dport", 1);
	(void)state;
	assert_true(nlab_recording_open(&recording, 1 << 16, 16, NULL));
	patient.skip = 1;
	nlab_verdicts_add(&verdicts, &patient, NULL);
	add(NLAB_ACTION_DELAY, 1, 0, 5);
	add(NLAB_ACTION_HOLD, 2, 0, 0);
	nlab_verdicts_tell(&verdicts, &recording, 77);
	assert_int_equal(recorded_events(&recording, NLAB_EVENT_MATCH), 0);
	for (int i = 0; i < 3; i++) {
		judge(1);
		nlab_verdicts_tell(&verdicts, &recording, 77);
		assert_int_equal(recorded_events(&recording, NLAB_EVENT_MATCH), i == 0 ? 3 : 4);
	}
	assert_told(&recording, 0, 1, 0);
	assert_told(&recording, 1, 2, 0);
	assert_told(&recording, 2, 2, 1);
	assert_told(&recording, 3, 1, 1);
	nlab_recording_close(&recording);
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
	order = order_for(NLAB_ACTION_DUPLICATE, "dport", 1);
	assert_refused(&order, EINVAL); /* no copies */
	order.amount = 65;
	assert_refused(&order, EINVAL);
	order = order_for(NLAB_ACTION_RATE, "dport", 1);
	order.amount = 1000;
	assert_refused(&order, EINVAL); /* no rate */
	order = order_for(NLAB_ACTION_REJECT, "dport", 1);
	order.value = NLAB_REJECT_RESET + 1;
	assert_refused(&order, EINVAL);
	order = order_for(NLAB_ACTION_TRUNCATE, "dport", 1);
	order.value = 13;
	assert_refused(&order, EINVAL); /* not even an Ethernet header */
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
	    cmocka_unit_test_setup(a_rule_of_another_link_does_not_hold, clear),
	    cmocka_unit_test_setup(the_first_packets_pass, clear),
	    cmocka_unit_test_setup(a_chance_is_what_it_says_and_its_seed_repeats_it, clear),
	    cmocka_unit_test_setup(jitter_keeps_the_order, clear),
	    cmocka_unit_test_setup(a_rate_is_a_line_with_a_queue, clear),
	    cmocka_unit_test_setup(copies_and_changes_come_with_any_fate, clear),
	    cmocka_unit_test_setup(rejecting_is_losing_with_an_answer, clear),
	    cmocka_unit_test_setup(what_a_filter_decides_is_put_to_no_other_rule, clear),
	    cmocka_unit_test_setup(a_burst_is_lost_in_a_row, clear),
	    cmocka_unit_test_setup(one_of_a_direction_waits_to_be_overtaken, clear),
	    cmocka_unit_test_setup(frames_are_altered_as_told, clear),
	    cmocka_unit_test_setup(rules_are_taken_out_by_id_and_by_action, clear),
	    cmocka_unit_test_setup(the_first_match_and_the_first_decision_are_recorded_once, clear),
	    cmocka_unit_test_setup(nonsense_makes_no_rule, clear),
	    cmocka_unit_test_setup(there_is_room_for_so_many_rules, clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
