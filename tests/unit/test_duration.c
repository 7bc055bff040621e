/* test_duration.c: times as text and as numbers. */
#include "facts/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

static const struct {
	const char *text;
	int64_t ns;
} GOOD[] = {
    {"10ns", 10},         {"200us", 200000}, {"50ms", 50000000},     {"50 ms", 50000000},
    {"1.5s", 1500000000}, {"0s", 0},         {"0.1s", 100000000},    {"0.3us", 300},
    {"1.4ns", 1},         {"1.5ns", 2},      {"2min", 120000000000}, {"9000000000s", 9000000000000000000},
};

static const char *const BAD[] = {
    "",      "5",    "ms",    "-1s",         "1.s",
    ".5s",   " 1s",  "1s ",   "1  s",        "1m",
    "1 sec", "1e3s", "0x1s",  "9300000000s", "99999999999999999999999999min",
    "1,5s",  "1S",   "50msx",
};

static void good_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
		int64_t ns = -1;
		assert_true(nlab_duration_parse(GOOD[i].text, &ns, NULL));
		assert_int_equal(ns, GOOD[i].ns);
	}
}

static void bad_text_lists_the_units(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		struct nlab_error error = {.code = -1};
		int64_t ns;
		assert_false(nlab_duration_parse(BAD[i], &ns, &error));
		assert_int_equal(error.code, 0);
		assert_non_null(strstr(error.step, "ns, us, ms, s, min"));
		assert_non_null(strstr(error.subject, BAD[i]));
	}
}

static void seconds(void **state)
{
	int64_t ns = -1;
	struct nlab_error error;
	(void)state;
	assert_true(nlab_duration_seconds(0.05, &ns, NULL));
	assert_int_equal(ns, 50000000);
	assert_true(nlab_duration_seconds(0, &ns, NULL));
	assert_int_equal(ns, 0);
	assert_false(nlab_duration_seconds(-0.1, &ns, &error));
	assert_false(nlab_duration_seconds(NAN, &ns, &error));
	assert_false(nlab_duration_seconds(INFINITY, &ns, &error));
	assert_false(nlab_duration_seconds(1e10, &ns, &error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good_text),
					   cmocka_unit_test(bad_text_lists_the_units),
					   cmocka_unit_test(seconds)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
