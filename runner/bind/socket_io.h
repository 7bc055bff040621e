/* socket_io.h: what the files that send and receive share: flags and data as arguments and in call records.
 * Floor bind. */
#ifndef NLAB_BIND_SOCKET_IO_H
#define NLAB_BIND_SOCKET_IO_H

#include "facts/recording.h"

#include <lauxlib.h>
#include <lua.h>
#include <stddef.h>
#include <sys/types.h>

#define NLAB_IO_QUOTE       72         /* bytes of data that a call record shows */
#define NLAB_IO_FLAGS       120        /* bytes that hold printed MSG_ flags */
#define NLAB_IO_RECEIVE_MAX (64 << 20) /* bytes that one call may ask for */

/* Write MSG_ flags as C would into `text`; returns it. */
const char *nlab_io_flags(int flags, char text[NLAB_IO_FLAGS]);

/* End the record of a sending call and push its count, or nil and the error (errno is read first). Returns
 * how many values were pushed. */
int nlab_io_sent(lua_State *L, struct nlab_slot *slot, ssize_t sent);

/* Room for `size` bytes to be received, in a Lua buffer. It is zeroed when `flags` have MSG_TRUNC, since the
 * kernel may then count bytes that it does not write. */
char *nlab_io_room(lua_State *L, luaL_Buffer *buffer, size_t size, int flags);

#endif
