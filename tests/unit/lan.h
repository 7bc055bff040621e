/* lan.h: hosts on a wire in this process, for tests of runner/lab. The test is the lab: nothing crosses before it carries.
 * Include it behind cmocka.h and use it inside namespaces_run(). */
#ifndef NLAB_TESTS_LAN_H
#define NLAB_TESTS_LAN_H

#include "base/clock.h"
#include "base/fd.h"
#include "kernel/port.h"
#include "lab/network.h"
#include "lab/wire.h"

#include "namespaces.h"
#include "recorded.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define LAN_PATIENCE_MS 10000

struct lan {
	struct nlab_recording recording;
	struct nlab_wire *wire;
	struct nlab_network network;
	int stamps;
};

__attribute__((returns_nonnull)) static inline const struct nlab_host *lan_host(struct lan *lan,
										const char *name, bool ipv6)
{
	struct nlab_error error;
	char text[512];
	const struct nlab_host *host = nlab_network_host(&lan->network, name, ipv6, &error);
	if (!host) {
		fail_msg("%s", nlab_error_text(&error, text, sizeof text));
	}
	return host;
}

/* The kernel's time of a datagram that this socket sends to itself and reads a while later. */
static inline int64_t lan_stamp(int s, const struct sockaddr_in *self)
{
	struct timespec stamp = {0};
	char byte = 0;
	_Alignas(struct cmsghdr) char control[128];
	struct iovec part = {&byte, 1};
	struct msghdr header = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
	assert_int_equal(sendto(s, &byte, 1, 0, (const struct sockaddr *)self, sizeof *self), 1);
	usleep(1000);
	assert_int_equal(recvmsg(s, &header, 0), 1);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
		}
	}
	return nlab_timespec_ns(&stamp);
}

/* Wait until packets are stamped when they come: see nlab_port_keep_stamps(). */
static inline void lan_await_stamps(void)
{
	struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof self;
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
	int64_t before = 0, stamp = 1;
	assert_int_equal(ioctl(s, SIOCSIFFLAGS, &loopback), 0);
	assert_int_equal(bind(s, (struct sockaddr *)&self, sizeof self), 0);
	assert_int_equal(getsockname(s, (struct sockaddr *)&self, &size), 0);
	assert_int_equal(setsockopt(s, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on), 0);
	for (int i = 0; i < LAN_PATIENCE_MS && stamp >= before + 1000000; i++) {
		before = nlab_clock_recording_ns();
		stamp = lan_stamp(s, &self);
	}
	assert_in_range(stamp, before, nlab_clock_recording_ns() - 1000000);
	close(s);
}

/* A LAN of hosts "a", "b", ... in a fresh network namespace, with room for `bytes` in its recording. */
static inline void lan_open(struct lan *lan, size_t bytes, unsigned hosts, bool ipv6)
{
	memset(lan, 0, sizeof *lan);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_true(nlab_recording_open(&lan->recording, bytes, 64, NULL));
	lan->stamps = nlab_port_keep_stamps(NULL);
	lan_await_stamps();
	lan->wire = nlab_wire_new(&lan->recording, NULL);
	assert_non_null(lan->wire);
	assert_true(nlab_network_open(&lan->network, &lan->recording, lan->wire, NULL));
	for (unsigned i = 0; i < hosts; i++) {
		lan_host(lan, (const char[]){(char)('a' + i), '\0'}, ipv6);
	}
}

static inline void lan_close(struct lan *lan)
{
	nlab_wire_free(lan->wire);
	for (uint16_t i = 0; i < lan->network.count; i++) {
		nlab_fd_close(&lan->network.hosts[i].space);
	}
	nlab_fd_close(&lan->network.space);
	nlab_fd_close(&lan->stamps);
	nlab_recording_close(&lan->recording);
}

/* A socket in host number `host` (from 1); this process stays in the switch's namespace. */
static inline int lan_socket(const struct lan *lan, unsigned host, int family, int type, int protocol)
{
	assert_int_equal(setns(lan->network.hosts[host - 1].space, CLONE_NEWNET), 0);
	int s = socket(family, type | SOCK_CLOEXEC, protocol);
	int error = errno;
	assert_int_equal(setns(lan->network.space, CLONE_NEWNET), 0);
	if (s < 0) {
		fail_msg("socket: %s", strerror(error));
	}
	return s;
}

static inline struct sockaddr_in lan_address(const struct lan *lan, unsigned host, uint16_t port)
{
	return (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = lan->network.hosts[host - 1].ip};
}

/* A UDP socket of host number `host`, bound to 0.0.0.0:port. */
static inline int lan_udp(const struct lan *lan, unsigned host, uint16_t port)
{
	const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
	int s = lan_socket(lan, host, AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(s, (const struct sockaddr *)&any, sizeof any), 0);
	return s;
}

static inline void lan_send(int s, const struct sockaddr_in *to, const void *bytes, size_t length)
{
	assert_int_equal(sendto(s, bytes, length, 0, (const struct sockaddr *)to, sizeof *to), length);
}

/* What the next datagram says, waiting for it. */
static inline const char *lan_receive(int s, char text[64])
{
	struct pollfd waiting = {.fd = s, .events = POLLIN};
	text[0] = '\0';
	if (poll(&waiting, 1, LAN_PATIENCE_MS) == 1) {
		ssize_t got = recv(s, text, 63, 0);
		text[got > 0 ? got : 0] = '\0';
	}
	return text;
}

/* Carry until `packets` are recorded in all; a frame may take a moment from the send call to the port. */
static inline void lan_carry(struct lan *lan, uint32_t packets)
{
	struct pollfd waiting = {.fd = nlab_wire_fd(lan->wire), .events = POLLIN};
	while (atomic_load(&lan->recording.lab->packets) < packets &&
	       poll(&waiting, 1, LAN_PATIENCE_MS) == 1) {
		nlab_wire_carry(lan->wire);
	}
	assert_int_equal(atomic_load(&lan->recording.lab->packets), packets);
}

static inline void lan_nap(void)
{
	const struct timespec nap = {.tv_nsec = 1000000};
	nanosleep(&nap, NULL);
}

/* An order for a rule with one term (field NULL: any packet). */
static inline struct nlab_order lan_rule(enum nlab_action action, uint32_t count, int64_t delay_ns,
					 const char *field, uint64_t value)
{
	struct nlab_order order = {
	    .kind = NLAB_ORDER_RULE, .action = (uint16_t)action, .count = count, .value = delay_ns};
	if (field) {
		order.rule.count = 1;
		order.rule.terms[0].field = (uint16_t)nlab_field_number(field);
		order.rule.terms[0].value = value;
	}
	return order;
}

#endif
