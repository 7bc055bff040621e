/* lab_run.h: one real lab with a script process that is a function of the test, from start to end, and what it leaves in
 * shared memory. Include it behind cmocka.h. No check of cmocka runs in a script process: it says what it saw with its
 * exit status, with records, or in shared memory. */
#ifndef NLAB_TESTS_LAB_RUN_H
#define NLAB_TESTS_LAB_RUN_H

#include "base/clock.h"
#include "main/broker.h"
#include "main/run.h"

#include "recorded.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define LAB_RUN_PATIENCE_MS 60000

/* The head of a script process's function, with its arguments: see nlab_script_function. */
#define LAB_SCRIPT(name)                                                                                     \
	static int name(__attribute__((unused)) void *context,                                               \
			__attribute__((unused)) const struct nlab_job *job,                                  \
			__attribute__((unused)) struct nlab_recording *recording,                            \
			__attribute__((unused)) const struct nlab_script_sockets *sockets)

static inline struct nlab_job lab_run_job(void)
{
	return (struct nlab_job){.path = "tests/unit/script.lua",
				 .text = "",
				 .experiment = 1,
				 .bounds = {.timeout_ns = 60 * NLAB_NS_PER_S,
					    .memory = 64 << 20,
					    .output = 64 << 10,
					    .tmp = 1 << 20,
					    .packets = 4 << 20,
					    .calls = 8192,
					    .processes = 64,
					    .files = 256}};
}

/* Memory that later forks share with the test, zeroed; unmap it with munmap(2). */
static inline void *lab_run_shared(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(at, MAP_FAILED);
	return at;
}

static inline void lab_run_start(struct nlab_run *run, const struct nlab_job *job,
				 nlab_script_function *script, void *context)
{
	char text[512];
	if (!nlab_run_start(run, job, script, context)) {
		fail_msg("%s", nlab_error_text(&run->error, text, sizeof text));
	}
}

/* Serve the lab until it says that the experiment is over; false when it died or the test's patience is over. */
static inline bool lab_run_serve(struct nlab_run *run)
{
	struct pollfd waiting[] = {{.fd = run->control, .events = POLLIN},
				   {.fd = run->files, .events = POLLIN}};
	char byte = 0;
	while (poll(waiting, 2, LAB_RUN_PATIENCE_MS) > 0) {
		if (waiting[0].revents) {
			run->over = recv(run->control, &byte, 1, MSG_DONTWAIT) == 1 && byte == NLAB_LAB_OVER;
			return run->over;
		}
		nlab_broker_serve(run->files, run->folder);
	}
	return false;
}

/* A whole run; what was recorded stays until nlab_run_close(). */
static inline void lab_run(struct nlab_run *run, const struct nlab_job *job, nlab_script_function *script,
			   void *context)
{
	char text[512];
	lab_run_start(run, job, script, context);
	bool over = lab_run_serve(run);
	nlab_run_kill(run);
	if (!over) {
		recorded_text(recorded_event(&run->recording, NLAB_EVENT_TROUBLE, 0), text);
		nlab_run_close(run);
		fail_msg("the lab did not come to its end: %s", text);
	}
}

/* Packet number `nth`, from 0; fails when there are not so many. */
__attribute__((returns_nonnull, noinline, unused)) static const struct nlab_packet_record *
lab_run_packet(const struct nlab_run *run, unsigned nth)
{
	const struct nlab_packet_record *packet = recorded_packet(&run->recording, nth);
	assert_non_null(packet);
	return packet;
}

/* How the script process ended: its exit status, or -1. */
static inline int64_t lab_run_status(const struct nlab_run *run)
{
	char text[512];
	const struct nlab_event_record *event;
	for (unsigned i = 0; (event = recorded_event(&run->recording, NLAB_EVENT_EXIT, i)); i++) {
		if (strcmp(recorded_text(event, text), "script") == 0) {
			return event->a;
		}
	}
	return -1;
}

#endif
