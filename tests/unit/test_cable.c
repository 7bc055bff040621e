/* Tests of lab/cable.h: an interface that is pulled, set down and up again; neighbours and what is recorded of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lan.h"

#include "lab/cable.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>

#define PORT 7000

static int setup(void **state)
{
	struct lan *lan = calloc(1, sizeof *lan);
	lan_open(lan, 1 << 20, 2, true);
	*state = lan;
	return 0;
}

static int teardown(void **state)
{
	lan_close(*state);
	free(*state);
	return 0;
}

/* Whether eth0 of a host is up, and has its carrier. (IFF_RUNNING follows later.) */
static void assert_link(const struct lan *lan, unsigned host, bool up, bool carrier)
{
	struct ifreq flags = {.ifr_name = "eth0"};
	struct ethtool_value value = {.cmd = ETHTOOL_GLINK};
	struct ifreq link = {.ifr_name = "eth0", .ifr_data = (void *)&value};
	int s = lan_socket(lan, host, AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(ioctl(s, SIOCGIFFLAGS, &flags), 0);
	assert_int_equal(ioctl(s, SIOCETHTOOL, &link), 0);
	close(s);
	assert_int_equal((flags.ifr_flags & IFF_UP) != 0, up);
	assert_int_equal(value.data != 0, carrier);
}

/* IPv6 says something of itself at any time; the UDP datagram is the frame that ends in 'x'. */
static void assert_lost(struct lan *lan, uint32_t from)
{
	const struct nlab_packet_record *record;
	while ((record = recorded_packet(&lan->recording, from)) && record->length != 14 + 20 + 8 + 1) {
		from++;
	}
	assert_string_equal(record ? nlab_fate_name(record->fate) : "not recorded", "nowhere");
}

static void back(struct lan *lan)
{
	assert_int_equal(setns(lan->network.space, CLONE_NEWNET), 0);
}

/* A datagram from the first host to the second one, over this family; returns whether it was sent and has arrived. */
static bool reaches(struct lan *lan, int family)
{
	char text[64];
	struct sockaddr_in6 to6 = {
	    .sin6_family = AF_INET6, .sin6_port = htons(PORT), .sin6_addr = lan->network.hosts[1].ip6};
	struct sockaddr_in to = lan_address(lan, 2, PORT);
	const struct sockaddr *address = family == AF_INET ? (void *)&to : (void *)&to6;
	socklen_t length = family == AF_INET ? sizeof to : sizeof to6;
	int a = lan_socket(lan, 1, family, SOCK_DGRAM, 0);
	int b = lan_socket(lan, 2, family, SOCK_DGRAM, 0);
	assert_int_equal(bind(b, address, length), 0);
	bool sent = sendto(a, "x", 1, 0, address, length) == 1;
	nlab_wire_drain(lan->wire, 1000);
	bool arrived = sent && recv(b, text, sizeof text, MSG_DONTWAIT) == 1;
	close(a);
	close(b);
	return arrived;
}

static void without_its_cable_it_is_up_but_has_no_carrier(void **state)
{
	struct lan *lan = *state;
	const struct nlab_interface *second = &lan->network.interface[1];
	assert_true(reaches(lan, AF_INET));
	for (int i = 0; i < 2; i++) { /* twice the same is as once */
		assert_true(nlab_cable_plug(&lan->network, second, false, NULL));
		back(lan);
	}
	assert_link(lan, 2, true, false);
	assert_link(lan, 1, true, true);
	uint32_t before = atomic_load(&lan->recording.lab->packets);
	assert_false(reaches(lan, AF_INET));
	assert_lost(lan, before);
	for (int i = 0; i < 2; i++) {
		assert_true(nlab_cable_plug(&lan->network, second, true, NULL));
		back(lan);
	}
	assert_link(lan, 2, true, true);
	assert_true(reaches(lan, AF_INET));
	assert_true(reaches(lan, AF_INET6));
}

static void down_and_up_it_has_addresses_and_neighbours_again(void **state)
{
	struct lan *lan = *state;
	for (unsigned i = 0; i < 2; i++) { /* the sender's, then the receiver's */
		assert_true(nlab_cable_up(&lan->network, &lan->network.interface[i], false, NULL));
		back(lan);
		assert_link(lan, i + 1, false, false);
		assert_false(reaches(lan, AF_INET));
		assert_true(nlab_cable_up(&lan->network, &lan->network.interface[i], true, NULL));
		back(lan);
		assert_true(reaches(lan, AF_INET));
		assert_true(reaches(lan, AF_INET6));
	}
}

static void an_interface_that_is_up_may_be_set_up(void **state)
{
	struct lan *lan = *state;
	assert_true(nlab_cable_up(&lan->network, &lan->network.interface[0], true, NULL));
	back(lan);
	assert_true(reaches(lan, AF_INET));
	assert_true(reaches(lan, AF_INET6));
}

static void plugged_while_it_is_down(void **state)
{
	struct lan *lan = *state;
	const struct nlab_interface *first = &lan->network.interface[0];
	assert_true(nlab_cable_up(&lan->network, first, false, NULL));
	assert_true(nlab_cable_plug(&lan->network, first, false, NULL));
	back(lan);
	assert_link(lan, 1, false, false);
}

static void the_names_and_numbers_of_both_ends(void **state)
{
	const struct lan *lan = *state;
	for (unsigned i = 0; i < 2; i++) {
		const struct nlab_interface *interface = &lan->network.interface[i];
		char name[IF_NAMESIZE];
		char wanted[IF_NAMESIZE];
		snprintf(wanted, sizeof wanted, "port%u", interface->near);
		assert_string_equal(if_indextoname(interface->near, name), wanted);
		assert_string_equal(interface->name, "eth0");
		assert_int_equal(interface->index, 2);
		assert_int_equal(interface->port, 2 * i + 2); /* behind each host's loopback */
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    TEST(without_its_cable_it_is_up_but_has_no_carrier),
	    TEST(down_and_up_it_has_addresses_and_neighbours_again),
	    TEST(an_interface_that_is_up_may_be_set_up),
	    TEST(plugged_while_it_is_down),
	    TEST(the_names_and_numbers_of_both_ends),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}
