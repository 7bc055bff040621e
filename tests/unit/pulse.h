/* pulse.h: processes that count without end in memory shared with the test: whether they still live can be seen from
 * outside of their namespaces. Include it behind lab_run.h. */
#ifndef NLAB_TESTS_PULSE_H
#define NLAB_TESTS_PULSE_H

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

struct pulse {
	_Atomic uint64_t beats;
	_Atomic int processes; /* that have begun to count */
};

static inline _Noreturn void pulse_beat(struct pulse *pulse)
{
	atomic_fetch_add(&pulse->processes, 1);
	for (;;) {
		atomic_fetch_add(&pulse->beats, 1);
		sched_yield();
	}
}

/* A script process with two more processes, one of which has left its session and ignores SIGTERM. */
LAB_SCRIPT(pulse_script)
{
	if (fork() == 0) {
		setsid();
		signal(SIGTERM, SIG_IGN);
		fork();
	}
	pulse_beat(context);
}

/* Wait until so many processes count. */
static inline void pulse_wait(const struct pulse *pulse, int processes)
{
	for (int i = 0; i < LAB_RUN_PATIENCE_MS && atomic_load(&pulse->processes) < processes; i++) {
		usleep(1000);
	}
	assert_int_equal(atomic_load(&pulse->processes), processes);
}

static inline void pulse_assert_gone(const struct pulse *pulse)
{
	uint64_t before = atomic_load(&pulse->beats);
	assert_true(before > 0);
	usleep(20000);
	assert_int_equal(atomic_load(&pulse->beats), before);
}

#endif
