/* constants.c: the constants as a Lua table, straight from the tables of facts. Floor bind. */
#include "bind/constants.h"

#include "bind/errno.h"
#include "facts/constants.h"
#include "facts/errnos.h"
#include "facts/sockopt.h"

#include <lauxlib.h>

static void add_constants(lua_State *L)
{
	const struct nlab_constant *row;
	for (size_t i = 0; (row = nlab_constant_at(i)); i++) {
		if (row->text) {
			lua_pushstring(L, row->text);
		} else {
			lua_pushinteger(L, row->value);
		}
		lua_setfield(L, -2, row->name);
	}
}

static void add_options(lua_State *L)
{
	const struct nlab_sockopt *row;
	for (size_t i = 0; (row = nlab_sockopt_at(i)); i++) {
		lua_pushinteger(L, row->option);
		lua_setfield(L, -2, row->name);
	}
}

static void add_errors(lua_State *L)
{
	const struct nlab_errnos_row *row;
	for (size_t i = 0; (row = nlab_errnos_at(i)); i++) {
		nlab_errno_push(L, row->number, NULL);
		lua_setfield(L, -2, row->name);
	}
}

int luaopen_netlab_constants(lua_State *L)
{
	lua_newtable(L);
	add_constants(L);
	add_options(L);
	add_errors(L);
	return 1;
}
