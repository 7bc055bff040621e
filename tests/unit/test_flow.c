/* test_flow.c: which flow a segment belongs to, and the relative numbers a reader sees. */
#include "facts/flow.h"

#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SYN NLAB_TCP_SYN
#define ACK NLAB_TCP_ACK
#define RST NLAB_TCP_RST
#define FIN NLAB_TCP_FIN

#define A 0xfffffff0u /* initial sequence numbers; one that wraps */
#define B 0x80000000u

/* A segment, and what a reader is to see. `reverse`: from 10.0.0.2:80 to 10.0.0.1:4000, else the other way.
 */
struct step {
	bool reverse;
	uint8_t flags;
	uint32_t seq, ack; /* raw */
	uint32_t flow, show_seq, show_ack;
};

static struct nlab_flow_mark see(struct nlab_flows *flows, uint32_t scope, struct segment segment)
{
	struct frame frame = {0};
	struct nlab_packet packet;
	struct nlab_flow_mark mark;
	frame_tcp(&frame, segment);
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	nlab_flows_see(flows, &packet, scope, &mark);
	return mark;
}

static void run_on(struct nlab_flows *flows, const struct step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct step *step = &steps[i];
		struct segment segment = {.flags = step->flags, .seq = step->seq, .ack = step->ack};
		segment.src = step->reverse ? "10.0.0.2" : "10.0.0.1";
		segment.dst = step->reverse ? "10.0.0.1" : "10.0.0.2";
		segment.sport = step->reverse ? 80 : 4000;
		segment.dport = step->reverse ? 4000 : 80;
		struct nlab_flow_mark mark = see(flows, 0, segment);
		uint32_t seq = step->seq - mark.seq_base, ack = step->ack - mark.ack_base;
		if (mark.flow != step->flow || seq != step->show_seq ||
		    (step->flags & ACK && ack != step->show_ack)) {
			fail_msg("step %zu: flow %u seq %u ack %u, not flow %u seq %u ack %u", i, mark.flow,
				 seq, ack, step->flow, step->show_seq, step->show_ack);
		}
	}
}

static void run(const struct step *steps, size_t count)
{
	struct nlab_flows *flows = nlab_flows_new();
	assert_non_null(flows);
	run_on(flows, steps, count);
	nlab_flows_free(flows);
}

#define RUN(...)                                                                                             \
	do {                                                                                                 \
		const struct step steps[] = {__VA_ARGS__};                                                   \
		run(steps, sizeof steps / sizeof steps[0]);                                                  \
	} while (0)

static void handshake_data_close(void **state)
{
	(void)state;
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1},
	    {false, ACK, A + 1, B + 1, 1, 1, 1}, {false, ACK, A + 1, B + 1, 1, 1, 1},
	    {true, ACK, B + 1, A + 101, 1, 1, 101}, {false, FIN | ACK, A + 101, B + 1, 1, 101, 1},
	    {true, FIN | ACK, B + 1, A + 102, 1, 1, 102}, {false, ACK, A + 102, B + 2, 1, 102, 2});
}

static void refused(void **state)
{
	(void)state;
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, RST | ACK, 0, A + 1, 1, 0, 1});
	/* a second try from the same port, then one that is sent again */
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, RST | ACK, 0, A + 1, 1, 0, 1},
	    {false, SYN, A + 999, 0, 2, 0, 0}, {false, SYN, A + 999, 0, 2, 0, 0},
	    {true, RST | ACK, 0, A + 1000, 2, 0, 1});
	/* the listener closes after its SYN,ACK was lost: the RST does not use its numbers */
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1}, {false, SYN, A, 0, 1, 0, 0},
	    {true, RST | ACK, 0, A + 1, 1, 0, 1});
	/* a SYN with 10 bytes of data (fast open) */
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, RST | ACK, 0, A + 11, 1, 0, 11});
}

static void syn_sent_again(void **state)
{
	(void)state;
	RUN({false, SYN, A, 0, 1, 0, 0}, {false, SYN, A, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1},
	    {true, SYN | ACK, B, A + 1, 1, 0, 1}, {false, ACK, A + 1, B + 1, 1, 1, 1},
	    {false, SYN, A, 0, 1, 0, 0});
	/* the server forgot its half-open connection and answers with another number */
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1}, {false, SYN, A, 0, 1, 0, 0},
	    {true, SYN | ACK, B + 77777, A + 1, 1, 0, 1}, {false, ACK, A + 1, B + 77778, 1, 1, 1});
}

/* RST without ACK: its number is the acknowledgment that it answers. */
static void resets_from_acks(void **state)
{
	(void)state;
	/* N10: the client gave up; its kernel answers the late SYN,ACK */
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1},
	    {false, RST, A + 1, 0, 1, 1, 0});
	/* R2: data to a closed socket */
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1},
	    {false, ACK, A + 1, B + 1, 1, 1, 1}, {true, FIN | ACK, B + 1, A + 1, 1, 1, 1},
	    {false, ACK, A + 1, B + 2, 1, 1, 2}, {true, RST, B + 2, 0, 1, 2, 0});
	/* an acknowledgment of something never sent, to a socket in SYN-SENT */
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, ACK, 500, A + 5000, 1, 0, 5000},
	    {false, RST, A + 5000, 0, 1, 5000, 0});
	/* R6: a made-up ACK to a listener: nothing was ever sent the other way */
	RUN({false, ACK, 1000, 5000, 1, 0, 1}, {true, RST, 5000, 0, 1, 1, 0});
	/* a made-up SYN,ACK */
	RUN({false, SYN | ACK, 1000, 5000, 1, 0, 1}, {true, RST, 5000, 0, 1, 1, 0});
}

/* RST,ACK in answer to a segment without ACK: seq 0, ack = seq + length. */
static void resets_without_acks(void **state)
{
	(void)state;
	RUN({false, FIN, 1000, 0, 1, 0, 0}, {true, RST | ACK, 0, 1001, 1, 0, 1});
	RUN({false, 0, 1000, 0, 1, 0, 0}, {true, RST | ACK, 0, 1010, 1, 0, 10});
	/* into a closed connection whose numbers are known */
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1},
	    {false, ACK, A + 1, B + 1, 1, 1, 1}, {true, RST | ACK, B + 1, A + 1, 1, 1, 1},
	    {false, 0, A + 1, 0, 1, 1, 0}, {true, RST | ACK, 0, A + 11, 1, 0, 11});
}

/* Close with unread data, linger 0, keep-alive giving up: RST,ACK with the sender's own number. */
static void resets_of_ones_own(void **state)
{
	(void)state;
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1},
	    {false, ACK, A + 1, B + 1, 1, 1, 1}, {true, RST | ACK, B + 1, A + 1, 1, 1, 1});
	/* a RST out of the blue begins a flow at 0; a SYN behind it begins the next one */
	RUN({true, RST, 4711, 0, 1, 0, 0}, {true, SYN, B, 0, 2, 0, 0});
	/* a made-up RST that a SYN-SENT socket ignores does not spoil the server's numbers */
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, RST, 4711, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1},
	    {false, ACK, A + 1, B + 1, 1, 1, 1});
}

static void simultaneous_open(void **state)
{
	(void)state;
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, SYN, B, 0, 1, 0, 0}, {false, SYN | ACK, A, B + 1, 1, 0, 1},
	    {true, SYN | ACK, B, A + 1, 1, 0, 1}, {false, ACK, A + 1, B + 1, 1, 1, 1});
	/* after a refusal the other side's SYN is a connection of its own */
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, RST | ACK, 0, A + 1, 1, 0, 1}, {true, SYN, B, 0, 2, 0, 0},
	    {false, RST | ACK, 0, B + 1, 2, 0, 1});
}

static void self_connect(void **state)
{
	(void)state;
	static const struct {
		uint8_t flags;
		uint32_t seq, ack, show_seq, show_ack;
	} STEPS[] = {{SYN, A, 0, 0, 0},
		     {SYN | ACK, A, A + 1, 0, 1},
		     {ACK, A + 1, A + 1, 1, 1},
		     {ACK, A + 1, A + 6, 1, 6}};
	struct nlab_flows *flows = nlab_flows_new();
	for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
		struct nlab_flow_mark mark = see(flows, 1,
						 (struct segment){.src = "127.0.0.1",
								  .dst = "127.0.0.1",
								  .sport = 7,
								  .dport = 7,
								  .flags = STEPS[i].flags,
								  .seq = STEPS[i].seq,
								  .ack = STEPS[i].ack});
		assert_int_equal(mark.flow, 1);
		assert_int_equal(STEPS[i].seq - mark.seq_base, STEPS[i].show_seq);
		if (STEPS[i].flags & ACK) {
			assert_int_equal(STEPS[i].ack - mark.ack_base, STEPS[i].show_ack);
		}
	}
	/* begun in the middle: still one numbering for both */
	struct segment middle = {
	    .src = "127.0.0.1", .dst = "127.0.0.1", .sport = 8, .dport = 8, .flags = ACK};
	middle.seq = middle.ack = 1000;
	struct nlab_flow_mark mark = see(flows, 1, middle);
	assert_int_equal(mark.seq_base, 1000);
	assert_int_equal(mark.ack_base, 1000);
	nlab_flows_free(flows);
}

/* RFC 9293 3.5.1: one side rebooted and connects anew; the other one still has the old connection. */
static void half_open(void **state)
{
	(void)state;
	uint32_t n = 0x12345678;
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1},
	    {false, ACK, A + 1, B + 1, 1, 1, 1},
	    {true, ACK, B + 1, A + 101, 1, 1, 101}, /* here the client reboots */
	    {false, SYN, n, 0, 2, 0, 0}, {true, ACK, B + 1, A + 101, 1, 1, 101},
	    {false, RST, A + 101, 0, 1, 101, 0}, {false, SYN, n, 0, 2, 0, 0},
	    {true, SYN | ACK, B + 999999, n + 1, 2, 0, 1}, {false, ACK, n + 1, B + 1000000, 2, 1, 1});
}

/* A TIME-WAIT pair is used again: the new number lies a little above the old ones. */
static void time_wait_reuse(void **state)
{
	(void)state;
	RUN({false, SYN, A, 0, 1, 0, 0}, {true, SYN | ACK, B, A + 1, 1, 0, 1},
	    {false, ACK, A + 1, B + 1, 1, 1, 1}, {true, FIN | ACK, B + 1, A + 1, 1, 1, 1},
	    {false, FIN | ACK, A + 1, B + 2, 1, 1, 2}, {false, SYN, A + 65539, 0, 2, 0, 0},
	    {true, FIN | ACK, B + 1, A + 1, 1, 1, 1}, {true, SYN | ACK, B + 65540, A + 65540, 2, 0, 1},
	    {false, ACK, A + 65540, B + 65541, 2, 1, 1}, {true, ACK, B + 65541, A + 65545, 2, 1, 6});
}

static void midstream(void **state)
{
	(void)state;
	RUN({false, ACK, 1000, 5000, 1, 0, 1}, {true, ACK, 5000, 1010, 1, 1, 10},
	    {false, ACK, 1010, 5000, 1, 10, 1});
}

static void scopes_and_udp(void **state)
{
	(void)state;
	struct nlab_flows *flows = nlab_flows_new();
	struct segment segment = {
	    .src = "127.0.0.1", .dst = "127.0.0.1", .sport = 5, .dport = 6, .flags = SYN};
	assert_int_equal(see(flows, 1, segment).flow, 1);
	assert_int_equal(see(flows, 2, segment).flow, 2);
	assert_int_equal(see(flows, 1, segment).flow, 1);
	struct frame frame = {0};
	struct nlab_packet packet;
	struct nlab_flow_mark mark;
	for (unsigned i = 0; i < 3; i++) {
		frame_udp(&frame, i == 1 ? "10.0.0.2" : "10.0.0.1", i == 1 ? 6 : 5,
			  i == 1 ? "10.0.0.1" : "10.0.0.2", i == 1 ? 5 : 6, "x");
		nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
		nlab_flows_see(flows, &packet, 0, &mark);
		assert_int_equal(mark.flow, 3);
		assert_int_equal(mark.seq_base, 0);
	}
	nlab_put16(frame.bytes + FRAME_IP + 6, 100); /* a later fragment has no ports */
	nlab_packet_decode(&packet, frame.bytes, frame.size, frame.size);
	nlab_flows_see(flows, &packet, 0, &mark);
	assert_int_equal(mark.flow, 0);
	nlab_flows_free(flows);
}

/* More flows than are kept: the newest are found again, the oldest counts as new. */
static void bound(void **state)
{
	(void)state;
	struct nlab_flows *flows = nlab_flows_new();
	struct segment segment = {.dport = 80, .flags = SYN};
	uint32_t extra = 1000, all = NLAB_FLOWS_MAX + extra;
	for (uint32_t i = 0; i < all; i++) {
		segment.sport = i & 0xffff;
		segment.dport = 80 + (i >> 16);
		assert_int_equal(see(flows, 0, segment).flow, i + 1);
	}
	for (uint32_t i = extra; i < all; i++) {
		segment.sport = i & 0xffff;
		segment.dport = 80 + (i >> 16);
		assert_int_equal(see(flows, 0, segment).flow, i + 1);
	}
	segment.sport = 0;
	segment.dport = 80;
	assert_int_equal(see(flows, 0, segment).flow, all + 1);
	nlab_flows_free(flows);
	nlab_flows_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(handshake_data_close),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(syn_sent_again),
	    cmocka_unit_test(resets_from_acks),
	    cmocka_unit_test(resets_without_acks),
	    cmocka_unit_test(resets_of_ones_own),
	    cmocka_unit_test(simultaneous_open),
	    cmocka_unit_test(self_connect),
	    cmocka_unit_test(half_open),
	    cmocka_unit_test(time_wait_reuse),
	    cmocka_unit_test(midstream),
	    cmocka_unit_test(scopes_and_udp),
	    cmocka_unit_test(bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
