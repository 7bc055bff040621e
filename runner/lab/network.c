/* network.c: the network of an experiment: its hosts and links. Floor lab.
 * Invariant: between calls the process is in the wire's network namespace. */
#include "lab/network.h"

#include "base/clock.h"
#include "base/fd.h"
#include "kernel/pins.h"
#include "kernel/sysctl.h"
#include "lab/cable.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MTU      1500
#define FAR_BASE 2 /* eth0's number in every host */

static void record_event(struct nlab_network *network, enum nlab_event_kind kind, uint16_t host,
			 int64_t value, const char *text)
{
	struct nlab_event_record event = {
	    .head.time_ns = nlab_clock_recording_ns(), .event = (uint16_t)kind, .host = host, .a = value};
	nlab_recording_event(network->recording, &event, text, strlen(text));
}

/* The wire's ends are no hosts: without this they would send MLD reports and solicitations of their own, which are in no
 * recording, and answer what goes to all nodes. A kernel without IPv6 has no such setting. */
static bool silence(struct nlab_error *error)
{
	struct nlab_sysctl sysctl = {.folder = -1};
	struct nlab_error refused = {0};
	bool done = nlab_sysctl_open(&sysctl, &refused) &&
		    nlab_sysctl_write(&sysctl, "net.ipv6.conf.all.disable_ipv6", "1", &refused);
	nlab_sysctl_close(&sysctl);
	if (!done && refused.code != ENOENT && error) {
		*error = refused;
	}
	return done || refused.code == ENOENT;
}

bool nlab_network_open(struct nlab_network *network, struct nlab_recording *recording, struct nlab_wire *wire,
		       struct nlab_error *error)
{
	*network = (struct nlab_network){.recording = recording, .wire = wire};
	network->space = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (network->space < 0) {
		return nlab_error_set(error, errno, "open the wire's network namespace", "%s", "");
	}
	return silence(error) && nlab_network_link(network, "lan", false, error) == NLAB_LINK_LAN;
}

uint16_t nlab_network_link(struct nlab_network *network, const char *name, bool arp, struct nlab_error *error)
{
	if (network->links == NLAB_LINKS_LIMIT) {
		nlab_error_set(error, 0, "make a link", "at the most %d", NLAB_LINKS_LIMIT);
		return 0;
	}
	struct nlab_link *link = &network->link[network->links++];
	*link = (struct nlab_link){.arp = arp};
	snprintf(link->name, sizeof link->name, "%s", name);
	record_event(network, NLAB_EVENT_LINK, NLAB_HOST_NONE, network->links, name);
	return network->links;
}

/* ---- hosts ---- */

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
	bool done = nlab_sysctl_open(&sysctl, error) && nlab_pins_apply(&sysctl, host->ipv6, error);
	nlab_sysctl_close(&sysctl);
	while (done && (pin = nlab_pin_next(pin, host->ipv6))) {
		snprintf(text, sizeof text, "%s=%s", pin->name, pin->value);
		record_event(network, NLAB_EVENT_SYSCTL, host->id, 0, text);
	}
	return done;
}

/* Back to the wire's namespace, whatever happened. */
static bool leave(struct nlab_network *network, bool done, struct nlab_error *error)
{
	return nlab_cable_enter(network->space, done ? error : NULL) && done;
}

/* A host's entry, not yet counted. */
static struct nlab_host *begin_host(struct nlab_network *network, const char *name, bool ipv6,
				    struct nlab_error *error)
{
	struct nlab_host *host = &network->hosts[network->count];
	if (network->count == NLAB_HOSTS_LIMIT) {
		nlab_error_set(error, 0, "make a host", "at the most %d", NLAB_HOSTS_LIMIT);
		return NULL;
	}
	*host = (struct nlab_host){.id = (uint16_t)(network->count + 1), .space = -1, .ipv6 = ipv6};
	snprintf(host->name, sizeof host->name, "%s", name);
	record_event(network, NLAB_EVENT_HOST, host->id, host->id, host->name);
	return host;
}

const struct nlab_host *nlab_network_lone_host(struct nlab_network *network, const char *name, bool ipv6,
					       struct nlab_error *error)
{
	struct nlab_host *host = begin_host(network, name, ipv6, error);
	if (!host) {
		return NULL;
	}
	bool done = make_space(network, host, error) && nlab_cable_loopback(network, host, error);
	if (!leave(network, done, error)) {
		nlab_fd_close(&host->space);
		return NULL;
	}
	network->count++;
	return host;
}

/* An interface on the LAN, with the addresses that the host's number gives it. */
static bool join_lan(struct nlab_network *network, const struct nlab_host *host, struct nlab_error *error)
{
	char addresses[64];
	int used = snprintf(addresses, sizeof addresses, "10.0.0.%u/24", host->id);
	if (host->ipv6) {
		snprintf(addresses + used, sizeof addresses - (size_t)used, " fd00::%x/64", host->id);
	}
	return nlab_network_attach(network, host->id, NLAB_LINK_LAN, addresses, 0, error) != NULL;
}

const struct nlab_host *nlab_network_host(struct nlab_network *network, const char *name, bool ipv6,
					  struct nlab_error *error)
{
	const struct nlab_host *host = nlab_network_lone_host(network, name, ipv6, error);
	return host && join_lan(network, host, error) ? host : NULL;
}

const struct nlab_host *nlab_network_puppet(struct nlab_network *network, const char *name, bool ipv6,
					    bool lan, struct nlab_error *error)
{
	struct nlab_host *host = begin_host(network, name, ipv6, error);
	if (!host) {
		return NULL;
	}
	host->puppet = true;
	network->count++;
	return !lan || join_lan(network, host, error) ? host : NULL;
}

/* ---- interfaces ---- */

/* Read one "ADDRESS/LENGTH". */
static bool read_prefix(const char *text, struct nlab_prefix *prefix)
{
	char address[64];
	unsigned length;
	char rest;
	if (sscanf(text, "%63[0-9a-fA-F:.]/%u%c", address, &length, &rest) != 2) {
		return false;
	}
	prefix->family = inet_pton(AF_INET, address, prefix->bytes) == 1    ? AF_INET
			 : inet_pton(AF_INET6, address, prefix->bytes) == 1 ? AF_INET6
									    : 0;
	prefix->length = length;
	return prefix->family && length <= (prefix->family == AF_INET ? 32U : 128U);
}

static bool read_addresses(struct nlab_interface *interface, const char *text, struct nlab_error *error)
{
	char copy[NLAB_ORDER_TEXT];
	char *rest = copy;
	const char *word;
	snprintf(copy, sizeof copy, "%s", text);
	while ((word = strsep(&rest, " "))) {
		if (*word && (interface->count == NLAB_ADDRESSES_LIMIT ||
			      !read_prefix(word, &interface->addresses[interface->count++]))) {
			return nlab_error_set(error, EINVAL, "read an interface's addresses",
					      "'%s' (at the most %d, like 10.0.0.1/24)", word,
					      NLAB_ADDRESSES_LIMIT);
		}
	}
	return true;
}

/* The host's own fields tell its first addresses. */
static void take_addresses(struct nlab_host *host, const struct nlab_interface *interface)
{
	if (interface->index == FAR_BASE) {
		memcpy(host->mac, interface->mac, sizeof host->mac);
	}
	for (size_t i = 0; i < interface->count; i++) {
		const struct nlab_prefix *prefix = &interface->addresses[i];
		if (prefix->family == AF_INET && host->ip.s_addr == INADDR_ANY) {
			memcpy(&host->ip, prefix->bytes, 4);
		} else if (prefix->family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&host->ip6)) {
			memcpy(&host->ip6, prefix->bytes, 16);
		}
	}
}

static bool is_there(const struct nlab_host *host)
{
	return host->space >= 0 || host->puppet;
}

uint16_t nlab_network_port(const struct nlab_network *network, uint16_t host, const char *interface,
			   struct nlab_error *error)
{
	bool known = host > 0 && host <= network->count && is_there(&network->hosts[host - 1]);
	if (known && strcmp(interface, "lo") == 0 && network->hosts[host - 1].loopback) {
		return network->hosts[host - 1].loopback;
	}
	for (size_t i = 0; known && i < network->interfaces; i++) {
		if (network->interface[i].host == host &&
		    strcmp(network->interface[i].name, interface) == 0) {
			return network->interface[i].port;
		}
	}
	nlab_error_set(error, ENODEV, "find an interface", "%s", interface);
	return 0;
}

const struct nlab_interface *nlab_network_attach(struct nlab_network *network, uint16_t host, uint16_t link,
						 const char *addresses, unsigned mtu,
						 struct nlab_error *error)
{
	bool known = host > 0 && host <= network->count && link > 0 && link <= network->links;
	if (!known || network->interfaces == NLAB_INTERFACES_LIMIT || !is_there(&network->hosts[host - 1])) {
		nlab_error_set(error, known ? 0 : EINVAL, "make an interface", "host %u, link %u", host,
			       link);
		return NULL;
	}
	struct nlab_host *owner = &network->hosts[host - 1];
	struct nlab_interface *interface = &network->interface[network->interfaces];
	*interface =
	    (struct nlab_interface){.host = host,
				    .link = link,
				    .index = FAR_BASE + owner->interfaces,
				    .mtu = mtu ? mtu : MTU,
				    .mac = {0x02, 0, 0, 0, (uint8_t)owner->interfaces, (uint8_t)host}};
	snprintf(interface->name, sizeof interface->name, "eth%u", owner->interfaces);
	bool done = read_addresses(interface, addresses, error) && nlab_cable_make(network, interface, error);
	if (!leave(network, done, error)) {
		return NULL;
	}
	network->interfaces++;
	owner->interfaces++;
	take_addresses(owner, interface);
	return interface;
}

static const struct nlab_interface *find_interface(const struct nlab_network *network, uint16_t host,
						   const char *name, struct nlab_error *error)
{
	for (size_t i = 0; i < network->interfaces; i++) {
		const struct nlab_interface *found = &network->interface[i];
		if (found->host == host && strcmp(found->name, name) == 0 &&
		    network->hosts[host - 1].space >= 0) {
			return found;
		}
	}
	nlab_error_set(error, ENODEV, "find an interface", "%s", name);
	return NULL;
}

bool nlab_network_cable(struct nlab_network *network, uint16_t host, const char *interface, bool plugged,
			struct nlab_error *error)
{
	const struct nlab_interface *found = find_interface(network, host, interface, error);
	return found && leave(network, nlab_cable_plug(network, found, plugged, error), error);
}

bool nlab_network_interface(struct nlab_network *network, uint16_t host, const char *interface, bool up,
			    struct nlab_error *error)
{
	const struct nlab_interface *found = find_interface(network, host, interface, error);
	return found && leave(network, nlab_cable_up(network, found, up, error), error);
}

/* ---- crash and reboot ---- */

bool nlab_network_crash(struct nlab_network *network, uint16_t host, struct nlab_error *error)
{
	if (host == 0 || host > network->count || network->hosts[host - 1].space < 0) {
		return nlab_error_set(error, EINVAL, "crash a host", "host %u", host);
	}
	nlab_wire_unplug(network->wire, host); /* from here on nothing of it is carried or recorded */
	for (size_t i = 0; i < network->interfaces; i++) {
		if (network->interface[i].host == host &&
		    !nlab_cable_plug(network, &network->interface[i], false, error)) {
			return leave(network, false, error);
		}
	}
	nlab_fd_close(&network->hosts[host - 1].space);
	return leave(network, true, error);
}

const struct nlab_host *nlab_network_reboot(struct nlab_network *network, uint16_t host,
					    struct nlab_error *error)
{
	if (host == 0 || host > network->count || network->hosts[host - 1].space >= 0) {
		nlab_error_set(error, EINVAL, "reboot a host", "host %u has not crashed", host);
		return NULL;
	}
	struct nlab_host *again = &network->hosts[host - 1];
	bool done = make_space(network, again, error) && nlab_cable_loopback(network, again, error);
	for (size_t i = 0; done && i < network->interfaces; i++) {
		done = network->interface[i].host != host ||
		       nlab_cable_make(network, &network->interface[i], error);
	}
	if (!leave(network, done, error)) {
		nlab_fd_close(&again->space);
		return NULL;
	}
	return again;
}
