/* Tests of lab/filters.h: who is asked about which packet, what becomes of it, and who waits for that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lan.h"

#include "lab/filters.h"

#define PORT 7000

struct bench { /* hosts a (1) and b (2) with a socket each; a filter's process, and a script's */
	struct lan lan;
	int s[3];
	struct sockaddr_in to;
	int filter[2], script[2]; /* the lab's ends, and theirs */
	struct nlab_filters filters;
	uint16_t rule;
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	const struct nlab_order order = lan_rule(NLAB_ACTION_FILTER, 0, 0, "dport", PORT);
	lan_open(&bench->lan, 1 << 20, 2, false);
	for (unsigned host = 1; host <= 2; host++) {
		bench->s[host] = lan_udp(&bench->lan, host, PORT);
	}
	bench->to = lan_address(&bench->lan, 2, PORT);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, bench->filter), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, bench->script), 0);
	bench->rule = nlab_wire_rule(bench->lan.wire, &order, NULL);
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;
	for (unsigned i = 0; i < 2; i++) {
		close(bench->s[i + 1]);
		close(bench->filter[i]);
		close(bench->script[i]);
	}
	lan_close(&bench->lan);
	free(bench);
	return 0;
}

static void say(struct bench *bench, const char *text)
{
	uint32_t before = atomic_load(&bench->lan.recording.lab->packets);
	lan_send(bench->s[1], &bench->to, text, strlen(text));
	lan_carry(&bench->lan, before + 1);
}

static void serve(struct bench *bench)
{
	nlab_filters_serve(&bench->filters, bench->lan.wire, &bench->lan.recording);
}

/* The filter says what becomes of a packet, and waits for the next. */
static bool decide(struct bench *bench, int64_t packet, uint32_t says, int64_t delay_ns)
{
	const struct nlab_order order = {.kind = NLAB_ORDER_FILTER,
					 .value = bench->rule,
					 .amount = packet,
					 .count = says,
					 .timeout_ns = delay_ns};
	struct nlab_error error;
	return nlab_filters_next(&bench->filters, bench->lan.wire, bench->filter[0], &order, &error);
}

/* What the lab has replied on this socket, -1: nothing. */
static int64_t replied(int socket)
{
	struct nlab_reply reply;
	return recv(socket, &reply, sizeof reply, MSG_DONTWAIT) == sizeof reply ? reply.value : -1;
}

static void assert_fate(const struct bench *bench, unsigned nth, enum nlab_fate fate)
{
	const struct nlab_packet_record *record = recorded_packet(&bench->lan.recording, nth);
	assert_non_null(record);
	assert_string_equal(nlab_fate_name(record->fate), nlab_fate_name(fate));
}

static void assert_said(const struct bench *bench, const char *text)
{
	char heard[64];
	assert_string_equal(lan_receive(bench->s[2], heard), text);
}

static void a_packet_at_a_time(void **state)
{
	struct bench *bench = *state;
	say(bench, "one");
	say(bench, "two");
	assert_fate(bench, 0, NLAB_FATE_ASKED);
	serve(bench); /* nobody is there to ask */
	assert_true(decide(bench, 0, NLAB_FILTER_PASS, 0));
	assert_int_equal(replied(bench->filter[1]), -1);
	serve(bench);
	assert_int_equal(replied(bench->filter[1]), 1);
	serve(bench); /* it is busy */
	assert_int_equal(replied(bench->filter[1]), -1);
	assert_true(decide(bench, 1, NLAB_FILTER_PASS, 0));
	assert_said(bench, "one");
	assert_fate(bench, 1, NLAB_FATE_ASKED);
	serve(bench);
	assert_int_equal(replied(bench->filter[1]), 2);
	assert_true(decide(bench, 2, NLAB_FILTER_DROP, 0));
	assert_fate(bench, 1, NLAB_FATE_DROPPED);
	assert_true(decide(bench, 2, NLAB_FILTER_PASS, 0)); /* it is decided already */
	assert_fate(bench, 1, NLAB_FATE_DROPPED);
}

static void what_it_may_say(void **state)
{
	struct bench *bench = *state;
	uint64_t hits, held;
	say(bench, "held");
	say(bench, "twice");
	say(bench, "late");
	assert_true(decide(bench, 1, NLAB_FILTER_HOLD, 0));
	assert_true(nlab_wire_hits(bench->lan.wire, bench->rule, &hits, &held));
	assert_int_equal(hits, 3);
	assert_int_equal(held, 1);
	assert_true(decide(bench, 2, NLAB_FILTER_DUPLICATE, 0));
	assert_said(bench, "twice");
	assert_said(bench, "twice");
	assert_int_equal(recorded_packet(&bench->lan.recording, 3)->copy_of, 2);
	assert_true(decide(bench, 3, NLAB_FILTER_DELAY, NLAB_NS_PER_S * 3600));
	assert_fate(bench, 2, NLAB_FATE_PENDING);
	assert_int_equal(nlab_wire_due(bench->lan.wire),
			 recorded_packet(&bench->lan.recording, 2)->head.time_ns + NLAB_NS_PER_S * 3600);
	assert_true(nlab_wire_release_packet(bench->lan.wire, bench->rule, 1));
	assert_said(bench, "held");
}

static void nonsense_is_refused(void **state)
{
	struct bench *bench = *state;
	say(bench, "x");
	assert_false(decide(bench, 1, NLAB_FILTER_COUNT, 0));
	assert_false(decide(bench, -1, NLAB_FILTER_PASS, 0));
	assert_false(decide(bench, 1, NLAB_FILTER_DELAY, -1));
	assert_int_equal(bench->filters.count, 0);
	assert_fate(bench, 0, NLAB_FATE_ASKED);
}

static void when_there_are_too_many_the_rule_is_taken_out(void **state)
{
	struct bench *bench = *state;
	for (unsigned i = 0; i < NLAB_FILTERS_MAX; i++) {
		bench->filters.list[i].socket = -1 - (int)i; /* others */
	}
	bench->filters.count = NLAB_FILTERS_MAX;
	assert_false(decide(bench, 0, NLAB_FILTER_PASS, 0));
	say(bench, "one");
	assert_fate(bench, 0, NLAB_FATE_DELIVERED);
	assert_said(bench, "one");
}

static void a_drain_waits_for_what_is_to_be_decided(void **state)
{
	struct bench *bench = *state;
	assert_false(nlab_filters_wait(&bench->filters, bench->lan.wire, bench->script[0]));
	say(bench, "x");
	assert_true(decide(bench, 0, NLAB_FILTER_PASS, 0));
	assert_true(nlab_filters_wait(&bench->filters, bench->lan.wire, bench->script[0]));
	assert_false(
	    nlab_filters_wait(&bench->filters, bench->lan.wire, bench->filter[0])); /* it would for ever */
	serve(bench);
	assert_int_equal(replied(bench->script[1]), -1);
	assert_true(decide(bench, 1, NLAB_FILTER_DROP, 0));
	serve(bench);
	assert_int_equal(replied(bench->script[1]), 1); /* packets recorded */
}

static void when_its_process_ends_packets_are_delivered(void **state)
{
	struct bench *bench = *state;
	uint64_t hits, held;
	assert_true(decide(bench, 0, NLAB_FILTER_PASS, 0));
	say(bench, "x");
	assert_true(nlab_filters_wait(&bench->filters, bench->lan.wire, bench->script[0]));
	nlab_filters_forget(&bench->filters, bench->lan.wire, bench->filter[0]);
	assert_said(bench, "x");
	assert_false(nlab_wire_hits(bench->lan.wire, bench->rule, &hits, &held));
	nlab_filters_forget(&bench->filters, bench->lan.wire, bench->script[0]);
	serve(bench);
	assert_int_equal(replied(bench->script[1]), -1); /* it has gone */
}

static void when_its_rule_is_removed_it_is_told(void **state)
{
	struct bench *bench = *state;
	assert_true(decide(bench, 0, NLAB_FILTER_PASS, 0));
	say(bench, "x");
	assert_int_equal(nlab_wire_remove(bench->lan.wire, bench->rule, 0), 1);
	assert_said(bench, "x");
	serve(bench);
	assert_int_equal(replied(bench->filter[1]), 0);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test_setup_teardown(a_packet_at_a_time, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_it_may_say, setup, teardown),
	    cmocka_unit_test_setup_teardown(nonsense_is_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(when_there_are_too_many_the_rule_is_taken_out, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_drain_waits_for_what_is_to_be_decided, setup, teardown),
	    cmocka_unit_test_setup_teardown(when_its_process_ends_packets_are_delivered, setup, teardown),
	    cmocka_unit_test_setup_teardown(when_its_rule_is_removed_it_is_told, setup, teardown),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}
