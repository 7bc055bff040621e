/* lab.c: the lab process: set-up, one epoll loop, the end. Floor lab.
 * Invariant: whatever the experiment's processes do, the loop goes on until the script has ended or a bound is hit. */
#include "lab/lab.h"

#include "base/clock.h"
#include "base/fd.h"
#include "kernel/process.h"
#include "lab/network.h"
#include "lab/orders.h"
#include "lab/output.h"
#include "lab/reaper.h"
#include "lab/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define SPIN_NS    INT64_C(40000) /* the last stretch before a delayed frame is due is waited for awake */
#define EVENTS_MAX 32
#define FIRST_FREE 3 /* the first descriptor above standard error */

enum source { FROM_CONTROL, FROM_CHILDREN, FROM_WIRE, FROM_STDOUT, FROM_STDERR, FROM_ORDERS };

struct lab {
	struct nlab_lab_setup *setup;
	struct nlab_wire *wire;
	struct nlab_network network;
	struct nlab_reaper reaper;
	struct nlab_output output;
	struct nlab_orders orders;
	int epoll, children;
	pid_t script;
	bool stopped; /* a bound was hit, or the runner has gone */
};

static void trouble(struct nlab_recording *recording, const struct nlab_error *error)
{
	char text[512];
	struct nlab_event_record event = {
	    .head.time_ns = nlab_clock_recording_ns(), .event = NLAB_EVENT_TROUBLE, .a = error->code};
	nlab_error_text(error, text, sizeof text);
	nlab_recording_event(recording, &event, text, strlen(text));
}

/* Close every descriptor above standard error but these (-1: it is none), which get the numbers from 3 on. */
static bool keep_only(int *const kept[], size_t count)
{
	int next = FIRST_FREE;
	bool fine = true;
	for (size_t i = 0; i < count; i++) { /* out of the way of those numbers */
		*kept[i] = *kept[i] < 0 ? -1 : fcntl(*kept[i], F_DUPFD_CLOEXEC, 64);
	}
	for (size_t i = 0; i < count; i++) {
		if (*kept[i] >= 0) {
			*kept[i] = dup3(*kept[i], next++, O_CLOEXEC);
			fine &= *kept[i] >= 0;
		}
	}
	return fine && close_range((unsigned)next, ~0U, 0) == 0;
}

/* Keep nothing that belongs to the runner: its other labs' sockets above all. */
static bool close_inherited(struct nlab_lab_setup *setup, struct nlab_error *error)
{
	int empty = open("/dev/null", O_RDWR | O_CLOEXEC);
	int *kept[] = {&setup->control, &setup->files, &setup->prompt};
	if (empty < 0 || dup2(empty, STDIN_FILENO) < 0 || !keep_only(kept, 3)) {
		return nlab_error_set(error, errno, "close the runner's descriptors", "%s", "");
	}
	return true;
}

static bool watch(struct lab *lab, int fd, enum source source, struct nlab_error *error)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = source};
	return epoll_ctl(lab->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ||
	       nlab_error_set(error, errno, "watch a descriptor", "epoll_ctl");
}

static bool open_children(struct lab *lab, struct nlab_error *error)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	lab->children = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return lab->children >= 0 || nlab_error_set(error, errno, "make the signalfd", "SIGCHLD");
}

/* The script process: only its own descriptors, its limits, default signals. Does not return. */
static _Noreturn void be_script(const struct lab *lab, int orders, const int output[2])
{
	const struct nlab_bounds *bounds = lab->setup->bounds;
	const struct nlab_sandbox_limits limits = {.processes = bounds->processes, .files = bounds->files};
	struct nlab_error error = {0};
	struct nlab_script_sockets sockets = {orders, lab->setup->files, lab->setup->prompt};
	int *kept[] = {&sockets.orders, &sockets.files, &sockets.prompt};
	dup2(output[0], STDOUT_FILENO);
	dup2(output[1], STDERR_FILENO);
	if (!keep_only(kept, 3) || !nlab_sandbox_limit(&limits, &error)) {
		trouble(lab->setup->recording, &error);
		_exit(1);
	}
	nlab_process_default_signals();
	lab->setup->recording->pid = getpid();
	_exit(lab->setup->script(lab->setup->argument, &sockets));
}

static bool start_script(struct lab *lab, struct nlab_error *error)
{
	int output[2] = {-1, -1};
	int pair[2];
	if (!nlab_output_open(&lab->output, lab->setup->recording, lab->setup->bounds->output, output,
			      error)) {
		return false;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
		return nlab_error_set(error, errno, "make the script's order socket", "%s", "");
	}
	lab->script = fork();
	if (lab->script == 0) {
		be_script(lab, pair[1], output);
	}
	if (lab->script < 0) {
		return nlab_error_set(error, errno, "start the script process", "fork");
	}
	close(pair[1]);
	close(output[0]);
	close(output[1]);
	nlab_reaper_started(&lab->reaper, lab->script, NLAB_HOST_NONE, "script");
	lab->orders.script = lab->script;
	lab->orders.script_socket = pair[0];
	return nlab_orders_admit(&lab->orders, pair[0], error) &&
	       watch(lab, lab->output.read_end[0], FROM_STDOUT, error) &&
	       watch(lab, lab->output.read_end[1], FROM_STDERR, error);
}

static bool open_lab(struct lab *lab, struct nlab_error *error)
{
	struct nlab_recording *recording = lab->setup->recording;
	if (!close_inherited(lab->setup, error) ||
	    !nlab_sandbox_enter(lab->setup->control, lab->setup->bounds->tmp, error)) {
		return false;
	}
	prctl(PR_SET_TIMERSLACK, 1);
	prctl(PR_SET_NAME, "netlab-lab");
	lab->reaper.recording = recording;
	lab->epoll = epoll_create1(EPOLL_CLOEXEC);
	lab->wire = nlab_wire_new(recording, error);
	if (lab->epoll < 0 || !lab->wire || !nlab_network_open(&lab->network, recording, lab->wire, error)) {
		return false;
	}
	lab->orders = (struct nlab_orders){.recording = recording,
					   .network = &lab->network,
					   .wire = lab->wire,
					   .reaper = &lab->reaper,
					   .allowed = lab->setup->network};
	return nlab_orders_open(&lab->orders, error) && open_children(lab, error) &&
	       watch(lab, lab->children, FROM_CHILDREN, error) &&
	       watch(lab, lab->setup->control, FROM_CONTROL, error) &&
	       watch(lab, nlab_wire_fd(lab->wire), FROM_WIRE, error) &&
	       watch(lab, nlab_orders_fd(&lab->orders), FROM_ORDERS, error) && start_script(lab, error);
}

static void serve(struct lab *lab, enum source source)
{
	struct signalfd_siginfo ignored;
	switch (source) {
	case FROM_CONTROL: /* the runner never writes here after the start: its end is closed */
		lab->stopped = true;
		break;
	case FROM_CHILDREN:
		while (read(lab->children, &ignored, sizeof ignored) > 0) {
		}
		nlab_wire_drain(lab->wire, NLAB_DRAIN_MAX); /* what it sent stands before its end */
		nlab_reaper_collect(&lab->reaper);
		break;
	case FROM_WIRE:
		nlab_wire_carry(lab->wire);
		break;
	case FROM_STDOUT:
	case FROM_STDERR:
		lab->stopped |= !nlab_output_read(&lab->output, source - FROM_STDOUT);
		break;
	case FROM_ORDERS:
		nlab_orders_serve(&lab->orders);
		break;
	}
}

/* How long the loop may sleep: until a frame is due or a waiter's time is over. */
static int64_t time_to_sleep(struct lab *lab)
{
	int64_t due = nlab_wire_due(lab->wire);
	int64_t deadline = nlab_reaper_expire(&lab->reaper, nlab_clock_limit_ns());
	int64_t until_due = due == INT64_MAX ? INT64_MAX : due - nlab_clock_recording_ns();
	int64_t until_deadline = deadline == INT64_MAX ? INT64_MAX : deadline - nlab_clock_limit_ns();
	if (until_due != INT64_MAX) {
		until_due = until_due > SPIN_NS ? until_due - SPIN_NS : 0;
	}
	int64_t least = until_due < until_deadline ? until_due : until_deadline;
	return least < 0 ? 0 : least;
}

static void loop(struct lab *lab)
{
	struct epoll_event events[EVENTS_MAX];
	while (!lab->stopped) {
		const struct nlab_process *script = nlab_reaper_find(&lab->reaper, lab->script);
		if ((script && script->ended) || nlab_recording_overflowed(lab->setup->recording)) {
			return; /* a full recording is an error, and what comes now is in none */
		}
		nlab_orders_settle(&lab->orders);
		int64_t sleep_ns = time_to_sleep(lab);
		struct timespec limit = nlab_ns_timespec(sleep_ns == INT64_MAX ? 0 : sleep_ns);
		int ready =
		    epoll_pwait2(lab->epoll, events, EVENTS_MAX, sleep_ns == INT64_MAX ? NULL : &limit, NULL);
		for (int i = 0; i < ready; i++) {
			serve(lab, events[i].data.u32);
		}
	}
}

/* The script has ended: what is still on its way is recorded, then the runner is told. */
static void conclude(struct lab *lab)
{
	const char over = NLAB_LAB_OVER;
	nlab_wire_drain(lab->wire, NLAB_DRAIN_MAX);
	nlab_wire_check_lost(lab->wire);
	nlab_output_read(&lab->output, 0);
	nlab_output_read(&lab->output, 1);
	send(lab->setup->control, &over, 1, MSG_NOSIGNAL);
	if (getpid() == 1) { /* or this would reach beyond the lab */
		kill(-1, SIGKILL);
	}
	nlab_wire_close_ports(lab->wire);
}

int nlab_lab_main(void *setup)
{
	struct nlab_error error = {0};
	struct lab *lab = calloc(1, sizeof *lab);
	if (!lab) {
		return 1;
	}
	lab->setup = setup;
	lab->output.read_end[0] = lab->output.read_end[1] = -1;
	bool opened = open_lab(lab, &error);
	if (opened) {
		loop(lab);
		conclude(lab);
	} else {
		trouble(lab->setup->recording, &error);
	}
	nlab_orders_close(&lab->orders);
	free(lab); /* the kernel takes the rest, faster than we could */
	return opened ? 0 : 1;
}
