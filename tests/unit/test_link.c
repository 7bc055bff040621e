/* Tests of kernel/netlink.h, kernel/link.h and kernel/ethtool.h: a pair between two network namespaces. */
#include "kernel/ethtool.h"
#include "kernel/link.h"

#include "namespaces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define SECOND_NS 1000000000

static const uint8_t near_mac[6] = {2, 0, 0, 0, 0, 1}, far_mac[6] = {2, 0, 0, 0, 0, 2};

struct pair { /* port1 (10) here, eth0 (2) in the other namespace, both down */
	int here, there;
	struct nlab_netlink near, far;
};

static struct in_addr ipv4(const char *text)
{
	struct in_addr address;
	assert_int_equal(inet_pton(AF_INET, text, &address), 1);
	return address;
}

static void run(struct nlab_netlink *netlink)
{
	struct nlab_error error;
	char text[512];
	if (!nlab_netlink_run(netlink, &error)) {
		fail_msg("%s", nlab_error_text(&error, text, sizeof text));
	}
}

static int setup(void **state)
{
	const struct nlab_link_end near = {"port1", near_mac, 10}, far = {"eth0", far_mac, 2};
	struct pair *pair = calloc(1, sizeof *pair);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	pair->there = namespaces_network();
	assert_true(nlab_netlink_open(&pair->far, NULL));
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	pair->here = namespaces_network();
	assert_true(nlab_netlink_open(&pair->near, NULL));
	nlab_link_pair(&pair->near, &near, &far, pair->there, 1400);
	run(&pair->near);
	*state = pair;
	return 0;
}

static int teardown(void **state)
{
	struct pair *pair = *state;
	nlab_netlink_close(&pair->near);
	nlab_netlink_close(&pair->far);
	close(pair->here);
	close(pair->there);
	free(pair);
	return 0;
}

static void go(int network)
{
	assert_int_equal(setns(network, CLONE_NEWNET), 0);
}

static struct ifreq ask(int fd, unsigned long what, const char *interface)
{
	struct ifreq request = {0};
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	assert_int_equal(ioctl(fd, what, &request), 0);
	return request;
}

static uint32_t ask_ethtool(int fd, uint32_t command, const char *interface)
{
	struct ethtool_value value = {.cmd = command};
	struct ifreq request = {.ifr_data = (char *)&value};
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	assert_int_equal(ioctl(fd, SIOCETHTOOL, &request), 0);
	return value.data;
}

static void test_pair_has_names_numbers_addresses_and_mtu(void **state)
{
	struct pair *pair = *state;
	int near = nlab_netlink_fd(&pair->near), far = nlab_netlink_fd(&pair->far);
	assert_int_equal(ask(near, SIOCGIFINDEX, "port1").ifr_ifindex, 10);
	assert_int_equal(ask(far, SIOCGIFINDEX, "eth0").ifr_ifindex, 2);
	assert_int_equal(ask(near, SIOCGIFMTU, "port1").ifr_mtu, 1400);
	assert_int_equal(ask(far, SIOCGIFMTU, "eth0").ifr_mtu, 1400);
	assert_memory_equal(ask(near, SIOCGIFHWADDR, "port1").ifr_hwaddr.sa_data, near_mac, 6);
	assert_memory_equal(ask(far, SIOCGIFHWADDR, "eth0").ifr_hwaddr.sa_data, far_mac, 6);
	assert_int_equal(ask(far, SIOCGIFFLAGS, "eth0").ifr_flags & IFF_UP, 0);
}

static void test_up_mtu_and_carrier(void **state)
{
	struct pair *pair = *state;
	struct nlab_error error;
	int far = nlab_netlink_fd(&pair->far);
	nlab_link_up(&pair->far, 2, true);
	nlab_link_mtu(&pair->far, 2, 1300);
	run(&pair->far);
	assert_int_equal(ask(far, SIOCGIFMTU, "eth0").ifr_mtu, 1300);
	assert_false(nlab_ethtool_carrier_wait(far, "eth0", 0, &error)); /* the near end is still down */
	assert_int_equal(error.code, ETIMEDOUT);
	assert_string_equal(error.subject, "eth0");
	nlab_link_up(&pair->near, 10, true);
	run(&pair->near);
	assert_true(nlab_ethtool_carrier_wait(far, "eth0", SECOND_NS, &error));
	assert_true(nlab_ethtool_carrier_wait(nlab_netlink_fd(&pair->near), "port1", SECOND_NS, &error));
	nlab_link_up(&pair->near, 10, false);
	run(&pair->near);
	assert_false(nlab_ethtool_carrier_wait(far, "eth0", 0, &error));
	assert_false(nlab_ethtool_carrier_wait(far, "eth7", SECOND_NS, &error));
	assert_int_equal(error.code, ENODEV);
}

static void test_offloads_off(void **state)
{
	static const uint32_t questions[] = {ETHTOOL_GTSO, ETHTOOL_GGSO, ETHTOOL_GGRO, ETHTOOL_GTXCSUM,
					     ETHTOOL_GRXCSUM};
	struct pair *pair = *state;
	struct nlab_error error;
	int far = nlab_netlink_fd(&pair->far);
	assert_int_equal(ask_ethtool(far, ETHTOOL_GTXCSUM, "eth0"), 1);
	assert_true(nlab_ethtool_offloads_off(far, "eth0", &error));
	for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		assert_int_equal(ask_ethtool(far, questions[i], "eth0"), 0);
	}
	assert_true(nlab_ethtool_offloads_off(far, "lo", &error)); /* all but the checksums */
	assert_int_equal(ask_ethtool(far, ETHTOOL_GTSO, "lo"), 0);
	assert_int_equal(ask_ethtool(far, ETHTOOL_GTXCSUM, "lo"), 1);
	assert_false(nlab_ethtool_offloads_off(far, "eth7", &error));
	assert_int_equal(error.code, ENODEV);
}

/* One request after the other, in one message: what a host needs. */
static void bring_up(struct nlab_netlink *netlink, unsigned index, const char *own, const char *peer,
		     const uint8_t *peer_mac)
{
	struct in_addr address = ipv4(own), other = ipv4(peer);
	nlab_link_mtu(netlink, NLAB_LINK_LOOPBACK, 1500);
	nlab_link_gso_max_segs(netlink, NLAB_LINK_LOOPBACK, 1);
	nlab_link_up(netlink, NLAB_LINK_LOOPBACK, true);
	nlab_link_address(netlink, index, AF_INET, &address, 24);
	nlab_link_up(netlink, index, true);
	nlab_link_neighbour(netlink, index, AF_INET, &other, peer_mac);
	run(netlink);
}

static void test_traffic_flows_at_once(void **state)
{
	struct pair *pair = *state;
	struct sockaddr_in to = {
	    .sin_family = AF_INET, .sin_port = htons(9000), .sin_addr = ipv4("10.0.0.2")};
	struct timeval limit = {.tv_sec = 5};
	char byte = 0;
	bring_up(&pair->near, 10, "10.0.0.1", "10.0.0.2", far_mac);
	bring_up(&pair->far, 2, "10.0.0.2", "10.0.0.1", near_mac);
	assert_true(nlab_ethtool_carrier_wait(nlab_netlink_fd(&pair->near), "port1", SECOND_NS, NULL));
	assert_true(nlab_ethtool_carrier_wait(nlab_netlink_fd(&pair->far), "eth0", SECOND_NS, NULL));
	assert_int_equal(ask(nlab_netlink_fd(&pair->far), SIOCGIFMTU, "lo").ifr_mtu, 1500);
	go(pair->there);
	int server = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
	assert_int_equal(bind(server, (struct sockaddr *)&to, sizeof to), 0);
	go(pair->here);
	int client = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(sendto(client, "x", 1, 0, (struct sockaddr *)&to, sizeof to), 1);
	assert_int_equal(recv(server, &byte, 1, 0), 1);
	assert_int_equal(byte, 'x');
	close(client);
	close(server);
}

static void test_ipv6_address_can_be_used_at_once(void **state)
{
	struct pair *pair = *state;
	struct sockaddr_in6 own = {.sin6_family = AF_INET6};
	assert_int_equal(inet_pton(AF_INET6, "fd00::1", &own.sin6_addr), 1);
	nlab_link_up(&pair->near, 10, true);
	nlab_link_address(&pair->near, 10, AF_INET6, &own.sin6_addr, 64);
	run(&pair->near);
	go(pair->here);
	int s = socket(AF_INET6, SOCK_DGRAM, 0);
	assert_int_equal(bind(s, (struct sockaddr *)&own, sizeof own),
			 0); /* a tentative address: EADDRNOTAVAIL */
	close(s);
}

static void test_default_route(void **state)
{
	struct pair *pair = *state;
	struct in_addr gateway = ipv4("10.0.0.2");
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = ipv4("192.0.2.1")};
	bring_up(&pair->near, 10, "10.0.0.1", "10.0.0.2", far_mac);
	go(pair->here);
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(connect(s, (struct sockaddr *)&to, sizeof to), -1);
	assert_int_equal(errno, ENETUNREACH);
	nlab_link_route(&pair->near, 10, AF_INET, &(struct in_addr){0}, 0, &gateway);
	run(&pair->near);
	assert_int_equal(connect(s, (struct sockaddr *)&to, sizeof to), 0);
	close(s);
}

/* How many neighbours the current namespace knows: lines of /proc/net/arp below its heading. */
static unsigned neighbours(void)
{
	char line[256];
	unsigned lines = 0;
	FILE *file = fopen("/proc/thread-self/net/arp", "r");
	assert_non_null(file);
	while (fgets(line, sizeof line, file)) {
		lines++;
	}
	fclose(file);
	return lines - 1;
}

static void test_more_requests_than_the_handle_holds(void **state)
{
	struct pair *pair = *state;
	struct in_addr address = ipv4("10.0.0.1");
	nlab_link_up(&pair->near, 10, true);
	nlab_link_address(&pair->near, 10, AF_INET, &address, 8);
	for (uint32_t i = 0; i < 3 * NLAB_NETLINK_REQUESTS; i++) {
		struct in_addr other = {htonl(0x0a010000 + i)};
		nlab_link_neighbour(&pair->near, 10, AF_INET, &other, far_mac);
	}
	run(&pair->near);
	go(pair->here);
	assert_int_equal(neighbours(), 3 * NLAB_NETLINK_REQUESTS);
	address = ipv4("10.1.0.5");
	nlab_link_forget(&pair->near, 10, AF_INET, &address);
	run(&pair->near);
	assert_int_equal(neighbours(), 3 * NLAB_NETLINK_REQUESTS - 1);
}

static void test_the_first_refusal_is_told_and_the_rest_done(void **state)
{
	struct pair *pair = *state;
	struct nlab_error error;
	nlab_link_mtu(&pair->near, 10, 1200);
	nlab_link_mtu(&pair->near, 10, 1000000);
	nlab_link_up(&pair->near, 77, true);
	nlab_link_up(&pair->near, 10, true);
	assert_false(nlab_netlink_run(&pair->near, &error));
	assert_int_equal(error.code, EINVAL);
	assert_string_equal(error.step, "set the MTU of an interface");
	assert_non_null(
	    strstr(error.subject, "interface 10, MTU 1000000: mtu greater than")); /* kernel's words */
	assert_int_equal(ask(nlab_netlink_fd(&pair->near), SIOCGIFMTU, "port1").ifr_mtu, 1200);
	assert_int_equal(ask(nlab_netlink_fd(&pair->near), SIOCGIFFLAGS, "port1").ifr_flags & IFF_UP, IFF_UP);
	run(&pair->near); /* nothing is left of it */
}

static void test_a_taken_name_is_refused(void **state)
{
	struct pair *pair = *state;
	struct nlab_error error;
	const struct nlab_link_end near = {"port1", NULL, 0}, far = {"eth1", NULL, 0};
	nlab_link_pair(&pair->near, &near, &far, pair->there, 1500);
	assert_false(nlab_netlink_run(&pair->near, &error));
	assert_int_equal(error.code, EEXIST);
	assert_string_equal(error.step, "create a veth pair");
	assert_non_null(strstr(error.subject, "port1, eth1"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

static int tests(void)
{
	const struct CMUnitTest group[] = {
	    TEST(test_pair_has_names_numbers_addresses_and_mtu),
	    TEST(test_up_mtu_and_carrier),
	    TEST(test_offloads_off),
	    TEST(test_traffic_flows_at_once),
	    TEST(test_ipv6_address_can_be_used_at_once),
	    TEST(test_default_route),
	    TEST(test_more_requests_than_the_handle_holds),
	    TEST(test_the_first_refusal_is_told_and_the_rest_done),
	    TEST(test_a_taken_name_is_refused),
	};
	return cmocka_run_group_tests_name("link", group, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}
