/* test_errnos.c: the tables of error numbers and constants, and how they print. */
#include "facts/constants.h"
#include "facts/errnos.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* glibc knows the names too: the table must have them all, and no other. */
static void names_are_those_of_the_system(void **state)
{
	(void)state;
	for (int number = 1; number < 200; number++) {
		const char *name = nlab_errnos_name(number);
		const char *expected = strerrorname_np(number);
		if (expected) {
			assert_non_null(name);
			assert_string_equal(name, expected);
			assert_int_equal(nlab_errnos_number(name), number);
			assert_string_equal(nlab_errnos_message(number), strerrordesc_np(number));
		} else {
			assert_null(name);
		}
	}
}

static void unknown_errors(void **state)
{
	(void)state;
	assert_null(nlab_errnos_name(512));
	assert_int_equal(nlab_errnos_number("ENOSUCHNAME"), 0);
	assert_string_equal(nlab_errnos_message(512), "Unknown error");
}

static void second_names_have_the_number(void **state)
{
	(void)state;
	assert_int_equal(nlab_errnos_number("EWOULDBLOCK"), EAGAIN);
	assert_int_equal(nlab_errnos_number("ENOTSUP"), EOPNOTSUPP);
	assert_string_equal(nlab_errnos_name(EAGAIN), "EAGAIN");
}

static void constants_are_named_once(void **state)
{
	const struct nlab_constant *row;
	(void)state;
	for (size_t i = 0; (row = nlab_constant_at(i)); i++) {
		assert_ptr_equal(nlab_constant_find(row->name), row);
		assert_int_equal(nlab_errnos_number(row->name), 0);
	}
	assert_null(nlab_constant_find("AF_INTE"));
}

static void names_depend_on_the_group(void **state)
{
	char text[64];
	(void)state;
	assert_string_equal(nlab_constant_name(NLAB_GROUP_FAMILY, AF_INET), "AF_INET");
	assert_string_equal(nlab_constant_name(NLAB_GROUP_SHUT, 2), "SHUT_RDWR");
	assert_null(nlab_constant_name(NLAB_GROUP_SHUT, 3));
	assert_string_equal(nlab_constant_print(NLAB_GROUP_SHUT, 3, text, sizeof text), "3");
	assert_string_equal(nlab_constant_print(NLAB_GROUP_FAMILY, -1, text, sizeof text), "-1");
}

static void flags_as_c_writes_them(void **state)
{
	char text[64];
	(void)state;
	assert_string_equal(nlab_constant_flags(NLAB_GROUP_MSG, 0, text, sizeof text), "0");
	assert_string_equal(
	    nlab_constant_flags(NLAB_GROUP_MSG, MSG_NOSIGNAL | MSG_DONTWAIT, text, sizeof text),
	    "MSG_DONTWAIT|MSG_NOSIGNAL");
	assert_string_equal(nlab_constant_flags(NLAB_GROUP_POLL, POLLIN | 0x800, text, sizeof text),
			    "POLLIN|0x800");
	assert_string_equal(nlab_constant_flags(NLAB_GROUP_POLL, POLLIN | POLLOUT, text, 8), "POLLIN|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_are_those_of_the_system), cmocka_unit_test(unknown_errors),
	    cmocka_unit_test(second_names_have_the_number),  cmocka_unit_test(constants_are_named_once),
	    cmocka_unit_test(names_depend_on_the_group),     cmocka_unit_test(flags_as_c_writes_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
