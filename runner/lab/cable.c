/* cable.c: one interface of a host. Floor lab.
 * The wire's ends all lie in the lab's own namespace; each has a number of its own there. */
#include "lab/cable.h"

#include "base/clock.h"
#include "kernel/ethtool.h"
#include "kernel/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_BASE 100 /* the wire's ends have numbers above this */

#define LOOPBACK_MTU    1500
#define CARRIER_WAIT_NS INT64_C(2000000000)
#define READY_NAP_NS    50000 /* between two looks whether IPv6 is ready */

bool nlab_cable_enter(int space, struct nlab_error *error)
{
	return setns(space, CLONE_NEWNET) == 0 ||
	       nlab_error_set(error, errno, "enter a network namespace", "setns");
}

/* A port of the wire on interface number `index` of the current namespace. */
static bool add_port(struct nlab_network *network, const struct nlab_wire_port *like, unsigned index, int *fd,
		     struct nlab_error *error)
{
	struct nlab_wire_port port = *like;
	port.id = (uint16_t)(network->ports + 1);
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
	*fd = port.port->fd;
	return true;
}

/* Say in the recording that port number network->ports is this interface: "NAME MAC ADDRESS/LENGTH ...". */
static void announce(struct nlab_network *network, uint16_t host, uint16_t link, const char *text)
{
	struct nlab_event_record event = {.head.time_ns = nlab_clock_recording_ns(),
					  .event = NLAB_EVENT_PORT,
					  .host = host,
					  .a = network->ports,
					  .b = link};
	nlab_recording_event(network->recording, &event, text, strlen(text));
}

bool nlab_cable_loopback(struct nlab_network *network, struct nlab_host *host, struct nlab_error *error)
{
	const struct nlab_wire_port port = {.host = host->id, .loopback = true};
	struct nlab_netlink *netlink = calloc(1, sizeof *netlink);
	if (!netlink || !nlab_netlink_open(netlink, error)) {
		free(netlink);
		return false;
	}
	nlab_link_mtu(netlink, NLAB_LINK_LOOPBACK, LOOPBACK_MTU);
	nlab_link_gso_max_segs(netlink, NLAB_LINK_LOOPBACK, 1);
	nlab_link_up(netlink, NLAB_LINK_LOOPBACK, true);
	bool done = nlab_netlink_run(netlink, error) &&
		    nlab_ethtool_offloads_off(nlab_netlink_fd(netlink), "lo", error) &&
		    add_port(network, &port, NLAB_LINK_LOOPBACK, &(int){0}, error);
	nlab_netlink_close(netlink);
	free(netlink);
	if (done) {
		host->loopback = network->ports;
		announce(network, host->id, 0,
			 host->ipv6 ? "lo 00:00:00:00:00:00 127.0.0.1/8 ::1/128"
				    : "lo 00:00:00:00:00:00 127.0.0.1/8");
	}
	return done;
}

static void near_name(const struct nlab_interface *interface, char name[16])
{
	snprintf(name, 16, "port%u", interface->near);
}

/* The pair between host and wire, from the wire's namespace. */
static bool make_pair(struct nlab_network *network, struct nlab_interface *interface,
		      struct nlab_netlink *netlink, struct nlab_error *error)
{
	char name[16];
	const struct nlab_host *host = &network->hosts[interface->host - 1];
	const struct nlab_wire_port port = {.host = host->id,
					    .link = interface->link,
					    .mac = {interface->mac[0], interface->mac[1], interface->mac[2],
						    interface->mac[3], interface->mac[4], interface->mac[5]}};
	interface->near = NEAR_BASE + ++network->last_near;
	near_name(interface, name);
	const struct nlab_link_end near = {.name = name, .index = interface->near};
	const struct nlab_link_end far = {
	    .name = interface->name, .mac = interface->mac, .index = interface->index};
	if (!nlab_cable_enter(network->space, error) || !nlab_netlink_open(netlink, error)) {
		return false;
	}
	nlab_link_pair(netlink, &near, &far, host->space, interface->mtu);
	nlab_link_up(netlink, near.index, true);
	bool done = nlab_netlink_run(netlink, error) &&
		    nlab_ethtool_offloads_off(nlab_netlink_fd(netlink), name, error) &&
		    add_port(network, &port, near.index, &interface->near_fd, error);
	interface->port = network->ports;
	nlab_netlink_close(netlink);
	return done;
}

static bool wait_for_carrier(const struct nlab_interface *interface, int host_fd, struct nlab_error *error)
{
	char name[16];
	near_name(interface, name);
	return nlab_ethtool_carrier_wait(host_fd, interface->name, CARRIER_WAIT_NS, error) &&
	       nlab_ethtool_carrier_wait(interface->near_fd, name, CARRIER_WAIT_NS, error);
}

/* Inside the host: wait until IPv6 takes packets to this address. */
static bool wait_ipv6(const uint8_t address[16], struct nlab_error *error)
{
	const struct timespec nap = nlab_ns_timespec(READY_NAP_NS);
	int64_t begin = nlab_clock_limit_ns();
	int ready;
	while ((ready = nlab_link_is_local6(address, error)) == 0) {
		if (nlab_clock_limit_ns() - begin >= CARRIER_WAIT_NS) {
			return nlab_error_set(error, ETIMEDOUT, "wait until IPv6 is ready", "%s", "");
		}
		nanosleep(&nap, NULL);
	}
	return ready > 0;
}

/* Inside the host: wait until the interface carries, and all its addresses are reached. */
static bool wait_until_ready(const struct nlab_interface *interface, int host_fd, struct nlab_error *error)
{
	bool ready = wait_for_carrier(interface, host_fd, error);
	for (size_t i = 0; ready && i < interface->count; i++) {
		ready = interface->addresses[i].family != AF_INET6 ||
			wait_ipv6(interface->addresses[i].bytes, error);
	}
	return ready;
}

/* Inside the host: addresses, and the interface up and carrying. */
static bool bring_up(const struct nlab_interface *interface, struct nlab_netlink *netlink,
		     struct nlab_error *error)
{
	for (size_t i = 0; i < interface->count; i++) {
		const struct nlab_prefix *prefix = &interface->addresses[i];
		nlab_link_address(netlink, interface->index, prefix->family, prefix->bytes, prefix->length);
	}
	bool done = nlab_netlink_run(netlink, error) &&
		    nlab_ethtool_offloads_off(nlab_netlink_fd(netlink), interface->name, error);
	nlab_link_up(netlink, interface->index, true);
	return done && nlab_netlink_run(netlink, error) &&
	       wait_until_ready(interface, nlab_netlink_fd(netlink), error);
}

/* In the namespace of `of`: every address of `other` is a static neighbour, where `of` speaks its family. */
static void add_neighbours(struct nlab_netlink *netlink, const struct nlab_interface *of,
			   const struct nlab_interface *other)
{
	for (size_t i = 0; i < other->count; i++) {
		bool speaks = false;
		for (size_t k = 0; k < of->count; k++) {
			speaks |= of->addresses[k].family == other->addresses[i].family;
		}
		if (speaks) {
			nlab_link_neighbour(netlink, of->index, other->addresses[i].family,
					    other->addresses[i].bytes, other->mac);
		}
	}
}

static bool is_neighbour(const struct nlab_network *network, const struct nlab_interface *a,
			 const struct nlab_interface *b)
{
	const struct nlab_host *host = &network->hosts[b->host - 1];
	return a != b && a->link == b->link && !network->link[a->link - 1].arp &&
	       (host->space >= 0 || host->puppet);
}

/* In the namespace of a host that is there already: the new interface becomes its neighbour. */
static bool introduce_to(struct nlab_network *network, const struct nlab_interface *old,
			 const struct nlab_interface *interface, struct nlab_netlink *netlink,
			 struct nlab_error *error)
{
	if (!nlab_cable_enter(network->hosts[old->host - 1].space, error) ||
	    !nlab_netlink_open(netlink, error)) {
		return false;
	}
	add_neighbours(netlink, old, interface);
	bool done = nlab_netlink_run(netlink, error);
	nlab_netlink_close(netlink);
	return done;
}

/* In the interface's own namespace: all others on its link are its neighbours. */
static bool meet_neighbours(struct nlab_network *network, const struct nlab_interface *interface,
			    struct nlab_netlink *netlink, struct nlab_error *error)
{
	for (size_t i = 0; i < network->interfaces; i++) {
		if (is_neighbour(network, interface, &network->interface[i])) {
			add_neighbours(netlink, interface, &network->interface[i]);
		}
	}
	return nlab_netlink_run(netlink, error);
}

/* It is the neighbour of all others on its link. */
static bool introduce(struct nlab_network *network, const struct nlab_interface *interface,
		      struct nlab_netlink *netlink, struct nlab_error *error)
{
	bool done = true;
	for (size_t i = 0; done && i < network->interfaces; i++) {
		if (is_neighbour(network, interface, &network->interface[i]) &&
		    network->hosts[network->interface[i].host - 1].space >= 0) {
			done = introduce_to(network, &network->interface[i], interface, netlink, error);
		}
	}
	return done;
}

static void announce_interface(struct nlab_network *network, const struct nlab_interface *interface)
{
	const uint8_t *mac = interface->mac;
	char text[512];
	char address[INET6_ADDRSTRLEN];
	int used = snprintf(text, sizeof text, "%s %02x:%02x:%02x:%02x:%02x:%02x", interface->name, mac[0],
			    mac[1], mac[2], mac[3], mac[4], mac[5]);
	for (size_t i = 0; i < interface->count; i++) {
		const struct nlab_prefix *prefix = &interface->addresses[i];
		struct in6_addr mapped = {0};
		mapped.s6_addr[10] = mapped.s6_addr[11] = 0xff;
		memcpy(prefix->family == AF_INET ? &mapped.s6_addr[12] : mapped.s6_addr, prefix->bytes,
		       prefix->family == AF_INET ? 4 : 16);
		nlab_wire_address(network->wire, interface->host, &mapped);
		inet_ntop(prefix->family, prefix->bytes, address, sizeof address);
		used += snprintf(text + used, sizeof text - (size_t)used, " %s/%u", address, prefix->length);
	}
	announce(network, interface->host, interface->link, text);
}

/* A puppet's interface is nothing but a port of the wire. */
static bool make_puppet(struct nlab_network *network, struct nlab_interface *interface,
			struct nlab_error *error)
{
	struct nlab_wire_port port = {
	    .id = (uint16_t)(network->ports + 1), .host = interface->host, .link = interface->link};
	memcpy(port.mac, interface->mac, sizeof port.mac);
	if (!nlab_wire_add(network->wire, &port)) {
		return nlab_error_set(error, 0, "add a port to the wire", "at the most %d", NLAB_WIRE_PORTS);
	}
	interface->port = ++network->ports;
	return true;
}

/* A host's interface, ready to be used. */
static bool make_real(struct nlab_network *network, struct nlab_interface *interface,
		      struct nlab_netlink *netlink, struct nlab_error *error)
{
	bool done = make_pair(network, interface, netlink, error) &&
		    nlab_cable_enter(network->hosts[interface->host - 1].space, error) &&
		    nlab_netlink_open(netlink, error) && bring_up(interface, netlink, error) &&
		    meet_neighbours(network, interface, netlink, error);
	nlab_netlink_close(netlink);
	return done;
}

bool nlab_cable_make(struct nlab_network *network, struct nlab_interface *interface, struct nlab_error *error)
{
	struct nlab_netlink *netlink = calloc(1, sizeof *netlink);
	if (!netlink) {
		return nlab_error_set(error, ENOMEM, "make an interface", "%s", interface->name);
	}
	bool done = network->hosts[interface->host - 1].puppet
			? make_puppet(network, interface, error)
			: make_real(network, interface, netlink, error);
	done = done && introduce(network, interface, netlink, error);
	free(netlink);
	if (done) {
		announce_interface(network, interface);
	}
	return done;
}

/* Wait for the carrier of both ends, and until the host's end sends; the process is in the host's namespace afterwards. */
static bool wait_for_both(struct nlab_network *network, const struct nlab_interface *interface,
			  struct nlab_netlink *netlink, struct nlab_error *error)
{
	bool done =
	    nlab_cable_enter(network->hosts[interface->host - 1].space, error) &&
	    nlab_netlink_open(netlink, error) &&
	    wait_for_carrier(interface, nlab_netlink_fd(netlink), error) &&
	    nlab_ethtool_running_wait(nlab_netlink_fd(netlink), interface->name, CARRIER_WAIT_NS, error);
	if (done) {
		nlab_link_up(netlink, interface->index, true); /* it is: this waits for the deferred work */
		done = nlab_netlink_run(netlink, error);
	}
	nlab_netlink_close(netlink);
	return done;
}

bool nlab_cable_plug(struct nlab_network *network, const struct nlab_interface *interface, bool plugged,
		     struct nlab_error *error)
{
	struct nlab_netlink *netlink = calloc(1, sizeof *netlink);
	bool done = netlink && nlab_cable_enter(network->space, error) && nlab_netlink_open(netlink, error);
	if (done) {
		nlab_link_up(netlink, interface->near, plugged);
		done = nlab_netlink_run(netlink, error);
		nlab_netlink_close(netlink);
	}
	done = done && (!plugged || wait_for_both(network, interface, netlink, error));
	free(netlink);
	return done;
}

/* In the host, behind a down: IPv6 addresses went with it, IPv4 ones stayed. */
static void restore_addresses(const struct nlab_interface *interface, struct nlab_netlink *netlink)
{
	for (size_t i = 0; i < interface->count; i++) {
		const struct nlab_prefix *prefix = &interface->addresses[i];
		if (prefix->family == AF_INET6 && nlab_link_is_local6(prefix->bytes, NULL) != 1) {
			nlab_link_address(netlink, interface->index, AF_INET6, prefix->bytes, prefix->length);
		}
	}
}

bool nlab_cable_up(struct nlab_network *network, const struct nlab_interface *interface, bool up,
		   struct nlab_error *error)
{
	struct nlab_netlink *netlink = calloc(1, sizeof *netlink);
	bool done = netlink && nlab_cable_enter(network->hosts[interface->host - 1].space, error) &&
		    nlab_netlink_open(netlink, error);
	if (done) {
		nlab_link_up(netlink, interface->index, up);
		if (up) {
			restore_addresses(interface, netlink);
		}
		done = nlab_netlink_run(netlink, error) &&
		       (!up || (wait_until_ready(interface, nlab_netlink_fd(netlink), error) &&
				meet_neighbours(network, interface, netlink, error)));
		nlab_netlink_close(netlink);
	}
	free(netlink);
	return done;
}
