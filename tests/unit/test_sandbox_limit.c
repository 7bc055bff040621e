/* Tests of nlab_sandbox_limit() of kernel/sandbox.h: each limit is set, and does what it says. */
#include "kernel/sandbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Run a check in a process of its own; its exit status says which line of it failed. */
static void assert_in_child(int (*check)(void))
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		_exit(check());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static bool is(__rlimit_resource_t resource, rlim_t wanted)
{
	struct rlimit have;
	return getrlimit(resource, &have) == 0 && have.rlim_cur == wanted && have.rlim_max == wanted;
}

static int set_all(void)
{
	const struct nlab_sandbox_limits limits = {
	    .address_space = UINT64_C(1) << 46, .file_size = 4096, .processes = 10, .files = 40};
	if (!nlab_sandbox_limit(&limits, NULL)) {
		return 1;
	}
	return is(RLIMIT_AS, (rlim_t)1 << 46) && is(RLIMIT_FSIZE, 4096) && is(RLIMIT_NPROC, 10) &&
		       is(RLIMIT_NOFILE, 40) && is(RLIMIT_CORE, 0)
		   ? 0
		   : 2;
}

static void all_are_set(void **state)
{
	(void)state;
	assert_in_child(set_all);
}

static int set_none(void)
{
	const struct nlab_sandbox_limits limits = {0};
	struct rlimit before[3], after[3];
	static const __rlimit_resource_t which[] = {RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_NOFILE};
	for (int i = 0; i < 3; i++) {
		getrlimit(which[i], &before[i]);
	}
	if (!nlab_sandbox_limit(&limits, NULL)) {
		return 1;
	}
	for (int i = 0; i < 3; i++) {
		getrlimit(which[i], &after[i]);
		if (before[i].rlim_cur != after[i].rlim_cur || before[i].rlim_max != after[i].rlim_max) {
			return 2;
		}
	}
	return is(RLIMIT_CORE, 0) ? 0 : 3;
}

static void zero_leaves_them_alone(void **state)
{
	(void)state;
	assert_in_child(set_none);
}

static int set_more_than_allowed(void)
{
	const struct nlab_sandbox_limits limits = {.files = 4000};
	const struct rlimit low = {30, 50};
	return setrlimit(RLIMIT_NOFILE, &low) || !nlab_sandbox_limit(&limits, NULL) || !is(RLIMIT_NOFILE, 50);
}

static void a_lower_limit_stays(void **state)
{
	(void)state;
	assert_in_child(set_more_than_allowed);
}

static int open_files(void)
{
	const struct nlab_sandbox_limits limits = {.files = 20};
	int opened = 0;
	nlab_sandbox_limit(&limits, NULL);
	while (opened < 100 && open("/dev/null", O_RDONLY) >= 0) {
		opened++;
	}
	return opened > 0 && opened < 20 && errno == EMFILE ? 0 : 1;
}

static void files_end(void **state)
{
	(void)state;
	assert_in_child(open_files);
}

static int write_much(void)
{
	const struct nlab_sandbox_limits limits = {.file_size = 1000};
	char bytes[3000] = "";
	FILE *file = tmpfile();
	signal(SIGXFSZ, SIG_IGN);
	return !file || !nlab_sandbox_limit(&limits, NULL) ||
	       write(fileno(file), bytes, sizeof bytes) != 1000 || write(fileno(file), bytes, 1) >= 0 ||
	       errno != EFBIG;
}

static void a_file_ends(void **state)
{
	(void)state;
	assert_in_child(write_much);
}

/* In the sandbox: processes are counted in its user namespace, whatever else the user runs. */
static int fork_much(void *argument)
{
	const struct nlab_sandbox_limits limits = {.processes = 8};
	const int *ends = argument;
	int started = 0;
	pid_t pid = 0;
	if (!nlab_sandbox_enter(ends[1], 4096, NULL) || !nlab_sandbox_limit(&limits, NULL)) {
		return 100;
	}
	while (started < 50 && (pid = fork()) >= 0) {
		if (pid == 0) {
			pause();
		}
		started++;
	}
	return pid < 0 && errno == EAGAIN ? started : 101;
}

static void processes_end(void **state)
{
	int ends[2], pidfd = -1, status;
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	pid_t pid = nlab_sandbox_start(ends[0], fork_much, ends, &pidfd, NULL);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7); /* and pid 1 itself */
	close(ends[0]);
	close(ends[1]);
	close(pidfd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_are_set),         cmocka_unit_test(zero_leaves_them_alone),
	    cmocka_unit_test(a_lower_limit_stays), cmocka_unit_test(files_end),
	    cmocka_unit_test(a_file_ends),         cmocka_unit_test(processes_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
