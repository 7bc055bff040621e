/* run.c: one run of one experiment. Floor main. */
#include "main/run.h"

#include "base/clock.h"
#include "base/fd.h"
#include "kernel/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int script_process(void *argument, const struct nlab_script_sockets *sockets)
{
	struct nlab_run *run = argument;
	return run->script(run->context, &run->job, &run->recording, sockets);
}

/* The folder in which a script's require() looks; -1 when it cannot be opened. */
static int open_folder(const char *path)
{
	char copy[PATH_MAX];
	snprintf(copy, sizeof copy, "%s", path);
	return open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static bool open_pair(int *ours, int *theirs, struct nlab_error *error)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		return nlab_error_set(error, errno, "make the sockets to the lab", "%s", "");
	}
	*ours = ends[0];
	*theirs = ends[1];
	return true;
}

bool nlab_run_start(struct nlab_run *run, const struct nlab_job *job, nlab_script_function *script,
		    void *context)
{
	nlab_autofd control = -1;
	nlab_autofd files = -1;
	nlab_autofd prompt = -1;
	*run = (struct nlab_run){.job = *job,
				 .script = script,
				 .context = context,
				 .control = -1,
				 .files = -1,
				 .folder = -1,
				 .pidfd = -1,
				 .prompt = -1};
	run->started_ns = nlab_clock_limit_ns();
	run->timeout_ns = job->bounds.timeout_ns;
	bool limited = job->bounds.timeout_ns < INT64_MAX - run->started_ns;
	run->deadline_ns = limited ? run->started_ns + job->bounds.timeout_ns : INT64_MAX;
	if (!nlab_recording_open(&run->recording, job->bounds.packets, job->bounds.calls, &run->error) ||
	    !open_pair(&run->control, &control, &run->error) ||
	    !open_pair(&run->files, &files, &run->error) ||
	    (job->prompt && !open_pair(&run->prompt, &prompt, &run->error))) {
		return false;
	}
	run->folder = open_folder(job->path);
	run->setup = (struct nlab_lab_setup){.recording = &run->recording,
					     .bounds = &run->job.bounds,
					     .control = control,
					     .files = files,
					     .prompt = prompt,
					     .network = job->experiment > 0 || job->prompt,
					     .script = script_process,
					     .argument = run};
	fflush(NULL); /* or the lab would print the report's unwritten part once more */
	run->pid = nlab_sandbox_start(run->control, nlab_lab_main, &run->setup, &run->pidfd, &run->error);
	nlab_recording_private(&run->recording);
	return run->pid > 0;
}

void nlab_run_kill(struct nlab_run *run)
{
	if (run->pidfd >= 0) {
		syscall(SYS_pidfd_send_signal, run->pidfd, SIGKILL, NULL, 0);
	}
}

void nlab_run_close(struct nlab_run *run)
{
	if (run->pid > 0) {
		while (waitpid(run->pid, NULL, 0) < 0 && errno == EINTR) {
		}
	}
	nlab_fd_close(&run->control);
	nlab_fd_close(&run->files);
	nlab_fd_close(&run->folder);
	nlab_fd_close(&run->prompt);
	nlab_fd_close(&run->pidfd);
	nlab_recording_close(&run->recording);
	run->pid = 0;
}
