/* fd.h: a descriptor that closes itself at the end of its scope. Floor base.
 * Only for files without Lua: luaL_error() jumps over cleanup handlers. */
#ifndef NLAB_BASE_FD_H
#define NLAB_BASE_FD_H

#include <errno.h>
#include <unistd.h>

/* Close *fd if it is open (>= 0) and set it to -1. errno is preserved. */
static inline void nlab_fd_close(int *fd)
{
	if (*fd >= 0) {
		int saved = errno;
		close(*fd);
		errno = saved;
		*fd = -1;
	}
}

/* Take the descriptor out of a nlab_autofd variable, so that the scope's end does not close it. */
static inline int nlab_fd_steal(int *fd)
{
	int taken = *fd;
	*fd = -1;
	return taken;
}

#define nlab_autofd __attribute__((cleanup(nlab_fd_close))) int

#endif
