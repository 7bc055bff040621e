/* record.c: what a script says about itself in the recording: checks, notes, return values. Floor bind. */
#include "bind/record.h"

#include "bind/context.h"
#include "bind/recording.h"

#include <lauxlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum nlab_slot_kind kind;
} KINDS[] = {
    {"check", NLAB_SLOT_CHECK},
    {"note", NLAB_SLOT_NOTE},
    {"return", NLAB_SLOT_RETURN},
    {"script", NLAB_SLOT_SCRIPT},
};

static enum nlab_slot_kind check_kind(lua_State *L, int arg)
{
	const char *name = luaL_checkstring(L, arg);
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
		if (strcmp(name, KINDS[i].name) == 0) {
			return KINDS[i].kind;
		}
	}
	return (enum nlab_slot_kind)luaL_argerror(L, arg, "check, note, return or script");
}

/* append(kind, name, result, text [, line [, host id]]): append a record; result is an integer or a boolean.
 * Raises when the recording is full. */
static int record_append(lua_State *L)
{
	size_t length;
	enum nlab_slot_kind kind = check_kind(L, 1);
	const char *name = luaL_checkstring(L, 2);
	lua_Integer result = lua_isboolean(L, 3) ? lua_toboolean(L, 3) : luaL_checkinteger(L, 3);
	const char *text = luaL_checklstring(L, 4, &length);
	lua_Integer line = luaL_optinteger(L, 5, nlab_context_line(L));
	lua_Integer host = luaL_optinteger(L, 6, NLAB_HOST_NONE);
	luaL_argcheck(L, line >= 0 && line <= INT32_MAX, 5, "a line of the script");
	luaL_argcheck(L, host >= 0 && host < NLAB_HOSTS_MAX, 6, "a host id");
	if (!nlab_recording_text(nlab_context(L)->recording, kind, (uint16_t)host, (int32_t)line, result,
				 name, text, length)) {
		return luaL_error(L, "the recording of calls is full");
	}
	return 0;
}

/* line() -> the line of the script that is running, 0 outside of it */
static int record_line(lua_State *L)
{
	lua_pushinteger(L, nlab_context_line(L));
	return 1;
}

/* recording() -> the recording of this experiment (bind/recording.h) */
static int record_recording(lua_State *L)
{
	nlab_recording_push(L, nlab_context(L)->recording);
	return 1;
}

static const luaL_Reg FUNCTIONS[] = {
    {"append", record_append},
    {"line", record_line},
    {"recording", record_recording},
    {NULL, NULL},
};

int luaopen_netlab_record(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	return 1;
}
