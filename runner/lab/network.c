/* network.c: the hosts of an experiment. Floor lab.
 * Each host's eth0 is one end of a veth pair; the other end lies in the lab's own namespace, where the wire is. */
#include "lab/network.h"

#include "base/clock.h"
#include "base/fd.h"
#include "kernel/ethtool.h"
#include "kernel/link.h"
#include "kernel/pins.h"
#include "kernel/sysctl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MTU             1500
#define ETH0            2   /* eth0's number in every host */
#define NEAR_BASE       100 /* the wire's end of host n has number NEAR_BASE + n */
#define PREFIX4         24
#define PREFIX6         64
#define CARRIER_WAIT_NS INT64_C(2000000000)

bool nlab_network_open(struct nlab_network *network, struct nlab_recording *recording, struct nlab_wire *wire,
		       struct nlab_error *error)
{
	*network = (struct nlab_network){.recording = recording, .wire = wire};
	network->space = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return network->space >= 0 ||
	       nlab_error_set(error, errno, "open the switch's network namespace", "%s", "");
}

static bool enter(int space, struct nlab_error *error)
{
	return setns(space, CLONE_NEWNET) == 0 ||
	       nlab_error_set(error, errno, "enter a network namespace", "setns");
}

static void name_host(struct nlab_host *host, uint16_t id, const char *name, bool ipv6)
{
	const uint8_t mac[6] = {0x02, 0, 0, 0, (uint8_t)(id >> 8), (uint8_t)id};
	*host = (struct nlab_host){.id = id, .space = -1};
	snprintf(host->name, sizeof host->name, "%s", name);
	host->ip.s_addr = htonl(UINT32_C(0x0a000000) + id);
	memcpy(host->mac, mac, sizeof mac);
	if (ipv6) {
		host->ip6.s6_addr[0] = 0xfd;
		host->ip6.s6_addr[14] = (uint8_t)(id >> 8);
		host->ip6.s6_addr[15] = (uint8_t)id;
	}
}

static void record_event(struct nlab_network *network, enum nlab_event_kind kind,
			 const struct nlab_host *host, int64_t value, const char *text)
{
	struct nlab_event_record event = {
	    .head.time_ns = nlab_clock_recording_ns(), .event = (uint16_t)kind, .host = host->id, .a = value};
	nlab_recording_event(network->recording, &event, text, strlen(text));
}

static bool has_ipv6(const struct nlab_host *host)
{
	return !IN6_IS_ADDR_UNSPECIFIED(&host->ip6);
}

/* A namespace with its settings pinned; the process is in it afterwards. */
static bool make_space(struct nlab_network *network, struct nlab_host *host, struct nlab_error *error)
{
	struct nlab_sysctl sysctl = {.folder = -1};
	const struct nlab_pin *pin = NULL;
	char text[256];
	if (unshare(CLONE_NEWNET)) {
		return nlab_error_set(error, errno, "create a network namespace", "%s", host->name);
	}
	host->space = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (host->space < 0) {
		return nlab_error_set(error, errno, "open a network namespace", "%s", host->name);
	}
	bool done = nlab_sysctl_open(&sysctl, error) && nlab_pins_apply(&sysctl, has_ipv6(host), error);
	nlab_sysctl_close(&sysctl);
	while (done && (pin = nlab_pin_next(pin, has_ipv6(host)))) {
		snprintf(text, sizeof text, "%s=%s", pin->name, pin->value);
		record_event(network, NLAB_EVENT_SYSCTL, host, 0, text);
	}
	return done;
}

/* A port of the wire on interface `index` of the current namespace. */
static bool add_port(struct nlab_network *network, const struct nlab_host *host, unsigned index,
		     bool loopback, struct nlab_error *error)
{
	struct nlab_wire_port port = {
	    .id = (uint16_t)(network->ports + 1), .host = host->id, .loopback = loopback};
	memcpy(port.mac, host->mac, sizeof port.mac);
	port.port = malloc(sizeof *port.port);
	if (!port.port || !nlab_port_open(port.port, index, error)) {
		free(port.port);
		return false;
	}
	if (!nlab_wire_add(network->wire, &port)) {
		nlab_port_close(port.port);
		free(port.port);
		return nlab_error_set(error, 0, "add a port to the wire", "at the most %d", NLAB_WIRE_PORTS);
	}
	network->ports++;
	return true;
}

static void record_ports(struct nlab_network *network, const struct nlab_host *host)
{
	const uint8_t *mac = host->mac;
	char ip[INET_ADDRSTRLEN];
	char ip6[INET6_ADDRSTRLEN] = "";
	char text[256];
	inet_ntop(AF_INET, &host->ip, ip, sizeof ip);
	if (has_ipv6(host)) {
		inet_ntop(AF_INET6, &host->ip6, ip6, sizeof ip6);
	}
	record_event(network, NLAB_EVENT_HOST, host, host->id, host->name);
	snprintf(text, sizeof text, "lo 00:00:00:00:00:00 127.0.0.1/8%s", has_ipv6(host) ? " ::1/128" : "");
	record_event(network, NLAB_EVENT_PORT, host, network->ports - 1, text);
	snprintf(text, sizeof text, "eth0 %02x:%02x:%02x:%02x:%02x:%02x %s/%d", mac[0], mac[1], mac[2],
		 mac[3], mac[4], mac[5], ip, PREFIX4);
	if (has_ipv6(host)) {
		size_t used = strlen(text);
		snprintf(text + used, sizeof text - used, " %s/%d", ip6, PREFIX6);
	}
	record_event(network, NLAB_EVENT_PORT, host, network->ports, text);
}

/* The pair between host and wire, from the switch's namespace; both processes' view of it is up afterwards. */
static bool make_pair(struct nlab_network *network, const struct nlab_host *host,
		      struct nlab_netlink *netlink, struct nlab_error *error)
{
	char name[16];
	snprintf(name, sizeof name, "port%u", host->id);
	const struct nlab_link_end near = {.name = name, .index = NEAR_BASE + host->id};
	const struct nlab_link_end far = {.name = "eth0", .mac = host->mac, .index = ETH0};
	if (!enter(network->space, error) || !nlab_netlink_open(netlink, error)) {
		return false;
	}
	nlab_link_pair(netlink, &near, &far, host->space, MTU);
	nlab_link_up(netlink, near.index, true);
	bool done = nlab_netlink_run(netlink, error) &&
		    nlab_ethtool_offloads_off(nlab_netlink_fd(netlink), name, error) &&
		    add_port(network, host, near.index, false, error);
	nlab_netlink_close(netlink);
	return done;
}

static void add_neighbours(struct nlab_netlink *netlink, const struct nlab_host *of,
			   const struct nlab_host *other)
{
	nlab_link_neighbour(netlink, ETH0, AF_INET, &other->ip, other->mac);
	if (has_ipv6(of) && has_ipv6(other)) {
		nlab_link_neighbour(netlink, ETH0, AF_INET6, &other->ip6, other->mac);
	}
}

/* Inside the host: loopback with a port of its own, before the pair exists. */
static bool make_loopback(struct nlab_network *network, const struct nlab_host *host,
			  struct nlab_netlink *netlink, struct nlab_error *error)
{
	if (!nlab_netlink_open(netlink, error)) {
		return false;
	}
	nlab_link_mtu(netlink, NLAB_LINK_LOOPBACK, MTU);
	nlab_link_gso_max_segs(netlink, NLAB_LINK_LOOPBACK, 1);
	nlab_link_up(netlink, NLAB_LINK_LOOPBACK, true);
	bool done = nlab_netlink_run(netlink, error) &&
		    nlab_ethtool_offloads_off(nlab_netlink_fd(netlink), "lo", error) &&
		    add_port(network, host, NLAB_LINK_LOOPBACK, true, error);
	nlab_netlink_close(netlink);
	return done;
}

/* Inside the host: addresses and neighbours, eth0 up and carrying. */
static bool make_address(struct nlab_network *network, const struct nlab_host *host,
			 struct nlab_netlink *netlink, struct nlab_error *error)
{
	if (!enter(host->space, error) || !nlab_netlink_open(netlink, error)) {
		return false;
	}
	nlab_link_address(netlink, ETH0, AF_INET, &host->ip, PREFIX4);
	if (has_ipv6(host)) {
		nlab_link_address(netlink, ETH0, AF_INET6, &host->ip6, PREFIX6);
	}
	bool done = nlab_netlink_run(netlink, error) &&
		    nlab_ethtool_offloads_off(nlab_netlink_fd(netlink), "eth0", error);
	nlab_link_up(netlink, ETH0, true);
	for (uint16_t i = 0; i < network->count; i++) {
		add_neighbours(netlink, host, &network->hosts[i]);
	}
	done = done && nlab_netlink_run(netlink, error) &&
	       nlab_ethtool_carrier_wait(nlab_netlink_fd(netlink), "eth0", CARRIER_WAIT_NS, error);
	nlab_netlink_close(netlink);
	return done;
}

/* Every host that is there already gets the new one as its neighbour. */
static bool introduce(struct nlab_network *network, const struct nlab_host *host,
		      struct nlab_netlink *netlink, struct nlab_error *error)
{
	for (uint16_t i = 0; i < network->count; i++) {
		if (!enter(network->hosts[i].space, error) || !nlab_netlink_open(netlink, error)) {
			return false;
		}
		add_neighbours(netlink, &network->hosts[i], host);
		bool done = nlab_netlink_run(netlink, error);
		nlab_netlink_close(netlink);
		if (!done) {
			return false;
		}
	}
	return true;
}

static void announce(struct nlab_network *network, const struct nlab_host *host)
{
	struct in6_addr mapped = {0};
	mapped.s6_addr[10] = mapped.s6_addr[11] = 0xff;
	memcpy(&mapped.s6_addr[12], &host->ip, sizeof host->ip);
	nlab_wire_address(network->wire, host->id, &mapped);
	if (has_ipv6(host)) {
		nlab_wire_address(network->wire, host->id, &host->ip6);
	}
	record_ports(network, host);
}

static bool build(struct nlab_network *network, struct nlab_host *host, struct nlab_error *error)
{
	struct nlab_netlink *netlink = calloc(1, sizeof *netlink);
	if (!netlink) {
		return nlab_error_set(error, ENOMEM, "make a host", "%s", host->name);
	}
	bool done = make_space(network, host, error) && make_loopback(network, host, netlink, error) &&
		    make_pair(network, host, netlink, error) && make_address(network, host, netlink, error) &&
		    introduce(network, host, netlink, error);
	free(netlink);
	return enter(network->space, done ? error : NULL) && done;
}

const struct nlab_host *nlab_network_host(struct nlab_network *network, const char *name, bool ipv6,
					  struct nlab_error *error)
{
	struct nlab_host *host = &network->hosts[network->count];
	if (network->count == NLAB_HOSTS_LIMIT) {
		nlab_error_set(error, 0, "make a host", "at the most %d", NLAB_HOSTS_LIMIT);
		return NULL;
	}
	name_host(host, (uint16_t)(network->count + 1), name, ipv6);
	if (!build(network, host, error)) {
		nlab_fd_close(&host->space);
		return NULL;
	}
	announce(network, host);
	network->count++;
	return host;
}
