/* Tests of lab/orders.h: the orders of processes that behave, and of those that do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "descriptors.h"
#include "lan.h"

#include "lab/orders.h"

#include <sys/resource.h>
#include <sys/stat.h>

#define PORT 7000

struct bench {
	struct lan lan;
	struct nlab_reaper reaper;
	struct nlab_orders orders;
	int peer; /* a process's end of its order socket */
};

static int admit(struct bench *bench)
{
	int ends[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_true(nlab_orders_admit(&bench->orders, ends[1], NULL));
	return ends[0];
}

static int open_bench(void **state, bool allowed, unsigned hosts)
{
	struct bench *bench = calloc(1, sizeof *bench);
	lan_open(&bench->lan, 1 << 20, hosts, false);
	bench->reaper.recording = &bench->lan.recording;
	bench->orders = (struct nlab_orders){.recording = &bench->lan.recording,
					     .network = &bench->lan.network,
					     .wire = bench->lan.wire,
					     .reaper = &bench->reaper,
					     .allowed = allowed};
	assert_true(nlab_orders_open(&bench->orders, NULL));
	bench->peer = admit(bench);
	*state = bench;
	return 0;
}

static int setup(void **state)
{
	return open_bench(state, true, 0);
}

static int setup_hosts(void **state)
{
	return open_bench(state, true, 2);
}

static int setup_declaring(void **state)
{
	return open_bench(state, false, 0);
}

static int teardown(void **state)
{
	struct bench *bench = *state;
	nlab_fd_close(&bench->peer);
	for (int i = 0; bench->orders.peers && i < 1000; i++) {
		nlab_orders_serve(&bench->orders);
	}
	nlab_orders_close(&bench->orders);
	lan_close(&bench->lan);
	free(bench);
	return 0;
}

static void serve(struct bench *bench)
{
	struct pollfd waiting = {.fd = nlab_orders_fd(&bench->orders), .events = POLLIN};
	while (poll(&waiting, 1, 0) == 1) {
		nlab_orders_serve(&bench->orders);
	}
}

static void receive(const struct bench *bench, struct nlab_reply *reply, int *fd)
{
	assert_int_equal(nlab_order_receive(bench->peer, reply, sizeof *reply, fd, MSG_DONTWAIT),
			 sizeof *reply);
}

static int64_t ask(struct bench *bench, struct nlab_order order, int given, int code)
{
	struct nlab_reply reply;
	assert_true(nlab_order_send(bench->peer, &order, sizeof order, given));
	serve(bench);
	receive(bench, &reply, NULL);
	assert_int_equal(reply.error.code, code);
	assert_int_equal(reply.error.step[0] != '\0', code != 0);
	return reply.value;
}

static void assert_dismissed(struct bench *bench)
{
	char byte;
	serve(bench);
	assert_int_equal(bench->orders.peers, 0);
	assert_int_equal(recv(bench->peer, &byte, 1, MSG_DONTWAIT), 0);
}

static void a_host_is_made(void **state)
{
	struct bench *bench = *state;
	struct nlab_order order = {.kind = NLAB_ORDER_HOST, .name = "client"};
	struct nlab_reply reply;
	struct stat given, own;
	int space = -1;
	assert_true(nlab_order_send(bench->peer, &order, sizeof order, -1));
	serve(bench);
	receive(bench, &reply, &space);
	assert_string_equal(reply.error.step, "");
	assert_int_equal(reply.value, 1);
	assert_string_equal(reply.text, "10.0.0.1 - 02:00:00:00:00:01");
	assert_int_equal(fstat(space, &given), 0);
	assert_int_equal(fstat(bench->lan.network.hosts[0].space, &own), 0);
	assert_int_equal(given.st_ino, own.st_ino);
	close(space);
	order.value = 1;
	assert_true(nlab_order_send(bench->peer, &order, sizeof order, -1));
	serve(bench);
	receive(bench, &reply, NULL);
	assert_string_equal(reply.text, "10.0.0.2 fd00::2 02:00:00:00:00:02");
}

static void rules_from_order_to_hits(void **state)
{
	struct bench *bench = *state;
	struct nlab_order rule = lan_rule(NLAB_ACTION_HOLD, 0, 0, "dport", PORT);
	struct nlab_order hits = {.kind = NLAB_ORDER_HITS, .value = 1};
	struct nlab_reply reply;
	int a = lan_udp(&bench->lan, 1, PORT), b = lan_udp(&bench->lan, 2, PORT);
	const struct sockaddr_in to = lan_address(&bench->lan, 2, PORT);
	strcpy(rule.text, "hold all");
	lan_send(a, &to, "before", 6); /* what was sent before the order is not concerned */
	assert_int_equal(ask(bench, rule, -1, 0), 1);
	assert_true(recorded_says(&bench->lan.recording, NLAB_EVENT_RULE, "hold all"));
	for (int i = 0; i < 3; i++) {
		lan_send(a, &to, "after", 5);
	}
	assert_int_equal(ask(bench, (struct nlab_order){.kind = NLAB_ORDER_DRAIN}, -1, 0), 4);
	assert_true(nlab_order_send(bench->peer, &hits, sizeof hits, -1));
	serve(bench);
	receive(bench, &reply, NULL);
	assert_true(reply.value == 3 && reply.value2 == 3);
	struct nlab_order release = {.kind = NLAB_ORDER_RELEASE, .count = 2, .text = "let two go"};
	assert_int_equal(ask(bench, release, -1, 0), 2);
	release.count = 0;
	assert_int_equal(ask(bench, release, -1, 0), 1);
	struct nlab_order remove = {.kind = NLAB_ORDER_REMOVE, .value = 1, .text = "no more"};
	assert_int_equal(ask(bench, remove, -1, 0), 1);
	assert_int_equal(ask(bench, remove, -1, 0), 0);
	assert_true(recorded_says(&bench->lan.recording, NLAB_EVENT_ORDER, "let two go"));
	assert_true(recorded_says(&bench->lan.recording, NLAB_EVENT_ORDER, "no more"));
	ask(bench, hits, -1, ENOENT);
	close(a);
	close(b);
}

static void a_process_gets_a_socket_of_its_own(void **state)
{
	struct bench *bench = *state;
	struct nlab_order order = {.kind = NLAB_ORDER_PROCESS, .pid = 4711, .name = "actor"};
	struct nlab_order drain = {.kind = NLAB_ORDER_DRAIN};
	int ends[2];
	char byte = 'x';
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(ask(bench, order, ends[1], 0), 0);
	close(ends[1]);
	assert_int_equal(bench->orders.peers, 2);
	assert_int_equal(recv(ends[0], &byte, 1, MSG_DONTWAIT), 1); /* the start is recorded */
	assert_true(recorded_says(&bench->lan.recording, NLAB_EVENT_START, "actor"));
	assert_true(nlab_order_send(ends[0], &drain, sizeof drain, -1));
	serve(bench);
	struct nlab_reply reply;
	assert_int_equal(nlab_order_receive(ends[0], &reply, sizeof reply, NULL, MSG_DONTWAIT), sizeof reply);
	close(ends[0]);
	serve(bench);
	assert_int_equal(bench->orders.peers, 1);
	ask(bench, order, -1, EINVAL); /* without a socket */
}

static void the_dead_are_registered_too(void **state)
{
	struct bench *bench = *state;
	struct nlab_order order = {.kind = NLAB_ORDER_PROCESS, .pid = 4711, .name = "dead"};
	int before = descriptors_open();
	int ends[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	close(ends[0]);
	assert_int_equal(ask(bench, order, ends[1], 0), 0);
	close(ends[1]);
	assert_int_equal(bench->orders.peers, 1);
	assert_int_equal(descriptors_open(), before);
}

static void who_waits_and_goes_is_forgotten(void **state)
{
	struct bench *bench = *state;
	struct nlab_order order = {.kind = NLAB_ORDER_WAIT, .pid = 4711, .timeout_ns = -1};
	ask(bench, order, -1, ECHILD);
	nlab_reaper_started(&bench->reaper, 4711, 1, "actor");
	assert_true(nlab_order_send(bench->peer, &order, sizeof order, -1));
	serve(bench);
	assert_int_equal(bench->reaper.waiting, 1);
	close(bench->peer);
	bench->peer = -1;
	serve(bench);
	assert_int_equal(bench->reaper.waiting, 0);
	assert_int_equal(bench->orders.peers, 0);
}

static void unknown_kinds_are_refused(void **state)
{
	static const uint16_t kinds[] = {0, NLAB_ORDER_COUNT, 0x7fff, 0xffff};
	struct bench *bench = *state;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		ask(bench, (struct nlab_order){.kind = kinds[i]}, -1, EINVAL);
	}
	struct nlab_order rule = {.kind = NLAB_ORDER_RULE, .action = 99};
	ask(bench, rule, -1, EINVAL);
	memset(rule.text, 'x', sizeof rule.text); /* not terminated */
	memset(rule.name, 'x', sizeof rule.name);
	ask(bench, rule, -1, EINVAL);
	assert_int_equal(recorded_events(&bench->lan.recording, NLAB_EVENT_RULE), 0);
}

static void numbers_that_no_rule_has(void **state)
{
	static const int64_t numbers[] = {65536, 65537, -1, -65536, INT64_MIN};
	static const uint16_t kinds[] = {NLAB_ORDER_REMOVE, NLAB_ORDER_RELEASE, NLAB_ORDER_HITS};
	struct bench *bench = *state;
	assert_int_equal(ask(bench, lan_rule(NLAB_ACTION_DROP, 0, 0, NULL, 0), -1, 0), 1);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
			ask(bench, (struct nlab_order){.kind = kinds[k], .value = numbers[i]}, -1, EINVAL);
		}
	}
	assert_int_equal(ask(bench, (struct nlab_order){.kind = NLAB_ORDER_REMOVE, .value = 1}, -1, 0), 1);
}

static void processes_that_cannot_be(void **state)
{
	struct bench *bench = *state;
	int ends[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	ask(bench, (struct nlab_order){.kind = NLAB_ORDER_PROCESS, .pid = 0}, ends[0], EINVAL);
	ask(bench, (struct nlab_order){.kind = NLAB_ORDER_PROCESS, .pid = -1}, ends[0], EINVAL);
	ask(bench, (struct nlab_order){.kind = NLAB_ORDER_PROCESS, .pid = 5, .host = 1}, ends[0], EINVAL);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(bench->reaper.count, 0);
}

static void an_order_that_is_too_short(void **state)
{
	struct bench *bench = *state;
	assert_true(nlab_order_send(bench->peer, "?", 1, -1));
	assert_dismissed(bench);
}

static void an_empty_order(void **state)
{
	struct bench *bench = *state;
	assert_true(nlab_order_send(bench->peer, "", 0, -1));
	assert_dismissed(bench);
}

static void uninvited_descriptors_are_closed(void **state)
{
	struct bench *bench = *state;
	int before = descriptors_open();
	for (int i = 0; i < 20; i++) {
		ask(bench, (struct nlab_order){.kind = NLAB_ORDER_DRAIN}, bench->peer, 0);
		ask(bench, (struct nlab_order){.kind = 999}, bench->peer, EINVAL);
	}
	assert_int_equal(descriptors_open(), before);
	assert_true(nlab_order_send(bench->peer, "?", 1, bench->peer));
	assert_dismissed(bench);
	assert_int_equal(descriptors_open(), before - 1); /* the lab's end of the socket has gone too */
}

static void who_does_not_read_does_not_block_the_lab(void **state)
{
	struct bench *bench = *state;
	const struct nlab_order order = {.kind = NLAB_ORDER_DRAIN};
	int deaf = admit(bench);
	for (int i = 0; i < 5000; i++) { /* far more replies than its socket holds */
		assert_true(nlab_order_send(deaf, &order, sizeof order, -1));
		nlab_orders_serve(&bench->orders);
	}
	ask(bench, order, -1, 0);
	close(deaf);
}

static void without_a_network_there_are_no_hosts(void **state)
{
	static const uint16_t kinds[] = {NLAB_ORDER_HOST,    NLAB_ORDER_RULE, NLAB_ORDER_REMOVE,
					 NLAB_ORDER_RELEASE, NLAB_ORDER_HITS, NLAB_ORDER_DRAIN};
	struct bench *bench = *state;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		ask(bench, (struct nlab_order){.kind = kinds[i]}, -1, EPERM);
	}
	assert_int_equal(bench->lan.network.count, 0);
	ask(bench, (struct nlab_order){.kind = NLAB_ORDER_WAIT, .pid = 1}, -1, ECHILD);
}

static void there_are_so_many_peers(void **state)
{
	struct bench *bench = *state;
	const struct rlimit files = {2048, 2048};
	struct nlab_error error;
	static int peers[NLAB_ORDERS_PEERS];
	int last[2];
	setrlimit(RLIMIT_NOFILE, &files);
	for (int i = 1; i < NLAB_ORDERS_PEERS; i++) {
		peers[i] = admit(bench);
	}
	int before = descriptors_open();
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, last), 0);
	assert_false(nlab_orders_admit(&bench->orders, last[1], &error));
	assert_int_equal(error.code, ENOSPC);
	assert_int_equal(descriptors_open(), before + 1); /* it took the socket over, and closed it */
	ask(bench, (struct nlab_order){.kind = NLAB_ORDER_DRAIN}, -1, 0);
	close(peers[1]);
	serve(bench);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, last), 0);
	assert_true(nlab_orders_admit(&bench->orders, last[1], &error));
	for (int i = 2; i < NLAB_ORDERS_PEERS; i++) {
		close(peers[i]);
	}
}

#define TEST(name, setup_function) cmocka_unit_test_setup_teardown(name, setup_function, teardown)

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    TEST(a_host_is_made, setup),
	    TEST(rules_from_order_to_hits, setup_hosts),
	    TEST(a_process_gets_a_socket_of_its_own, setup),
	    TEST(the_dead_are_registered_too, setup),
	    TEST(who_waits_and_goes_is_forgotten, setup),
	    TEST(unknown_kinds_are_refused, setup),
	    TEST(numbers_that_no_rule_has, setup),
	    TEST(processes_that_cannot_be, setup),
	    TEST(an_order_that_is_too_short, setup),
	    TEST(an_empty_order, setup),
	    TEST(uninvited_descriptors_are_closed, setup),
	    TEST(who_does_not_read_does_not_block_the_lab, setup),
	    TEST(without_a_network_there_are_no_hosts, setup_declaring),
	    TEST(there_are_so_many_peers, setup),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}
