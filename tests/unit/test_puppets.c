/* test_puppets.c: the numbers of what a puppet answers by itself, and when it answers nothing. */
#include "lab/puppets.h"

#include "facts/answer.h"

#include "frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HOST 2
#define PEER 1000 /* the other side's initial number */

static struct nlab_puppets puppets;
static struct nlab_tap tap;
static struct frame came;
static uint8_t bytes[NLAB_ANSWER_ROOM];
static struct nlab_packet answer;

static int setup(void **state)
{
	(void)state;
	puppets = (struct nlab_puppets){0};
	tap.port = (struct nlab_wire_port){.id = 3, .host = HOST, .mac = {2, 0, 0, 0, 0, 2}};
	return nlab_puppets_set(&puppets, HOST, NLAB_ANSWERS_ACKNOWLEDGE) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	nlab_puppets_free(&puppets);
	return 0;
}

/* What it answers to what came, as if the answer were sent: NULL when there is none. */
static const struct nlab_packet *answered(uint16_t asked)
{
	struct nlab_packet packet;
	nlab_packet_decode(&packet, came.bytes, came.size, came.size);
	size_t size = nlab_puppets_answer(&puppets, &tap, asked, 1, &packet, bytes, sizeof bytes);
	if (size == 0) {
		return NULL;
	}
	nlab_packet_decode(&answer, bytes, size, size);
	nlab_puppets_sent(&puppets, HOST, 1, &answer);
	return &answer;
}

static void come(uint8_t flags, uint32_t seq, uint32_t ack, const char *payload)
{
	frame_tcp(
	    &came,
	    (struct segment){
		.sport = 5000, .dport = 80, .flags = flags, .seq = seq, .ack = ack, .payload = payload});
}

static void silent(uint8_t flags, uint32_t seq, uint32_t ack, const char *payload)
{
	come(flags, seq, ack, payload);
	assert_null(answered(HOST));
}

static void says(uint8_t flags, uint32_t seq, uint32_t ack)
{
	const struct nlab_packet *packet = answered(HOST);
	assert_non_null(packet);
	assert_int_equal(packet->tcp.flags, flags);
	assert_int_equal(packet->tcp.seq, seq);
	assert_int_equal(packet->tcp.ack, ack);
}

#define ISS NLAB_PUPPET_ISS

static void a_connection_from_begin_to_end(void **state)
{
	(void)state;
	come(NLAB_TCP_SYN, PEER, 0, NULL);
	says(NLAB_TCP_SYN | NLAB_TCP_ACK, ISS, PEER + 1);
	says(NLAB_TCP_SYN | NLAB_TCP_ACK, ISS, PEER + 1); /* the same SYN again */
	silent(NLAB_TCP_ACK, PEER + 1, ISS + 1, NULL);
	come(NLAB_TCP_ACK, PEER + 1, ISS + 1, "abc");
	says(NLAB_TCP_ACK, ISS + 1, PEER + 4);
	says(NLAB_TCP_ACK, ISS + 1, PEER + 4); /* the same data again */
	come(NLAB_TCP_ACK, PEER + 9, ISS + 1, "behind a hole");
	says(NLAB_TCP_ACK, ISS + 1, PEER + 4);
	silent(NLAB_TCP_ACK, PEER + 9, ISS + 1, NULL);
	come(NLAB_TCP_ACK, PEER + 3, ISS + 1, NULL); /* a probe of keep-alive */
	says(NLAB_TCP_ACK, ISS + 1, PEER + 4);
	come(NLAB_TCP_ACK, PEER + 2, ISS + 1, "bcde"); /* half of it is new */
	says(NLAB_TCP_ACK, ISS + 1, PEER + 6);
	come(NLAB_TCP_FIN | NLAB_TCP_ACK, PEER + 6, ISS + 1, NULL);
	says(NLAB_TCP_ACK, ISS + 1, PEER + 7);
	silent(NLAB_TCP_RST, PEER + 7, 0, NULL);
}

static void data_in_a_syn_is_not_taken(void **state)
{
	(void)state;
	come(NLAB_TCP_SYN, PEER, 0, "fast");
	says(NLAB_TCP_SYN | NLAB_TCP_ACK, ISS, PEER + 1);
}

static void numbers_go_round(void **state)
{
	(void)state;
	come(NLAB_TCP_SYN, UINT32_MAX - 1, 0, NULL);
	says(NLAB_TCP_SYN | NLAB_TCP_ACK, ISS, UINT32_MAX);
	come(NLAB_TCP_ACK, UINT32_MAX, ISS + 1, "abc");
	says(NLAB_TCP_ACK, ISS + 1, 2);
}

static void what_the_script_sends_counts(void **state)
{
	struct nlab_packet packet;
	(void)state;
	come(NLAB_TCP_SYN, 77, 0, NULL); /* as the puppet's own, the ends do not matter here */
	nlab_packet_decode(&packet, came.bytes, came.size, came.size);
	nlab_puppets_sent(&puppets, HOST, 1, &packet);
	come(NLAB_TCP_SYN | NLAB_TCP_ACK, PEER, 78, NULL);
	says(NLAB_TCP_ACK, 78, PEER + 1);
	come(NLAB_TCP_ACK, 78, PEER + 1, "from the script");
	nlab_packet_decode(&packet, came.bytes, came.size, came.size);
	nlab_puppets_sent(&puppets, HOST, 1, &packet);
	come(NLAB_TCP_ACK, PEER + 1, 78, "x");
	says(NLAB_TCP_ACK, 78 + 15, PEER + 2);
}

static void in_the_middle_of_a_connection(void **state)
{
	(void)state;
	come(NLAB_TCP_ACK, PEER, 555, "abc");
	says(NLAB_TCP_ACK, 555, PEER + 3);
}

static void only_what_is_asked_for_and_for_its_own_address(void **state)
{
	(void)state;
	frame_udp(&came, "10.0.0.1", 5000, "10.0.0.2", 53, "x");
	assert_null(answered(HOST)); /* acknowledging is for TCP */
	assert_true(nlab_puppets_set(&puppets, HOST, NLAB_ANSWERS_REFUSE));
	assert_null(answered(HOST + 1));
	assert_non_null(answered(HOST));
	assert_int_equal(answer.icmp_type, 3);
	assert_int_equal(answer.icmp_code, 3);
	come(NLAB_TCP_SYN, PEER, 0, NULL);
	says(NLAB_TCP_RST | NLAB_TCP_ACK, 0, PEER + 1);
	assert_true(nlab_puppets_listen(&puppets, &tap));
	assert_true(nlab_puppets_set(&puppets, HOST, 0));
	assert_false(nlab_puppets_listen(&puppets, &tap));
}

static void nonsense_is_refused(void **state)
{
	(void)state;
	assert_false(nlab_puppets_set(&puppets, HOST, NLAB_ANSWERS_ACKNOWLEDGE | NLAB_ANSWERS_REFUSE));
	assert_false(nlab_puppets_set(&puppets, HOST, NLAB_ANSWERS_END));
	assert_false(nlab_puppets_set(&puppets, HOST, -1));
	assert_false(nlab_puppets_set(&puppets, NLAB_PUPPET_HOSTS, 0));
	assert_true(nlab_puppets_listen(&puppets, &tap)); /* as before */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_connection_from_begin_to_end, setup, teardown),
	    cmocka_unit_test_setup_teardown(data_in_a_syn_is_not_taken, setup, teardown),
	    cmocka_unit_test_setup_teardown(numbers_go_round, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_the_script_sends_counts, setup, teardown),
	    cmocka_unit_test_setup_teardown(in_the_middle_of_a_connection, setup, teardown),
	    cmocka_unit_test_setup_teardown(only_what_is_asked_for_and_for_its_own_address, setup, teardown),
	    cmocka_unit_test_setup_teardown(nonsense_is_refused, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
