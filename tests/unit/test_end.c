/* Tests of NLAB_ORDER_END (facts/order.h): the script alone says that it has ended, over its own socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab_run.h"

#include "facts/order.h"

#include <sys/wait.h>

#define STATUS_SCRIPT 5
#define STATUS_OTHER  6

/* Another process, registered with the lab, says that the script has ended; 0 when the lab refuses that and answers. */
static int end_from_elsewhere(int own)
{
	const struct nlab_order end = {.kind = NLAB_ORDER_END, .value = STATUS_OTHER};
	struct nlab_reply reply;
	char registered;
	bool answered = recv(own, &registered, 1, 0) == 1 && nlab_order_send(own, &end, sizeof end, -1) &&
			nlab_order_receive(own, &reply, sizeof reply, NULL, 0) == sizeof reply;
	return answered && reply.error.code == EPERM ? 0 : 1;
}

LAB_SCRIPT(let_another_end_it)
{
	struct nlab_order order = {.kind = NLAB_ORDER_PROCESS, .name = "other"};
	struct nlab_reply reply;
	int ends[2];
	int status;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		return 1;
	}
	order.pid = fork();
	if (order.pid == 0) {
		_exit(end_from_elsewhere(ends[0]));
	}
	bool refused = nlab_order_send(sockets->orders, &order, sizeof order, ends[1]) &&
		       nlab_order_receive(sockets->orders, &reply, sizeof reply, NULL, 0) == sizeof reply &&
		       waitpid(order.pid, &status, 0) == order.pid && status == 0;
	return refused ? STATUS_SCRIPT : 1;
}

static void another_process_does_not_end_the_script(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	(void)state;
	lab_run(&run, &job, let_another_end_it, NULL);
	assert_int_equal(lab_run_status(&run), STATUS_SCRIPT);
	nlab_run_close(&run);
}

/* The lab has ended what waits here: nothing else ends this process within the test's patience. */
LAB_SCRIPT(end_and_wait)
{
	const struct nlab_order end = {.kind = NLAB_ORDER_END, .value = STATUS_SCRIPT};
	char none;
	nlab_order_send(sockets->orders, &end, sizeof end, -1);
	return recv(sockets->orders, &none, 1, 0) < 0 ? 1 : 2;
}

static void the_script_ends_while_its_process_lives(void **state)
{
	struct nlab_run run;
	const struct nlab_job job = lab_run_job();
	(void)state;
	lab_run(&run, &job, end_and_wait, NULL);
	assert_int_equal(lab_run_status(&run), STATUS_SCRIPT);
	assert_int_equal(recorded_events(&run.recording, NLAB_EVENT_EXIT), 1);
	nlab_run_close(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(another_process_does_not_end_the_script),
	    cmocka_unit_test(the_script_ends_while_its_process_lives),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
