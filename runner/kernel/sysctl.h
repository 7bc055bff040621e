/* sysctl.h: the kernel's settings under net, proc_sys_net(5), by their names: "net.ipv4.tcp_syn_retries".
 * Floor kernel. /proc/sys/net shows the settings of the network namespace in which the calling thread is, so one handle
 * serves all hosts. A name is letters, digits, '_', '-' and dots, and begins with "net.": nothing else can be reached,
 * and no name leads out of that folder (a dot always stands for a slash). */
#ifndef NLAB_KERNEL_SYSCTL_H
#define NLAB_KERNEL_SYSCTL_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

#define NLAB_SYSCTL_NAME_MAX 128 /* bytes of a name, without the NUL */

struct nlab_sysctl {
	int folder; /* /proc/sys, -1: closed */
};

/* Open /proc/sys. Fails with the errno of open(2). Not in a file that all zero stands for: set folder to -1. */
bool nlab_sysctl_open(struct nlab_sysctl *sysctl, struct nlab_error *error);

/* Close it. Harmless on one that is closed. */
void nlab_sysctl_close(struct nlab_sysctl *sysctl);

/* True when `name` is one that this file deals with: under net, and well formed. */
bool nlab_sysctl_allowed(const char *name);

/* Set `name` to `value` in the current network namespace. Fails with a subject of "name = value" and code 0 for a name
 * outside net, ENOENT for one that the kernel does not know, EACCES or EPERM for one that belongs to the whole machine,
 * EINVAL for a value that it refuses. */
bool nlab_sysctl_write(const struct nlab_sysctl *sysctl, const char *name, const char *value,
		       struct nlab_error *error);

/* Read `name` into `buffer`, without the newline behind it and with one space where the kernel puts a tab. Fails as
 * above, and with EOVERFLOW when the value has `size` bytes or more. */
bool nlab_sysctl_read(const struct nlab_sysctl *sysctl, const char *name, char *buffer, size_t size,
		      struct nlab_error *error);

#endif
