/* build.h: packets of one's own, from Lua tables to the bytes of frames, module netlab.core.build. Floor bind. */
#ifndef NLAB_BIND_BUILD_H
#define NLAB_BIND_BUILD_H

#include <lua.h>

/* The module netlab.core.build: frame(table) and fragments(table, size), and fields(), the fields that such a table may
 * have. The fields are called as those of a packet (bind/packet.h); lua/netlab/meta/build.lua says what each means. */
int luaopen_netlab_build(lua_State *L);

#endif
