/* process.h: processes of an experiment: forks that are children of the lab, and programs.
 * Floor kernel. clone(2), execve(2). */
#ifndef NLAB_KERNEL_PROCESS_H
#define NLAB_KERNEL_PROCESS_H

#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>

/* Fork the calling process; the new one is a child of the caller's parent (CLONE_PARENT), so that the lab reaps it.
 * Returns 0 in the new process, its pid in the caller, -1 with errno (EAGAIN: the limit of processes). */
pid_t nlab_process_fork(void);

/* Give every signal its default action and block none, whatever the caller's parent had chosen. */
void nlab_process_default_signals(void);

struct nlab_program {
	char *const *arguments;    /* argv, NULL-terminated; arguments[0] is looked up in PATH */
	char *const *environment;  /* NULL-terminated; NULL: the caller's */
	int input, output, errors; /* descriptors for 0, 1 and 2 */
	int failure; /* close-on-exec pipe: gets the errno (an int) when the program cannot be executed */
	uint64_t address_space; /* bytes, RLIMIT_AS; 0: unlimited */
	uint64_t file_size;     /* bytes, RLIMIT_FSIZE: what it may write to its output; 0: unlimited */
};

/* In a new process: become the program. Every descriptor above 2 is closed, every signal has its default action.
 * Does not return: when it fails, errno goes to `failure` and the process exits with status 127. */
_Noreturn void nlab_process_become(const struct nlab_program *program);

#endif
