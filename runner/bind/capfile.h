/* capfile.h: capture files as Lua values. Floor bind. */
#ifndef NLAB_BIND_CAPFILE_H
#define NLAB_BIND_CAPFILE_H

#include <lua.h>

/* The module netlab.core.capfile: {read}; described in lua/netlab/meta/capfile.lua. */
int luaopen_netlab_capfile(lua_State *L);

#endif
