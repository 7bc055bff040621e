/* sandbox.h: one process in namespaces of its own, without any power over the machine outside.
 * Floor kernel. user_namespaces(7), pid_namespaces(7), mount_namespaces(7), clone(2). */
#ifndef NLAB_KERNEL_SANDBOX_H
#define NLAB_KERNEL_SANDBOX_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The id that root's experiments run as outside of their user namespace: nobody, so that they hold none of root's power. */
#define NLAB_SANDBOX_NOBODY 65534

/* Start a process as pid 1 of fresh user, pid, mount, ipc and uts namespaces (one clone3(2)). It runs
 * body(argument), which calls nlab_sandbox_enter() first, and exits with what that returns. `control` is the caller's end of
 * a SOCK_SEQPACKET pair: a byte on it tells the child that its ids are mapped. Returns the pid, with a pidfd in *pidfd
 * that the caller owns, or -1 and `error`. */
pid_t nlab_sandbox_start(int control, int (*body)(void *), void *argument, int *pidfd,
			 struct nlab_error *error);

/* In the new process: become root of the user namespace, die with the parent, and get a session, a read-only view of
 * the file system that nobody inside can undo, a network namespace, a /proc and an empty /tmp (tmpfs of `tmp_bytes`) of its own. `control` is the other end of that pair.
 * False with `error` when a step is refused. */
bool nlab_sandbox_enter(int control, uint64_t tmp_bytes, struct nlab_error *error);

struct nlab_sandbox_limits {
	uint64_t address_space; /* bytes, RLIMIT_AS; 0: unlimited */
	uint64_t file_size;     /* bytes, RLIMIT_FSIZE; 0: unlimited */
	uint32_t processes;     /* RLIMIT_NPROC, counted in the user namespace; 0: unlimited */
	uint32_t files;         /* RLIMIT_NOFILE; 0: unlimited */
};

/* Set the limits of this process and its children; no core dumps. setrlimit(2). */
bool nlab_sandbox_limit(const struct nlab_sandbox_limits *limits, struct nlab_error *error);

#endif
