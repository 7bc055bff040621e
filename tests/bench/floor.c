/* floor.c: the floor of a complete experiment: what the kernel itself takes for it, without netlab. The
 * same as conversation.lua in bare C: namespaces by one clone3(2), two network namespaces, a veth pair
 * each, addresses, static neighbours, a wire of packet(7) sockets in a process of its own that carries and
 * records every frame, and a process with blocking sockets: handshake, data both ways, close. The result is
 * told when the ten segments stand in the record, or when others do (said on stderr). Uses nothing of
 * runner/.
 *
 * usage: floor runs N     N experiments one after the other: the time to the result of each, in ms
 *        floor loop N K   N experiments in all by K processes: experiments per second
 *        floor once       one, and everything taken down again
 * As in netlab, a lab is killed when its result is there, and collected later. */
#include "floor_links.h"

#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOSTS     2
#define SEGMENTS  10 /* of the conversation */
#define DYING_MAX 256
#define PORT      8080
#define NOBODY    65534
#define RECORD    (1 << 20)

static const uint8_t FLAGS[SEGMENTS] = {
    TH_SYN,           TH_SYN | TH_ACK, TH_ACK,          TH_PUSH | TH_ACK, TH_ACK,
    TH_PUSH | TH_ACK, TH_ACK,          TH_FIN | TH_ACK, TH_FIN | TH_ACK,  TH_ACK,
};

struct record { /* the recording: shared memory, the frames behind one another */
	size_t count, used;
	struct {
		int64_t time_ns;
		uint32_t length, at;
	} frames[64];
	uint8_t bytes[RECORD];
};

struct lab {
	struct record *record;
	int space[HOSTS], port[HOSTS];
};

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- set-up ---- */

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	check(fd >= 0 && write(fd, text, strlen(text)) > 0, path);
	close(fd);
}

static int open_port(int index)
{
	const struct sockaddr_ll where = {
	    .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index};
	int on = 1;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	check(fd >= 0 && setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) == 0 &&
		  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) == 0 &&
		  bind(fd, (const struct sockaddr *)&where, sizeof where) == 0,
	      "packet socket");
	return fd;
}

static void make_network(struct lab *lab)
{
	static const uint8_t macs[HOSTS][6] = {{2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}};
	int outside = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct message message = {0};
	for (int i = 0; i < HOSTS; i++) {
		check(unshare(CLONE_NEWNET) == 0, "unshare");
		lab->space[i] = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
		write_text("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	}
	check(setns(outside, CLONE_NEWNET) == 0, "setns");
	write_text("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
	for (int i = 0; i < HOSTS; i++) {
		set_pair(&message, i, lab->space[i], macs[i]);
		set_up(&message, NEAR + i);
	}
	close(run(&message));
	for (int i = 0; i < HOSTS; i++) {
		lab->port[i] = open_port(NEAR + i);
	}
	for (int i = 0; i < HOSTS; i++) {
		struct message inside = {0};
		check(setns(lab->space[i], CLONE_NEWNET) == 0, "setns");
		set_address(&inside, i, macs[1 - i]);
		int fd = run(&inside);
		make_ready(fd, "eth0");
		close(fd);
	}
	close(outside);
}

/* ---- the conversation ---- */

static int open_socket(const struct lab *lab, int host)
{
	check(setns(lab->space[host], CLONE_NEWNET) == 0, "setns");
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	check(fd >= 0, "socket");
	return fd;
}

static _Noreturn void talk(const struct lab *lab)
{
	const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	const struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = address_of(1)};
	char buffer[64];
	int listener = open_socket(lab, 1);
	check(bind(listener, (const struct sockaddr *)&any, sizeof any) == 0 && listen(listener, 1) == 0,
	      "listen");
	int client = open_socket(lab, 0);
	check(connect(client, (const struct sockaddr *)&to, sizeof to) == 0, "connect");
	int server = accept(listener, NULL, NULL);
	check(server >= 0, "accept");
	check(send(client, "question", 8, 0) == 8 && recv(server, buffer, sizeof buffer, 0) == 8, "question");
	check(send(server, "answer", 6, 0) == 6 && recv(client, buffer, sizeof buffer, 0) == 6, "answer");
	check(close(client) == 0 && recv(server, buffer, sizeof buffer, 0) == 0 && close(server) == 0,
	      "close");
	_exit(0);
}

/* ---- the wire ---- */

static void carry(struct lab *lab, int from)
{
	struct record *record = lab->record;
	ssize_t got;
	while (record->used < RECORD - ETH_FRAME_LEN &&
	       (got = recv(lab->port[from], record->bytes + record->used, ETH_FRAME_LEN, 0)) > 0) {
		check(record->count < sizeof record->frames / sizeof record->frames[0], "too many frames");
		record->frames[record->count].time_ns = now_ns();
		record->frames[record->count].length = (uint32_t)got;
		record->frames[record->count].at = (uint32_t)record->used;
		record->count++;
		check(send(lab->port[1 - from], record->bytes + record->used, (size_t)got, 0) == got,
		      "carry");
		record->used += (size_t)got;
	}
}

/* How many of the ten segments the record begins with, by their control bits. Where the server's FIN is
 * due, its ACK of the client's may come first (it does when the machine is busy). -1: another segment came,
 * a retransmission for example. */
static int judge(const struct record *record)
{
	int next = 0;
	for (size_t i = 0; i < record->count; i++) {
		const uint8_t *frame = record->bytes + record->frames[i].at;
		uint8_t flags = frame[sizeof(struct ether_header) + sizeof(struct iphdr) + 13];
		if (next < SEGMENTS && flags == FLAGS[next]) {
			next++;
		} else if (next != SEGMENTS - 2 || flags != TH_ACK) {
			return -1;
		}
	}
	return next;
}

/* Pid 1 of the namespaces: tells the result on `result` (1: as expected) and waits to be killed. */
static _Noreturn void be_lab(struct record *record, int result)
{
	struct lab lab = {.record = record};
	char verdict;
	check(recv(result, &verdict, 1, 0) == 1, "id maps");
	check(setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0, "become root inside");
	make_network(&lab);
	if (fork() == 0) {
		talk(&lab);
	}
	int seen = 0;
	while (seen >= 0 && seen < SEGMENTS) {
		struct pollfd ready[HOSTS] = {{lab.port[0], POLLIN, 0}, {lab.port[1], POLLIN, 0}};
		check(poll(ready, HOSTS, 2000) > 0, "no frame for two seconds");
		carry(&lab, 0);
		carry(&lab, 1);
		seen = judge(record);
	}
	int status = 1;
	if (seen == SEGMENTS) {
		wait(&status);
	}
	verdict = status ? 0 : 1;
	send(result, &verdict, 1, 0);
	pause();
	_exit(0);
}

/* ---- the runner ---- */

static void map_ids(pid_t pid)
{
	static const char *const NAMES[] = {"uid_map", "gid_map"};
	char path[64];
	char text[32];
	for (int i = 0; i < 2; i++) {
		snprintf(text, sizeof text, "0 %u 1",
			 geteuid() == 0 ? NOBODY
			 : i == 0       ? geteuid()
					: getegid());
		if (i == 1 && geteuid() != 0) {
			snprintf(path, sizeof path, "/proc/%d/setgroups", pid);
			write_text(path, "deny");
		}
		snprintf(path, sizeof path, "/proc/%d/%s", pid, NAMES[i]);
		write_text(path, text);
	}
}

/* One experiment, from its start to its result; *pid is to be collected. Returns nanoseconds. */
static int64_t experiment(pid_t *pid)
{
	struct clone_args args = {.flags = CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS |
					   CLONE_NEWIPC | CLONE_NEWUTS,
				  .exit_signal = SIGCHLD};
	int ends[2];
	char verdict = 0;
	int64_t began = now_ns();
	struct record *record = mmap(NULL, sizeof *record, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	check(record != MAP_FAILED && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0,
	      "prepare");
	*pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
	if (*pid == 0) {
		close(ends[0]);
		be_lab(record, ends[1]);
	}
	close(ends[1]);
	check(*pid > 0, "clone3");
	map_ids(*pid);
	check(send(ends[0], "", 1, 0) == 1 && recv(ends[0], &verdict, 1, 0) == 1, "result");
	int64_t took = now_ns() - began;
	if (!verdict) {
		fputs("floor: an experiment had other segments than expected\n", stderr);
	}
	kill(*pid, SIGKILL);
	munmap(record, sizeof *record);
	close(ends[0]);
	return took;
}

/* Returns the times, to be freed, once all labs have gone. */
static int64_t *run_many(size_t count)
{
	int64_t *times = calloc(count + 1, sizeof *times);
	check(times != NULL, "memory");
	size_t dying = 0;
	for (size_t i = 0; i < count; i++) {
		pid_t pid;
		times[i] = experiment(&pid);
		dying++;
		while (dying && waitpid(-1, NULL, dying < DYING_MAX ? WNOHANG : 0) > 0) {
			dying--;
		}
	}
	while (wait(NULL) > 0) {
	}
	return times;
}

static void loop(size_t count, size_t processes)
{
	int64_t began = now_ns();
	for (size_t k = 0; k < processes; k++) {
		if (fork() == 0) {
			free(run_many(count / processes + (k < count % processes)));
			_exit(0);
		}
	}
	for (int status; wait(&status) > 0;) {
		check(status == 0, "a process failed");
	}
	printf("%.1f\n", (double)count / ((double)(now_ns() - began) / 1e9));
}

int main(int argc, char **argv)
{
	size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
	if (argc > 3 && strcmp(argv[1], "loop") == 0) {
		loop(count, strtoul(argv[3], NULL, 10));
		return 0;
	}
	int64_t *times = run_many(count);
	for (size_t i = 0; argc > 2 && i < count; i++) {
		printf("%.3f\n", (double)times[i] / 1e6);
	}
	free(times);
	return 0;
}
