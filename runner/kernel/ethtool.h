/* ethtool.h: what an interface offloads, and whether it has carrier, by SIOCETHTOOL, netdevice(7).
 * Floor kernel. `fd` is any socket of the interface's network namespace, such as nlab_netlink_fd(). */
#ifndef NLAB_KERNEL_ETHTOOL_H
#define NLAB_KERNEL_ETHTOOL_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* Turn TSO, GSO, GRO and then the checksum offloads off, so that segments leave as they go over the wire, with whole
 * checksums. The order matters: while segmentation is on, the kernel does not let go of the checksums. An offload that
 * the interface cannot turn off (the checksums of lo) is left on. Fails with the errno of the ioctl(2). */
bool nlab_ethtool_offloads_off(int fd, const char *interface, struct nlab_error *error);

/* Wait until the interface has carrier (ETHTOOL_GLINK; IFF_RUNNING comes too early), timeout_ns at the most (clock of
 * limits). Yields the processor meanwhile, and sleeps a little when it takes long. Fails with ETIMEDOUT, or with the
 * errno of the ioctl(2). For a pair, wait for both ends: a frame sent before is lost. */
bool nlab_ethtool_carrier_wait(int fd, const char *interface, int64_t timeout_ns, struct nlab_error *error);

/* The same until the kernel's deferred work has seen the carrier (netdevice(7), IFF_RUNNING). That work holds the lock of
 * rtnetlink(7) until the interface sends: after one more request the interface is ready. */
bool nlab_ethtool_running_wait(int fd, const char *interface, int64_t timeout_ns, struct nlab_error *error);

#endif
