/* process.c: processes of an experiment. Floor kernel. */
#include "kernel/process.h"

#include "kernel/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_FREE 3 /* the first descriptor that is not a standard stream */

pid_t nlab_process_fork(void)
{
	/* With CLONE_PARENT the exit signal is the caller's own; clone3 wants 0 here. */
	struct clone_args args = {.flags = CLONE_PARENT};
	return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

/* Put the three streams on 0, 1 and 2, whatever their numbers are. */
static bool place_streams(const struct nlab_program *program)
{
	const int from[] = {program->input, program->output, program->errors};
	int high[3];
	for (int i = 0; i < 3; i++) {
		high[i] = dup(from[i]);
		while (high[i] >= 0 && high[i] < FIRST_FREE) {
			high[i] = dup(high[i]);
		}
	}
	for (int i = 0; i < 3; i++) {
		if (high[i] < 0 || dup2(high[i], i) < 0) {
			return false;
		}
	}
	return true;
}

void nlab_process_default_signals(void)
{
	/* Straight to the kernel: signal(3) does not let go of the two signals that glibc keeps for itself, and make(1) has them
	 * ignored. */
	const struct {
		uintptr_t handler, flags, restorer;
		uint64_t mask;
	} action = {0};
	const uint64_t none = 0;
	for (int number = 1; number < NSIG; number++) {
		syscall(SYS_rt_sigaction, number, &action, NULL, sizeof action.mask);
	}
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}

/* Take the folders that cannot be entered out of PATH: because of them execvp(3) would say EACCES where the truth is
 * ENOENT. A run as root has such folders, since its experiments are not root. */
static void keep_searchable_path(void)
{
	const char *path = getenv("PATH");
	char kept[4096] = "";
	char *copy = path ? strdup(path) : NULL;
	char *rest = copy;
	const char *folder;
	while (copy && (folder = strsep(&rest, ":"))) {
		size_t used = strlen(kept);
		if (access(folder, X_OK) == 0 && used + strlen(folder) + 2 < sizeof kept) {
			snprintf(kept + used, sizeof kept - used, "%s%s", used ? ":" : "", folder);
		}
	}
	if (copy) {
		setenv("PATH", kept, 1);
		free(copy);
	}
}

_Noreturn void nlab_process_become(const struct nlab_program *program)
{
	const struct nlab_sandbox_limits limits = {.address_space = program->address_space,
						   .file_size = program->file_size};
	int failure =
	    fcntl(program->failure, F_DUPFD_CLOEXEC, FIRST_FREE); /* a stream takes its number otherwise */
	nlab_process_default_signals();
	keep_searchable_path(); /* takes memory: before the limits */
	if (place_streams(program) && nlab_sandbox_limit(&limits, NULL)) {
		close_range(FIRST_FREE, ~0U, CLOSE_RANGE_CLOEXEC);
		if (program->environment) {
			execvpe(program->arguments[0], program->arguments, program->environment);
		} else {
			execvp(program->arguments[0], program->arguments);
		}
	}
	int code = errno;
	ssize_t written = write(failure, &code, sizeof code);
	_exit(written == sizeof code ? 127 : 126);
}
