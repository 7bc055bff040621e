/* Tests of main/scheduler.h with script processes in C: how many at once, until when, and who is told of their ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab_run.h"

#include "descriptors.h"
#include "main/scheduler.h"
#include "namespaces.h"
#include "pulse.h"

#include <sys/wait.h>

#define JOBS_MAX 64

struct plan {
	struct nlab_job job; /* for every one */
	struct nlab_scheduler scheduler;
	uint32_t jobs, begun, ended, over, timed_out, failed;
	uint32_t stop_after; /* ends; 0: never */
	unsigned told[JOBS_MAX + 1];
	size_t ticks, most;  /* runs living at once, as tick() was told */
	struct pulse *pulse; /* with SIGINT once so many processes live: */
	int interrupt_at;
	int signal;
	char problem[300];
};

struct living { /* script processes at this moment, and the most of them, in shared memory */
	_Atomic int now, most, started;
};

static bool next_job(void *context, struct nlab_job *job)
{
	struct plan *plan = context;
	if (plan->begun == plan->jobs) {
		return false;
	}
	*job = plan->job;
	job->number = ++plan->begun;
	return true;
}

static bool job_ended(void *context, struct nlab_run *run)
{
	struct plan *plan = context;
	plan->told[run->job.number]++;
	plan->ended++;
	plan->over += run->over;
	plan->timed_out += run->timed_out;
	if (run->error.step[0]) {
		plan->failed++;
		nlab_error_text(&run->error, plan->problem, sizeof plan->problem);
	}
	return plan->ended != plan->stop_after;
}

static void tick(void *context, struct nlab_run *const *runs, size_t count)
{
	struct plan *plan = context;
	plan->ticks++;
	plan->most = count > plan->most ? count : plan->most;
	for (size_t i = 0; i < count; i++) {
		plan->told[0] += plan->told[runs[i]->job.number]; /* none of them has been told to be over */
	}
	if (plan->pulse && plan->interrupt_at && atomic_load(&plan->pulse->processes) >= plan->interrupt_at) {
		plan->interrupt_at = 0;
		kill(getpid(), plan->signal);
	}
}

static const struct nlab_scheduler_calls CALLS = {next_job, job_ended, tick};

static struct plan make_plan(uint32_t jobs, size_t parallel, nlab_script_function *script, void *context)
{
	return (struct plan){.job = lab_run_job(),
			     .jobs = jobs,
			     .scheduler = {.calls = &CALLS,
					   .parallel = parallel,
					   .tick_ns = 5000000,
					   .script = script,
					   .script_context = context}};
}

/* Run it, and see that nothing is left. */
static enum nlab_scheduler_end run_plan(struct plan *plan, struct nlab_error *error)
{
	int before = descriptors_open();
	sigset_t blocked;
	plan->scheduler.context = plan;
	enum nlab_scheduler_end end = nlab_scheduler_run(&plan->scheduler, error);
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	assert_false(sigismember(&blocked, SIGINT) || sigismember(&blocked, SIGTERM));
	assert_int_equal(descriptors_open(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return end;
}

static void assert_each_told_once(const struct plan *plan, uint32_t jobs)
{
	for (uint32_t i = 1; i <= jobs; i++) {
		assert_int_equal(plan->told[i], 1);
	}
	assert_int_equal(plan->ended, jobs);
	assert_int_equal(plan->told[0], 0);
}

LAB_SCRIPT(leave)
{
	return 0;
}

static void every_end_is_told_once(void **state)
{
	struct plan plan = make_plan(40, 6, leave, NULL);
	(void)state;
	assert_int_equal(run_plan(&plan, NULL), NLAB_SCHEDULER_DONE);
	assert_each_told_once(&plan, 40);
	assert_int_equal(plan.over, 40);
	assert_int_equal(plan.timed_out + plan.failed, 0);
}

static void nothing_to_do(void **state)
{
	struct plan plan = make_plan(0, 6, leave, NULL);
	(void)state;
	assert_int_equal(run_plan(&plan, NULL), NLAB_SCHEDULER_DONE);
	assert_int_equal(plan.ended, 0);
}

/* The first four can only leave when four have come: were there fewer at once, they would run out of time. */
LAB_SCRIPT(meet)
{
	struct living *living = context;
	int now = atomic_fetch_add(&living->now, 1) + 1;
	int most = atomic_load(&living->most);
	while (now > most && !atomic_compare_exchange_weak(&living->most, &most, now)) {
	}
	atomic_fetch_add(&living->started, 1);
	while (atomic_load(&living->started) < 4) {
		usleep(100);
	}
	usleep(5000);
	atomic_fetch_sub(&living->now, 1);
	return 0;
}

static void so_many_run_at_once_and_no_more(void **state)
{
	struct living *living = lab_run_shared(sizeof *living);
	struct plan plan = make_plan(20, 4, meet, living);
	(void)state;
	assert_int_equal(run_plan(&plan, NULL), NLAB_SCHEDULER_DONE);
	assert_each_told_once(&plan, 20);
	assert_int_equal(plan.over, 20);
	assert_int_equal(living->most, 4);
	assert_in_range(plan.most, 1, 4);
	munmap(living, sizeof *living);
}

static void time_ends_what_does_not_end(void **state)
{
	struct pulse *pulse = lab_run_shared(sizeof *pulse);
	struct plan plan = make_plan(3, 2, pulse_script, pulse);
	(void)state;
	plan.job.bounds.timeout_ns = NLAB_NS_PER_S / 2;
	int64_t before = nlab_clock_limit_ns();
	assert_int_equal(run_plan(&plan, NULL), NLAB_SCHEDULER_DONE);
	assert_true(nlab_clock_limit_ns() - before >= NLAB_NS_PER_S); /* two rounds */
	assert_each_told_once(&plan, 3);
	assert_int_equal(plan.timed_out, 3);
	assert_int_equal(plan.over, 0);
	assert_true(plan.ticks > 0);
	pulse_assert_gone(pulse);
	munmap(pulse, sizeof *pulse);
}

static void the_caller_may_stop(void **state)
{
	struct plan plan = make_plan(40, 4, leave, NULL);
	(void)state;
	plan.stop_after = 5;
	assert_int_equal(run_plan(&plan, NULL), NLAB_SCHEDULER_STOPPED);
	assert_int_equal(plan.ended, 5);
	assert_in_range(plan.begun, 5, 5 + 4);
	for (uint32_t i = 1; i <= 40; i++) {
		assert_in_range(plan.told[i], 0, 1);
	}
}

static void assert_interrupted(int number)
{
	struct pulse *pulse = lab_run_shared(sizeof *pulse);
	struct plan plan = make_plan(10, 3, pulse_script, pulse);
	plan.pulse = pulse;
	plan.interrupt_at = 9;
	plan.signal = number;
	assert_int_equal(run_plan(&plan, NULL), NLAB_SCHEDULER_INTERRUPTED);
	assert_int_equal(plan.ended, 0);
	assert_int_equal(plan.begun, 3);
	pulse_assert_gone(pulse);
	munmap(pulse, sizeof *pulse);
}

static void a_signal_ends_everything(void **state)
{
	(void)state;
	assert_interrupted(SIGINT);
	assert_interrupted(SIGTERM);
}

static void a_lab_that_cannot_be_started(void **state)
{
	struct plan plan = make_plan(5, 2, leave, NULL);
	(void)state;
	plan.job.bounds.packets = UINT64_C(1) << 60;
	assert_int_equal(run_plan(&plan, NULL), NLAB_SCHEDULER_DONE);
	assert_each_told_once(&plan, 5);
	assert_int_equal(plan.failed, 5);
	assert_int_equal(plan.over, 0);
	assert_non_null(strstr(plan.problem, "cannot map the recording"));
}

static int without_namespaces(void)
{
	struct plan plan = make_plan(3, 2, leave, NULL);
	namespaces_write("/proc/sys/user/max_user_namespaces", "0");
	plan.scheduler.context = &plan;
	enum nlab_scheduler_end end = nlab_scheduler_run(&plan.scheduler, NULL);
	return end == NLAB_SCHEDULER_DONE && plan.failed == 3 && plan.ended == 3 &&
		       strstr(plan.problem, "cannot create the namespaces") && strstr(plan.problem, "ENOSPC")
		   ? 0
		   : 1;
}

static void a_machine_that_refuses_namespaces(void **state)
{
	(void)state;
	assert_int_equal(namespaces_run(without_namespaces), 0);
}

LAB_SCRIPT(be_killed)
{
	return kill(getpid(), SIGKILL);
}

static void a_script_that_is_killed_is_over(void **state)
{
	struct plan plan = make_plan(4, 4, be_killed, NULL);
	(void)state;
	assert_int_equal(run_plan(&plan, NULL), NLAB_SCHEDULER_DONE);
	assert_each_told_once(&plan, 4);
	assert_int_equal(plan.over, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_end_is_told_once),
	    cmocka_unit_test(nothing_to_do),
	    cmocka_unit_test(so_many_run_at_once_and_no_more),
	    cmocka_unit_test(time_ends_what_does_not_end),
	    cmocka_unit_test(the_caller_may_stop),
	    cmocka_unit_test(a_signal_ends_everything),
	    cmocka_unit_test(a_lab_that_cannot_be_started),
	    cmocka_unit_test(a_machine_that_refuses_namespaces),
	    cmocka_unit_test(a_script_that_is_killed_is_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
