/* Tests of the signal functions of bind/process.h (bind/signal.c): actions, the handler that records, and alarm. */
#include "bind_state.h"

#include "bind/process.h"

#include "recorded.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY  1000
#define SLOTS (256 * MANY)

static int setup(void **state)
{
	(void)state;
	if (!state_open(&lua, SLOTS)) {
		return -1;
	}
	luaL_requiref(lua.L, "process", luaopen_netlab_process, 1);
	lua_pushinteger(lua.L, SIGRTMIN);
	lua_setglobal(lua.L, "SIGRTMIN");
	lua_pushinteger(lua.L, getpid());
	lua_setglobal(lua.L, "pid");
	return 0;
}

static int teardown(void **state)
{
	signal(SIGRTMIN, SIG_DFL);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	return state_teardown(state);
}

static void the_kernels_own_actions(void **state)
{
	struct sigaction now;
	(void)state;
	check("assert(process.sigaction(SIGUSR1, 'SIG_IGN') == true)");
	sigaction(SIGUSR1, NULL, &now);
	assert_ptr_equal(now.sa_handler, SIG_IGN);
	check("assert(process.kill(pid, SIGUSR1))\n"
	      "assert(process.sigaction(SIGUSR1, 'SIG_DFL'))");
	sigaction(SIGUSR1, NULL, &now);
	assert_ptr_equal(now.sa_handler, SIG_DFL);
	assert_int_equal(recorded_slots(&lua.recording, NLAB_SLOT_SIGNAL, NULL), 0);
	assert_string_equal(recorded_args(recorded_slot(&lua.recording, NLAB_SLOT_CALL, "sigaction", 0)),
			    "SIGUSR1, SIG_IGN, 0");
}

static void a_handler_records_and_returns(void **state)
{
	(void)state;
	check("assert(process.sigaction(SIGUSR1, 'record', SA_RESTART))\n"
	      "assert(process.kill(pid, SIGUSR1) and process.kill(pid, SIGUSR1))");
	const struct nlab_slot *slot = recorded_slot(&lua.recording, NLAB_SLOT_SIGNAL, NULL, 1);
	assert_non_null(slot);
	assert_int_equal(slot->result, SIGUSR1);
	assert_int_equal(slot->pid, 1);
	assert_int_equal(nlab_slot_state(slot), NLAB_SLOT_ENDED);
	assert_int_equal(recorded_slots(&lua.recording, NLAB_SLOT_SIGNAL, NULL), 2);
}

/* A process that sends SIGUSR1 to this one: `count` times and then a byte on `fd`, or without end (0). */
static pid_t pester(int count, int fd)
{
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; count == 0 || i < count; i++) {
			kill(getppid(), SIGUSR1);
			usleep(500);
		}
		_exit(write(fd, "x", 1) == 1 ? 0 : 1);
	}
	return child;
}

static void a_call_is_interrupted(void **state)
{
	(void)state;
	check("l, c, s = pair()\n"
	      "assert(process.sigaction(SIGUSR1, 'record'))");
	pid_t child = pester(0, -1);
	check("local none, err = s:recv(1)\n"
	      "assert(none == nil and err == EINTR)\n"
	      "none, err = process.sleep(3600)\n"
	      "assert(none == nil and err == EINTR)");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	check("l:close() c:close() s:close()");
	assert_true(recorded_slots(&lua.recording, NLAB_SLOT_SIGNAL, NULL) >= 2);
}

static void a_call_goes_on_with_sa_restart(void **state)
{
	(void)state;
	check("l, c, s = pair()\n"
	      "assert(process.sigaction(SIGUSR1, 'record', SA_RESTART))\n"
	      "fd = c:fileno()");
	lua_getglobal(lua.L, "fd");
	pid_t child = pester(20, (int)lua_tointeger(lua.L, -1));
	check("assert(s:recv(1) == 'x')");
	waitpid(child, NULL, 0);
	check("l:close() c:close() s:close()");
	assert_true(recorded_slots(&lua.recording, NLAB_SLOT_SIGNAL, NULL) > 0);
}

static void wait_for_signals(unsigned count)
{
	for (int i = 0; i < 10000 && recorded_slots(&lua.recording, NLAB_SLOT_SIGNAL, NULL) < count; i++) {
		usleep(1000);
	}
	assert_int_equal(recorded_slots(&lua.recording, NLAB_SLOT_SIGNAL, NULL), count);
}

static void an_alarm_comes_once_or_not_at_all(void **state)
{
	(void)state;
	check("process.sigaction(SIGALRM, 'record')\n"
	      "assert(process.alarm '1ms')");
	wait_for_signals(1);
	check("assert(process.alarm '1ns')"); /* not 0: that would be no alarm */
	wait_for_signals(2);
	check("assert(process.alarm(3600) and process.alarm(0))");
	struct itimerval left;
	assert_int_equal(getitimer(ITIMER_REAL, &left), 0);
	assert_true(left.it_value.tv_sec == 0 && left.it_value.tv_usec == 0);
	assert_int_equal(recorded_slot(&lua.recording, NLAB_SLOT_SIGNAL, NULL, 0)->result, SIGALRM);
}

static void misuse_is_raised(void **state)
{
	(void)state;
	check("raises('bad argument #1', process.sigaction, 0, 'SIG_IGN')\n"
	      "raises('bad argument #1', process.sigaction, 65, 'SIG_IGN')\n"
	      "raises(\"invalid option 'exit'\", process.sigaction, SIGUSR1, 'exit')\n"
	      "raises('SA_RESTART or 0', process.sigaction, SIGUSR1, 'record', 1 << 20)\n"
	      "raises('bad argument #1', process.alarm, -1)\n"
	      "raises('bad argument #1', process.kill, 0, SIGUSR1)\n"
	      "raises('bad argument #1', process.kill, -1, SIGUSR1)\n"
	      "raises('bad argument #2', process.kill, pid, 65)\n"
	      "local none, err = process.sigaction(SIGKILL, 'SIG_IGN')\n"
	      "assert(none == nil and err == EINVAL)\n"
	      "none, err = process.kill(0x3fffffff, 0)\n"
	      "assert(none == nil and err == ESRCH)\n"
	      "assert(process.kill(pid, 0))");
}

/* Real-time signals are queued, so that each one that was sent is handled. */
static pid_t send_many(void)
{
	pid_t child = fork();
	if (child == 0) {
		for (int i = 0; i < MANY; i++) {
			while (sigqueue(getppid(), SIGRTMIN, (union sigval){0}) && errno == EAGAIN) {
				usleep(100);
			}
			sched_yield();
		}
		_exit(0);
	}
	return child;
}

static unsigned calls, unfinished;

static void count_call(struct nlab_slot *slot, void *data)
{
	(void)data;
	unfinished += nlab_slot_state(slot) != NLAB_SLOT_ENDED;
	if (nlab_slot_kind(slot) == NLAB_SLOT_CALL && strcmp(slot->name, "kill") == 0) {
		calls++;
		unfinished +=
		    strncmp(state_slot_text(slot), "1073741823, 0", 13) != 0 || slot->error != ESRCH;
	}
}

/* A thousand signals while a record is begun or ended at nearly every moment: none of either is lost or mixed up. */
static void signals_and_calls_do_not_disturb_each_other(void **state)
{
	int status, rounds = 0;
	pid_t ended;
	(void)state;
	check("process.sigaction(SIGRTMIN, 'record', SA_RESTART)");
	pid_t child = send_many();
	do {
		check("for i = 1, 20 do assert(not process.kill(0x3fffffff, 0)) end");
		ended = waitpid(child, &status, ++rounds < MANY ? WNOHANG : 0);
	} while (ended == 0);
	assert_int_equal(status, 0);
	calls = unfinished = 0;
	state_calls(&lua, count_call, NULL);
	assert_int_equal(recorded_slots(&lua.recording, NLAB_SLOT_SIGNAL, NULL), MANY);
	assert_int_equal(calls, 20 * rounds);
	assert_int_equal(unfinished, 0);
	assert_false(nlab_recording_overflowed(&lua.recording));
}

/* The same where it is closest: slots are taken as fast as it goes. */
static void signals_while_slots_are_taken(void **state)
{
	int status = -1;
	unsigned notes = 0;
	(void)state;
	check("process.sigaction(SIGRTMIN, 'record', SA_RESTART)");
	pid_t child = send_many();
	do {
		for (int i = 0; i < 1000 && notes < SLOTS - 4 * MANY; i++, notes++) {
			assert_non_null(nlab_recording_text(&lua.recording, NLAB_SLOT_NOTE, 0, 0, notes, "n",
							    "a note", 6));
		}
	} while (waitpid(child, &status, notes < SLOTS - 4 * MANY ? WNOHANG : 0) == 0);
	assert_int_equal(status, 0);
	assert_int_equal(atomic_load(&lua.recording.calls->taken), 1 + notes + MANY);
	unsigned seen = 0, signals = 0;
	for (uint32_t i = 1; i < 1 + notes + MANY; i++) {
		const struct nlab_slot *slot = nlab_recording_slot_at(&lua.recording, i);
		assert_int_equal(nlab_slot_state(slot), NLAB_SLOT_ENDED);
		if (nlab_slot_kind(slot) == NLAB_SLOT_NOTE) {
			assert_int_equal(slot->result, seen++);
		} else {
			assert_int_equal(slot->result, SIGRTMIN);
			signals++;
		}
	}
	assert_int_equal(signals, MANY);
	assert_int_equal(seen, notes);
}

/* A handler that finds no room must neither crash nor spoil what stands there. */
static void a_full_recording(void **state)
{
	(void)state;
	check("process.sigaction(SIGUSR1, 'record')");
	while (nlab_recording_slot(&lua.recording, NLAB_SLOT_NOTE, 0)) {
	}
	errno = EDOM;
	raise(SIGUSR1);
	assert_int_equal(errno, EDOM);
	assert_int_equal(recorded_slots(&lua.recording, NLAB_SLOT_SIGNAL, NULL), 0);
	assert_int_equal(atomic_load(&lua.recording.calls->overflow), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_kernels_own_actions),
	    TEST(a_handler_records_and_returns),
	    TEST(a_call_is_interrupted),
	    TEST(a_call_goes_on_with_sa_restart),
	    TEST(an_alarm_comes_once_or_not_at_all),
	    TEST(misuse_is_raised),
	    TEST(signals_and_calls_do_not_disturb_each_other),
	    TEST(signals_while_slots_are_taken),
	    TEST(a_full_recording),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
