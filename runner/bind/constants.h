/* constants.h: the constants of the socket interface as a Lua table. Floor bind. */
#ifndef NLAB_BIND_CONSTANTS_H
#define NLAB_BIND_CONSTANTS_H

#include <lua.h>

/* The module netlab.core.constants: a new table name = value with every constant of facts/constants.h
 * (numbers and text), every socket option of facts/sockopt.h (numbers) and every error of facts/errnos.h
 * (error values). */
int luaopen_netlab_constants(lua_State *L);

#endif
