/* Tests of lab/reaper.h with real children: starts, ends, and who is told of them. */
#include "lab/reaper.h"

#include "base/clock.h"
#include "recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct bench {
	struct nlab_recording recording;
	struct nlab_reaper reaper;
	int asks, lab; /* the ends of an order socket */
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	int ends[2];
	assert_true(nlab_recording_open(&bench->recording, 1 << 18, 1, NULL));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	bench->asks = ends[0];
	bench->lab = ends[1];
	bench->reaper.recording = &bench->recording;
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;
	nlab_recording_close(&bench->recording);
	close(bench->asks);
	close(bench->lab);
	free(bench);
	return 0;
}

/* A child that exits with `status`, or waits for a signal (-1). */
static pid_t start(int status)
{
	pid_t pid = fork();
	if (pid == 0) {
		if (status < 0) {
			for (;;) {
				pause();
			}
		}
		_exit(status);
	}
	assert_true(pid > 0);
	return pid;
}

/* Wait until a child has ended, and leave it to the reaper. */
static void let_end(pid_t pid)
{
	siginfo_t about;
	assert_int_equal(waitid(P_PID, (id_t)pid, &about, WEXITED | WNOWAIT), 0);
}

static void assert_reply(const struct bench *bench, int code, int64_t value, int64_t value2)
{
	struct nlab_reply reply;
	assert_int_equal(nlab_order_receive(bench->asks, &reply, sizeof reply, NULL, MSG_DONTWAIT),
			 sizeof reply);
	assert_int_equal(reply.error.code, code);
	assert_int_equal(reply.error.step[0] != '\0', code != 0);
	assert_int_equal(reply.value, value);
	assert_int_equal(reply.value2, value2);
}

static void assert_no_reply(const struct bench *bench)
{
	char byte;
	assert_int_equal(recv(bench->asks, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

static void assert_event(const struct bench *bench, enum nlab_event_kind kind, unsigned nth, pid_t pid,
			 const char *name)
{
	char text[512];
	const struct nlab_event_record *event = recorded_event(&bench->recording, kind, nth);
	assert_non_null(event);
	assert_int_equal(event->pid, pid);
	assert_string_equal(recorded_text(event, text), name);
}

static void starts_and_ends_are_recorded(void **state)
{
	struct bench *bench = *state;
	pid_t one = start(3), two = start(-1);
	assert_true(nlab_reaper_started(&bench->reaper, one, 1, "one"));
	assert_true(nlab_reaper_started(&bench->reaper, two, 2, "two"));
	let_end(one);
	nlab_reaper_collect(&bench->reaper);
	assert_true(nlab_reaper_find(&bench->reaper, one)->ended);
	assert_false(nlab_reaper_find(&bench->reaper, two)->ended);
	kill(two, SIGKILL);
	let_end(two);
	nlab_reaper_collect(&bench->reaper);
	assert_event(bench, NLAB_EVENT_START, 0, one, "one");
	assert_event(bench, NLAB_EVENT_START, 1, two, "two");
	assert_event(bench, NLAB_EVENT_EXIT, 0, one, "one");
	assert_event(bench, NLAB_EVENT_EXIT, 1, two, "two");
	const struct nlab_event_record *first = recorded_event(&bench->recording, NLAB_EVENT_EXIT, 0);
	const struct nlab_event_record *second = recorded_event(&bench->recording, NLAB_EVENT_EXIT, 1);
	assert_int_equal(first->host, 1);
	assert_true(first->a == 3 && first->b == 0);
	assert_true(second->a == -1 && second->b == SIGKILL);
	assert_int_equal(recorded_events(&bench->recording, NLAB_EVENT_EXIT), 2);
	assert_null(nlab_reaper_find(&bench->reaper, 1));
}

static void who_waits_is_told_at_the_end(void **state)
{
	struct bench *bench = *state;
	pid_t pid = start(-1);
	nlab_reaper_started(&bench->reaper, pid, 1, "actor");
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, -1);
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, INT64_C(3600) * NLAB_NS_PER_S);
	assert_no_reply(bench);
	kill(pid, SIGTERM);
	let_end(pid);
	nlab_reaper_collect(&bench->reaper);
	assert_reply(bench, 0, -1, SIGTERM);
	assert_reply(bench, 0, -1, SIGTERM);
	assert_no_reply(bench);
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, -1); /* too late to wait: at once */
	assert_reply(bench, 0, -1, SIGTERM);
	assert_int_equal(nlab_reaper_expire(&bench->reaper, INT64_MAX - 1), INT64_MAX);
	assert_no_reply(bench);
}

static void a_wait_has_its_time(void **state)
{
	struct bench *bench = *state;
	const int64_t second = NLAB_NS_PER_S, now = nlab_clock_limit_ns();
	pid_t pid = start(-1);
	nlab_reaper_started(&bench->reaper, pid, 1, "actor");
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, 0);
	assert_reply(bench, ETIMEDOUT, 0, 0);
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, INT64_MAX); /* without end */
	assert_int_equal(nlab_reaper_expire(&bench->reaper, now), INT64_MAX);
	assert_no_reply(bench);
	nlab_reaper_forget(&bench->reaper, bench->lab);
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, 1000 * second);
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, 2000 * second);
	int64_t next = nlab_reaper_expire(&bench->reaper, now);
	assert_in_range(next, now + 1000 * second, nlab_clock_limit_ns() + 1000 * second);
	assert_no_reply(bench);
	next = nlab_reaper_expire(&bench->reaper, next);
	assert_reply(bench, ETIMEDOUT, 0, 0);
	assert_in_range(next, now + 2000 * second, nlab_clock_limit_ns() + 2000 * second);
	assert_int_equal(nlab_reaper_expire(&bench->reaper, next), INT64_MAX);
	assert_reply(bench, ETIMEDOUT, 0, 0);
	kill(pid, SIGKILL);
	let_end(pid);
	nlab_reaper_collect(&bench->reaper);
	assert_no_reply(bench);
}

static void a_process_that_was_never_started(void **state)
{
	struct bench *bench = *state;
	pid_t pid = start(0);
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, -1);
	assert_reply(bench, ECHILD, 0, 0);
	let_end(pid);
	nlab_reaper_collect(&bench->reaper);
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, -1); /* an orphan: nobody started it */
	assert_reply(bench, ECHILD, 0, 0);
	assert_int_equal(recorded_events(&bench->recording, NLAB_EVENT_EXIT), 0);
}

static void an_end_before_the_start_was_told(void **state)
{
	struct bench *bench = *state;
	pid_t pid = start(9);
	let_end(pid);
	nlab_reaper_collect(&bench->reaper);
	assert_int_equal(recorded_events(&bench->recording, NLAB_EVENT_EXIT), 0);
	assert_true(nlab_reaper_started(&bench->reaper, pid, 1, "short"));
	assert_event(bench, NLAB_EVENT_START, 0, pid, "short");
	assert_event(bench, NLAB_EVENT_EXIT, 0, pid, "short");
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, -1);
	assert_reply(bench, 0, 9, 0);
}

static void the_waiters_of_a_closed_socket_are_forgotten(void **state)
{
	struct bench *bench = *state;
	pid_t pid = start(-1);
	nlab_reaper_started(&bench->reaper, pid, 1, "actor");
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, -1);
	nlab_reaper_wait(&bench->reaper, bench->asks, pid, -1);
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, -1);
	nlab_reaper_forget(&bench->reaper, bench->lab);
	assert_int_equal(bench->reaper.waiting, 1);
	nlab_reaper_forget(&bench->reaper, bench->asks);
	kill(pid, SIGKILL);
	let_end(pid);
	nlab_reaper_collect(&bench->reaper);
	assert_no_reply(bench);
}

static void there_is_room_for_so_many_waiters(void **state)
{
	struct bench *bench = *state;
	pid_t pid = start(-1);
	nlab_reaper_started(&bench->reaper, pid, 1, "actor");
	for (int i = 0; i < NLAB_WAITERS_MAX; i++) {
		nlab_reaper_wait(&bench->reaper, bench->lab, pid, -1);
	}
	assert_no_reply(bench);
	nlab_reaper_wait(&bench->reaper, bench->lab, pid, -1);
	assert_reply(bench, EAGAIN, 0, 0);
	nlab_reaper_forget(&bench->reaper, bench->lab);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void orphans_do_not_fill_the_table(void **state)
{
	struct bench *bench = *state;
	for (int i = 0; i < 200; i++) {
		let_end(start(0));
		nlab_reaper_collect(&bench->reaper);
	}
	assert_in_range(bench->reaper.count, 0, 2);
	assert_int_equal(recorded_events(&bench->recording, NLAB_EVENT_EXIT), 0);
}

static void there_is_room_for_so_many_processes(void **state)
{
	struct bench *bench = *state;
	pid_t unknown = start(0);
	for (int i = 0; i < NLAB_PROCESSES_MAX; i++) {
		assert_true(nlab_reaper_started(&bench->reaper, 1000000 + i, 1, "one of many"));
	}
	assert_false(nlab_reaper_started(&bench->reaper, 999999, 1, "one too many"));
	let_end(unknown);
	nlab_reaper_collect(&bench->reaper); /* takes it from the kernel all the same */
	assert_int_equal(waitpid(unknown, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(recorded_events(&bench->recording, NLAB_EVENT_START), NLAB_PROCESSES_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(starts_and_ends_are_recorded),
	    TEST(who_waits_is_told_at_the_end),
	    TEST(a_wait_has_its_time),
	    TEST(a_process_that_was_never_started),
	    TEST(an_end_before_the_start_was_told),
	    TEST(the_waiters_of_a_closed_socket_are_forgotten),
	    TEST(there_is_room_for_so_many_waiters),
	    TEST(orphans_do_not_fill_the_table),
	    TEST(there_is_room_for_so_many_processes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
