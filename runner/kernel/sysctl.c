/* sysctl.c: reading and writing the settings under /proc/sys/net. Floor kernel. */
#include "kernel/sysctl.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool nlab_sysctl_open(struct nlab_sysctl *sysctl, struct nlab_error *error)
{
	sysctl->folder = open("/proc/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return sysctl->folder >= 0 ||
	       nlab_error_set(error, errno, "open the folder of settings", "/proc/sys");
}

void nlab_sysctl_close(struct nlab_sysctl *sysctl)
{
	nlab_fd_close(&sysctl->folder);
}

/* The path below /proc/sys, with a slash for each dot; false when the name is not one of ours. */
static bool path_of(const char *name, char path[NLAB_SYSCTL_NAME_MAX + 1])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	size_t length = strnlen(name, NLAB_SYSCTL_NAME_MAX + 1);
	if (length > NLAB_SYSCTL_NAME_MAX || strspn(name, letters) != length ||
	    strncmp(name, "net.", 4) != 0 || strstr(name, "..") || name[length - 1] == '.') {
		return false;
	}
	for (size_t i = 0; i <= length; i++) {
		path[i] = name[i];
		if (name[i] == '.') {
			path[i] = '/';
		}
	}
	return true;
}

bool nlab_sysctl_allowed(const char *name)
{
	char path[NLAB_SYSCTL_NAME_MAX + 1];
	return path_of(name, path);
}

static int open_setting(const struct nlab_sysctl *sysctl, const char *name, int flags, bool *allowed)
{
	char path[NLAB_SYSCTL_NAME_MAX + 1];
	*allowed = path_of(name, path);
	return *allowed ? openat(sysctl->folder, path, flags | O_CLOEXEC | O_NOFOLLOW) : -1;
}

static const char not_ours[] = "use a setting whose name is not net.something";

bool nlab_sysctl_write(const struct nlab_sysctl *sysctl, const char *name, const char *value,
		       struct nlab_error *error)
{
	bool allowed;
	nlab_autofd fd = open_setting(sysctl, name, O_WRONLY, &allowed);
	size_t length = strlen(value);
	if (!allowed) {
		return nlab_error_set(error, 0, not_ours, "%s = %s", name, value);
	}
	if (fd < 0) {
		return nlab_error_set(error, errno, "open a setting", "%s = %s", name, value);
	}
	ssize_t written = write(fd, value, length);
	if (written < 0 || (size_t)written != length) {
		return nlab_error_set(error, written < 0 ? errno : EINVAL, "set", "%s = %s", name, value);
	}
	return true;
}

bool nlab_sysctl_read(const struct nlab_sysctl *sysctl, const char *name, char *buffer, size_t size,
		      struct nlab_error *error)
{
	bool allowed;
	nlab_autofd fd = open_setting(sysctl, name, O_RDONLY, &allowed);
	if (!allowed) {
		return nlab_error_set(error, 0, not_ours, "%s", name);
	}
	ssize_t length = fd < 0 ? -1 : read(fd, buffer, size);
	if (length < 0) {
		return nlab_error_set(error, errno, "read a setting", "%s", name);
	}
	if ((size_t)length >= size) {
		return nlab_error_set(error, EOVERFLOW, "read a setting", "%s", name);
	}
	while (length && buffer[length - 1] == '\n') {
		length--;
	}
	buffer[length] = '\0';
	for (char *tab = buffer; (tab = strchr(tab, '\t'));) {
		*tab = ' ';
	}
	return true;
}
