/* context.c: the context of a process in its Lua state's registry, and where in the script it is. Floor bind.
 * Invariant: `here` is the host whose network namespace the process is in; only nlab_context_enter() changes
 * both. */
#include "bind/context.h"

#include <errno.h>
#include <lauxlib.h>
#include <sched.h>
#include <string.h>

static const char CONTEXT_KEY = 'c'; /* its address is the key in the registry */

void nlab_context_set(lua_State *L, struct nlab_context *context)
{
	lua_pushlightuserdata(L, context);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &CONTEXT_KEY);
}

struct nlab_context *nlab_context(lua_State *L)
{
	lua_rawgetp(L, LUA_REGISTRYINDEX, &CONTEXT_KEY);
	struct nlab_context *context = lua_touserdata(L, -1);
	lua_pop(L, 1);
	if (!context) {
		luaL_error(L, "there is no lab here: system calls work only while an experiment runs");
	}
	return context;
}

void nlab_context_enter(lua_State *L, struct nlab_context *context, uint16_t host)
{
	if (host == context->here) {
		return;
	}
	if (host >= NLAB_HOSTS_MAX || context->host_namespace[host] < 0) {
		luaL_error(L, "there is no host with number %d", (int)host);
	}
	if (setns(context->host_namespace[host], CLONE_NEWNET) != 0) {
		int error = errno;
		luaL_error(L, "cannot enter the network namespace of host %d: %s", (int)host,
			   strerror(error));
	}
	context->here = host;
}

uint16_t nlab_context_host(lua_State *L, int arg)
{
	int exact;
	luaL_checktype(L, arg, LUA_TTABLE);
	lua_getfield(L, arg, "id");
	lua_Integer id = lua_tointegerx(L, -1, &exact);
	lua_pop(L, 1);
	luaL_argcheck(L, exact && id > NLAB_HOST_NONE && id < NLAB_HOSTS_MAX, arg,
		      "host expected (a table with its id)");
	return (uint16_t)id;
}

static bool is_script(const struct nlab_context *context, const char *source)
{
	return context->script ? strcmp(source, context->script) == 0 : source[0] == '@';
}

int nlab_context_line(lua_State *L)
{
	const struct nlab_context *context = nlab_context(L);
	lua_Debug frame;
	for (int level = 0; lua_getstack(L, level, &frame); level++) {
		lua_getinfo(L, "Sl", &frame);
		if (frame.currentline > 0 && is_script(context, frame.source)) {
			return frame.currentline;
		}
	}
	return 0;
}
