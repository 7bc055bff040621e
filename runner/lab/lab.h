/* lab.h: the lab process: pid 1 of an experiment's namespaces.
 * Floor lab. C only, one epoll loop: the wire, the recorder, the reaper, the orders of the script. */
#ifndef NLAB_LAB_LAB_H
#define NLAB_LAB_LAB_H

#include "facts/recording.h"
#include "kernel/sandbox.h"

#include <stdint.h>

/* What the bounds of one experiment are; all are hit with an event of kind LIMIT, never silently. */
struct nlab_bounds {
	int64_t timeout_ns;     /* the runner's: from the start to the result */
	uint64_t memory;        /* bytes: the script's Lua state, and each actor's */
	uint64_t address_space; /* bytes: each program of host:exec, RLIMIT_AS; 0: unlimited */
	uint64_t output;        /* bytes kept of what is printed */
	uint64_t tmp;           /* bytes: the private /tmp */
	uint64_t packets;       /* bytes of packets and events that the recording holds */
	uint64_t calls;         /* slots that the recording holds */
	uint32_t processes;     /* living at once, RLIMIT_NPROC */
	uint32_t files;         /* open in one process, RLIMIT_NOFILE */
};

/* What the script process talks over, each a SOCK_SEQPACKET socket. */
struct nlab_script_sockets {
	int orders; /* to the lab */
	int files;  /* to whoever opens files for it */
	int prompt; /* to whoever types what it is to run, line by line; -1: nobody does */
};

struct nlab_lab_setup {
	struct nlab_recording *recording;
	const struct nlab_bounds *bounds;
	int control; /* SOCK_SEQPACKET to the runner: NLAB_LAB_OVER goes up once; when it closes, the lab ends */
	int files;    /* passed on to the script */
	int prompt;   /* passed on to the script; -1: none */
	bool network; /* false: only to read what a script declares */
	/* the script process: returns its exit status */
	int (*script)(void *argument, const struct nlab_script_sockets *sockets);
	void *argument;
};

#define NLAB_LAB_OVER 'o' /* on the control socket: the experiment is over and everything is recorded */

/* Be the lab: enter the sandbox, start the script, serve until the script has ended. For nlab_sandbox_start():
 * `setup` is a struct nlab_lab_setup. Returns the exit status, 0 when the experiment came to its end; what could not be
 * done stands in the recording as an event of kind TROUBLE. */
int nlab_lab_main(void *setup);

#endif
