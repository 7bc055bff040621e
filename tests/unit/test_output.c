/* Tests of lab/output.h: what is printed, and its bound. */
#include "lab/output.h"

#include "base/fd.h"
#include "recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIMIT 10000

struct bench {
	struct nlab_recording recording;
	struct nlab_output output;
	int write_end[2];
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	assert_true(nlab_recording_open(&bench->recording, 1 << 18, 1, NULL));
	assert_true(nlab_output_open(&bench->output, &bench->recording, LIMIT, bench->write_end, NULL));
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;
	for (int i = 0; i < 2; i++) {
		nlab_fd_close(&bench->write_end[i]);
		nlab_fd_close(&bench->output.read_end[i]);
	}
	nlab_recording_close(&bench->recording);
	free(bench);
	return 0;
}

static void print(const struct bench *bench, unsigned which, size_t length)
{
	char bytes[LIMIT];
	memset(bytes, 'x', sizeof bytes);
	assert_int_equal(write(bench->write_end[which], bytes, length), length);
}

static size_t kept(const struct bench *bench)
{
	size_t length = 0;
	const struct nlab_event_record *event;
	for (unsigned i = 0; (event = recorded_event(&bench->recording, NLAB_EVENT_OUTPUT, i)); i++) {
		length += event->text_length;
	}
	return length;
}

static void both_pipes_are_recorded(void **state)
{
	struct bench *bench = *state;
	char text[512];
	assert_int_equal(write(bench->write_end[1], "an error\n", 9), 9);
	assert_int_equal(write(bench->write_end[0], "half a l", 8), 8);
	assert_true(nlab_output_read(&bench->output, 1));
	assert_true(nlab_output_read(&bench->output, 0));
	assert_true(nlab_output_read(&bench->output, 0)); /* nothing there, and it does not wait */
	assert_int_equal(write(bench->write_end[0], "ine\n", 4), 4);
	assert_true(nlab_output_read(&bench->output, 0));
	static const struct {
		int which;
		const char *text;
	} expected[] = {{2, "an error\n"}, {1, "half a l"}, {1, "ine\n"}};
	for (unsigned i = 0; i < 3; i++) {
		const struct nlab_event_record *event =
		    recorded_event(&bench->recording, NLAB_EVENT_OUTPUT, i);
		assert_int_equal(event->a, expected[i].which);
		assert_string_equal(recorded_text(event, text), expected[i].text);
	}
	assert_null(recorded_event(&bench->recording, NLAB_EVENT_OUTPUT, 3));
}

static void the_end_of_one_leaves_the_other(void **state)
{
	struct bench *bench = *state;
	print(bench, 0, 5);
	nlab_fd_close(&bench->write_end[0]);
	assert_true(nlab_output_read(&bench->output, 0));
	assert_int_equal(bench->output.read_end[0], -1);
	assert_true(nlab_output_read(&bench->output, 0)); /* harmless */
	print(bench, 1, 6);
	assert_true(nlab_output_read(&bench->output, 1));
	assert_int_equal(kept(bench), 11);
}

static void the_bound_is_hit_once(void **state)
{
	struct bench *bench = *state;
	print(bench, 0, 6000);
	print(bench, 1, 6000);
	assert_true(nlab_output_read(&bench->output, 0));
	assert_false(nlab_output_read(&bench->output, 1));
	assert_int_equal(kept(bench), LIMIT);
	assert_true(
	    recorded_says(&bench->recording, NLAB_EVENT_LIMIT, "output: more than 10000 bytes were printed"));
	assert_true(nlab_output_read(&bench->output, 0)); /* closed: no second time */
	assert_int_equal(recorded_events(&bench->recording, NLAB_EVENT_LIMIT), 1);
	assert_int_equal(bench->output.read_end[0], -1);
	assert_int_equal(bench->output.read_end[1], -1);
}

static void the_bound_itself_may_be_printed(void **state)
{
	struct bench *bench = *state;
	print(bench, 0, LIMIT);
	assert_true(nlab_output_read(&bench->output, 0));
	assert_int_equal(recorded_events(&bench->recording, NLAB_EVENT_LIMIT), 0);
	assert_int_equal(kept(bench), LIMIT);
	print(bench, 1, 1);
	assert_false(nlab_output_read(&bench->output, 1));
	assert_int_equal(recorded_events(&bench->recording, NLAB_EVENT_LIMIT), 1);
	assert_int_equal(recorded_events(&bench->recording, NLAB_EVENT_OUTPUT), 1); /* none that is empty */
	assert_int_equal(kept(bench), LIMIT);
}

static void programs_inherit_neither_end(void **state)
{
	struct bench *bench = *state;
	for (int i = 0; i < 2; i++) {
		assert_true(fcntl(bench->write_end[i], F_GETFD) & FD_CLOEXEC);
		assert_true(fcntl(bench->output.read_end[i], F_GETFD) & FD_CLOEXEC);
		assert_false(fcntl(bench->write_end[i], F_GETFL) & O_NONBLOCK); /* who prints may wait */
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(both_pipes_are_recorded),      TEST(the_end_of_one_leaves_the_other),
	    TEST(the_bound_is_hit_once),        TEST(the_bound_itself_may_be_printed),
	    TEST(programs_inherit_neither_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
