/* pins.h: the settings that every host gets, so that neither the machine's tuning nor the kernel's version decides what
 * an experiment sees. Floor kernel.
 * Two sorts of rows: what a new network namespace copies from the machine (congestion control, buffer sizes, the IPv4
 * interface defaults), and what experiments lean on, with the kernel's documented default (ip-sysctl) or, where `why`
 * says so, with a value of ours. A script can change each of them per host. */
#ifndef NLAB_KERNEL_PINS_H
#define NLAB_KERNEL_PINS_H

#include "kernel/sysctl.h"

#include <stdbool.h>

enum nlab_pin_flag {
	NLAB_PIN_OPTIONAL = 1,     /* some kernels do not have it: passed over there */
	NLAB_PIN_WITHOUT_IPV6 = 2, /* only for a host without IPv6, which is the rule */
	NLAB_PIN_WITH_IPV6 = 4,    /* only for a host that asked for IPv6 */
};

struct nlab_pin {
	const char *name, *value;
	unsigned flags; /* enum nlab_pin_flag */
	const char *why;
};

/* The row behind `previous` (NULL: the first one) that holds for a host with or without IPv6; NULL: no more. */
const struct nlab_pin *nlab_pin_next(const struct nlab_pin *previous, bool ipv6);

/* Apply all rows to the current network namespace. Call it before interfaces are made in there: they copy the
 * defaults. Stops at the first that the kernel refuses, with the errors of nlab_sysctl_write(). */
bool nlab_pins_apply(const struct nlab_sysctl *sysctl, bool ipv6, struct nlab_error *error);

#endif
