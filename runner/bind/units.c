/* units.c: numbers, times and sizes as Lua arguments, and the module netlab.core.units. Floor bind. */
#include "bind/units.h"

#include "base/clock.h"
#include "facts/duration.h"

#include <lauxlib.h>
#include <limits.h>
#include <string.h>

lua_Integer nlab_units_integer(lua_State *L, int arg, lua_Integer min, lua_Integer max)
{
	lua_Integer value = luaL_checkinteger(L, arg);
	if (value < min || value > max) {
		luaL_argerror(L, arg, lua_pushfstring(L, "%I to %I expected, got %I", min, max, value));
	}
	return value;
}

int nlab_units_int(lua_State *L, int arg)
{
	return (int)nlab_units_integer(L, arg, INT_MIN, INT_MAX);
}

int nlab_units_opt_int(lua_State *L, int arg, int otherwise)
{
	return lua_isnoneornil(L, arg) ? otherwise : nlab_units_int(L, arg);
}

int64_t nlab_units_ns(lua_State *L, int arg)
{
	struct nlab_error error;
	char text[sizeof error.step + sizeof error.subject + 64];
	int64_t ns = 0;
	bool good = false;
	if (lua_type(L, arg) == LUA_TNUMBER) {
		good = nlab_duration_seconds(lua_tonumber(L, arg), &ns, &error);
	} else if (lua_type(L, arg) == LUA_TSTRING) {
		good = nlab_duration_parse(lua_tostring(L, arg), &ns, &error);
	} else {
		const char *given = luaL_typename(L, arg);
		luaL_argerror(L, arg,
			      lua_pushfstring(L, "time expected (seconds, or text with a unit: %s), got %s",
					      NLAB_DURATION_UNITS, given));
	}
	if (!good) {
		luaL_argerror(L, arg, nlab_error_text(&error, text, sizeof text));
	}
	return ns;
}

static const struct {
	const char *name;
	int64_t bytes;
} SIZES[] = {{"", 1}, {"B", 1}, {"K", 1024}, {"M", 1024 * 1024}, {"G", 1024 * 1024 * 1024}};

/* Read "64K"; -1 when it is no size. */
static int64_t parse_size(const char *text)
{
	int64_t number = 0;
	const char *at = text;
	for (; *at >= '0' && *at <= '9'; at++) {
		if (number > INT32_MAX) {
			return -1;
		}
		number = number * 10 + (*at - '0');
	}
	for (size_t i = 0; at != text && i < sizeof SIZES / sizeof *SIZES; i++) {
		if (strcmp(at, SIZES[i].name) == 0) {
			return number * SIZES[i].bytes;
		}
	}
	return -1;
}

int64_t nlab_units_size(lua_State *L, int arg)
{
	int64_t size = -1;
	if (lua_isinteger(L, arg)) {
		size = lua_tointeger(L, arg);
	} else if (lua_type(L, arg) == LUA_TSTRING) {
		size = parse_size(lua_tostring(L, arg));
	}
	if (size < 0) {
		luaL_argerror(
		    L, arg,
		    lua_pushfstring(L, "size expected (bytes, or text with a unit: B, K, M, G), got %s",
				    luaL_tolstring(L, arg, NULL)));
	}
	return size;
}

void nlab_units_push_seconds(lua_State *L, int64_t ns)
{
	lua_pushnumber(L, (lua_Number)ns / (lua_Number)NLAB_NS_PER_S);
}

static int units_seconds(lua_State *L)
{
	nlab_units_push_seconds(L, nlab_units_ns(L, 1));
	return 1;
}

static int units_nanoseconds(lua_State *L)
{
	lua_pushinteger(L, nlab_units_ns(L, 1));
	return 1;
}

static int units_size(lua_State *L)
{
	lua_pushinteger(L, nlab_units_size(L, 1));
	return 1;
}

static const luaL_Reg FUNCTIONS[] = {
    {"seconds", units_seconds}, {"nanoseconds", units_nanoseconds}, {"size", units_size}, {NULL, NULL}};

int luaopen_netlab_units(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	return 1;
}
