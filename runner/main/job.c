/* job.c: a job as Lua describes it. Floor main. */
#include "main/job.h"

#include "base/clock.h"
#include "bind/units.h"

#include <lauxlib.h>
#include <stddef.h>
#include <string.h>

enum bound_type { BYTES, COUNT32, COUNT64, TIME };

/* The bounds of an experiment: what a plan calls them, and what they are without one. */
static const struct {
	const char *name;
	enum bound_type type;
	size_t offset;
	int64_t otherwise;
} BOUNDS[] = {
    {"timeout", TIME, offsetof(struct nlab_bounds, timeout_ns), 30 * NLAB_NS_PER_S},
    {"memory", BYTES, offsetof(struct nlab_bounds, memory), INT64_C(256) << 20},
    {"output", BYTES, offsetof(struct nlab_bounds, output), 64 << 10},
    {"tmp", BYTES, offsetof(struct nlab_bounds, tmp), 64 << 20},
    {"packets", BYTES, offsetof(struct nlab_bounds, packets), 64 << 20},
    {"calls", COUNT64, offsetof(struct nlab_bounds, calls), 64 << 10},
    {"processes", COUNT32, offsetof(struct nlab_bounds, processes), 64},
    {"files", COUNT32, offsetof(struct nlab_bounds, files), 1024},
};

static int64_t read_bound(lua_State *L, size_t row)
{
	int64_t value = BOUNDS[row].otherwise;
	lua_getfield(L, -1, BOUNDS[row].name);
	if (!lua_isnil(L, -1)) {
		int at = lua_gettop(L);
		switch (BOUNDS[row].type) {
		case TIME:
			value = nlab_units_ns(L, at);
			break;
		case BYTES:
			value = nlab_units_size(L, at);
			break;
		case COUNT32:
			value = nlab_units_integer(L, at, 1, INT32_MAX);
			break;
		case COUNT64:
			value = nlab_units_integer(L, at, 1, INT64_C(1) << 32);
			break;
		}
	}
	lua_pop(L, 1);
	return value;
}

static void read_bounds(lua_State *L, struct nlab_bounds *bounds)
{
	for (size_t i = 0; i < sizeof BOUNDS / sizeof BOUNDS[0]; i++) {
		char *at = (char *)bounds + BOUNDS[i].offset;
		int64_t value = read_bound(L, i);
		if (BOUNDS[i].type == COUNT32) {
			uint32_t narrow = (uint32_t)value;
			memcpy(at, &narrow, sizeof narrow);
		} else {
			memcpy(at, &value, sizeof value);
		}
	}
}

void nlab_job_read(lua_State *L, int index, struct nlab_job *job)
{
	luaL_checktype(L, index, LUA_TTABLE);
	lua_getfield(L, index, "path");
	job->path = luaL_checkstring(L, -1); /* the table keeps the texts */
	lua_getfield(L, index, "text");
	job->text = luaL_checklstring(L, -1, &job->text_length);
	lua_getfield(L, index, "experiment");
	job->experiment = (uint32_t)luaL_checkinteger(L, -1);
	lua_getfield(L, index, "family");
	job->family = luaL_optstring(L, -1, NULL);
	lua_getfield(L, index, "mutation");
	job->mutation = luaL_optstring(L, -1, NULL);
	lua_getfield(L, index, "prompt");
	job->prompt = lua_toboolean(L, -1);
	lua_getfield(L, index, "bounds");
	luaL_checktype(L, -1, LUA_TTABLE);
	read_bounds(L, &job->bounds);
	lua_pop(L, 7);
}
