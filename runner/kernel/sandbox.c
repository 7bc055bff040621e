/* sandbox.c: one process in namespaces of its own. Floor kernel.
 * The parent writes the id maps, because only it may map root's child to another id; the child waits for them. */
#include "kernel/sandbox.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Write `text` to /proc/PID/NAME. */
static bool write_map(pid_t pid, const char *name, const char *text, struct nlab_error *error)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	nlab_autofd fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0) {
		return nlab_error_set(error, errno, "map the ids of the user namespace", "%s: %s", name,
				      text);
	}
	return true;
}

/* Whether this is the first user namespace, where root is root; in one below, root has no power over the machine, and
 * nobody's id may not exist. */
static bool is_first_namespace(void)
{
	char map[64] = "";
	unsigned inside = 1, outside = 1, count = 0;
	nlab_autofd fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, map, sizeof map - 1) > 0 &&
	       sscanf(map, "%u %u %u", &inside, &outside, &count) == 3 && inside == 0 && outside == 0 &&
	       count == UINT32_MAX;
}

/* Map root inside to the caller outside, or to nobody when the caller is root. */
static bool map_ids(pid_t pid, struct nlab_error *error)
{
	bool root = geteuid() == 0 && is_first_namespace();
	char users[32];
	char groups[32];
	snprintf(users, sizeof users, "0 %u 1", root ? NLAB_SANDBOX_NOBODY : geteuid());
	snprintf(groups, sizeof groups, "0 %u 1", root ? NLAB_SANDBOX_NOBODY : getegid());
	return (root || write_map(pid, "setgroups", "deny", error)) &&
	       write_map(pid, "gid_map", groups, error) && write_map(pid, "uid_map", users, error);
}

pid_t nlab_sandbox_start(int control, int (*body)(void *), void *argument, int *pidfd,
			 struct nlab_error *error)
{
	struct clone_args args = {
	    .flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_PIDFD,
	    .pidfd = (uintptr_t)pidfd,
	    .exit_signal = SIGCHLD,
	};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
	if (pid == 0) {
		close(control);
		_exit(body(argument));
	}
	if (pid < 0) {
		nlab_error_set(error, errno, "create the namespaces",
			       "clone3 with user, pid, mount, ipc, uts");
		return -1;
	}
	if (!map_ids(pid, error) ||
	    (send(control, "", 1, MSG_NOSIGNAL) != 1 &&
	     !nlab_error_set(error, errno, "tell the lab that its ids are mapped", "%s", ""))) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		nlab_fd_close(pidfd);
		return -1;
	}
	return pid;
}

/* Wait until the parent has written the id maps, then take the ids on. */
static bool take_ids(int control, struct nlab_error *error)
{
	char byte;
	if (recv(control, &byte, 1, 0) != 1) {
		return nlab_error_set(error, errno, "wait for the id maps", "the runner has gone");
	}
	bool may_set_groups = true;
	char setting[8] = "";
	nlab_autofd fd = open("/proc/self/setgroups", O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, setting, sizeof setting - 1) > 0) {
		may_set_groups = strncmp(setting, "deny", 4) != 0;
	}
	if ((may_set_groups && setgroups(0, NULL)) || setresgid(0, 0, 0) || setresuid(0, 0, 0)) {
		return nlab_error_set(error, errno, "become root of the user namespace", "%s", "");
	}
	return true;
}

/* From here on, the death of the runner kills this process, and with it everything in the pid namespace. Set after the
 * ids, since a change of ids clears it. A runner that died before is seen as a closed control socket. */
static bool die_with_parent(struct nlab_error *error)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_DUMPABLE, 1)) {
		return nlab_error_set(error, errno, "tie the lab's life to the runner", "prctl");
	}
	setsid(); /* Ctrl-C is for the runner alone */
	return true;
}

static bool mount_step(int rc, const char *step, const char *subject, struct nlab_error *error)
{
	return rc == 0 || nlab_error_set(error, errno, step, "%s", subject);
}

static bool mount_all(uint64_t tmp_bytes, struct nlab_error *error)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
	char options[64];
	snprintf(options, sizeof options, "size=%llu,mode=1777,nr_inodes=4096",
		 (unsigned long long)tmp_bytes);
	return mount_step(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make the mounts private", "/",
			  error) &&
	       mount_step((int)syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attributes,
				       sizeof attributes),
			  "make the file system read-only", "/", error) &&
	       mount_step(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "mount",
			  "/proc", error) &&
	       mount_step(mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, options), "mount", "/tmp",
			  error);
}

static bool write_own_map(const char *path, const char *text, struct nlab_error *error)
{
	nlab_autofd fd = open(path, O_WRONLY | O_CLOEXEC);
	return (fd >= 0 && write(fd, text, strlen(text)) > 0) ||
	       nlab_error_set(error, errno, "map the ids of the inner user namespace", "%s", path);
}

/* Go on in a user namespace below the one that owns the mounts: their flags are locked in there, so that no process of the
 * experiment can remount the file system writable, mount_namespaces(7). The network namespace is made here, since setns(2)
 * into a host's takes power over the user namespace that owns it. */
static bool lock_mounts(struct nlab_error *error)
{
	return (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == 0 ||
		nlab_error_set(error, errno, "lock the mounts", "unshare with user, mount, net")) &&
	       write_own_map("/proc/self/setgroups", "deny", error) &&
	       write_own_map("/proc/self/gid_map", "0 0 1", error) &&
	       write_own_map("/proc/self/uid_map", "0 0 1", error);
}

bool nlab_sandbox_enter(int control, uint64_t tmp_bytes, struct nlab_error *error)
{
	if (!take_ids(control, error) || !die_with_parent(error) || !mount_all(tmp_bytes, error)) {
		return false;
	}
	if (sethostname("netlab", 6)) {
		return nlab_error_set(error, errno, "set the host name", "netlab");
	}
	/* Programs of the experiment have all capabilities in its user namespace; over the memory of a process that is not
	 * dumpable they would need CAP_SYS_PTRACE in the machine's: ptrace(2), PR_SET_DUMPABLE. */
	return lock_mounts(error) && die_with_parent(error) &&
	       (prctl(PR_SET_DUMPABLE, 0) == 0 ||
		nlab_error_set(error, errno, "guard the lab's memory", "prctl"));
}

bool nlab_sandbox_limit(const struct nlab_sandbox_limits *limits, struct nlab_error *error)
{
	const struct {
		__rlimit_resource_t resource;
		uint64_t value;
		const char *name;
	} rows[] = {
	    {RLIMIT_AS, limits->address_space, "address space"},
	    {RLIMIT_FSIZE, limits->file_size, "file size"},
	    {RLIMIT_NPROC, limits->processes, "processes"},
	    {RLIMIT_NOFILE, limits->files, "open files"},
	};
	struct rlimit none = {0};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rlimit wanted = {rows[i].value, rows[i].value};
		struct rlimit now;
		if (!rows[i].value || getrlimit(rows[i].resource, &now)) {
			continue;
		}
		wanted.rlim_cur = wanted.rlim_max =
		    now.rlim_max < rows[i].value ? now.rlim_max : rows[i].value;
		if (setrlimit(rows[i].resource, &wanted)) {
			return nlab_error_set(error, errno, "set a limit", "%s", rows[i].name);
		}
	}
	setrlimit(RLIMIT_CORE, &none);
	return true;
}
