/* Tests of lab/addresses.h: which host has an address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/addresses.h"

#include <arpa/inet.h>
#include <stdio.h>

static struct nlab_addresses addresses;

static struct in6_addr address_of(const char *text)
{
	struct in6_addr address;
	assert_int_equal(inet_pton(AF_INET6, text, &address), 1);
	return address;
}

static bool add(uint16_t host, const char *text)
{
	const struct in6_addr address = address_of(text);
	return nlab_addresses_add(&addresses, host, &address);
}

static void assert_host(const char *text, uint16_t host)
{
	assert_int_equal(nlab_addresses_host(&addresses, address_of(text).s6_addr), host);
}

static int setup(void **state)
{
	(void)state;
	addresses = (struct nlab_addresses){0};
	return 0;
}

static void nobody_has_what_was_not_added(void **state)
{
	(void)state;
	assert_host("::", 0);
	assert_true(add(1, "fd00::1"));
	assert_host("fd00::2", 0);
	assert_host("::", 0);
}

static void each_has_its_own(void **state)
{
	(void)state;
	assert_true(add(1, "::ffff:10.0.0.1"));
	assert_true(add(1, "fd00::1"));
	assert_true(add(2, "::ffff:10.0.0.2"));
	assert_host("::ffff:10.0.0.1", 1);
	assert_host("fd00::1", 1);
	assert_host("::ffff:10.0.0.2", 2);
	assert_host("::10.0.0.2", 0); /* every byte counts */
}

static void the_first_of_two_has_it(void **state)
{
	(void)state;
	assert_true(add(3, "fd00::9"));
	assert_true(add(2, "fd00::9"));
	assert_host("fd00::9", 3);
}

static void once_more_takes_no_room(void **state)
{
	(void)state;
	assert_true(add(1, "fd00::1"));
	assert_true(add(1, "fd00::1"));
	assert_int_equal(addresses.count, 1);
}

static void a_full_table_refuses_and_still_answers(void **state)
{
	char text[32];
	(void)state;
	for (unsigned i = 0; i < NLAB_ADDRESSES_MAX; i++) {
		snprintf(text, sizeof text, "fd00::%x", i);
		assert_true(add((uint16_t)(i % 60 + 1), text));
	}
	assert_false(add(1, "fd01::1"));
	assert_host("fd01::1", 0);
	assert_true(add(1, "fd00::0")); /* it is there already */
	assert_host("fd00::ff", 255 % 60 + 1);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(nobody_has_what_was_not_added),
	    TEST(each_has_its_own),
	    TEST(the_first_of_two_has_it),
	    TEST(once_more_takes_no_room),
	    TEST(a_full_table_refuses_and_still_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
