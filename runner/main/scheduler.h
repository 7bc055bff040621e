/* scheduler.h: runs jobs, some at once, each within its time, and tells what became of them.
 * Floor main. One epoll loop; no threads. */
#ifndef NLAB_MAIN_SCHEDULER_H
#define NLAB_MAIN_SCHEDULER_H

#include "main/run.h"

struct nlab_scheduler_calls {
	/* Fill in the next job; false: there is none now (and none later, once nothing runs). */
	bool (*next)(void *context, struct nlab_job *job);
	/* A run has ended, or could not be started: look at it now, it is closed later. False: stop, kill all others. */
	bool (*ended)(void *context, struct nlab_run *run);
	/* About tick_ns have gone; `runs` are living. NULL: never. */
	void (*tick)(void *context, struct nlab_run *const *runs, size_t count);
};

struct nlab_scheduler {
	const struct nlab_scheduler_calls *calls;
	void *context;   /* of the calls */
	size_t parallel; /* runs living at once */
	int64_t tick_ns;
	nlab_script_function *script;
	void *script_context;
};

enum nlab_scheduler_end {
	NLAB_SCHEDULER_DONE,
	NLAB_SCHEDULER_STOPPED,     /* `ended` said so */
	NLAB_SCHEDULER_INTERRUPTED, /* SIGINT or SIGTERM */
	NLAB_SCHEDULER_FAILED,      /* `error` */
};

/* Run until there are no more jobs. When it returns, no process of any lab is left. */
enum nlab_scheduler_end nlab_scheduler_run(const struct nlab_scheduler *scheduler, struct nlab_error *error);

#endif
