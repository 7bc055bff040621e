/* broker.c: opens files for scripts. Floor main. */
#include "main/broker.h"

#include "base/fd.h"
#include "facts/order.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_below(int folder, const char *path)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	struct stat about;
	int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
	if (fd >= 0 && (fstat(fd, &about) || !S_ISREG(about.st_mode))) {
		close(fd);
		fd = -1;
		errno = ENOENT;
	}
	return fd;
}

void nlab_broker_serve(int socket, int folder)
{
	char path[4096];
	nlab_autofd reply = -1;
	ssize_t got = nlab_order_receive(socket, path, sizeof path - 1, &reply, MSG_DONTWAIT);
	if (got <= 0 || reply < 0) {
		return;
	}
	path[got] = '\0';
	nlab_autofd fd = folder < 0 ? -1 : open_below(folder, path);
	int code = fd >= 0 ? 0 : folder < 0 ? ENOENT : errno;
	nlab_order_send(reply, &code, sizeof code, fd);
}
