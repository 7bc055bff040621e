/* Tests of lab/queue.h: the order in which packets that were kept back come out. */
#include "lab/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HELD INT64_MAX

static struct nlab_packet_record records[1000];

static void add(struct nlab_queue *queue, unsigned id, uint16_t rule, int64_t due_ns)
{
	records[id].id = id;
	const struct nlab_queue_item item = {.record = &records[id],
					     .rule = rule,
					     .wait = due_ns == HELD ? NLAB_WAIT_RELEASE : NLAB_WAIT_TIME,
					     .due_ns = due_ns};
	assert_true(nlab_queue_add(queue, &item));
}

static void assert_id(const struct nlab_packet_record *record, unsigned id)
{
	assert_non_null(record);
	assert_int_equal(record->id, id);
}

static void an_empty_queue(void **state)
{
	struct nlab_queue queue = {0};
	(void)state;
	assert_null(nlab_queue_take_due(&queue, INT64_MAX - 1));
	assert_null(nlab_queue_take_held(&queue, 0));
	assert_null(nlab_queue_take_of(&queue, 1));
	assert_int_equal(nlab_queue_next_due(&queue), INT64_MAX);
	assert_int_equal(nlab_queue_count_held(&queue, 1), 0);
	nlab_queue_free(&queue);
}

static void what_is_due_first_comes_first(void **state)
{
	struct nlab_queue queue = {0};
	(void)state;
	add(&queue, 1, 1, 300);
	add(&queue, 2, 1, 100);
	add(&queue, 3, 1, HELD);
	add(&queue, 4, 2, 100); /* as late as the second, but behind it */
	add(&queue, 5, 1, 200);
	assert_int_equal(nlab_queue_next_due(&queue), 100);
	assert_null(nlab_queue_take_due(&queue, 99));
	assert_id(nlab_queue_take_due(&queue, 100), 2);
	assert_id(nlab_queue_take_due(&queue, 100), 4);
	assert_null(nlab_queue_take_due(&queue, 199));
	assert_id(nlab_queue_take_due(&queue, 1000), 5);
	assert_id(nlab_queue_take_due(&queue, 1000), 1);
	assert_null(nlab_queue_take_due(&queue, INT64_MAX - 1)); /* what is held is never due */
	assert_int_equal(nlab_queue_next_due(&queue), INT64_MAX);
	nlab_queue_free(&queue);
}

static void one_held_packet_by_its_id(void **state)
{
	struct nlab_queue queue = {0};
	(void)state;
	add(&queue, 1, 1, HELD);
	add(&queue, 2, 2, HELD);
	add(&queue, 3, 1, 100);
	assert_null(nlab_queue_take_packet(&queue, NLAB_WAIT_RELEASE, 1, 2)); /* another rule holds it */
	assert_null(nlab_queue_take_packet(&queue, NLAB_WAIT_RELEASE, 1, 3)); /* it is delayed */
	assert_null(nlab_queue_take_packet(&queue, NLAB_WAIT_RELEASE, 0, 0));
	assert_id(nlab_queue_take_packet(&queue, NLAB_WAIT_RELEASE, 0, 2), 2);
	assert_null(nlab_queue_take_packet(&queue, NLAB_WAIT_RELEASE, 0, 2));
	assert_id(nlab_queue_take_packet(&queue, NLAB_WAIT_RELEASE, 1, 1), 1);
	nlab_queue_free(&queue);
}

/* A packet from interface 1 to `to`. */
static const struct nlab_packet_record *packet_to(unsigned id, uint16_t to)
{
	records[id].id = id;
	records[id].from_port = 1;
	records[id].to_port = to;
	return &records[id];
}

static void overtaken_by_so_many_of_its_direction(void **state)
{
	struct nlab_queue queue = {0};
	struct nlab_queue_item item = {.wait = NLAB_WAIT_OVERTAKEN, .rule = 5, .gap = 2, .due_ns = INT64_MAX};
	(void)state;
	packet_to(10, 2);
	item.record = &records[10];
	assert_false(nlab_queue_is_overtaken(&queue, 5, packet_to(11, 2)));
	assert_true(nlab_queue_add(&queue, &item));
	assert_true(nlab_queue_is_overtaken(&queue, 5, packet_to(11, 2)));
	assert_false(nlab_queue_is_overtaken(&queue, 6, packet_to(11, 2)));
	assert_false(nlab_queue_is_overtaken(&queue, 5, packet_to(11, 3)));
	nlab_queue_overtake(&queue, packet_to(9, 2)); /* it was sent before */
	nlab_queue_overtake(&queue, packet_to(11, 3));
	nlab_queue_overtake(&queue, packet_to(12, 2));
	assert_null(nlab_queue_take_overtaken(&queue));
	assert_null(nlab_queue_take_held(&queue, 0));
	nlab_queue_overtake(&queue, packet_to(13, 2));
	assert_id(nlab_queue_take_overtaken(&queue), 10);
	assert_null(nlab_queue_take_overtaken(&queue));
	item.due_ns = 500; /* a limit of time */
	assert_true(nlab_queue_add(&queue, &item));
	assert_id(nlab_queue_take_due(&queue, 500), 10);
	assert_int_equal(queue.overtaken, 0);
	nlab_queue_free(&queue);
}

static void what_is_held_comes_by_rule_and_age(void **state)
{
	struct nlab_queue queue = {0};
	(void)state;
	add(&queue, 1, 1, HELD);
	add(&queue, 2, 2, HELD);
	add(&queue, 3, 1, 100);
	add(&queue, 4, 1, HELD);
	assert_int_equal(nlab_queue_count_held(&queue, 1), 2);
	assert_int_equal(nlab_queue_count_held(&queue, 2), 1);
	assert_id(nlab_queue_take_held(&queue, 2), 2);
	assert_null(nlab_queue_take_held(&queue, 2));
	assert_id(nlab_queue_take_held(&queue, 0), 1);
	assert_id(nlab_queue_take_held(&queue, 1), 4);
	assert_null(nlab_queue_take_held(&queue, 0)); /* the third is delayed, not held */
	assert_id(nlab_queue_take_of(&queue, 1), 3);
	assert_null(nlab_queue_take_of(&queue, 1));
	nlab_queue_free(&queue);
}

static void a_rule_gives_up_what_it_delays_and_holds(void **state)
{
	struct nlab_queue queue = {0};
	(void)state;
	add(&queue, 1, 7, HELD);
	add(&queue, 2, 8, 50);
	add(&queue, 3, 7, 60);
	assert_id(nlab_queue_take_of(&queue, 7), 3);
	assert_id(nlab_queue_take_of(&queue, 7), 1);
	assert_null(nlab_queue_take_of(&queue, 7));
	assert_id(nlab_queue_take_due(&queue, 50), 2);
	nlab_queue_free(&queue);
}

static void it_grows(void **state)
{
	struct nlab_queue queue = {0};
	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		add(&queue, i, 1, 1000 - (int64_t)i % 10);
	}
	for (unsigned i = 0; i < 1000; i++) {
		assert_id(nlab_queue_take_due(&queue, 1000), i % 100 * 10 + 9 - i / 100);
	}
	assert_null(nlab_queue_take_due(&queue, 1000));
	nlab_queue_free(&queue);
	assert_int_equal(queue.room, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_queue),
	    cmocka_unit_test(what_is_due_first_comes_first),
	    cmocka_unit_test(one_held_packet_by_its_id),
	    cmocka_unit_test(overtaken_by_so_many_of_its_direction),
	    cmocka_unit_test(what_is_held_comes_by_rule_and_age),
	    cmocka_unit_test(a_rule_gives_up_what_it_delays_and_holds),
	    cmocka_unit_test(it_grows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
