/* Tests of kernel/sysctl.h and kernel/pins.h: settings of the current network namespace, and of no other. */
#include "kernel/pins.h"
#include "kernel/sysctl.h"

#include "namespaces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#define RETRIES "net.ipv4.tcp_syn_retries"

static int setup(void **state)
{
	struct nlab_sysctl *sysctl = calloc(1, sizeof *sysctl);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_true(nlab_sysctl_open(sysctl, NULL));
	*state = sysctl;
	return 0;
}

static int teardown(void **state)
{
	nlab_sysctl_close(*state);
	free(*state);
	return 0;
}

static void assert_setting(const struct nlab_sysctl *sysctl, const char *name, const char *value)
{
	char read[128];
	struct nlab_error error;
	if (!nlab_sysctl_read(sysctl, name, read, sizeof read, &error)) {
		fail_msg("%s: %s", error.subject, strerror(error.code));
	}
	assert_string_equal(read, value);
}

static void test_a_setting_belongs_to_the_current_namespace(void **state)
{
	struct nlab_sysctl *sysctl = *state;
	int first = namespaces_network();
	assert_true(nlab_sysctl_write(sysctl, RETRIES, "2", NULL));
	assert_setting(sysctl, RETRIES, "2");
	assert_int_equal(unshare(CLONE_NEWNET), 0); /* the same handle, another namespace */
	assert_setting(sysctl, RETRIES, "6");
	assert_true(nlab_sysctl_write(sysctl, RETRIES, "3", NULL));
	assert_int_equal(setns(first, CLONE_NEWNET), 0);
	assert_setting(sysctl, RETRIES, "2");
	close(first);
}

static void test_values_of_several_numbers(void **state)
{
	assert_true(nlab_sysctl_write(*state, "net.ipv4.tcp_rmem", "4096 50000 60000", NULL));
	assert_setting(*state, "net.ipv4.tcp_rmem", "4096 50000 60000"); /* the kernel puts tabs */
}

static void test_refused_names_and_values(void **state)
{
	struct nlab_error error;
	char small[2];
	assert_false(nlab_sysctl_write(*state, "net.ipv4.tcp_no_such_thing", "1", &error));
	assert_int_equal(error.code, ENOENT);
	assert_string_equal(error.subject, "net.ipv4.tcp_no_such_thing = 1");
	assert_false(nlab_sysctl_write(*state, RETRIES, "many", &error));
	assert_int_equal(error.code, EINVAL);
	assert_string_equal(error.subject, RETRIES " = many");
	assert_false(nlab_sysctl_write(*state, RETRIES, "70000", &error));
	assert_int_equal(error.code, EINVAL);
	assert_setting(*state, RETRIES, "6");
	assert_false(nlab_sysctl_read(*state, "net.ipv4.ip_local_port_range", small, sizeof small, &error));
	assert_int_equal(error.code, EOVERFLOW);
	assert_false(nlab_sysctl_write(*state, "net.ipv4", "1", &error)); /* a folder */
	assert_int_equal(error.code, EISDIR);
}

static void test_only_names_under_net(void **state)
{
	static const char *const names[] = {
	    "",
	    "net",
	    "net.",
	    "net.ipv4.",
	    "kernel.hostname",
	    "vm.overcommit_memory",
	    "netx.ipv4",
	    ".net.ipv4.tcp_sack",
	    "net..ipv4",
	    "net...kernel.hostname",
	    "net/../kernel/hostname",
	    "net.ipv4/../../kernel/hostname",
	    "/proc/sys/net/ipv4/tcp_sack",
	    "net.ipv4.tcp_sack\n",
	    "net.ipv4.tcp sack",
	};
	char name[NLAB_SYSCTL_NAME_MAX + 2], value[256];
	struct nlab_error error;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_false(nlab_sysctl_allowed(names[i]));
		assert_false(nlab_sysctl_write(*state, names[i], "1", &error));
		assert_int_equal(error.code, 0);
		assert_non_null(strstr(error.step, "net."));
		assert_false(nlab_sysctl_read(*state, names[i], value, sizeof value, &error));
	}
	memset(name, 'x', sizeof name);
	memcpy(name, "net.", 4);
	name[sizeof name - 1] = '\0';
	assert_false(nlab_sysctl_allowed(name));
	name[sizeof name - 2] = '\0';
	assert_true(nlab_sysctl_allowed(name));
	assert_true(nlab_sysctl_allowed("net.ipv4.conf.eth0.rp_filter"));
}

static void assert_pinned(const struct nlab_sysctl *sysctl, bool ipv6)
{
	struct nlab_error error;
	char text[512];
	if (!nlab_pins_apply(sysctl, ipv6, &error)) {
		fail_msg("%s", nlab_error_text(&error, text, sizeof text));
	}
	for (const struct nlab_pin *pin = NULL; (pin = nlab_pin_next(pin, ipv6));) {
		char value[128];
		if (!nlab_sysctl_read(sysctl, pin->name, value, sizeof value, &error)) {
			assert_true(pin->flags & NLAB_PIN_OPTIONAL);
			continue;
		}
		assert_string_equal(value, pin->value);
	}
}

static void test_pins_hold(void **state)
{
	assert_true(nlab_sysctl_write(*state, "net.ipv4.tcp_sack", "0", NULL));
	assert_pinned(*state, false);
	assert_setting(*state, "net.ipv4.tcp_sack", "1");
	assert_setting(*state, "net.ipv6.conf.all.disable_ipv6", "1");
}

static void test_pins_with_ipv6(void **state)
{
	assert_pinned(*state, true);
	assert_setting(*state, "net.ipv6.conf.all.disable_ipv6", "0");
}

static void test_pins_are_well_formed(void **state)
{
	(void)state;
	for (const struct nlab_pin *pin = NULL; (pin = nlab_pin_next(pin, false));) {
		assert_true(nlab_sysctl_allowed(pin->name));
		assert_true(strlen(pin->why) > 0);
		for (const struct nlab_pin *other = pin; (other = nlab_pin_next(other, false));) {
			assert_string_not_equal(pin->name, other->name);
		}
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static int tests(void)
{
	const struct CMUnitTest group[] = {
	    TEST(test_a_setting_belongs_to_the_current_namespace),
	    TEST(test_values_of_several_numbers),
	    TEST(test_refused_names_and_values),
	    TEST(test_only_names_under_net),
	    TEST(test_pins_hold),
	    TEST(test_pins_with_ipv6),
	    TEST(test_pins_are_well_formed),
	};
	return cmocka_run_group_tests_name("sysctl", group, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}
