/* control.h: ancillary data of sendmsg(2) and recvmsg(2) between Lua and struct cmsghdr (cmsg(3)). Floor
 * bind. */
#ifndef NLAB_BIND_CONTROL_H
#define NLAB_BIND_CONTROL_H

#include <lua.h>
#include <stddef.h>
#include <sys/socket.h>

#define NLAB_CONTROL_MAX 4096 /* bytes of control data in one call */

union nlab_control { /* room for control data, aligned for struct cmsghdr */
	struct cmsghdr align;
	char bytes[NLAB_CONTROL_MAX];
};

/* Write the list at stack index `list` ({{level =, type =, data = bytes or an integer (a C int)}, ...}) into
 * `control`. Returns how many bytes it takes. Raises an error for argument `arg` that says which item is
 * wrong. */
size_t nlab_control_read(lua_State *L, int arg, int list, union nlab_control *control);

/* Push the list of control messages of `message`, which recvmsg(2) filled in: {level =, type =, data =
 * bytes}, and what it means where that is known (see lua/netlab/meta/socket.lua, netlab.Control). */
void nlab_control_push(lua_State *L, struct msghdr *message);

#endif
