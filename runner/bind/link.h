/* link.h: a host's interfaces, addresses, routes and neighbours from Lua, module netlab.core.link. Floor bind. */
#ifndef NLAB_BIND_LINK_H
#define NLAB_BIND_LINK_H

#include <lua.h>

/* The module netlab.core.link: up, mtu, address, route, neighbour. */
int luaopen_netlab_link(lua_State *L);

#endif
