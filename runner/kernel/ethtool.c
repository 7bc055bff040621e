/* ethtool.c: offloads and carrier by SIOCETHTOOL. Floor kernel. */
#include "kernel/ethtool.h"

#include "base/clock.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#define CARRIER_YIELDS   200   /* before it begins to sleep */
#define CARRIER_SLEEP_NS 20000 /* between two looks */

/* In the order in which they have to go off. */
static const struct offload {
	uint32_t command;
	const char *name;
} offloads[] = {
    {ETHTOOL_STSO, "TSO"},
    {ETHTOOL_SGSO, "GSO"},
    {ETHTOOL_SGRO, "GRO"},
    {ETHTOOL_STXCSUM, "TX checksum"},
    {ETHTOOL_SRXCSUM, "RX checksum"},
};

static bool ethtool(int fd, const char *interface, struct ethtool_value *value)
{
	struct ifreq request = {0};
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	request.ifr_data = (char *)value;
	return ioctl(fd, SIOCETHTOOL, &request) == 0;
}

bool nlab_ethtool_offloads_off(int fd, const char *interface, struct nlab_error *error)
{
	for (size_t i = 0; i < sizeof offloads / sizeof offloads[0]; i++) {
		struct ethtool_value value = {.cmd = offloads[i].command, .data = 0};
		if (!ethtool(fd, interface, &value) && errno != EOPNOTSUPP) {
			return nlab_error_set(error, errno, "turn an offload off", "%s, %s", interface,
					      offloads[i].name);
		}
	}
	return true;
}

/* 1: so it is, 0: not yet, -1: the ioctl failed (errno). */
typedef int asker(int fd, const char *interface);

static int has_carrier(int fd, const char *interface)
{
	struct ethtool_value value = {.cmd = ETHTOOL_GLINK};
	return ethtool(fd, interface, &value) ? value.data != 0 : -1;
}

static int is_running(int fd, const char *interface)
{
	struct ifreq request = {0};
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	return ioctl(fd, SIOCGIFFLAGS, &request) == 0 ? (request.ifr_flags & IFF_RUNNING) != 0 : -1;
}

/* Ask until it is so. */
static bool wait_until(asker *ask, int fd, const char *interface, int64_t timeout_ns,
		       struct nlab_error *error)
{
	const struct timespec nap = {.tv_nsec = CARRIER_SLEEP_NS};
	int64_t begin = nlab_clock_limit_ns();
	for (unsigned looks = 0;; looks++) {
		int answer = ask(fd, interface);
		if (answer < 0) {
			return nlab_error_set(error, errno, "ask for the carrier", "%s", interface);
		}
		if (answer) {
			return true;
		}
		if (nlab_clock_limit_ns() - begin >= timeout_ns) {
			return nlab_error_set(error, ETIMEDOUT, "wait for the carrier", "%s", interface);
		}
		if (looks < CARRIER_YIELDS) {
			sched_yield();
		} else {
			nanosleep(&nap, NULL);
		}
	}
}

bool nlab_ethtool_carrier_wait(int fd, const char *interface, int64_t timeout_ns, struct nlab_error *error)
{
	return wait_until(has_carrier, fd, interface, timeout_ns, error);
}

bool nlab_ethtool_running_wait(int fd, const char *interface, int64_t timeout_ns, struct nlab_error *error)
{
	return wait_until(is_running, fd, interface, timeout_ns, error);
}
