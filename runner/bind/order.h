/* order.h: asking the lab process from Lua, module netlab.core.order. Floor bind. */
#ifndef NLAB_BIND_ORDER_H
#define NLAB_BIND_ORDER_H

#include "bind/context.h"
#include "facts/order.h"

#include <lauxlib.h>
#include <lua.h>

/* Send an order, with a copy of descriptor `given` (-1: none), and wait for the reply. Blocks until the lab has answered.
 * Raises a Lua error, with the step and the errno, when it refuses; ends the process when the lab has gone. *fd, which may be NULL, gets
 * the descriptor that came back. */
void nlab_order_ask(lua_State *L, const struct nlab_order *order, int given, struct nlab_reply *reply,
		    int *fd);

/* The same, but a refusal is left in reply->error for the caller to look at. */
void nlab_order_try(lua_State *L, const struct nlab_order *order, int given, struct nlab_reply *reply,
		    int *fd);

/* Of that module: what is asked about the rules of the wire (bind/order_wire.c). */
extern const luaL_Reg nlab_order_wire_functions[];

/* The module netlab.core.order. */
int luaopen_netlab_order(lua_State *L);

#endif
