/* errno.c: error values: they compare by number, and looking at one is remembered in its call's record. Floor
 * bind. */
#include "bind/errno.h"

#include "facts/errnos.h"

#include <lauxlib.h>
#include <string.h>

static void push_metatable(lua_State *L);

void nlab_errno_push(lua_State *L, int number, struct nlab_slot *slot)
{
	struct nlab_errno *value = lua_newuserdatauv(L, sizeof *value, 0);
	*value = (struct nlab_errno){.number = number, .slot = slot};
	push_metatable(L);
	lua_setmetatable(L, -2);
}

struct nlab_errno *nlab_errno_check(lua_State *L, int arg)
{
	return luaL_checkudata(L, arg, NLAB_ERRNO_META);
}

static void look(const struct nlab_errno *value)
{
	if (value->slot) {
		atomic_store(&value->slot->looked, 1);
	}
}

/* Push the name ("ECONNREFUSED"), or "errno 512" for a number without one. */
static void push_name(lua_State *L, const struct nlab_errno *value)
{
	const char *name = nlab_errnos_name(value->number);
	if (name) {
		lua_pushstring(L, name);
	} else {
		lua_pushfstring(L, "errno %d", value->number);
	}
}

static void push_number(lua_State *L, const struct nlab_errno *value)
{
	lua_pushinteger(L, value->number);
}

static void push_message(lua_State *L, const struct nlab_errno *value)
{
	lua_pushstring(L, nlab_errnos_message(value->number));
}

static const struct {
	const char *name;
	void (*push)(lua_State *L, const struct nlab_errno *value);
} FIELDS[] = {{"name", push_name}, {"number", push_number}, {"message", push_message}};

static int errno_index(lua_State *L)
{
	const struct nlab_errno *value = nlab_errno_check(L, 1);
	const char *key = luaL_checkstring(L, 2);
	for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
		if (strcmp(key, FIELDS[i].name) == 0) {
			look(value);
			FIELDS[i].push(L, value);
			return 1;
		}
	}
	return luaL_error(L, "an error value has no field '%s' (it has name, number and message)", key);
}

static int errno_eq(lua_State *L)
{
	const struct nlab_errno *one = luaL_testudata(L, 1, NLAB_ERRNO_META);
	const struct nlab_errno *other = luaL_testudata(L, 2, NLAB_ERRNO_META);
	if (one) {
		look(one);
	}
	if (other) {
		look(other);
	}
	lua_pushboolean(L, one && other && one->number == other->number);
	return 1;
}

static int errno_tostring(lua_State *L)
{
	const struct nlab_errno *value = nlab_errno_check(L, 1);
	look(value);
	push_name(L, value);
	lua_pushfstring(L, "%s (%s)", lua_tostring(L, -1), nlab_errnos_message(value->number));
	return 1;
}

static int errno_concat(lua_State *L)
{
	luaL_tolstring(L, 1, NULL);
	luaL_tolstring(L, 2, NULL);
	lua_concat(L, 2);
	return 1;
}

static const luaL_Reg METAMETHODS[] = {
    {"__index", errno_index},   {"__eq", errno_eq}, {"__tostring", errno_tostring},
    {"__concat", errno_concat}, {NULL, NULL},
};

/* Push the metatable of error values; it is made at its first use, by whichever binding comes first. */
static void push_metatable(lua_State *L)
{
	if (luaL_newmetatable(L, NLAB_ERRNO_META)) {
		luaL_setfuncs(L, METAMETHODS, 0);
	}
}

static int errno_value(lua_State *L)
{
	int number;
	if (lua_type(L, 1) == LUA_TSTRING) {
		const char *name = lua_tostring(L, 1);
		number = nlab_errnos_number(name);
		if (number == 0) {
			return luaL_argerror(L, 1,
					     lua_pushfstring(L, "'%s' is not the name of an error", name));
		}
	} else {
		lua_Integer given = luaL_checkinteger(L, 1);
		luaL_argcheck(L, given > 0 && given <= INT32_MAX, 1, "an error number is positive");
		number = (int)given;
	}
	nlab_errno_push(L, number, NULL);
	return 1;
}

static int errno_is(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_pushboolean(L, luaL_testudata(L, 1, NLAB_ERRNO_META) != NULL);
	return 1;
}

static const luaL_Reg FUNCTIONS[] = {{"value", errno_value}, {"is", errno_is}, {NULL, NULL}};

int luaopen_netlab_errno(lua_State *L)
{
	push_metatable(L);
	luaL_newlib(L, FUNCTIONS);
	return 1;
}
