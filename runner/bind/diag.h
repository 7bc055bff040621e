/* diag.h: the sockets of a host, as Lua tables. Floor bind. */
#ifndef NLAB_BIND_DIAG_H
#define NLAB_BIND_DIAG_H

#include <lua.h>

/* The module netlab.core.diag: {sockets}; described in lua/netlab/meta/diag.lua. */
int luaopen_netlab_diag(lua_State *L);

#endif
