/* Tests of lab/wire.h under load and past its bounds: a TCP connection, frames that the kernel lost, a recording that is
 * full, frames that make no sense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lan.h"

#include <linux/if_packet.h>

#define PORT      7000
#define NEAR_BASE 100 /* the wire's end of host n has number 100 + n in the switch's namespace */

static uint32_t packets(const struct lan *lan)
{
	return atomic_load(&lan->recording.lab->packets);
}

/* The two ends of a connection from host 1 to host 2, carried by the test. */
static void connect_hosts(struct lan *lan, int *client, int *server)
{
	const struct sockaddr_in to = lan_address(lan, 2, PORT);
	int l = lan_socket(lan, 2, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(l, (const struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(listen(l, 1), 0);
	*client = lan_socket(lan, 1, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(connect(*client, (const struct sockaddr *)&to, sizeof to), -1);
	assert_int_equal(errno, EINPROGRESS);
	lan_carry(lan, 3);
	struct pollfd waiting = {.fd = l, .events = POLLIN};
	assert_int_equal(poll(&waiting, 1, LAN_PATIENCE_MS), 1);
	*server = accept(l, NULL, NULL);
	assert_true(*server >= 0);
	close(l);
}

static void a_connection_from_syn_to_data(void **state)
{
	static const struct {
		unsigned from, flags;
		uint32_t seq, ack;
	} expected[] = {{2, NLAB_TCP_SYN, 0, 0},
			{4, NLAB_TCP_SYN | NLAB_TCP_ACK, 0, 1},
			{2, NLAB_TCP_ACK, 1, 1},
			{2, NLAB_TCP_PSH | NLAB_TCP_ACK, 1, 1},
			{4, NLAB_TCP_ACK, 1, 6}};
	struct lan lan;
	int client, server;
	char text[64];
	(void)state;
	lan_open(&lan, 1 << 20, 2, false);
	connect_hosts(&lan, &client, &server);
	assert_int_equal(send(client, "hello", 5, 0), 5);
	lan_carry(&lan, 5);
	assert_string_equal(lan_receive(server, text), "hello");
	for (unsigned i = 0; i < 5; i++) {
		const struct nlab_packet_record *record = recorded_packet(&lan.recording, i);
		struct nlab_packet packet;
		nlab_packet_decode(&packet, record->frame, record->captured, record->length);
		assert_int_equal(record->from_port, expected[i].from);
		assert_int_equal(record->flow, 1);
		assert_int_equal(packet.tcp.flags, expected[i].flags);
		assert_int_equal(packet.tcp.seq - record->seq_base, expected[i].seq);
		assert_true(i == 0 || packet.tcp.ack - record->ack_base == expected[i].ack);
	}
	close(client);
	close(server);
	lan_close(&lan);
}

/* The descriptor of the wire's packet socket at host number `host`: the test has no other way to it. */
static int port_of(unsigned host)
{
	for (int fd = 3; fd < 256; fd++) {
		struct sockaddr_ll about = {0};
		socklen_t size = sizeof about;
		if (getsockname(fd, (struct sockaddr *)&about, &size) == 0 && about.sll_family == AF_PACKET &&
		    about.sll_ifindex == (int)(NEAR_BASE + host)) {
			return fd;
		}
	}
	return -1;
}

static void frames_that_found_no_room_are_counted(void **state)
{
	struct lan lan;
	char bytes[1000] = "";
	int small = 1;
	(void)state;
	lan_open(&lan, 1 << 20, 2, false);
	int s = lan_udp(&lan, 1, PORT), other = lan_udp(&lan, 2, PORT);
	const struct sockaddr_in to = lan_address(&lan, 2, PORT), back = lan_address(&lan, 1, PORT);
	int port = port_of(1);
	assert_true(port >= 0);
	assert_int_equal(setsockopt(port, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
	for (int i = 0; i < 50; i++) {
		lan_send(s, &to, bytes, sizeof bytes);
	}
	lan_send(other, &back, "x", 1); /* this direction loses nothing */
	nlab_wire_drain(lan.wire, 1000);
	assert_in_range(packets(&lan), 2, 40);
	nlab_wire_check_lost(lan.wire);
	nlab_wire_check_lost(lan.wire);
	assert_int_equal(recorded_events(&lan.recording, NLAB_EVENT_LOST), 1);
	const struct nlab_event_record *lost = recorded_event(&lan.recording, NLAB_EVENT_LOST, 0);
	assert_int_equal(lost->a + packets(&lan), 51);
	assert_int_equal(lost->host, 1);
	assert_false(nlab_recording_overflowed(&lan.recording));
	close(s);
	close(other);
	lan_close(&lan);
}

static void a_full_recording_is_counted(void **state)
{
	struct lan lan;
	char bytes[1000] = "";
	(void)state;
	lan_open(&lan, 32 << 10, 2, false);
	int s = lan_udp(&lan, 1, PORT), other = lan_udp(&lan, 2, PORT); /* nobody there: ICMP errors */
	const struct sockaddr_in to = lan_address(&lan, 2, PORT);
	struct nlab_order hold = lan_rule(NLAB_ACTION_HOLD, 0, 0, NULL, 0);
	assert_int_equal(nlab_wire_rule(lan.wire, &hold, NULL), 1);
	for (int i = 0; i < 60; i++) {
		lan_send(s, &to, bytes, sizeof bytes);
		nlab_wire_carry(lan.wire);
	}
	nlab_wire_drain(lan.wire, 1000);
	assert_in_range(packets(&lan), 1, 59);
	assert_true(nlab_recording_overflowed(&lan.recording));
	assert_int_equal(packets(&lan) + atomic_load(&lan.recording.lab->overflow), 60);
	assert_int_equal(nlab_wire_release(lan.wire, 0, SIZE_MAX), packets(&lan));
	assert_int_equal(nlab_wire_carry(lan.wire), 0);
	close(s);
	close(other);
	lan_close(&lan);
}

/* Whatever bytes a raw socket puts on the wire: recorded as they are, nothing breaks. */
static void frames_that_make_no_sense(void **state)
{
	const struct sockaddr_ll eth0 = {.sll_family = AF_PACKET, .sll_ifindex = 2};
	struct lan lan;
	uint8_t frame[200];
	uint32_t random = 12345;
	(void)state;
	lan_open(&lan, 1 << 20, 2, false);
	int s = lan_socket(&lan, 1, AF_PACKET, SOCK_RAW, 0);
	struct nlab_order delay = lan_rule(NLAB_ACTION_DELAY, 0, 1, "dport", PORT);
	assert_int_equal(nlab_wire_rule(lan.wire, &delay, NULL), 1);
	for (unsigned i = 0; i < 300; i++) {
		size_t length = 14 + i % 180;
		for (size_t k = 0; k < length; k++) {
			random = random * 1664525 + 1013904223;
			frame[k] = (uint8_t)(random >> 24);
		}
		frame[0] &= (uint8_t)(i % 2 ? 0xff : 0xfe);
		frame[12] = 8;
		frame[13] = 0;
		frame[14] = 0x45;
		assert_int_equal(sendto(s, frame, length, 0, (const struct sockaddr *)&eth0, sizeof eth0),
				 length);
		lan_carry(&lan, i + 1);
		assert_memory_equal(recorded_packet(&lan.recording, i)->frame, frame, length);
	}
	close(s);
	lan_close(&lan);
}

static void a_drain_has_a_bound(void **state)
{
	struct lan lan;
	(void)state;
	lan_open(&lan, 1 << 20, 2, false);
	int s = lan_udp(&lan, 1, PORT), other = lan_udp(&lan, 2, PORT); /* nobody there: ICMP errors */
	const struct sockaddr_in to = lan_address(&lan, 2, PORT);
	for (int i = 0; i < 3 * NLAB_PORT_FRAMES; i++) {
		lan_send(s, &to, "x", 1);
	}
	nlab_wire_drain(lan.wire, 1);
	assert_int_equal(packets(&lan), NLAB_PORT_FRAMES);
	nlab_wire_drain(lan.wire, 1000);
	assert_int_equal(packets(&lan), 3 * NLAB_PORT_FRAMES);
	close(s);
	close(other);
	lan_close(&lan);
}

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    cmocka_unit_test(a_connection_from_syn_to_data),
	    cmocka_unit_test(frames_that_found_no_room_are_counted),
	    cmocka_unit_test(a_full_recording_is_counted),
	    cmocka_unit_test(frames_that_make_no_sense),
	    cmocka_unit_test(a_drain_has_a_bound),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}
