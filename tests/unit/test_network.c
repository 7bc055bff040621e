/* Tests of lab/network.h: hosts, their addresses and settings, and what they say on their own: nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lan.h"

#include "kernel/link.h"
#include "kernel/pins.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define PORT 7000

static int setup(void **state)
{
	struct lan *lan = calloc(1, sizeof *lan);
	lan_open(lan, 1 << 20, 0, false);
	*state = lan;
	return 0;
}

static int teardown(void **state)
{
	lan_close(*state);
	free(*state);
	return 0;
}

static void assert_in_switch(const struct lan *lan)
{
	struct stat here, space;
	assert_int_equal(stat("/proc/self/ns/net", &here), 0);
	assert_int_equal(fstat(lan->network.space, &space), 0);
	assert_int_equal(here.st_ino, space.st_ino);
}

static void addresses_come_in_order(void **state)
{
	struct lan *lan = *state;
	const struct nlab_host *client = lan_host(lan, "client", false);
	const struct nlab_host *server = lan_host(lan, "server", true);
	char text[INET6_ADDRSTRLEN];
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 2};
	assert_int_equal(client->id, 1);
	assert_string_equal(client->name, "client");
	assert_string_equal(inet_ntop(AF_INET, &client->ip, text, sizeof text), "10.0.0.1");
	assert_true(IN6_IS_ADDR_UNSPECIFIED(&client->ip6));
	assert_int_equal(server->id, 2);
	assert_string_equal(inet_ntop(AF_INET, &server->ip, text, sizeof text), "10.0.0.2");
	assert_string_equal(inet_ntop(AF_INET6, &server->ip6, text, sizeof text), "fd00::2");
	assert_memory_equal(server->mac, mac, 6);
	assert_in_switch(lan);
}

static void hosts_and_interfaces_are_recorded(void **state)
{
	static const char *const ports[] = {
	    "lo 00:00:00:00:00:00 127.0.0.1/8",
	    "eth0 02:00:00:00:00:01 10.0.0.1/24",
	    "lo 00:00:00:00:00:00 127.0.0.1/8 ::1/128",
	    "eth0 02:00:00:00:00:02 10.0.0.2/24 fd00::2/64",
	};
	struct lan *lan = *state;
	char text[512];
	lan_host(lan, "client", false);
	lan_host(lan, "server", true);
	for (unsigned i = 0; i < 4; i++) {
		const struct nlab_event_record *port = recorded_event(&lan->recording, NLAB_EVENT_PORT, i);
		assert_string_equal(recorded_text(port, text), ports[i]);
		assert_int_equal(port->a, i + 1);
		assert_int_equal(port->host, i / 2 + 1);
	}
	assert_int_equal(recorded_events(&lan->recording, NLAB_EVENT_PORT), 4);
	assert_int_equal(recorded_events(&lan->recording, NLAB_EVENT_HOST), 2);
	assert_string_equal(recorded_text(recorded_event(&lan->recording, NLAB_EVENT_HOST, 1), text),
			    "server");
}

static void settings_are_pinned_and_recorded(void **state)
{
	struct lan *lan = *state;
	const struct nlab_host *host = lan_host(lan, "client", false);
	struct nlab_sysctl sysctl;
	char value[128], text[256];
	unsigned rows = 0;
	assert_true(nlab_sysctl_open(&sysctl, NULL));
	assert_int_equal(setns(host->space, CLONE_NEWNET), 0);
	for (const struct nlab_pin *pin = NULL; (pin = nlab_pin_next(pin, false)); rows++) {
		snprintf(text, sizeof text, "%s=%s", pin->name, pin->value);
		assert_true(recorded_says(&lan->recording, NLAB_EVENT_SYSCTL, text));
		if (nlab_sysctl_read(&sysctl, pin->name, value, sizeof value, NULL)) {
			assert_string_equal(value, pin->value);
		} else {
			assert_true(pin->flags & NLAB_PIN_OPTIONAL);
		}
	}
	assert_int_equal(recorded_events(&lan->recording, NLAB_EVENT_SYSCTL), rows);
	assert_int_equal(setns(lan->network.space, CLONE_NEWNET), 0);
	nlab_sysctl_close(&sysctl);
}

static int mtu_of(const struct lan *lan, unsigned host, const char *interface)
{
	struct ifreq request = {0};
	int s = lan_socket(lan, host, AF_INET, SOCK_DGRAM, 0);
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	assert_int_equal(ioctl(s, SIOCGIFMTU, &request), 0);
	close(s);
	return request.ifr_mtu;
}

/* Every pair of hosts reaches each other, with no ARP before: neighbours are known, also those that came later. */
static void every_host_knows_every_other(void **state)
{
	struct lan *lan = *state;
	int s[4];
	char text[64];
	uint32_t sent = 0;
	for (unsigned i = 1; i <= 3; i++) {
		lan_host(lan, "host", false);
		s[i] = lan_udp(lan, i, PORT);
	}
	for (unsigned from = 1; from <= 3; from++) {
		for (unsigned to = 1; to <= 3; to++) {
			const struct sockaddr_in address = lan_address(lan, to, PORT);
			lan_send(s[from], &address, "hello", 5);
			lan_carry(lan, ++sent);
			assert_string_equal(lan_receive(s[to], text), "hello");
		}
	}
	for (unsigned i = 0; i < sent; i++) {
		assert_int_equal(recorded_packet(&lan->recording, i)->length, 14 + 20 + 8 + 5);
		assert_int_equal(recorded_packet(&lan->recording, i)->src_host, i / 3 + 1);
		assert_int_equal(recorded_packet(&lan->recording, i)->dst_host, i % 3 + 1);
	}
	assert_int_equal(mtu_of(lan, 1, "eth0"), 1500);
	assert_int_equal(mtu_of(lan, 1, "lo"), 1500);
	for (unsigned i = 1; i <= 3; i++) {
		close(s[i]);
	}
}

/* A stream of 64 KiB inside a host: no frame is longer than the MTU allows, though lo would take it as one. */
static void segments_are_as_on_a_wire(void **state)
{
	struct lan *lan = *state;
	static char bytes[16384];
	const struct nlab_packet_record *record;
	lan_host(lan, "client", false);
	struct sockaddr_in to = lan_address(lan, 1, PORT);
	int l = lan_socket(lan, 1, AF_INET, SOCK_STREAM, 0), c = lan_socket(lan, 1, AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(l, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(listen(l, 1), 0);
	assert_int_equal(connect(c, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(send(c, bytes, sizeof bytes, 0), sizeof bytes);
	nlab_wire_drain(lan->wire, 1000);
	unsigned count = 0;
	for (; (record = recorded_packet(&lan->recording, count)); count++) {
		assert_in_range(record->length, 14 + 20 + 20, 14 + 1500);
	}
	assert_in_range(count, 3 + sizeof bytes / 1460, 100);
	close(c);
	close(l);
}

static void ipv6_hosts_reach_each_other(void **state)
{
	struct lan *lan = *state;
	char text[64];
	lan_host(lan, "client", true);
	const struct nlab_host *server = lan_host(lan, "server", true);
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
	int a = lan_socket(lan, 1, AF_INET6, SOCK_DGRAM, 0), b = lan_socket(lan, 2, AF_INET6, SOCK_DGRAM, 0);
	assert_int_equal(bind(b, (struct sockaddr *)&to, sizeof to), 0);
	to.sin6_addr = server->ip6;
	struct pollfd heard = {.fd = b, .events = POLLIN};
	for (int i = 0; i < LAN_PATIENCE_MS && poll(&heard, 1, 1) == 0; i++) {
		assert_int_equal(sendto(a, "six", 3, 0, (struct sockaddr *)&to, sizeof to), 3);
		nlab_wire_drain(lan->wire, 1000);
	}
	assert_string_equal(lan_receive(b, text), "six");
	bool found = false;
	const struct nlab_packet_record *record;
	for (unsigned i = 0; (record = recorded_packet(&lan->recording, i)); i++) {
		found |= record->src_host == 1 && record->dst_host == 2;
	}
	assert_true(found);
	close(a);
	close(b);
}

/* The wire's ends have no addresses: they neither ask nor answer. */
static void the_switch_is_silent(void **state)
{
	struct lan *lan = *state;
	char text[256];
	lan_host(lan, "client", true);
	struct nlab_sysctl sysctl;
	assert_true(nlab_sysctl_open(&sysctl, NULL));
	assert_true(nlab_sysctl_read(&sysctl, "net.ipv6.conf.port101.disable_ipv6", text, sizeof text, NULL));
	assert_string_equal(text, "1");
	nlab_sysctl_close(&sysctl);
}

static void a_host_that_cannot_be_made(void **state)
{
	struct lan *lan = *state;
	static struct nlab_netlink netlink;
	struct nlab_error error;
	const struct nlab_link_end near = {.name = "port101", .index = 50},
				   far = {.name = "far", .index = 51};
	assert_true(nlab_netlink_open(&netlink, NULL));
	nlab_link_pair(&netlink, &near, &far, lan->network.space, 1500);
	assert_true(nlab_netlink_run(&netlink, NULL));
	nlab_netlink_close(&netlink);
	assert_null(nlab_network_host(&lan->network, "client", false, &error));
	assert_int_equal(error.code, EEXIST); /* the name of the wire's end is taken */
	assert_int_equal(lan->network.interfaces, 0);
	assert_int_equal(recorded_events(&lan->recording, NLAB_EVENT_PORT),
			 1); /* loopback, which came before */
	assert_in_switch(lan);
}

static void there_is_room_for_so_many_hosts(void **state)
{
	struct lan *lan = *state;
	struct nlab_error error;
	lan->network.count = NLAB_HOSTS_LIMIT;
	assert_null(nlab_network_host(&lan->network, "one too many", false, &error));
	assert_string_equal(error.step, "make a host");
	lan->network.count = 0;
	assert_int_equal(recorded_events(&lan->recording, NLAB_EVENT_SYSCTL), 0);
}

static void a_long_name_is_cut(void **state)
{
	struct lan *lan = *state;
	const struct nlab_host *host =
	    lan_host(lan, "a name that is longer than a name may be, by far", false);
	assert_int_equal(host ? strlen(host->name) : 0, NLAB_ORDER_NAME - 1);
}

/* ---- links, crash and reboot ---- */

static void a_link_joins_only_its_own(void **state)
{
	struct lan *lan = *state;
	char text[512];
	uint16_t link[2];
	for (unsigned i = 0; i < 2; i++) {
		link[i] = nlab_network_link(&lan->network, i ? "right" : "left", false, NULL);
		assert_int_equal(link[i], NLAB_LINK_LAN + 1 + i);
		const struct nlab_host *host =
		    nlab_network_lone_host(&lan->network, i ? "b" : "a", false, NULL);
		assert_non_null(host);
		/* the same network on two links: it is the link that keeps them apart */
		const char *address = i ? "10.5.0.2/24" : "10.5.0.1/24";
		assert_non_null(nlab_network_attach(&lan->network, host->id, link[i], address, 0, NULL));
	}
	int s = lan_udp(lan, 1, PORT);
	struct sockaddr_in to = lan_address(lan, 2, PORT);
	lan_send(s, &to, "x", 1); /* nobody answers the question for its MAC */
	lan_carry(lan, 1);
	assert_int_equal(recorded_packet(&lan->recording, 0)->frame[0], 0xff);
	assert_string_equal(nlab_fate_name(recorded_packet(&lan->recording, 0)->fate), "nowhere");
	assert_string_equal(recorded_text(recorded_event(&lan->recording, NLAB_EVENT_LINK, 2), text),
			    "right");
	close(s);
}

static void a_host_has_several_interfaces(void **state)
{
	struct lan *lan = *state;
	uint16_t link = nlab_network_link(&lan->network, "other", false, NULL);
	lan_host(lan, "host", true);
	const struct nlab_interface *second =
	    nlab_network_attach(&lan->network, 1, link, "88.88.88.88/24 fd05::1/64", 1400, NULL);
	assert_non_null(second);
	assert_string_equal(second->name, "eth1");
	assert_int_equal(second->port, 3);
	assert_int_equal(second->mac[4], 1);
	assert_int_equal(second->count, 2);
	assert_int_equal(mtu_of(lan, 1, "eth1"), 1400);
	assert_int_equal(mtu_of(lan, 1, "eth0"), 1500);
	assert_string_equal(inet_ntoa(lan->network.hosts[0].ip), "10.0.0.1"); /* the first one's stay */
	assert_int_equal(nlab_network_port(&lan->network, 1, "eth1", NULL), 3);
	assert_int_equal(nlab_network_port(&lan->network, 1, "eth2", NULL), 0);
	assert_in_switch(lan);
}

static void addresses_that_make_no_sense(void **state)
{
	static const char *const BAD[] = {
	    "10.0.0.1",
	    "10.0.0.1/33",
	    "10.0.0.1/24x",
	    "fd00::1/129",
	    "x/24",
	    "10.0.0.1/24 y",
	    "/24",
	    "1.0.0.1/8 2.0.0.1/8 3.0.0.1/8 4.0.0.1/8 5.0.0.1/8 6.0.0.1/8 7.0.0.1/8 8.0.0.1/8 9.0.0.1/8"};
	struct lan *lan = *state;
	struct nlab_error error;
	assert_non_null(nlab_network_lone_host(&lan->network, "host", true, NULL));
	for (unsigned i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		assert_null(nlab_network_attach(&lan->network, 1, NLAB_LINK_LAN, BAD[i], 0, &error));
		assert_int_equal(error.code, EINVAL);
	}
	assert_null(nlab_network_attach(&lan->network, 2, NLAB_LINK_LAN, "10.0.0.1/24", 0, &error));
	assert_null(nlab_network_attach(&lan->network, 1, 9, "10.0.0.1/24", 0, &error));
	assert_int_equal(lan->network.interfaces, 0);
	assert_in_switch(lan);
}

static void a_crash_and_a_reboot(void **state)
{
	struct lan *lan = *state;
	char text[64];
	struct nlab_error error;
	lan_host(lan, "a", false);
	lan_host(lan, "b", false);
	struct sockaddr_in to = lan_address(lan, 2, PORT);
	int a = lan_udp(lan, 1, PORT);
	assert_null(nlab_network_reboot(&lan->network, 2, &error)); /* it has not crashed */
	assert_true(nlab_network_crash(&lan->network, 2, NULL));
	assert_in_switch(lan);
	assert_false(nlab_network_crash(&lan->network, 2, &error)); /* twice */
	assert_false(nlab_network_cable(&lan->network, 2, "eth0", true, &error));
	assert_int_equal(error.code, ENODEV);
	lan_send(a, &to, "lost", 4);
	lan_carry(lan, 1);
	assert_string_equal(nlab_fate_name(recorded_packet(&lan->recording, 0)->fate), "nowhere");
	assert_non_null(nlab_network_reboot(&lan->network, 2, NULL));
	assert_in_switch(lan);
	int b = lan_udp(lan, 2, PORT);
	lan_send(a, &to, "arrives", 7);
	nlab_wire_drain(lan->wire, 1000);
	assert_string_equal(lan_receive(b, text), "arrives");
	close(a);
	close(b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static int tests(void)
{
	const struct CMUnitTest list[] = {
	    TEST(addresses_come_in_order),
	    TEST(hosts_and_interfaces_are_recorded),
	    TEST(settings_are_pinned_and_recorded),
	    TEST(every_host_knows_every_other),
	    TEST(segments_are_as_on_a_wire),
	    TEST(ipv6_hosts_reach_each_other),
	    TEST(the_switch_is_silent),
	    TEST(a_host_that_cannot_be_made),
	    TEST(there_is_room_for_so_many_hosts),
	    TEST(a_long_name_is_cut),
	    TEST(a_link_joins_only_its_own),
	    TEST(a_host_has_several_interfaces),
	    TEST(addresses_that_make_no_sense),
	    TEST(a_crash_and_a_reboot),
	};
	return cmocka_run_group_tests(list, NULL, NULL);
}

int main(void)
{
	return namespaces_run(tests);
}
