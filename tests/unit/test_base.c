/* Tests of base/error.h, base/fd.h and base/clock.h: the foundations. */
#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <wchar.h>

static void an_error_says_step_subject_and_errno(void **state)
{
	struct nlab_error error;
	char text[200];
	(void)state;
	errno = EPIPE;
	assert_false(nlab_error_set(&error, ENOENT, "open the file", "%s %d", "number", 7));
	assert_int_equal(errno, EPIPE);
	assert_int_equal(error.code, ENOENT);
	assert_string_equal(error.step, "open the file");
	assert_string_equal(error.subject, "number 7");
	assert_ptr_equal(nlab_error_text(&error, text, sizeof text), text);
	assert_string_equal(text, "cannot open the file (number 7): ENOENT: No such file or directory");
}

static void parts_that_are_not_there_are_left_out(void **state)
{
	struct nlab_error error;
	char text[200];
	(void)state;
	nlab_error_set(&error, EPERM, "do it", "%s", "");
	assert_string_equal(nlab_error_text(&error, text, sizeof text),
			    "cannot do it: EPERM: Operation not permitted");
	nlab_error_set(&error, 0, "do it", "this");
	assert_string_equal(nlab_error_text(&error, text, sizeof text), "cannot do it (this)");
	nlab_error_set(&error, 123456, "do it", "this"); /* no errno has that number */
	assert_string_equal(nlab_error_text(&error, text, 20), "cannot do it (this)");
	errno = EAGAIN;
	assert_false(nlab_error_set(NULL, EPERM, "do it", "for nobody"));
	nlab_error_set(&error, EPERM, "print what is no character", "%ls", (wchar_t[]){0x110000, 0});
	assert_int_equal(errno, EAGAIN); /* not the EILSEQ of that */
}

static void what_is_too_long_is_cut(void **state)
{
	struct nlab_error error;
	char text[8];
	char longer[1000];
	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	nlab_error_set(&error, 0, longer, "%s", longer);
	assert_int_equal(strlen(error.step), sizeof error.step - 1);
	assert_int_equal(strlen(error.subject), sizeof error.subject - 1);
	assert_string_equal(nlab_error_text(&error, text, sizeof text), "cannot ");
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void a_descriptor_is_closed_at_the_end_of_its_scope(void **state)
{
	int number;
	(void)state;
	{
		nlab_autofd fd = open("/dev/null", O_RDONLY);
		number = fd;
		assert_true(is_open(number));
		errno = EAGAIN;
	}
	assert_false(is_open(number));
	errno = EAGAIN;
	nlab_fd_close(&number); /* EBADF, which nobody is to see */
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(number, -1);
	nlab_fd_close(&number);
}

static void a_descriptor_that_was_taken_stays_open(void **state)
{
	int taken;
	(void)state;
	{
		nlab_autofd fd = open("/dev/null", O_RDONLY);
		taken = nlab_fd_steal(&fd);
		assert_int_equal(fd, -1);
	}
	assert_true(is_open(taken));
	nlab_fd_close(&taken);
}

static void times_and_nanoseconds(void **state)
{
	const struct timespec at = {.tv_sec = 1700000000, .tv_nsec = 999999999};
	(void)state;
	assert_int_equal(nlab_timespec_ns(&at), INT64_C(1700000000999999999));
	assert_int_equal(nlab_ns_timespec(INT64_C(1700000000999999999)).tv_sec, at.tv_sec);
	assert_int_equal(nlab_ns_timespec(INT64_C(1700000000999999999)).tv_nsec, at.tv_nsec);
	assert_int_equal(nlab_ns_timespec(0).tv_nsec, 0);
}

static void each_clock_is_its_own(void **state)
{
	struct timespec real, monotonic;
	(void)state;
	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	int64_t recording = nlab_clock_recording_ns(), limit = nlab_clock_limit_ns();
	assert_true(recording >= nlab_timespec_ns(&real));
	assert_true(limit >= nlab_timespec_ns(&monotonic));
	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	assert_true(recording <= nlab_timespec_ns(&real));
	assert_true(limit <= nlab_timespec_ns(&monotonic));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_error_says_step_subject_and_errno),
	    cmocka_unit_test(parts_that_are_not_there_are_left_out),
	    cmocka_unit_test(what_is_too_long_is_cut),
	    cmocka_unit_test(a_descriptor_is_closed_at_the_end_of_its_scope),
	    cmocka_unit_test(a_descriptor_that_was_taken_stays_open),
	    cmocka_unit_test(times_and_nanoseconds),
	    cmocka_unit_test(each_clock_is_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
