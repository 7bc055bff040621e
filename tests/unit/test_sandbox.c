/* Tests of kernel/sandbox.h: what a process in its namespaces is, sees and may do, started by root and by others. */
#include "kernel/sandbox.h"

#include "base/fd.h"
#include "namespaces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define TMP_BYTES   65536
#define ORDINARY    1000 /* a user id that is neither root nor nobody */
#define PATIENCE_MS 20000
#define OUTSIDE     "/var/tmp/netlab-sandbox-test"

struct seen { /* by the process in the sandbox, in memory that it shares with the test */
	bool entered;
	struct nlab_error error;
	int pid, uid, session, processes, tmp_entries;
	int create, shadow, join, priority, remount; /* errno of what is tried, 0 when it went well */
	int tmp_error;                               /* that stopped writing to /tmp */
	size_t tmp_written;
	char host[32], file[32];
};

struct sandbox {
	int ends[2];
	int outer; /* the network namespace outside */
	struct seen *seen;
	pid_t pid;
	int pidfd;
};

static int entries(const char *path, bool numbers)
{
	DIR *folder = opendir(path);
	int count = 0;
	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		bool number = entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
		count += numbers ? number : entry->d_name[0] != '.';
	}
	if (folder) {
		closedir(folder);
	}
	return count;
}

static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	int error = fd < 0 ? errno : 0;
	nlab_fd_close(&fd);
	return error;
}

static void fill_tmp(struct seen *seen)
{
	char page[4096] = "";
	int fd = open("/tmp/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	ssize_t wrote;
	while ((wrote = write(fd, page, sizeof page)) > 0 && seen->tmp_written < 16 * TMP_BYTES) {
		seen->tmp_written += (size_t)wrote;
	}
	seen->tmp_error = wrote < 0 ? errno : 0;
	nlab_fd_close(&fd);
}

static void look_around(struct sandbox *sandbox)
{
	struct seen *seen = sandbox->seen;
	seen->pid = getpid();
	seen->uid = (int)getuid();
	seen->session = getsid(0);
	seen->processes = entries("/proc", true);
	seen->tmp_entries = entries("/tmp", false);
	gethostname(seen->host, sizeof seen->host);
	seen->create = try_open(OUTSIDE, O_CREAT | O_WRONLY);
	seen->shadow = try_open("/etc/shadow", O_RDONLY);
	seen->join = setns(sandbox->outer, CLONE_NEWNET) ? errno : 0;
	seen->priority = setpriority(PRIO_PROCESS, 0, -5) ? errno : 0;
	seen->remount = mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL) ? errno : 0;
	fill_tmp(seen);
}

/* Enter, look around, say so on the control socket and stay until something comes back. */
static int be_inside(void *argument)
{
	struct sandbox *sandbox = argument;
	struct seen *seen = sandbox->seen;
	char byte = 'r';
	seen->entered = nlab_sandbox_enter(sandbox->ends[1], TMP_BYTES, &seen->error);
	if (seen->entered) {
		look_around(sandbox);
	}
	send(sandbox->ends[1], &byte, 1, MSG_NOSIGNAL);
	return recv(sandbox->ends[1], &byte, 1, 0) == 1 ? 42 : 1;
}

static bool start(struct sandbox *sandbox, int (*body)(void *), struct nlab_error *error)
{
	*sandbox = (struct sandbox){.outer = namespaces_network(), .pidfd = -1};
	sandbox->seen =
	    mmap(NULL, sizeof *sandbox->seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sandbox->ends)) {
		return false;
	}
	sandbox->pid = nlab_sandbox_start(sandbox->ends[0], body, sandbox, &sandbox->pidfd, error);
	nlab_fd_close(&sandbox->ends[1]);
	return sandbox->pid > 0;
}

/* Let it go and collect it; returns its wait status. */
static int finish(struct sandbox *sandbox)
{
	int status = 0;
	send(sandbox->ends[0], "g", 1, MSG_NOSIGNAL);
	if (sandbox->pid > 0 && waitpid(sandbox->pid, &status, 0) != sandbox->pid) {
		status = -1;
	}
	nlab_fd_close(&sandbox->ends[0]);
	nlab_fd_close(&sandbox->outer);
	nlab_fd_close(&sandbox->pidfd);
	munmap(sandbox->seen, sizeof *sandbox->seen);
	return status;
}

/* The line of /proc/PID/status that begins with `name`, as the outside sees it. */
static const char *status_line(pid_t pid, const char *name, char line[256])
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, 256, file) && strncmp(line, name, strlen(name)) != 0) {
	}
	if (file) {
		fclose(file);
	}
	return line;
}

static void assert_seen(const struct seen *seen)
{
	char text[512];
	if (!seen->entered) {
		fail_msg("%s", nlab_error_text(&seen->error, text, sizeof text));
	}
	assert_int_equal(seen->pid, 1);
	assert_int_equal(seen->uid, 0);
	assert_int_equal(seen->session, 1);
	assert_string_equal(seen->host, "netlab");
	assert_int_equal(seen->processes, 1);
	assert_int_equal(seen->tmp_entries, 0);
	assert_int_equal(seen->create, EROFS);
	assert_int_equal(seen->shadow, EACCES);
	assert_int_equal(seen->join, EPERM);
	assert_int_equal(seen->priority, EACCES);
	assert_int_equal(seen->remount, EPERM); /* it stays read-only */
	assert_int_equal(seen->tmp_error, ENOSPC);
	assert_in_range(seen->tmp_written, TMP_BYTES / 2, TMP_BYTES);
}

static void assert_sandbox(unsigned id)
{
	struct sandbox sandbox;
	struct nlab_error error = {0};
	char byte, line[256], wanted[64];
	assert_true(start(&sandbox, be_inside, &error));
	assert_int_equal(recv(sandbox.ends[0], &byte, 1, 0), 1);
	assert_seen(sandbox.seen);
	snprintf(wanted, sizeof wanted, "Uid:\t%u\t%u\t%u\t%u\n", id, id, id, id);
	assert_string_equal(status_line(sandbox.pid, "Uid:", line), wanted);
	snprintf(wanted, sizeof wanted, "Gid:\t%u\t%u\t%u\t%u\n", id, id, id, id);
	assert_string_equal(status_line(sandbox.pid, "Gid:", line), wanted);
	assert_int_equal(finish(&sandbox), 42 << 8);
}

/* The precondition of "the file system is read-only": it is the sandbox that forbids it. */
static void the_outside_can_be_written_to(void **state)
{
	(void)state;
	assert_int_equal(try_open(OUTSIDE, O_CREAT | O_WRONLY), 0);
	assert_int_equal(unlink(OUTSIDE), 0);
}

static void a_sandbox_of_this_user(void **state)
{
	(void)state;
	assert_sandbox(geteuid() == 0 ? NLAB_SANDBOX_NOBODY : geteuid());
}

/* Runs `body` as an ordinary user when root runs the tests. */
static void as_ordinary(void (*body)(void))
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		if (geteuid() == 0 &&
		    (setresgid(ORDINARY, ORDINARY, ORDINARY) || setresuid(ORDINARY, ORDINARY, ORDINARY) ||
		     prctl(PR_SET_DUMPABLE, 1))) {
			_exit(2);
		}
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void ordinary_sandbox(void)
{
	struct sandbox sandbox;
	struct nlab_error error = {0};
	char byte, line[256], wanted[64], text[512];
	bool started = start(&sandbox, be_inside, &error);
	snprintf(wanted, sizeof wanted, "Uid:\t%u\t", (unsigned)geteuid());
	if (!started || recv(sandbox.ends[0], &byte, 1, 0) != 1 || !sandbox.seen->entered) {
		fprintf(stderr, "%s\n",
			nlab_error_text(started ? &sandbox.seen->error : &error, text, sizeof text));
		_exit(3);
	}
	const struct seen *seen = sandbox.seen;
	bool fine = seen->pid == 1 && seen->uid == 0 && seen->processes == 1 && seen->create == EROFS &&
		    seen->join == EPERM && seen->remount == EPERM && seen->tmp_error == ENOSPC &&
		    seen->tmp_entries == 0;
	fine = fine && strncmp(status_line(sandbox.pid, "Uid:", line), wanted, strlen(wanted)) == 0;
	if (finish(&sandbox) != 42 << 8 || !fine) {
		_exit(4);
	}
}

static void a_sandbox_of_an_ordinary_user(void **state)
{
	(void)state;
	as_ordinary(ordinary_sandbox);
}

static bool closes(int fd)
{
	struct pollfd waiting = {.fd = fd, .events = POLLIN};
	char byte;
	return poll(&waiting, 1, PATIENCE_MS) == 1 && read(fd, &byte, 1) == 0;
}

/* Stays for ever, whatever comes on the control socket. */
static int stay_inside(void *argument)
{
	struct sandbox *sandbox = argument;
	if (nlab_sandbox_enter(sandbox->ends[1], TMP_BYTES, NULL) &&
	    send(sandbox->ends[1], "r", 1, MSG_NOSIGNAL) == 1) {
		while (pause() < 0) {
		}
	}
	return 1;
}

/* The sandbox's process inherits the write end of a pipe: its death is the pipe's end. */
static void it_dies_with_its_parent(void **state)
{
	int life[2], ready[2], status;
	char byte;
	(void)state;
	assert_int_equal(pipe(life), 0);
	assert_int_equal(pipe(ready), 0);
	pid_t parent = fork();
	if (parent == 0) {
		struct sandbox sandbox;
		close(life[0]);
		if (start(&sandbox, stay_inside, NULL) && recv(sandbox.ends[0], &byte, 1, 0) == 1 &&
		    write(ready[1], "r", 1) == 1) {
			pause();
		}
		_exit(1);
	}
	close(life[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_true(closes(life[0]));
	close(life[0]);
	close(ready[0]);
}

static void a_runner_that_has_gone(void **state)
{
	int ends[2], status;
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	pid_t child = fork();
	if (child == 0) { /* were it not refused, it would go on: so not in the namespaces of the machine */
		struct nlab_error error = {0};
		namespaces_enter();
		close(ends[0]);
		bool entered = nlab_sandbox_enter(ends[1], TMP_BYTES, &error);
		_exit(!entered && strcmp(error.step, "wait for the id maps") == 0 ? 0 : 1);
	}
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int refuse_namespaces(void)
{
	struct sandbox sandbox;
	struct nlab_error error = {0};
	namespaces_write("/proc/sys/user/max_user_namespaces", "0");
	bool started = start(&sandbox, be_inside, &error);
	finish(&sandbox);
	return !started && error.code == ENOSPC && strcmp(error.step, "create the namespaces") == 0 ? 0 : 1;
}

static void a_machine_that_refuses_namespaces(void **state)
{
	(void)state;
	assert_int_equal(namespaces_run(refuse_namespaces), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_outside_can_be_written_to),
	    cmocka_unit_test(a_sandbox_of_this_user),
	    cmocka_unit_test(a_sandbox_of_an_ordinary_user),
	    cmocka_unit_test(it_dies_with_its_parent),
	    cmocka_unit_test(a_runner_that_has_gone),
	    cmocka_unit_test(a_machine_that_refuses_namespaces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
