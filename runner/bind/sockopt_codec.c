/* sockopt_codec.c: how the value of a socket option is read, pushed and printed: one row for each codec.
 * Floor bind. */
#include "bind/sockopt.h"

#include "base/clock.h"
#include "bind/context.h"
#include "bind/errno.h"
#include "bind/units.h"
#include "facts/errnos.h"
#include "facts/tcp_info.h"
#include "facts/tcp_state.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_US INT64_C(1000)

static void set(struct nlab_sockopt_value *value, const void *bytes, size_t length)
{
	memcpy(value->bytes, bytes, length);
	value->length = length;
}

/* The value as an int; the kernel may return fewer bytes (one for IP_TOS) when fewer were asked for. */
static int get_int(const struct nlab_sockopt_value *value)
{
	int number = 0;
	memcpy(&number, value->bytes, value->length < sizeof number ? value->length : sizeof number);
	return number;
}

static void print_int(const struct nlab_sockopt_value *value, char text[NLAB_SOCKOPT_TEXT])
{
	snprintf(text, NLAB_SOCKOPT_TEXT, "%d", get_int(value));
}

static void read_int(lua_State *L, int arg, struct nlab_sockopt_value *value)
{
	int number = nlab_units_int(L, arg);
	set(value, &number, sizeof number);
}

static void push_int(lua_State *L, const struct nlab_sockopt_value *value)
{
	lua_pushinteger(L, get_int(value));
}

static void read_bool(lua_State *L, int arg, struct nlab_sockopt_value *value)
{
	int number = 0;
	if (lua_isboolean(L, arg)) {
		number = lua_toboolean(L, arg);
	} else if (lua_isinteger(L, arg)) {
		number = nlab_units_int(L, arg);
	} else {
		luaL_argerror(L, arg, "true or false expected");
	}
	set(value, &number, sizeof number);
}

static void push_bool(lua_State *L, const struct nlab_sockopt_value *value)
{
	lua_pushboolean(L, get_int(value) != 0);
}

static void read_timeval(lua_State *L, int arg, struct nlab_sockopt_value *value)
{
	int64_t us = (nlab_units_ns(L, arg) + NS_PER_US - 1) / NS_PER_US;
	struct timeval time = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
	set(value, &time, sizeof time);
}

static struct timeval get_timeval(const struct nlab_sockopt_value *value)
{
	struct timeval time = {0};
	memcpy(&time, value->bytes, value->length < sizeof time ? value->length : sizeof time);
	return time;
}

static void push_timeval(lua_State *L, const struct nlab_sockopt_value *value)
{
	struct timeval time = get_timeval(value);
	lua_pushnumber(L, (lua_Number)time.tv_sec + (lua_Number)time.tv_usec / 1e6);
}

static void print_timeval(const struct nlab_sockopt_value *value, char text[NLAB_SOCKOPT_TEXT])
{
	struct timeval time = get_timeval(value);
	snprintf(text, NLAB_SOCKOPT_TEXT, "{tv_sec=%lld, tv_usec=%lld}", (long long)time.tv_sec,
		 (long long)time.tv_usec);
}

static void read_milliseconds(lua_State *L, int arg, struct nlab_sockopt_value *value)
{
	int64_t ms = (nlab_units_ns(L, arg) + NS_PER_MS - 1) / NS_PER_MS;
	luaL_argcheck(L, ms <= INT_MAX, arg, "at most 2147483647 milliseconds expected");
	int number = (int)ms;
	set(value, &number, sizeof number);
}

static void push_milliseconds(lua_State *L, const struct nlab_sockopt_value *value)
{
	lua_pushnumber(L, (lua_Number)(unsigned)get_int(value) / 1e3);
}

/* Integers pass as they are, since the kernel gives a meaning to negative ones (TCP_LINGER2). */
static void read_seconds(lua_State *L, int arg, struct nlab_sockopt_value *value)
{
	if (lua_isinteger(L, arg)) {
		read_int(L, arg, value);
		return;
	}
	int64_t ns = nlab_units_ns(L, arg);
	luaL_argcheck(L, ns % NLAB_NS_PER_S == 0 && ns / NLAB_NS_PER_S <= INT_MAX, arg,
		      "whole seconds expected");
	int number = (int)(ns / NLAB_NS_PER_S);
	set(value, &number, sizeof number);
}

/* Read {onoff =, linger =} at `arg`; without onoff, linger may be absent. */
static struct linger linger_table(lua_State *L, int arg)
{
	struct linger linger = {0};
	int exact = 1;
	lua_getfield(L, arg, "onoff");
	linger.l_onoff = lua_isinteger(L, -1) ? lua_tointeger(L, -1) != 0 : lua_toboolean(L, -1);
	lua_getfield(L, arg, "linger");
	if (linger.l_onoff || !lua_isnil(L, -1)) {
		lua_Integer seconds = lua_tointegerx(L, -1, &exact);
		luaL_argcheck(L, exact && seconds >= 0 && seconds <= INT_MAX, arg,
			      "field linger must be whole seconds, 0 or more");
		linger.l_linger = (int)seconds;
	}
	lua_pop(L, 2);
	return linger;
}

static void read_linger(lua_State *L, int arg, struct nlab_sockopt_value *value)
{
	struct linger linger = {0};
	if (lua_istable(L, arg)) {
		linger = linger_table(L, arg);
	} else if (!lua_isboolean(L, arg) || lua_toboolean(L, arg)) {
		luaL_argerror(L, arg, "{onoff = true, linger = seconds} or false expected");
	}
	set(value, &linger, sizeof linger);
}

static struct linger get_linger(const struct nlab_sockopt_value *value)
{
	struct linger linger = {0};
	memcpy(&linger, value->bytes, value->length < sizeof linger ? value->length : sizeof linger);
	return linger;
}

static void push_linger(lua_State *L, const struct nlab_sockopt_value *value)
{
	struct linger linger = get_linger(value);
	lua_createtable(L, 0, 2);
	lua_pushboolean(L, linger.l_onoff);
	lua_setfield(L, -2, "onoff");
	lua_pushinteger(L, linger.l_linger);
	lua_setfield(L, -2, "linger");
}

static void print_linger(const struct nlab_sockopt_value *value, char text[NLAB_SOCKOPT_TEXT])
{
	struct linger linger = get_linger(value);
	snprintf(text, NLAB_SOCKOPT_TEXT, "{l_onoff=%d, l_linger=%d}", linger.l_onoff, linger.l_linger);
}

static void read_bytes(lua_State *L, int arg, struct nlab_sockopt_value *value)
{
	size_t length;
	luaL_checktype(L, arg, LUA_TSTRING);
	const char *bytes = lua_tolstring(L, arg, &length);
	luaL_argcheck(L, length <= sizeof value->bytes, arg, "at most 512 bytes expected");
	set(value, bytes, length);
}

static void push_bytes(lua_State *L, const struct nlab_sockopt_value *value)
{
	lua_pushlstring(L, value->bytes, value->length);
}

/* Text ends at its first NUL: TCP_CONGESTION returns 16 bytes. */
static void push_string(lua_State *L, const struct nlab_sockopt_value *value)
{
	lua_pushlstring(L, value->bytes, strnlen(value->bytes, value->length));
}

static void print_bytes(const struct nlab_sockopt_value *value, char text[NLAB_SOCKOPT_TEXT])
{
	nlab_call_quote(text, NLAB_SOCKOPT_TEXT, value->bytes, value->length);
}

static void print_string(const struct nlab_sockopt_value *value, char text[NLAB_SOCKOPT_TEXT])
{
	nlab_call_quote(text, NLAB_SOCKOPT_TEXT, value->bytes, strnlen(value->bytes, value->length));
}

static void push_error(lua_State *L, const struct nlab_sockopt_value *value)
{
	if (get_int(value) == 0) {
		lua_pushinteger(L, 0);
	} else {
		nlab_errno_push(L, get_int(value), NULL);
	}
}

static void print_error(const struct nlab_sockopt_value *value, char text[NLAB_SOCKOPT_TEXT])
{
	const char *name = nlab_errnos_name(get_int(value));
	if (name) {
		snprintf(text, NLAB_SOCKOPT_TEXT, "%s", name);
	} else {
		print_int(value, text);
	}
}

/* How many of a field's units make a second; 0: it is no time. */
static const lua_Number PER_SECOND[NLAB_TCP_INFO_UNITS] = {
    [NLAB_TCP_INFO_MICROSECONDS] = 1e6,
    [NLAB_TCP_INFO_MILLISECONDS] = 1e3,
};

static void push_field(lua_State *L, const struct nlab_tcp_info_field *field, uint64_t number)
{
	if (PER_SECOND[field->unit] > 0) {
		lua_pushnumber(L, (lua_Number)number / PER_SECOND[field->unit]);
	} else if (field->unit == NLAB_TCP_INFO_STATE) {
		lua_pushstring(L, nlab_tcp_state_name((unsigned)number));
	} else if (field->unit == NLAB_TCP_INFO_BOOLEAN) {
		lua_pushboolean(L, number != 0);
	} else {
		lua_pushinteger(L, (lua_Integer)number);
	}
}

static void push_tcp_info(lua_State *L, const struct nlab_sockopt_value *value)
{
	const struct nlab_tcp_info_field *field;
	lua_createtable(L, 0, 64);
	for (size_t i = 0; (field = nlab_tcp_info_at(i)); i++) {
		uint64_t number;
		if (nlab_tcp_info_read(field, value->bytes, value->length, &number)) {
			push_field(L, field, number);
			lua_setfield(L, -2, field->name);
		}
	}
}

static void print_tcp_info(const struct nlab_sockopt_value *value, char text[NLAB_SOCKOPT_TEXT])
{
	uint64_t state = 0;
	nlab_tcp_info_read(nlab_tcp_info_at(0), value->bytes, value->length, &state);
	const char *name = nlab_tcp_state_name((unsigned)state);
	snprintf(text, NLAB_SOCKOPT_TEXT, "{tcpi_state=%s, ...}", name ? name : "?");
}

static const struct codec {
	void (*read)(lua_State *L, int arg, struct nlab_sockopt_value *value); /* NULL: cannot be written */
	void (*push)(lua_State *L, const struct nlab_sockopt_value *value);
	void (*print)(const struct nlab_sockopt_value *value, char text[NLAB_SOCKOPT_TEXT]);
} CODECS[NLAB_SOCKOPT_CODECS] = {
    [NLAB_SOCKOPT_INT] = {read_int, push_int, print_int},
    [NLAB_SOCKOPT_BOOL] = {read_bool, push_bool, print_int},
    [NLAB_SOCKOPT_TIMEVAL] = {read_timeval, push_timeval, print_timeval},
    [NLAB_SOCKOPT_MILLISECONDS] = {read_milliseconds, push_milliseconds, print_int},
    [NLAB_SOCKOPT_SECONDS] = {read_seconds, push_int, print_int},
    [NLAB_SOCKOPT_LINGER] = {read_linger, push_linger, print_linger},
    [NLAB_SOCKOPT_STRING] = {read_bytes, push_string, print_string},
    [NLAB_SOCKOPT_ERROR] = {NULL, push_error, print_error},
    [NLAB_SOCKOPT_TCP_INFO] = {NULL, push_tcp_info, print_tcp_info},
    [NLAB_SOCKOPT_BYTES] = {read_bytes, push_bytes, print_bytes},
};

void nlab_sockopt_read(lua_State *L, int arg, enum nlab_sockopt_codec codec, struct nlab_sockopt_value *value)
{
	if (!CODECS[codec].read) {
		luaL_argerror(L, arg, "this option can only be read");
	}
	CODECS[codec].read(L, arg, value);
}

void nlab_sockopt_push(lua_State *L, enum nlab_sockopt_codec codec, const struct nlab_sockopt_value *value)
{
	CODECS[codec].push(L, value);
}

const char *nlab_sockopt_print(enum nlab_sockopt_codec codec, const struct nlab_sockopt_value *value,
			       char text[NLAB_SOCKOPT_TEXT])
{
	CODECS[codec].print(value, text);
	return text;
}
