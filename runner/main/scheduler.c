/* scheduler.c: runs jobs, some at once. Floor main.
 * A run lives until its lab says that it is over, dies, or runs out of time; then its slot is free for the next one,
 * while the kernel still takes the lab apart (tens of milliseconds of waiting in it, no work). */
#include "main/scheduler.h"

#include "base/clock.h"
#include "base/fd.h"
#include "main/broker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 64
#define DYING_MAX  256                 /* labs being taken apart at once */
#define ENDING_NS  (2 * NLAB_NS_PER_S) /* that a lab may take to end after it was over */

enum source { FROM_SIGNALS, FROM_CONTROL, FROM_FILES, FROM_DEATH };

struct slot;
struct watcher {
	struct slot *slot;
	enum source source;
};

struct slot {
	struct nlab_run run;
	bool told; /* the end was told */
	struct watcher control, files, death;
};

struct loop {
	const struct nlab_scheduler *scheduler;
	int epoll, signals;
	struct slot **slots; /* living and dying */
	size_t count, room, living;
	struct watcher signal_watcher;
	int64_t next_tick_ns;
	bool no_more, stopped, interrupted;
};

static bool watch(const struct loop *loop, int fd, struct watcher *watcher)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = watcher};
	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Tell the end of a run, once, and have its lab taken apart. */
static void tell(struct loop *loop, struct slot *slot)
{
	if (slot->told) {
		return;
	}
	slot->told = true;
	slot->run.ended_ns = nlab_clock_limit_ns();
	loop->living--;
	if (!loop->stopped && !loop->scheduler->calls->ended(loop->scheduler->context, &slot->run)) {
		loop->stopped = true;
	}
	slot->run.killed =
	    !slot->run.over; /* a lab that is over ends by itself, and faster; enforce() sees to it */
	if (slot->run.killed) {
		nlab_run_kill(&slot->run);
	} else {
		slot->run.deadline_ns = slot->run.ended_ns + ENDING_NS;
	}
}

static void forget(struct loop *loop, struct slot *slot)
{
	for (size_t i = 0; i < loop->count; i++) {
		if (loop->slots[i] == slot) {
			loop->slots[i] = loop->slots[--loop->count];
			break;
		}
	}
	/* A close alone is not enough: another lab that is just starting still has copies of these. */
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, slot->run.control, NULL);
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, slot->run.files, NULL);
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, slot->run.pidfd, NULL);
	nlab_run_close(&slot->run);
	free(slot);
}

static bool grow(struct loop *loop)
{
	size_t room = loop->room ? loop->room * 2 : 16;
	struct slot **slots = realloc(loop->slots, room * sizeof(struct slot *));
	if (!slots) {
		return false;
	}
	loop->slots = slots;
	loop->room = room;
	return true;
}

static bool start(struct loop *loop, const struct nlab_job *job, struct nlab_error *error)
{
	struct slot *slot = loop->count < loop->room || grow(loop) ? calloc(1, sizeof *slot) : NULL;
	if (!slot) {
		return nlab_error_set(error, ENOMEM, "start an experiment", "%s", job->path);
	}
	slot->control = (struct watcher){slot, FROM_CONTROL};
	slot->files = (struct watcher){slot, FROM_FILES};
	slot->death = (struct watcher){slot, FROM_DEATH};
	loop->slots[loop->count++] = slot;
	loop->living++;
	if (!nlab_run_start(&slot->run, job, loop->scheduler->script, loop->scheduler->script_context)) {
		tell(loop, slot);
		forget(loop, slot);
		return true;
	}
	return (watch(loop, slot->run.control, &slot->control) &&
		watch(loop, slot->run.files, &slot->files) && watch(loop, slot->run.pidfd, &slot->death)) ||
	       nlab_error_set(error, errno, "watch a lab", "%s", job->path);
}

static bool fill(struct loop *loop, struct nlab_error *error)
{
	struct nlab_job job;
	while (!loop->stopped && !loop->no_more && loop->living < loop->scheduler->parallel &&
	       loop->count - loop->living < DYING_MAX) {
		if (!loop->scheduler->calls->next(loop->scheduler->context, &job)) {
			loop->no_more = true;
		} else if (!start(loop, &job, error)) {
			return false;
		}
	}
	return true;
}

static void read_control(struct loop *loop, struct slot *slot)
{
	char byte;
	ssize_t got = recv(slot->run.control, &byte, 1, MSG_DONTWAIT);
	if (got == 1 && byte == NLAB_LAB_OVER) {
		slot->run.over = true;
		tell(loop, slot);
	}
	if (got <= 0 || slot->run.over) {
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL, slot->run.control, NULL);
	}
}

static void serve(struct loop *loop, const struct watcher *watcher)
{
	struct signalfd_siginfo signal;
	switch (watcher->source) {
	case FROM_SIGNALS:
		loop->interrupted |= read(loop->signals, &signal, sizeof signal) == sizeof signal;
		loop->stopped |= loop->interrupted;
		break;
	case FROM_CONTROL:
		read_control(loop, watcher->slot);
		break;
	case FROM_FILES:
		nlab_broker_serve(watcher->slot->run.files, watcher->slot->run.folder);
		break;
	case FROM_DEATH:
		read_control(loop, watcher->slot); /* its last word may still be there */
		tell(loop, watcher->slot);
		forget(loop, watcher->slot);
		break;
	}
}

/* Kill what is out of time (or everything, once stopped); returns when the next deadline is, INT64_MAX: none. */
static int64_t enforce(struct loop *loop)
{
	int64_t now = nlab_clock_limit_ns();
	int64_t next = INT64_MAX;
	for (size_t i = 0; i < loop->count; i++) {
		struct nlab_run *run = &loop->slots[i]->run;
		if (run->killed) {
			continue;
		}
		bool late = run->deadline_ns <= now;
		run->timed_out = late && !loop->slots[i]->told;
		if (late || (loop->stopped && !loop->slots[i]->told)) {
			run->killed = true;
			nlab_run_kill(run);
		} else if (run->deadline_ns < next) {
			next = run->deadline_ns;
		}
	}
	return next;
}

static void tick(struct loop *loop)
{
	int64_t now = nlab_clock_limit_ns();
	if (!loop->scheduler->calls->tick || now < loop->next_tick_ns) {
		return;
	}
	loop->next_tick_ns = now + loop->scheduler->tick_ns;
	struct nlab_run **runs = calloc(loop->living + 1, sizeof(struct nlab_run *));
	size_t count = 0;
	for (size_t i = 0; runs && i < loop->count; i++) {
		if (!loop->slots[i]->told) {
			runs[count++] = &loop->slots[i]->run;
		}
	}
	loop->scheduler->calls->tick(loop->scheduler->context, runs, count);
	free(runs);
}

static void wait_and_serve(struct loop *loop)
{
	struct epoll_event events[EVENTS_MAX];
	int64_t until = enforce(loop);
	if (loop->scheduler->calls->tick && loop->next_tick_ns < until) {
		until = loop->next_tick_ns;
	}
	int64_t sleep_ns = until == INT64_MAX ? -1 : until - nlab_clock_limit_ns();
	struct timespec limit = nlab_ns_timespec(sleep_ns < 0 ? 0 : sleep_ns);
	int ready = epoll_pwait2(loop->epoll, events, EVENTS_MAX, until == INT64_MAX ? NULL : &limit, NULL);
	/* A death frees its slot, whose other events may stand behind it: deaths come last. */
	const struct watcher *deaths[EVENTS_MAX];
	int dead = 0;
	for (int i = 0; i < ready; i++) {
		const struct watcher *watcher = events[i].data.ptr;
		if (watcher->source == FROM_DEATH) {
			deaths[dead++] = watcher;
		} else {
			serve(loop, watcher);
		}
	}
	for (int i = 0; i < dead; i++) {
		serve(loop, deaths[i]);
	}
	tick(loop);
}

static bool open_loop(struct loop *loop, sigset_t *before, struct nlab_error *error)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, before);
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	loop->signal_watcher = (struct watcher){NULL, FROM_SIGNALS};
	return (loop->epoll >= 0 && loop->signals >= 0 &&
		watch(loop, loop->signals, &loop->signal_watcher)) ||
	       nlab_error_set(error, errno, "start the scheduler", "%s", "");
}

static void close_loop(struct loop *loop, const sigset_t *before)
{
	for (size_t i = 0; i < loop->count; i++) {
		if (!loop->slots[i]->told) {
			nlab_run_kill(&loop->slots[i]->run);
		}
	}
	while (loop->count &&
	       loop->epoll >= 0) { /* those that are over end by themselves, or are killed in time */
		wait_and_serve(loop);
	}
	while (loop->count) {
		nlab_run_kill(&loop->slots[0]->run);
		forget(loop, loop->slots[0]);
	}
	free(loop->slots);
	nlab_fd_close(&loop->epoll);
	nlab_fd_close(&loop->signals);
	sigprocmask(SIG_SETMASK, before, NULL);
}

enum nlab_scheduler_end nlab_scheduler_run(const struct nlab_scheduler *scheduler, struct nlab_error *error)
{
	struct loop loop = {.scheduler = scheduler, .epoll = -1, .signals = -1};
	sigset_t before;
	bool fine = open_loop(&loop, &before, error) && fill(&loop, error);
	while (fine && (loop.living || (loop.count && !loop.no_more && !loop.stopped))) {
		wait_and_serve(&loop);
		fine = fill(&loop, error);
	}
	close_loop(&loop, &before);
	if (!fine) {
		return NLAB_SCHEDULER_FAILED;
	}
	return loop.interrupted ? NLAB_SCHEDULER_INTERRUPTED
	       : loop.stopped   ? NLAB_SCHEDULER_STOPPED
				: NLAB_SCHEDULER_DONE;
}
