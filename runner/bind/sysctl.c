/* sysctl.c: a host's settings from Lua: proc_sys_net(5), by name, in the host's network namespace. Floor bind.
 * The record of a write is a call "sysctl" with "name = value", of a read with the name. */
#include "bind/sysctl.h"

#include "bind/context.h"
#include "bind/units.h"
#include "kernel/sysctl.h"

#include <lauxlib.h>

static uint16_t enter_host(lua_State *L, int arg)
{
	uint16_t host = (uint16_t)nlab_units_integer(L, arg, 1, NLAB_HOSTS_MAX - 1);
	nlab_context_enter(L, nlab_context(L), host);
	return host;
}

/* A setting that cannot be read or written is misuse: nothing of what the experiment shows. */
static int misuse(lua_State *L, struct nlab_slot *slot, const struct nlab_error *error)
{
	char text[sizeof *error + 64];
	nlab_call_end(slot, -1, error->code);
	slot->looked = 1;
	return luaL_error(L, "%s", nlab_error_text(error, text, sizeof text));
}

static int sysctl_write(lua_State *L)
{
	uint16_t host = enter_host(L, 1);
	const char *name = luaL_checkstring(L, 2);
	const char *value = luaL_tolstring(L, 3, NULL);
	struct nlab_sysctl sysctl = {.folder = -1};
	struct nlab_error error;
	struct nlab_slot *slot = nlab_call_begin(L, "sysctl", -1, host, "%s = %s", name, value);
	bool done = nlab_sysctl_open(&sysctl, &error) && nlab_sysctl_write(&sysctl, name, value, &error);
	nlab_sysctl_close(&sysctl);
	if (!done) {
		return misuse(L, slot, &error);
	}
	nlab_call_end(slot, 0, 0);
	return 0;
}

static int sysctl_read(lua_State *L)
{
	uint16_t host = enter_host(L, 1);
	const char *name = luaL_checkstring(L, 2);
	char value[512];
	struct nlab_sysctl sysctl = {.folder = -1};
	struct nlab_error error;
	struct nlab_slot *slot = nlab_call_begin(L, "sysctl", -1, host, "%s", name);
	bool done =
	    nlab_sysctl_open(&sysctl, &error) && nlab_sysctl_read(&sysctl, name, value, sizeof value, &error);
	nlab_sysctl_close(&sysctl);
	if (!done) {
		return misuse(L, slot, &error);
	}
	nlab_call_out(slot, "%s", value);
	nlab_call_end(slot, 0, 0);
	lua_pushstring(L, value);
	return 1;
}

static const luaL_Reg FUNCTIONS[] = {{"read", sysctl_read}, {"write", sysctl_write}, {NULL, NULL}};

int luaopen_netlab_sysctl(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	return 1;
}
