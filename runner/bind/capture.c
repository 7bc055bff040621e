/* capture.c: live captures as Lua values: the module netlab.core.capture. Floor bind.
 * A capture sends nothing, so the collector may close one that a script forgot. */
#include "bind/capture.h"

#include "bind/context.h"
#include "bind/units.h"
#include "kernel/capture.h"

#include <lauxlib.h>
#include <limits.h>
#include <string.h>

#define TEXT_MAX 64 /* of a handle's name for printing */

struct capture { /* a userdata */
	struct nlab_capture capture;
	char interface[TEXT_MAX];
	uint16_t host;
};

static int raise_error(lua_State *L, const struct nlab_error *error)
{
	char text[512];
	return luaL_error(L, "%s", nlab_error_text(error, text, sizeof text));
}

static struct capture *check_open(lua_State *L)
{
	struct capture *handle = luaL_checkudata(L, 1, NLAB_CAPTURE_META);
	luaL_argcheck(L, handle->capture.pcap, 1, "the capture is closed");
	return handle;
}

/* ---- the options of open(): one function for each sort of value, which finds it on top of the stack ---- */

static void take_string(lua_State *L, const char *name, void *field)
{
	if (lua_type(L, -1) != LUA_TSTRING) {
		luaL_error(L, "capture option '%s': string expected, got %s", name, luaL_typename(L, -1));
	}
	*(const char **)field = lua_tostring(L, -1); /* the options table keeps it alive */
}

static void take_positive(lua_State *L, const char *name, void *field)
{
	int exact;
	lua_Integer value = lua_tointegerx(L, -1, &exact);
	if (!exact || value <= 0 || value > INT_MAX) {
		luaL_error(L, "capture option '%s': number of bytes expected, 1 to %d", name, INT_MAX);
	}
	*(int *)field = (int)value;
}

static void take_boolean(lua_State *L, const char *name, void *field)
{
	if (lua_type(L, -1) != LUA_TBOOLEAN) {
		luaL_error(L, "capture option '%s': boolean expected, got %s", name, luaL_typename(L, -1));
	}
	*(bool *)field = lua_toboolean(L, -1);
}

static const struct {
	const char *name;
	void (*take)(lua_State *L, const char *name, void *field);
	size_t offset;
} option_fields[] = {
    {"interface", take_string, offsetof(struct nlab_capture_options, interface)},
    {"filter", take_string, offsetof(struct nlab_capture_options, filter)},
    {"snaplen", take_positive, offsetof(struct nlab_capture_options, snaplen)},
    {"promisc", take_boolean, offsetof(struct nlab_capture_options, promiscuous)},
    {"buffer", take_positive, offsetof(struct nlab_capture_options, ring_bytes)},
};

/* With a name on top of the stack but one and its value on top. */
static void take_option(lua_State *L, struct nlab_capture_options *options)
{
	const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : luaL_typename(L, -2);
	for (size_t i = 0; i < sizeof option_fields / sizeof option_fields[0]; i++) {
		if (strcmp(name, option_fields[i].name) == 0) {
			option_fields[i].take(L, name, (char *)options + option_fields[i].offset);
			return;
		}
	}
	luaL_error(L, "unknown capture option '%s'; there are interface, filter, snaplen, promisc and buffer",
		   name);
}

static struct nlab_capture_options check_options(lua_State *L, int arg)
{
	struct nlab_capture_options options = {
	    .interface = "eth0", .snaplen = NLAB_CAPTURE_SNAPLEN, .ring_bytes = NLAB_CAPTURE_RING_BYTES};
	if (!lua_isnoneornil(L, arg)) {
		luaL_checktype(L, arg, LUA_TTABLE);
		lua_pushnil(L);
		while (lua_next(L, arg)) {
			take_option(L, &options);
			lua_pop(L, 1);
		}
	}
	return options;
}

/* ---- functions and methods ---- */

/* open(host[, options]) -> netlab.Capture */
static int capture_open(lua_State *L)
{
	struct nlab_error error;
	uint16_t host = nlab_context_host(L, 1);
	struct nlab_capture_options options = check_options(L, 2);
	if (options.filter && !nlab_capture_check_filter(options.filter, &error)) {
		return raise_error(L, &error);
	}
	struct capture *handle = lua_newuserdatauv(L, sizeof *handle, 0);
	*handle = (struct capture){.host = host};
	strncpy(handle->interface, options.interface, sizeof handle->interface - 1);
	luaL_setmetatable(L, NLAB_CAPTURE_META);
	nlab_context_enter(L, nlab_context(L), host);
	if (!nlab_capture_open(&handle->capture, &options, &error)) {
		nlab_capture_close(&handle->capture);
		return raise_error(L, &error);
	}
	return 1;
}

/* compile_filter(filter) -> true */
static int capture_compile_filter(lua_State *L)
{
	struct nlab_error error;
	if (!nlab_capture_check_filter(luaL_checkstring(L, 1), &error)) {
		return raise_error(L, &error);
	}
	lua_pushboolean(L, 1);
	return 1;
}

static void set_integer(lua_State *L, const char *field, lua_Integer value)
{
	lua_pushinteger(L, value);
	lua_setfield(L, -2, field);
}

static void push_frame(lua_State *L, const struct nlab_captured *frame)
{
	lua_createtable(L, 0, 5);
	nlab_units_push_seconds(L, frame->time_ns);
	lua_setfield(L, -2, "time");
	set_integer(L, "time_ns", frame->time_ns);
	set_integer(L, "length", frame->length);
	set_integer(L, "captured", frame->captured);
	lua_pushlstring(L, (const char *)frame->bytes, frame->captured);
	lua_setfield(L, -2, "data");
}

static const char *const no_frame[] = {
    [NLAB_CAPTURE_TIMEOUT] = "timeout",
    [NLAB_CAPTURE_INTERRUPTED] = "interrupted",
};

/* capture:next([timeout]) -> frame, or nil and "timeout" or "interrupted" */
static int capture_next(lua_State *L)
{
	struct nlab_error error;
	struct nlab_captured frame;
	struct capture *handle = check_open(L);
	int64_t timeout_ns = lua_isnoneornil(L, 2) ? -1 : nlab_units_ns(L, 2);
	enum nlab_capture_next next = nlab_capture_next(&handle->capture, timeout_ns, &frame, &error);
	if (next == NLAB_CAPTURE_FAILED) {
		return raise_error(L, &error);
	}
	if (next == NLAB_CAPTURE_FRAME) {
		push_frame(L, &frame);
		return 1;
	}
	lua_pushnil(L);
	lua_pushstring(L, no_frame[next]);
	return 2;
}

/* capture:stats() -> {received, dropped, if_dropped} */
static int capture_stats(lua_State *L)
{
	struct nlab_error error;
	struct nlab_capture_stats stats;
	if (!nlab_capture_stats(&check_open(L)->capture, &stats, &error)) {
		return raise_error(L, &error);
	}
	lua_createtable(L, 0, 3);
	set_integer(L, "received", stats.received);
	set_integer(L, "dropped", stats.dropped);
	set_integer(L, "if_dropped", stats.if_dropped);
	return 1;
}

/* capture:save(path) -> true */
static int capture_save(lua_State *L)
{
	struct nlab_error error;
	struct capture *handle = check_open(L);
	if (!nlab_capture_save(&handle->capture, luaL_checkstring(L, 2), &error)) {
		return raise_error(L, &error);
	}
	lua_pushboolean(L, 1);
	return 1;
}

/* capture:close(): also of a closed one, by the collector, and at the end of a scope */
static int capture_close(lua_State *L)
{
	struct capture *handle = luaL_checkudata(L, 1, NLAB_CAPTURE_META);
	nlab_capture_close(&handle->capture);
	return 0;
}

static int capture_tostring(lua_State *L)
{
	const struct capture *handle = luaL_checkudata(L, 1, NLAB_CAPTURE_META);
	lua_pushfstring(L, "capture on %s of host %d%s", handle->interface, (int)handle->host,
			handle->capture.pcap ? "" : " (closed)");
	return 1;
}

static const luaL_Reg methods[] = {
    {"next", capture_next}, {"stats", capture_stats}, {"save", capture_save}, {"close", capture_close},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__gc", capture_close},
    {"__close", capture_close},
    {"__tostring", capture_tostring},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"open", capture_open},
    {"compile_filter", capture_compile_filter},
    {NULL, NULL},
};

int luaopen_netlab_capture(lua_State *L)
{
	luaL_newmetatable(L, NLAB_CAPTURE_META);
	luaL_setfuncs(L, metamethods, 0);
	luaL_newlib(L, methods);
	lua_setfield(L, -2, "__index");
	luaL_newlib(L, functions);
	return 1;
}
