/* Tests of lab/wire.h: what crosses between real hosts, what is recorded of it, and what the rules do to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lan.h"

#include "facts/checksum.h"
#include "kernel/link.h"

#include <linux/if_packet.h>

#define RECORDING_BYTES (1 << 20)
#define PORT            7000
#define HOUR_NS         (INT64_C(3600) * NLAB_NS_PER_S)

struct bench { /* hosts a (1), b (2) and c (3); a socket of each, bound to PORT */
	struct lan lan;
	int s[4];
	struct sockaddr_in to[4];
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	lan_open(&bench->lan, RECORDING_BYTES, 3, false);
	for (unsigned host = 1; host <= 3; host++) {
		bench->s[host] = lan_udp(&bench->lan, host, PORT);
		bench->to[host] = lan_address(&bench->lan, host, PORT);
	}
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;
	for (unsigned host = 1; host <= 3; host++) {
		close(bench->s[host]);
	}
	lan_close(&bench->lan);
	free(bench);
	return 0;
}

static void say(const struct bench *bench, unsigned from, unsigned to, const char *text)
{
	lan_send(bench->s[from], &bench->to[to], text, strlen(text));
}

static void assert_said(const struct bench *bench, unsigned host, const char *text)
{
	char heard[64];
	assert_string_equal(lan_receive(bench->s[host], heard), text);
}

static const struct nlab_packet_record *packet(const struct bench *bench, unsigned nth)
{
	const struct nlab_packet_record *record = recorded_packet(&bench->lan.recording, nth);
	assert_non_null(record);
	return record;
}

static void assert_fate(const struct bench *bench, unsigned nth, enum nlab_fate fate, unsigned rule)
{
	assert_string_equal(nlab_fate_name(packet(bench, nth)->fate), nlab_fate_name(fate));
	assert_int_equal(packet(bench, nth)->rule, rule);
}

static uint16_t add(struct bench *bench, struct nlab_order order)
{
	uint16_t id = nlab_wire_rule(bench->lan.wire, &order, NULL);
	assert_true(id > 0);
	return id;
}

static void assert_hits(const struct bench *bench, uint16_t id, uint64_t hits, uint64_t held)
{
	uint64_t have_hits = 0, have_held = 0;
	assert_true(nlab_wire_hits(bench->lan.wire, id, &have_hits, &have_held));
	assert_int_equal(have_hits, hits);
	assert_int_equal(have_held, held);
}

static void a_datagram_and_its_record(void **state)
{
	struct bench *bench = *state;
	int64_t before = nlab_clock_recording_ns();
	say(bench, 1, 2, "hello");
	lan_carry(&bench->lan, 1);
	assert_said(bench, 2, "hello");
	const struct nlab_packet_record *record = packet(bench, 0);
	assert_fate(bench, 0, NLAB_FATE_DELIVERED, 0);
	assert_int_equal(record->id, 1);
	assert_int_equal(record->from_port, 2); /* lo and eth0 of a are 1 and 2, of b 3 and 4 */
	assert_int_equal(record->to_port, 4);
	assert_int_equal(record->src_host, 1);
	assert_int_equal(record->dst_host, 2);
	assert_int_equal(record->flow, 1);
	assert_int_equal(record->length, 14 + 20 + 8 + 5);
	assert_int_equal(record->captured, record->length);
	assert_memory_equal(record->frame + 42, "hello", 5);
	assert_true(record->head.time_ns >= before);
	assert_true(record->received_ns >= record->head.time_ns);
	assert_true(record->received_ns <= nlab_clock_recording_ns());
}

static void records_stand_in_the_order_of_their_times(void **state)
{
	struct bench *bench = *state;
	for (int i = 0; i < 10; i++) {
		say(bench, 1, 2, "from a");
		say(bench, 2, 3, "from b");
		say(bench, 3, 1, "from c");
	}
	lan_carry(&bench->lan, 30);
	for (unsigned i = 0; i < 30; i++) {
		assert_true(i == 0 || packet(bench, i)->head.time_ns >= packet(bench, i - 1)->head.time_ns);
		assert_true(packet(bench, i)->received_ns >= packet(bench, i)->head.time_ns);
	}
}

static void a_rule_that_drops_two(void **state)
{
	struct bench *bench = *state;
	uint16_t id = add(bench, lan_rule(NLAB_ACTION_DROP, 2, 0, "dport", PORT));
	static const char *const texts[] = {"one", "two", "three"};
	for (int i = 0; i < 3; i++) {
		say(bench, 1, 2, texts[i]);
	}
	lan_carry(&bench->lan, 3);
	assert_said(bench, 2, "three");
	assert_fate(bench, 0, NLAB_FATE_DROPPED, id);
	assert_fate(bench, 1, NLAB_FATE_DROPPED, id);
	assert_fate(bench, 2, NLAB_FATE_DELIVERED, 0);
	assert_int_equal(packet(bench, 1)->received_ns, 0);
	assert_hits(bench, id, 2, 0);
	uint64_t hits, held;
	assert_false(nlab_wire_hits(bench->lan.wire, (uint16_t)(id + 1), &hits, &held));
}

static void held_frames_are_released_in_order_and_by_count(void **state)
{
	struct bench *bench = *state;
	uint16_t id = add(bench, lan_rule(NLAB_ACTION_HOLD, 0, 0, "sport", PORT));
	say(bench, 1, 2, "one");
	say(bench, 3, 2, "two");
	say(bench, 1, 2, "three");
	lan_carry(&bench->lan, 3);
	assert_hits(bench, id, 3, 3);
	assert_fate(bench, 0, NLAB_FATE_HELD, id);
	assert_int_equal(packet(bench, 0)->received_ns, 0);
	assert_int_equal(nlab_wire_release(bench->lan.wire, id, 2), 2);
	assert_fate(bench, 0, NLAB_FATE_DELIVERED, id);
	assert_fate(bench, 1, NLAB_FATE_DELIVERED, id);
	assert_fate(bench, 2, NLAB_FATE_HELD, id);
	assert_true(packet(bench, 1)->received_ns >= packet(bench, 0)->received_ns);
	assert_int_equal(nlab_wire_release(bench->lan.wire, (uint16_t)(id + 1), SIZE_MAX), 0);
	assert_int_equal(nlab_wire_release(bench->lan.wire, 0, SIZE_MAX), 1);
	assert_hits(bench, id, 3, 0);
	assert_said(bench, 2, "one");
	assert_said(bench, 2, "two");
	assert_said(bench, 2, "three");
}

static void a_delay_is_never_early_and_keeps_the_order(void **state)
{
	struct bench *bench = *state;
	const int64_t delay = 5000000;
	uint16_t id = add(bench, lan_rule(NLAB_ACTION_DELAY, 0, delay, "dport", PORT));
	char text[16];
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof text, "%d", i);
		say(bench, 1 + 2 * (i % 2 == 1), 2, text); /* a and c in turn */
	}
	lan_carry(&bench->lan, 20);
	while (nlab_wire_due(bench->lan.wire) != INT64_MAX) {
	}
	for (unsigned i = 0; i < 20; i++) { /* they come as they stand in the recording */
		snprintf(text, sizeof text, "%.*s", (int)packet(bench, i)->captured - 42,
			 (const char *)packet(bench, i)->frame + 42);
		assert_said(bench, 2, text);
		assert_fate(bench, i, NLAB_FATE_DELIVERED, id);
		assert_true(packet(bench, i)->received_ns >= packet(bench, i)->head.time_ns + delay);
	}
	assert_hits(bench, id, 20, 0);
}

static void what_is_delayed_is_due_at_its_time(void **state)
{
	struct bench *bench = *state;
	assert_int_equal(nlab_wire_due(bench->lan.wire), INT64_MAX);
	uint16_t id = add(bench, lan_rule(NLAB_ACTION_DELAY, 0, HOUR_NS, NULL, 0));
	say(bench, 1, 2, "late");
	lan_carry(&bench->lan, 1);
	assert_int_equal(nlab_wire_due(bench->lan.wire), packet(bench, 0)->head.time_ns + HOUR_NS);
	assert_fate(bench, 0, NLAB_FATE_PENDING, id);
	assert_int_equal(packet(bench, 0)->received_ns, 0);
	assert_int_equal(nlab_wire_release(bench->lan.wire, 0, SIZE_MAX), 0); /* it is not held */
}

static void a_delay_without_end(void **state)
{
	struct bench *bench = *state;
	uint16_t id = add(bench, lan_rule(NLAB_ACTION_DELAY, 0, INT64_MAX / 4, NULL, 0));
	say(bench, 1, 2, "never");
	lan_carry(&bench->lan, 1);
	nlab_wire_due(bench->lan.wire);
	assert_fate(bench, 0, NLAB_FATE_PENDING, id);
	assert_hits(bench, id, 1, 0); /* it is delayed, not held */
}

static void to_remove_rules_delivers_what_they_keep(void **state)
{
	struct bench *bench = *state;
	uint16_t late = add(bench, lan_rule(NLAB_ACTION_DELAY, 1, HOUR_NS, NULL, 0));
	uint16_t held = add(bench, lan_rule(NLAB_ACTION_HOLD, 1, 0, NULL, 0));
	say(bench, 1, 2, "held"); /* holding goes before delaying */
	say(bench, 1, 2, "late");
	lan_carry(&bench->lan, 2);
	assert_int_equal(nlab_wire_remove(bench->lan.wire, held, 0), 1);
	assert_said(bench, 2, "held");
	assert_fate(bench, 0, NLAB_FATE_DELIVERED, held);
	assert_fate(bench, 1, NLAB_FATE_PENDING, late);
	assert_int_equal(nlab_wire_remove(bench->lan.wire, 0, NLAB_ACTION_HOLD), 0);
	assert_int_equal(nlab_wire_remove(bench->lan.wire, 0, NLAB_ACTION_DELAY), 1);
	assert_said(bench, 2, "late");
	assert_fate(bench, 1, NLAB_FATE_DELIVERED, late);
	assert_int_equal(nlab_wire_due(bench->lan.wire), INT64_MAX);
}

static void a_cut_and_its_end(void **state)
{
	struct bench *bench = *state;
	uint16_t id = add(bench, lan_rule(NLAB_ACTION_CUT, 0, 0, NULL, 0));
	say(bench, 1, 2, "lost");
	lan_carry(&bench->lan, 1);
	assert_int_equal(nlab_wire_remove(bench->lan.wire, 0, NLAB_ACTION_CUT), 1);
	say(bench, 1, 2, "carried");
	lan_carry(&bench->lan, 2);
	assert_fate(bench, 0, NLAB_FATE_CUT, id);
	assert_fate(bench, 1, NLAB_FATE_DELIVERED, 0);
	assert_said(bench, 2, "carried");
}

static void a_broadcast_goes_to_all_others(void **state)
{
	struct bench *bench = *state;
	struct sockaddr_in all = bench->to[1];
	int on = 1;
	inet_pton(AF_INET, "10.0.0.255", &all.sin_addr);
	assert_int_equal(setsockopt(bench->s[1], SOL_SOCKET, SO_BROADCAST, &on, sizeof on), 0);
	lan_send(bench->s[1], &all, "all", 3);
	lan_carry(&bench->lan, 1);
	assert_int_equal(packet(bench, 0)->to_port, NLAB_PORT_FLOOD);
	assert_int_equal(packet(bench, 0)->dst_host, NLAB_HOST_NONE);
	assert_fate(bench, 0, NLAB_FATE_DELIVERED, 0);
	assert_said(bench, 2, "all");
	assert_said(bench, 3, "all");
	assert_said(bench, 1, "all"); /* from the sender's own kernel */
	assert_int_equal(atomic_load(&bench->lan.recording.lab->packets), 1);
}

/* What comes in on a's eth0 first is what b said, not what a had said to all. */
static void a_broadcast_does_not_come_back(void **state)
{
	struct bench *bench = *state;
	uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x12, 0x34};
	struct sockaddr_ll eth0 = {.sll_family = AF_PACKET, .sll_ifindex = 2, .sll_protocol = htons(0x1234)};
	int on = 1, s = lan_socket(&bench->lan, 1, AF_PACKET, SOCK_RAW, 0);
	assert_int_equal(setsockopt(s, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on), 0);
	assert_int_equal(bind(s, (const struct sockaddr *)&eth0, sizeof eth0), 0);
	assert_int_equal(send(s, frame, sizeof frame, 0), sizeof frame);
	lan_carry(&bench->lan, 1);
	int other = lan_socket(&bench->lan, 2, AF_PACKET, SOCK_RAW, 0);
	frame[11] = 2;
	assert_int_equal(sendto(other, frame, sizeof frame, 0, (const struct sockaddr *)&eth0, sizeof eth0),
			 sizeof frame);
	lan_carry(&bench->lan, 2);
	struct pollfd waiting = {.fd = s, .events = POLLIN};
	assert_int_equal(poll(&waiting, 1, LAN_PATIENCE_MS), 1);
	assert_int_equal(recv(s, frame, sizeof frame, 0), sizeof frame);
	assert_int_equal(frame[11], 2);
	close(s);
	close(other);
}

static void an_unknown_destination_is_nowhere(void **state)
{
	struct bench *bench = *state;
	const struct sockaddr_ll eth0 = {.sll_family = AF_PACKET, .sll_ifindex = 2};
	uint8_t frame[60] = {2, 0, 0, 0, 0, 77, 2, 0, 0, 0, 0, 1, 0x12, 0x34};
	uint16_t id = add(bench, lan_rule(NLAB_ACTION_DROP, 0, 0, NULL, 0));
	int s = lan_socket(&bench->lan, 1, AF_PACKET, SOCK_RAW, 0);
	assert_int_equal(sendto(s, frame, sizeof frame, 0, (const struct sockaddr *)&eth0, sizeof eth0), 60);
	lan_carry(&bench->lan, 1);
	assert_fate(bench, 0, NLAB_FATE_NOWHERE, 0);
	assert_int_equal(packet(bench, 0)->to_port, NLAB_PORT_NONE);
	assert_int_equal(packet(bench, 0)->flow, 0);
	assert_hits(bench, id, 0, 0); /* no rule is asked */
	close(s);
}

static void an_interface_that_is_down_gets_nothing(void **state)
{
	struct bench *bench = *state;
	static struct nlab_netlink netlink;
	assert_true(nlab_netlink_open(&netlink, NULL));
	nlab_link_up(&netlink, 102, false);
	assert_true(nlab_netlink_run(&netlink, NULL));
	nlab_netlink_close(&netlink);
	say(bench, 1, 2, "lost");
	lan_carry(&bench->lan, 1);
	assert_fate(bench, 0, NLAB_FATE_NOWHERE, 0);
	assert_int_equal(packet(bench, 0)->received_ns, 0);
}

static void loopback_is_recorded_once_and_whole(void **state)
{
	struct bench *bench = *state;
	struct sockaddr_in self = bench->to[1];
	struct nlab_packet decoded;
	self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	uint16_t id = add(bench, lan_rule(NLAB_ACTION_DROP, 0, 0, NULL, 0)); /* is for the wire alone */
	lan_send(bench->s[1], &self, "inside", 6);
	lan_carry(&bench->lan, 1);
	assert_said(bench, 1, "inside");
	nlab_wire_drain(bench->lan.wire, 100);
	const struct nlab_packet_record *record = packet(bench, 0);
	assert_null(recorded_packet(&bench->lan.recording, 1));
	assert_fate(bench, 0, NLAB_FATE_DELIVERED, 0);
	assert_int_equal(record->from_port, 1);
	assert_int_equal(record->to_port, 1);
	assert_int_equal(record->src_host, 1);
	assert_int_equal(record->dst_host, 1);
	assert_int_equal(record->received_ns, record->head.time_ns);
	nlab_packet_decode(&decoded, record->frame, record->captured, record->length);
	assert_true(decoded.layers & NLAB_LAYER_UDP);
	assert_int_equal(nlab_checksum_verify(&decoded), NLAB_CHECKSUM_OK);
	assert_hits(bench, id, 0, 0);
}

static void ports_and_addresses_have_a_bound(void **state)
{
	struct bench *bench = *state;
	struct in6_addr address = {0};
	unsigned added = 0;
	while (added < 1000 && nlab_wire_address(bench->lan.wire, 1, &address)) {
		assert_true(nlab_wire_address(bench->lan.wire, 1, &address)); /* once more takes no room */
		added++;
		address.s6_addr[0] = (uint8_t)added;
		address.s6_addr[1] = (uint8_t)(added >> 8);
	}
	assert_int_equal(added, 256 - 3);
	say(bench, 1, 2, "still there");
	lan_carry(&bench->lan, 1);
	assert_int_equal(packet(bench, 0)->dst_host, 2);
}

static void copies_changes_and_a_crash(void **state)
{
	struct bench *bench = *state;
	struct nlab_order twice = lan_rule(NLAB_ACTION_DUPLICATE, 1, 0, NULL, 0);
	twice.amount = 1;
	uint16_t changer = add(bench, lan_rule(NLAB_ACTION_CORRUPT, 1, 42 * 8, NULL, 0));
	add(bench, twice);
	uint16_t keeper = add(bench, lan_rule(NLAB_ACTION_HOLD, 0, 0, NULL, 0));
	say(bench, 1, 2, "x");
	lan_carry(&bench->lan, 3);
	assert_fate(bench, 0, NLAB_FATE_ALTERED, changer);
	for (unsigned i = 1; i < 3; i++) {
		assert_fate(bench, i, NLAB_FATE_HELD, keeper);
		assert_int_equal(packet(bench, i)->copy_of, 1);
		assert_int_equal(packet(bench, i)->frame[42], 'x' ^ 0x80);
	}
	assert_true(nlab_network_crash(&bench->lan.network, 2, NULL));
	assert_int_equal(nlab_wire_release(bench->lan.wire, 0, SIZE_MAX), 2);
	assert_fate(bench, 2, NLAB_FATE_NOWHERE, keeper);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    TEST(a_datagram_and_its_record),
	    TEST(records_stand_in_the_order_of_their_times),
	    TEST(a_rule_that_drops_two),
	    TEST(held_frames_are_released_in_order_and_by_count),
	    TEST(a_delay_is_never_early_and_keeps_the_order),
	    TEST(what_is_delayed_is_due_at_its_time),
	    TEST(a_delay_without_end),
	    TEST(to_remove_rules_delivers_what_they_keep),
	    TEST(a_cut_and_its_end),
	    TEST(a_broadcast_goes_to_all_others),
	    TEST(a_broadcast_does_not_come_back),
	    TEST(an_unknown_destination_is_nowhere),
	    TEST(an_interface_that_is_down_gets_nothing),
	    TEST(loopback_is_recorded_once_and_whole),
	    TEST(ports_and_addresses_have_a_bound),
	    TEST(copies_changes_and_a_crash),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}
