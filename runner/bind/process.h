/* process.h: processes and signals in Lua, module netlab.core.process. Floor bind. */
#ifndef NLAB_BIND_PROCESS_H
#define NLAB_BIND_PROCESS_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

/* Fork an actor into `host`, registered with the lab as `name`. Returns its pid in the caller and 0 in the actor, which
 * is in the host's namespace then and has an order socket of its own; -1 with errno when fork is refused. Raises when the
 * lab refuses. */
int nlab_process_spawn(lua_State *L, uint16_t host, const char *name);

/* The module netlab.core.process: fork, wait, kill, exit, pid, sleep, exec (bind/program.c), and the signal functions
 * of bind/signal.c. */
int luaopen_netlab_process(lua_State *L);

/* sigaction, alarm: bind/signal.c */
extern const luaL_Reg nlab_signal_functions[];

/* exec: bind/program.c */
extern const luaL_Reg nlab_program_functions[];

/* Make the metatable of programs: bind/program.c */
void nlab_program_register(lua_State *L);

#endif
