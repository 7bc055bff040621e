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
#include <poll.h>
#include <sys/socket.h>

#define LAN_PATIENCE_MS 10000

struct lan {
	struct nlab_recording recording;
	struct nlab_wire *wire;
	struct nlab_network network;
	int stamps;
};

static inline const struct nlab_host *lan_host(struct lan *lan, const char *name, bool ipv6)
{
	struct nlab_error error;
	char text[512];
	const struct nlab_host *host = nlab_network_host(&lan->network, name, ipv6, &error);
	if (!host) {
		fail_msg("%s", nlab_error_text(&error, text, sizeof text));
	}
	return host;
}

/* A LAN of hosts "a", "b", ... in a fresh network namespace, with room for `bytes` in its recording. */
static inline void lan_open(struct lan *lan, size_t bytes, unsigned hosts, bool ipv6)
{
	memset(lan, 0, sizeof *lan);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_true(nlab_recording_open(&lan->recording, bytes, 64, NULL));
	lan->stamps = nlab_port_keep_stamps(NULL);
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
