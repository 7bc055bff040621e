/* namespaces.h: run a group of tests as root of fresh user, network and mount namespaces, whoever runs the program. */
#ifndef NLAB_TESTS_NAMESPACES_H
#define NLAB_TESTS_NAMESPACES_H

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void namespaces_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	close(fd);
}

static inline void namespaces_enter(void)
{
	char uids[32], gids[32];
	snprintf(uids, sizeof uids, "0 %u 1", (unsigned)geteuid());
	snprintf(gids, sizeof gids, "0 %u 1", (unsigned)getegid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) != 0) {
		perror("unshare");
		exit(EXIT_FAILURE);
	}
	namespaces_write("/proc/self/setgroups", "deny");
	namespaces_write("/proc/self/uid_map", uids);
	namespaces_write("/proc/self/gid_map", gids);
}

/* The descriptor of this process's network namespace. */
static inline int namespaces_network(void)
{
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

/* Run tests() in a child within its own namespaces; returns what main() is to return. */
static inline int namespaces_run(int (*tests)(void))
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		namespaces_enter();
		exit(tests() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
	}
	if (child < 0 || waitpid(child, &status, 0) != child) {
		perror("fork");
		return EXIT_FAILURE;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

#endif
