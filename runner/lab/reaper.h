/* reaper.h: the processes of an experiment: their starts, their deaths, and who waits for them.
 * Floor lab. The lab is the parent of them all (and as pid 1 of every orphan), so it alone knows every end. */
#ifndef NLAB_LAB_REAPER_H
#define NLAB_LAB_REAPER_H

#include "facts/order.h"
#include "facts/recording.h"

#include <stdint.h>
#include <sys/types.h>

#define NLAB_PROCESSES_MAX 1024 /* that one experiment may start in its life */
#define NLAB_WAITERS_MAX   256

struct nlab_process {
	pid_t pid;
	uint16_t host;
	bool known; /* its start was recorded */
	bool ended;
	int status; /* exit status, -1 when a signal ended it */
	int signal; /* that signal, or 0 */
	char name[NLAB_ORDER_NAME];
};

struct nlab_waiter {
	int socket; /* where the reply goes, borrowed */
	pid_t pid;
	int64_t deadline_ns; /* limit clock; INT64_MAX: none */
};

struct nlab_reaper {
	struct nlab_recording *recording; /* borrowed */
	struct nlab_process processes[NLAB_PROCESSES_MAX];
	size_t count;
	struct nlab_waiter waiters[NLAB_WAITERS_MAX];
	size_t waiting;
};

/* Record that `pid` started. False when the table is full. */
bool nlab_reaper_started(struct nlab_reaper *reaper, pid_t pid, uint16_t host, const char *name);

/* Collect every child that has ended (waitpid(2), without blocking), record it and answer who waits for it. */
void nlab_reaper_collect(struct nlab_reaper *reaper);

/* Record the end of a process that said itself that it has ended, and answer who waits for it. */
void nlab_reaper_finished(struct nlab_reaper *reaper, pid_t pid, int status);

/* Kill every process that was started in this host with SIGKILL. Does not wait for their ends. */
void nlab_reaper_kill(const struct nlab_reaper *reaper, uint16_t host);

/* The process with this pid, or NULL. Borrowed until the next start. */
const struct nlab_process *nlab_reaper_find(const struct nlab_reaper *reaper, pid_t pid);

/* Answer a WAIT order on `socket` now or when the process ends or the time is over. */
void nlab_reaper_wait(struct nlab_reaper *reaper, int socket, pid_t pid, int64_t timeout_ns);

/* Answer waiters whose time is over; returns the next deadline (limit clock), INT64_MAX when there is none. */
int64_t nlab_reaper_expire(struct nlab_reaper *reaper, int64_t now_ns);

/* Forget the waiters of a socket that is about to be closed. */
void nlab_reaper_forget(struct nlab_reaper *reaper, int socket);

#endif
