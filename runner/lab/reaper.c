/* reaper.c: the processes of an experiment. Floor lab. */
#include "lab/reaper.h"

#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static struct nlab_process *find(struct nlab_reaper *reaper, pid_t pid)
{
	for (size_t i = reaper->count; i > 0; i--) {
		if (reaper->processes[i - 1].pid == pid) {
			return &reaper->processes[i - 1];
		}
	}
	return NULL;
}

const struct nlab_process *nlab_reaper_find(const struct nlab_reaper *reaper, pid_t pid)
{
	return find((struct nlab_reaper *)(uintptr_t)reaper, pid);
}

/* An entry for a pid that has none. Orphans of programs are many and nobody asks for them, so an entry of an unknown
 * process that has ended is used again. */
static struct nlab_process *add(struct nlab_reaper *reaper, pid_t pid)
{
	struct nlab_process *entry = NULL;
	for (size_t i = 0; i < reaper->count && !entry; i++) {
		if (!reaper->processes[i].known && reaper->processes[i].ended) {
			entry = &reaper->processes[i];
		}
	}
	if (!entry && reaper->count < NLAB_PROCESSES_MAX) {
		entry = &reaper->processes[reaper->count++];
	}
	if (entry) {
		*entry = (struct nlab_process){.pid = pid};
	}
	return entry;
}

static void record(struct nlab_reaper *reaper, const struct nlab_process *process, enum nlab_event_kind kind)
{
	struct nlab_event_record event = {.head.time_ns = nlab_clock_recording_ns(),
					  .event = (uint16_t)kind,
					  .host = process->host,
					  .pid = process->pid,
					  .a = process->status,
					  .b = process->signal};
	nlab_recording_event(reaper->recording, &event, process->name, strlen(process->name));
}

static void answer(int socket, const struct nlab_process *process, int code)
{
	struct nlab_reply reply = {0};
	if (code || !process) {
		nlab_error_set(&reply.error, code, "wait for a process", "%s",
			       process ? process->name : "no such pid");
	} else {
		reply.value = process->status;
		reply.value2 = process->signal;
	}
	nlab_order_send(socket, &reply, sizeof reply, -1);
}

static void drop_waiter(struct nlab_reaper *reaper, size_t index)
{
	reaper->waiters[index] = reaper->waiters[--reaper->waiting];
}

bool nlab_reaper_started(struct nlab_reaper *reaper, pid_t pid, uint16_t host, const char *name)
{
	struct nlab_process *process = find(reaper, pid);
	bool ended_before = process && process->ended && !process->known;
	if (!ended_before) {
		process = add(reaper, pid);
	}
	if (!process) {
		return false;
	}
	process->known = true;
	process->host = host;
	snprintf(process->name, sizeof process->name, "%s", name);
	record(reaper, process, NLAB_EVENT_START);
	if (ended_before) {
		record(reaper, process, NLAB_EVENT_EXIT);
	}
	return true;
}

static void ended(struct nlab_reaper *reaper, struct nlab_process *process, int status, int signal)
{
	process->ended = true;
	process->status = status;
	process->signal = signal;
	if (process->known) {
		record(reaper, process, NLAB_EVENT_EXIT);
	}
	for (size_t i = reaper->waiting; i > 0; i--) {
		if (reaper->waiters[i - 1].pid == process->pid) {
			answer(reaper->waiters[i - 1].socket, process, 0);
			drop_waiter(reaper, i - 1);
		}
	}
}

void nlab_reaper_finished(struct nlab_reaper *reaper, pid_t pid, int status)
{
	struct nlab_process *process = find(reaper, pid);
	if (process && !process->ended) {
		ended(reaper, process, status, 0);
	}
}

void nlab_reaper_collect(struct nlab_reaper *reaper)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct nlab_process *process = find(reaper, pid);
		if (!process || process->ended) {
			process = add(reaper, pid);
		}
		if (process) {
			ended(reaper, process, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
			      WIFSIGNALED(status) ? WTERMSIG(status) : 0);
		}
	}
}

void nlab_reaper_kill(const struct nlab_reaper *reaper, uint16_t host)
{
	for (size_t i = 0; i < reaper->count; i++) {
		const struct nlab_process *process = &reaper->processes[i];
		if (process->known && !process->ended && process->host == host) {
			kill(process->pid, SIGKILL);
		}
	}
}

void nlab_reaper_wait(struct nlab_reaper *reaper, int socket, pid_t pid, int64_t timeout_ns)
{
	const struct nlab_process *process = nlab_reaper_find(reaper, pid);
	if (!process || !process->known) {
		answer(socket, NULL, ECHILD);
	} else if (process->ended) {
		answer(socket, process, 0);
	} else if (timeout_ns == 0) {
		answer(socket, process, ETIMEDOUT);
	} else if (reaper->waiting == NLAB_WAITERS_MAX) {
		answer(socket, process, EAGAIN);
	} else {
		int64_t now = nlab_clock_limit_ns();
		bool limited = timeout_ns >= 0 && timeout_ns < INT64_MAX - now;
		int64_t deadline = limited ? now + timeout_ns : INT64_MAX;
		reaper->waiters[reaper->waiting++] =
		    (struct nlab_waiter){.socket = socket, .pid = pid, .deadline_ns = deadline};
	}
}

int64_t nlab_reaper_expire(struct nlab_reaper *reaper, int64_t now_ns)
{
	int64_t next = INT64_MAX;
	for (size_t i = reaper->waiting; i > 0; i--) {
		const struct nlab_waiter *waiter = &reaper->waiters[i - 1];
		if (waiter->deadline_ns <= now_ns) {
			answer(waiter->socket, nlab_reaper_find(reaper, waiter->pid), ETIMEDOUT);
			drop_waiter(reaper, i - 1);
		} else if (waiter->deadline_ns < next) {
			next = waiter->deadline_ns;
		}
	}
	return next;
}

void nlab_reaper_forget(struct nlab_reaper *reaper, int socket)
{
	for (size_t i = reaper->waiting; i > 0; i--) {
		if (reaper->waiters[i - 1].socket == socket) {
			drop_waiter(reaper, i - 1);
		}
	}
}
