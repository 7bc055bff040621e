/* stopwatch.c: how long a command takes as a whole process, from its start until it was collected. usage:
 * stopwatch N COMMAND [ARGUMENT...]; prints the median and the 95th percentile of N runs in ms, 1 when one
 * fails. The command's output goes nowhere. Between two runs the kernel gets PAUSE_US to take down what the
 * one before left to it. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_US 20000

static double now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Milliseconds, or -1 when it cannot be run or its exit status is not 0. */
static double run_once(char **command)
{
	extern char **environ;
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status = 1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	double began = now_ms();
	int refused = posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
	double took = !refused && waitpid(pid, &status, 0) == pid && status == 0 ? now_ms() - began : -1;
	posix_spawn_file_actions_destroy(&actions);
	return took;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;
	return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
	size_t count = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	double *times = count ? calloc(count, sizeof *times) : NULL;
	if (!times) {
		fputs("usage: stopwatch N COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < count; i++) {
		times[i] = run_once(argv + 2);
		if (times[i] < 0) {
			fprintf(stderr, "stopwatch: %s failed\n", argv[2]);
			free(times);
			return 1;
		}
		usleep(PAUSE_US);
	}
	qsort(times, count, sizeof *times, compare);
	printf("%.2f %.2f\n", times[count / 2], times[count * 95 / 100]);
	free(times);
	return 0;
}
