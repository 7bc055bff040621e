/* Tests of kernel/port.h: which frames a port sees, what it says of them, and what it sends. */
#include "base/clock.h"
#include "kernel/ethtool.h"
#include "kernel/link.h"
#include "kernel/port.h"

#include "namespaces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <poll.h>
#include <sys/socket.h>

#define HEADERS 42 /* Ethernet, IPv4 and UDP */
#define NEAR    10
#define FAR     2

static const uint8_t near_mac[6] = {2, 0, 0, 0, 0, 1}, far_mac[6] = {2, 0, 0, 0, 0, 2};

struct bench { /* port1 without an address here, eth0 with 10.0.0.1 in the other namespace, where `s` sends */
	int here, there, s;
	struct nlab_netlink near, far;
	struct nlab_port port;
	struct nlab_port_buffers buffers;
	struct nlab_frame frames[NLAB_PORT_FRAMES];
};

static const struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = 0x2823, .sin_addr = {0x0200000a}};

static void wait_for_carriers(struct bench *bench)
{
	assert_true(nlab_ethtool_carrier_wait(nlab_netlink_fd(&bench->near), "port1", NLAB_NS_PER_S, NULL));
	assert_true(nlab_ethtool_carrier_wait(nlab_netlink_fd(&bench->far), "eth0", NLAB_NS_PER_S, NULL));
}

static void make_pair(struct bench *bench)
{
	const struct nlab_link_end near = {"port1", near_mac, NEAR}, far = {"eth0", far_mac, FAR};
	struct in_addr own = {htonl(0x0a000001)};
	nlab_link_pair(&bench->near, &near, &far, bench->there, 65535);
	nlab_link_up(&bench->near, NEAR, true);
	nlab_link_up(&bench->near, NLAB_LINK_LOOPBACK, true);
	assert_true(nlab_netlink_run(&bench->near, NULL));
	nlab_link_address(&bench->far, FAR, AF_INET, &own, 24);
	nlab_link_neighbour(&bench->far, FAR, AF_INET, &to.sin_addr, near_mac);
	nlab_link_up(&bench->far, FAR, true);
	assert_true(nlab_netlink_run(&bench->far, NULL));
	assert_true(nlab_ethtool_offloads_off(nlab_netlink_fd(&bench->far), "eth0", NULL));
	wait_for_carriers(bench);
}

static void go(int network)
{
	assert_int_equal(setns(network, CLONE_NEWNET), 0);
}

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	bench->there = namespaces_network();
	namespaces_write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	assert_true(nlab_netlink_open(&bench->far, NULL));
	bench->s = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	bench->here = namespaces_network();
	namespaces_write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	assert_true(nlab_netlink_open(&bench->near, NULL));
	make_pair(bench);
	assert_true(nlab_port_open(&bench->port, NEAR, NULL));
	assert_true(nlab_port_buffers_open(&bench->buffers, NULL));
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;
	nlab_port_close(&bench->port);
	nlab_port_buffers_close(&bench->buffers);
	nlab_netlink_close(&bench->near);
	nlab_netlink_close(&bench->far);
	close(bench->s);
	close(bench->here);
	close(bench->there);
	free(bench);
	return 0;
}

static void send_bytes(int s, const struct sockaddr_in *address, size_t length)
{
	char *bytes = calloc(1, length);
	assert_int_equal(sendto(s, bytes, length, 0, (const struct sockaddr *)address, sizeof *address),
			 length);
	free(bytes);
}

static int receive(struct bench *bench)
{
	struct nlab_error error;
	return nlab_port_receive(&bench->port, &bench->buffers, bench->frames, NLAB_PORT_FRAMES, &error);
}

static void test_a_frame_waits_once_send_returned(void **state)
{
	struct bench *bench = *state;
	const struct nlab_frame *frame = bench->frames;
	int on = nlab_port_keep_stamps(NULL);
	assert_true(on >= 0);
	assert_int_equal(receive(bench), 0);
	for (size_t i = 1; i < 1000; i++) {
		int64_t before = nlab_clock_recording_ns();
		send_bytes(bench->s, &to, i);
		assert_int_equal(receive(bench), 1);
		assert_int_equal(frame->length, HEADERS + i);
		assert_int_equal(frame->captured, frame->length);
		assert_memory_equal(frame->bytes, near_mac, 6);
		assert_memory_equal(frame->bytes + 6, far_mac, 6);
		assert_false(frame->checksum_pending);
		assert_in_range(frame->time_ns, before, nlab_clock_recording_ns());
	}
	assert_int_equal(receive(bench), 0);
	close(on);
}

static void test_stamps_are_of_arrival(void **state)
{
	struct bench *bench = *state;
	int on = nlab_port_keep_stamps(NULL);
	int64_t sent = 0;
	/* the kernel needs a few ms to switch stamping on; once it does, a frame that waits keeps its own time */
	for (int tries = 0; tries < 1000; tries++) {
		send_bytes(bench->s, &to, 1);
		sent = nlab_clock_recording_ns();
		usleep(1000);
		assert_int_equal(receive(bench), 1);
		if (bench->frames[0].time_ns <= sent) {
			break;
		}
	}
	assert_true(bench->frames[0].time_ns <= sent);
	close(on);
}

static void test_many_frames_in_order(void **state)
{
	struct bench *bench = *state;
	for (size_t i = 1; i <= NLAB_PORT_FRAMES + 5; i++) {
		send_bytes(bench->s, &to, i);
	}
	assert_int_equal(receive(bench), NLAB_PORT_FRAMES);
	for (unsigned i = 0; i < NLAB_PORT_FRAMES; i++) {
		assert_int_equal(bench->frames[i].length, HEADERS + i + 1);
	}
	assert_int_equal(receive(bench), 5);
	assert_int_equal(bench->frames[4].length, HEADERS + NLAB_PORT_FRAMES + 5);
	assert_int_equal(receive(bench), 0);
}

static void test_the_longest_frame_is_whole(void **state)
{
	struct bench *bench = *state;
	send_bytes(bench->s, &to, 65535 - 28);
	send_bytes(bench->s, &to, 1);
	assert_int_equal(receive(bench), 2);
	assert_int_equal(bench->frames[0].length, 65535 + 14);
	assert_int_equal(bench->frames[0].captured, 65535 + 14);
	assert_int_equal(bench->frames[1].length, HEADERS + 1);
}

static void test_only_what_comes_in_on_its_interface(void **state)
{
	struct bench *bench = *state;
	const struct sockaddr_in self = {
	    .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	uint8_t frame[60] = {0};
	go(bench->here);
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	send_bytes(s, &self, 1); /* on lo */
	assert_true(nlab_port_send(&bench->port, frame, sizeof frame, NULL));
	assert_int_equal(receive(bench), 0);
	close(s);
}

static void test_loopback_is_seen_once(void **state)
{
	struct bench *bench = *state;
	const struct sockaddr_in self = {
	    .sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct nlab_port port;
	go(bench->here);
	assert_true(nlab_port_open(&port, NLAB_LINK_LOOPBACK, NULL));
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	send_bytes(s, &self, 1);
	/* the datagram, and the ICMP error that answers it */
	assert_int_equal(nlab_port_receive(&port, &bench->buffers, bench->frames, NLAB_PORT_FRAMES, NULL), 2);
	assert_true(bench->frames[0].checksum_pending); /* lo computes none */
	assert_int_equal(bench->frames[0].length, HEADERS + 1);
	close(s);
	nlab_port_close(&port);
}

static void test_what_is_sent_arrives(void **state)
{
	struct bench *bench = *state;
	struct nlab_port far;
	struct nlab_error error;
	uint8_t frame[100] = {0};
	memcpy(frame, far_mac, 6);
	memcpy(frame + 6, near_mac, 6);
	frame[12] = 0x08;
	frame[99] = 0x5a;
	go(bench->there);
	assert_true(nlab_port_open(&far, FAR, NULL));
	assert_true(nlab_port_send(&bench->port, frame, sizeof frame, &error));
	assert_int_equal(nlab_port_receive(&far, &bench->buffers, bench->frames, NLAB_PORT_FRAMES, NULL), 1);
	assert_int_equal(bench->frames[0].length, sizeof frame);
	assert_memory_equal(bench->frames[0].bytes, frame, sizeof frame);
	nlab_port_close(&far);
}

static void test_errors_of_send_and_receive(void **state)
{
	struct bench *bench = *state;
	struct nlab_error error;
	uint8_t frame[1600] = {0};
	nlab_link_mtu(&bench->near, NEAR, 1500);
	assert_true(nlab_netlink_run(&bench->near, NULL));
	assert_false(nlab_port_send(&bench->port, frame, sizeof frame, &error));
	assert_int_equal(error.code, EMSGSIZE);
	nlab_link_up(&bench->near, NEAR, false);
	assert_true(nlab_netlink_run(&bench->near, NULL));
	assert_false(nlab_port_send(&bench->port, frame, 60, &error));
	assert_int_equal(error.code, ENETDOWN);
	nlab_link_up(&bench->near, NEAR, true);
	assert_true(nlab_netlink_run(&bench->near, NULL));
	wait_for_carriers(bench);
	assert_true(nlab_port_send(&bench->port, frame, 60, NULL)); /* nothing is left of the error */
}

static void test_an_interface_that_goes_down_is_told_once(void **state)
{
	struct bench *bench = *state;
	struct nlab_error error;
	nlab_link_up(&bench->near, NEAR, false);
	assert_true(nlab_netlink_run(&bench->near, NULL));
	assert_int_equal(nlab_port_receive(&bench->port, &bench->buffers, bench->frames, 1, &error), -1);
	assert_int_equal(error.code, ENETDOWN);
	assert_int_equal(receive(bench), 0);
	nlab_link_up(&bench->near, NEAR, true);
	assert_true(nlab_netlink_run(&bench->near, NULL));
	wait_for_carriers(bench);
	send_bytes(bench->s, &to, 1);
	assert_int_equal(receive(bench), 1);
}

static void test_lost_frames_are_counted(void **state)
{
	struct bench *bench = *state;
	unsigned sent = 0, received = 0;
	assert_int_equal(nlab_port_lost(&bench->port), 0);
	for (; sent < 1000; sent++) {
		send_bytes(bench->s, &to, 60000);
	}
	uint32_t lost = nlab_port_lost(&bench->port);
	for (int count; (count = receive(bench)) > 0;) {
		received += (unsigned)count;
	}
	assert_true(lost > 0);
	assert_int_equal(received + lost, sent);
	assert_int_equal(nlab_port_lost(&bench->port), 0); /* since the last call */
}

static void test_the_queue_holds_a_burst(void **state)
{
	struct bench *bench = *state;
	unsigned received = 0;
	for (int i = 0; i < 150; i++) {
		send_bytes(bench->s, &to, 1472);
	}
	for (int count; (count = receive(bench)) > 0;) {
		received += (unsigned)count;
	}
	assert_int_equal(received, 150);
	assert_int_equal(nlab_port_lost(&bench->port), 0);
}

static void test_a_port_needs_an_interface(void **state)
{
	struct nlab_port port;
	struct nlab_error error;
	(void)state;
	assert_false(nlab_port_open(&port, 77, &error));
	assert_int_equal(error.code, ENODEV);
	assert_string_equal(error.subject, "interface 77");
	assert_int_equal(port.fd, -1);
	nlab_port_close(&port);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static int tests(void)
{
	const struct CMUnitTest group[] = {
	    TEST(test_a_frame_waits_once_send_returned),
	    TEST(test_stamps_are_of_arrival),
	    TEST(test_many_frames_in_order),
	    TEST(test_the_longest_frame_is_whole),
	    TEST(test_only_what_comes_in_on_its_interface),
	    TEST(test_loopback_is_seen_once),
	    TEST(test_what_is_sent_arrives),
	    TEST(test_errors_of_send_and_receive),
	    TEST(test_an_interface_that_goes_down_is_told_once),
	    TEST(test_lost_frames_are_counted),
	    TEST(test_the_queue_holds_a_burst),
	    TEST(test_a_port_needs_an_interface),
	};
	return cmocka_run_group_tests_name("port", group, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}
