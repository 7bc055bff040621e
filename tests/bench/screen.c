/* screen.c: how long after a call its first packet is on the screen of netlab shell. Prints the times in ms, sorted: the
 * median and the 95th percentile. Usage: screen ROUNDS NETLAB. The terminal is a pty, and the keys are typed at once. */
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 10000
#define SEEN_MAX    65536
#define ROUNDS_MAX  1000

struct screen {
	int fd;
	size_t used;
	char seen[SEEN_MAX + 1]; /* since the last wait */
};

static double now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Read until the words stand on the screen; what stood there up to then is forgotten. */
static void wait_for(struct screen *screen, const char *words)
{
	char *found;
	while (!(found = strstr(screen->seen, words))) {
		struct pollfd ready = {screen->fd, POLLIN, 0};
		ssize_t got = -1;
		if (poll(&ready, 1, PATIENCE_MS) == 1) {
			got = read(screen->fd, screen->seen + screen->used, SEEN_MAX - screen->used);
		}
		if (got <= 0) {
			fprintf(stderr, "screen: '%s' has not come: %s\n", words, screen->seen);
			exit(1);
		}
		screen->used += (size_t)got;
		screen->seen[screen->used] = '\0';
	}
	found += strlen(words);
	screen->used -= (size_t)(found - screen->seen);
	memmove(screen->seen, found, screen->used + 1);
}

static void type(const struct screen *screen, const char *keys)
{
	if (write(screen->fd, keys, strlen(keys)) != (ssize_t)strlen(keys)) {
		perror("screen: write");
		exit(1);
	}
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

int main(int count, char **arguments)
{
	static struct screen screen;
	static double times[ROUNDS_MAX];
	int rounds = count == 3 ? atoi(arguments[1]) : 0;
	if (rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: screen ROUNDS NETLAB\n");
		return 2;
	}
	const struct winsize size = {.ws_col = 100, .ws_row = 40};
	pid_t pid = forkpty(&screen.fd, NULL, NULL, &size);
	if (pid == 0) {
		execl(arguments[2], "netlab", "shell", "--color", "never", (char *)NULL);
		_exit(127);
	}
	wait_for(&screen, "1> ");
	type(&screen, "client, server = t:hosts('client', 'server')\r");
	wait_for(&screen, "2> ");
	for (int i = 0; i < rounds; i++) {
		type(&screen, "c = client:socket(AF_INET, SOCK_STREAM)\r");
		wait_for(&screen, "> ");
		type(&screen, "c:connect(server, 9)");
		wait_for(&screen, "9)");
		double begin = now_ms();
		type(&screen, "\r");
		wait_for(&screen, "SYN");
		times[i] = now_ms() - begin;
		wait_for(&screen, "ECONNREFUSED\r\n");
		wait_for(&screen, "> ");
	}
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	qsort(times, (size_t)rounds, sizeof times[0], compare);
	printf("%.2f %.2f\n", times[rounds / 2], times[rounds * 95 / 100]);
	return 0;
}
