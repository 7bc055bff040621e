/* calls.c: what the calls of calls.lua take in bare C, in the same network namespace: calls.lua runs it
 * there. usage: calls N; prints "getsockopt NS", "send NS" (a datagram to itself on loopback, sent and
 * received: two calls), and "socket NS" (opened and closed: two calls), nanoseconds per call. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH   250   /* datagrams between two rests */
#define REST_US 20000 /* for the recorder of loopback to come after */
#define PORT    9000

static double now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static bool get_option(int fd, long count)
{
	bool fine = true;
	double began = now_ns();
	for (long i = 0; i < count; i++) {
		int value;
		socklen_t size = sizeof value;
		fine &= getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &value, &size) == 0;
	}
	printf("getsockopt %.0f\n", (now_ns() - began) / (double)count);
	return fine;
}

static bool send_datagrams(int fd, long count)
{
	char buffer[16];
	bool fine = true;
	double took = 0;
	for (long done = 0; done < count; done += BATCH) {
		double began = now_ns();
		for (long i = 0; i < BATCH; i++) {
			fine &= send(fd, "x", 1, 0) == 1 && recv(fd, buffer, sizeof buffer, 0) == 1;
		}
		took += now_ns() - began;
		usleep(REST_US);
	}
	printf("send %.0f\n", took / (double)count / 2);
	return fine;
}

static bool open_sockets(long count)
{
	bool fine = true;
	double began = now_ns();
	for (long i = 0; i < count; i++) {
		int fd = socket(AF_INET, SOCK_DGRAM, 0);
		fine &= fd >= 0 && close(fd) == 0;
	}
	printf("socket %.0f\n", (now_ns() - began) / (double)count / 2);
	return fine;
}

int main(int argc, char **argv)
{
	const struct sockaddr_in here = {
	    .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	long count = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool fine = fd >= 0 && bind(fd, (const struct sockaddr *)&here, sizeof here) == 0 &&
		    connect(fd, (const struct sockaddr *)&here, sizeof here) == 0;
	fine = fine && get_option(fd, count) && send_datagrams(fd, count / 5) && open_sockets(count / 5);
	if (!fine) {
		perror("calls");
	}
	return !fine;
}
