/* sysctl.h: a host's settings from Lua, module netlab.core.sysctl. Floor bind. */
#ifndef NLAB_BIND_SYSCTL_H
#define NLAB_BIND_SYSCTL_H

#include <lua.h>

/* The module netlab.core.sysctl: read(host id, name), write(host id, name, value). */
int luaopen_netlab_sysctl(lua_State *L);

#endif
