/* traffic.c: what wire.lua sends through netlab's wire, and the same over a direct veth pair, which is the floor.
 *
 *   traffic serve            answers datagrams on UDP port 7, takes streams on TCP port 9; until it is killed
 *   traffic ping N ADDRESS   N datagrams of 32 bytes there and back: median and p99 of a round trip in microseconds
 *   traffic bulk N ADDRESS   a stream of N MiB: gigabits of payload a second, until the other end has read all
 *   traffic pair ping|bulk N the same in two namespaces of its own, joined by a veth pair
 *
 * Frames have an MTU of 1500 and no offload, in a pair as in netlab. What fails ends the process. */
#include "floor_links.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#define ECHO_PORT  7
#define SINK_PORT  9
#define PING_BYTES 32
#define WARM_UP    100 /* round trips that do not count */
#define CHUNK      (1 << 16)
#define PATIENCE_S 5

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int open_socket(int type)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	check(fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0, "socket");
	if (type == SOCK_STREAM) {
		setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
	}
	return fd;
}

/* ---- the server ---- */

static int open_port(int type, uint16_t port)
{
	const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = open_socket(type);
	check(bind(fd, (const struct sockaddr *)&any, sizeof any) == 0, "bind");
	check(type == SOCK_DGRAM || listen(fd, 8) == 0, "listen");
	return fd;
}

static void answer(int echo)
{
	char bytes[2048];
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	ssize_t got = recvfrom(echo, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);
	check(got > 0 && sendto(echo, bytes, (size_t)got, 0, (const struct sockaddr *)&from, size) == got,
	      "answer");
}

/* Read a stream to its end, and say that it was read. */
static void swallow(int sink)
{
	static char bytes[CHUNK];
	int fd = accept(sink, NULL, NULL);
	ssize_t got;
	check(fd >= 0, "accept");
	while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0) {
	}
	check(got == 0 && send(fd, "", 1, 0) == 1, "read a stream");
	close(fd);
}

static _Noreturn void serve(void)
{
	struct pollfd ready[] = {{open_port(SOCK_DGRAM, ECHO_PORT), POLLIN, 0},
				 {open_port(SOCK_STREAM, SINK_PORT), POLLIN, 0}};
	check(write(STDOUT_FILENO, "ready\n", 6) == 6, "say ready");
	for (;;) {
		check(poll(ready, 2, -1) > 0, "poll");
		if (ready[0].revents) {
			answer(ready[0].fd);
		}
		if (ready[1].revents) {
			swallow(ready[1].fd);
		}
	}
}

/* ---- the clients ---- */

static struct sockaddr_in address(const char *text, uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	check(inet_pton(AF_INET, text, &to.sin_addr) == 1, "address");
	return to;
}

static int compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a;
	int64_t right = *(const int64_t *)b;
	return (left > right) - (left < right);
}

static void ping(size_t count, const char *host)
{
	const struct sockaddr_in to = address(host, ECHO_PORT);
	char bytes[PING_BYTES] = {0};
	int64_t *took = calloc(count, sizeof *took);
	int fd = open_socket(SOCK_DGRAM);
	check(took && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0, "connect");
	for (size_t i = 0; i < count + WARM_UP; i++) {
		int64_t began = now_ns();
		check(send(fd, bytes, sizeof bytes, 0) == sizeof bytes, "ping");
		check(recv(fd, bytes, sizeof bytes, 0) == sizeof bytes, "the answer to a ping");
		if (i >= WARM_UP) {
			took[i - WARM_UP] = now_ns() - began;
		}
	}
	qsort(took, count, sizeof *took, compare);
	size_t half = count / 2;
	size_t most = count * 99 / 100;
	printf("ping %.1f %.1f\n", (double)took[half] / 1e3, (double)took[most] / 1e3);
	free(took);
	close(fd);
}

static void bulk(size_t mebibytes, const char *host)
{
	static char bytes[CHUNK];
	const struct sockaddr_in to = address(host, SINK_PORT);
	size_t left = mebibytes << 20;
	int fd = open_socket(SOCK_STREAM);
	check(connect(fd, (const struct sockaddr *)&to, sizeof to) == 0, "connect");
	int64_t began = now_ns();
	while (left) {
		ssize_t sent = send(fd, bytes, left < sizeof bytes ? left : sizeof bytes, 0);
		check(sent > 0, "send");
		left -= (size_t)sent;
	}
	check(shutdown(fd, SHUT_WR) == 0 && recv(fd, bytes, 1, 0) == 1, "the end of a stream");
	double seconds = (double)(now_ns() - began) / 1e9;
	printf("bulk %.3f\n", (double)(mebibytes << 20) * 8 / seconds / 1e9);
	close(fd);
}

/* ---- the floor: two namespaces and a veth pair ---- */

static int make_space(void)
{
	check(unshare(CLONE_NEWNET) == 0, "unshare");
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	check(fd >= 0, "namespace");
	return fd;
}

/* Give the interface of this namespace the address of host number `host`. */
static void set_end(int index, const char *name, int host)
{
	struct message message = {0};
	set_address_at(&message, index, host);
	int fd = run(&message);
	make_ready(fd, name);
	close(fd);
}

static void pair(void (*measure)(size_t count, const char *host), size_t count)
{
	static const uint8_t MAC[6] = {2, 0, 0, 0, 0, 2};
	char ready[8];
	int said[2];
	struct message message = {0};
	check(unshare(CLONE_NEWUSER) == 0, "unshare");
	int near = make_space();
	int far = make_space();
	check(setns(near, CLONE_NEWNET) == 0, "setns");
	set_pair(&message, 0, far, MAC);
	set_up(&message, NEAR);
	close(run(&message));
	check(setns(far, CLONE_NEWNET) == 0, "setns");
	set_end(ETH0, "eth0", 1);
	check(pipe2(said, O_CLOEXEC) == 0, "pipe");
	pid_t server = fork();
	if (server == 0) {
		dup2(said[1], STDOUT_FILENO);
		serve();
	}
	check(server > 0 && setns(near, CLONE_NEWNET) == 0, "start the server");
	set_end(NEAR, "port0", 0);
	check(read(said[0], ready, sizeof ready) == 6, "wait for the server");
	measure(count, "10.0.0.2");
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*measure)(size_t count, const char *host);
	} MEASURES[] = {{"ping", ping}, {"bulk", bulk}};
	bool paired = argc == 4 && strcmp(argv[1], "pair") == 0;
	if (argc == 2 && strcmp(argv[1], "serve") == 0) {
		serve();
	}
	for (size_t i = 0; argc == 4 && i < sizeof MEASURES / sizeof MEASURES[0]; i++) {
		if (strcmp(argv[1 + paired], MEASURES[i].name) == 0) {
			size_t count = strtoul(argv[2 + paired], NULL, 10);
			check(count > 0, "a count of at least 1");
			if (paired) {
				pair(MEASURES[i].measure, count);
			} else {
				MEASURES[i].measure(count, argv[3]);
			}
			return 0;
		}
	}
	fputs("usage: traffic serve | ping N ADDRESS | bulk N ADDRESS | pair ping|bulk N\n", stderr);
	return 2;
}
