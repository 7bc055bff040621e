/* capfile.c: reading a capture file, for Lua. Floor bind. The userdata owns the file and its recording;
 * the recording's userdata, which packets keep alive, holds on to it. */
#include "bind/capfile.h"

#include "bind/recording.h"
#include "kernel/capfile.h"

#include <lauxlib.h>

#define CAPFILE "netlab.capfile"

static int capfile_gc(lua_State *L)
{
	nlab_capfile_close(luaL_checkudata(L, 1, CAPFILE));
	return 0;
}

/* Push the recording of the file that is at stack index `owner`. */
static void push_recording(lua_State *L, int owner, struct nlab_capfile *file)
{
	nlab_recording_push(L, &file->recording);
	lua_pushvalue(L, owner);
	lua_setiuservalue(L, -2, 2); /* keeps the file open */
}

/* Push a list of the file's own comments, and a table of the packets' by number. */
static void push_comments(lua_State *L, const struct nlab_capfile *file)
{
	lua_newtable(L);
	lua_newtable(L);
	for (size_t i = 0; i < file->comment_count; i++) {
		const struct nlab_capfile_comment *comment = &file->comments[i];
		lua_pushlstring(L, (const char *)comment->text.at, comment->text.size);
		if (comment->packet) {
			lua_rawseti(L, -2, comment->packet);
		} else {
			lua_rawseti(L, -3, luaL_len(L, -3) + 1);
		}
	}
}

static void set_unknown(lua_State *L, const struct nlab_capfile *file)
{
	const char *name = nlab_capfile_link_name(file->linktype);
	if (file->unknown) {
		lua_pushinteger(L, file->unknown);
		lua_setfield(L, -2, "unknown");
		lua_pushfstring(L, name ? "%d, %s" : "%d", (int)file->linktype, name);
		lua_setfield(L, -2, "linktype");
	}
}

static int capfile_read(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	struct nlab_error error;
	char text[400];
	lua_settop(L, 1);
	struct nlab_capfile *file = lua_newuserdatauv(L, sizeof *file, 0); /* 2 */
	*file = (struct nlab_capfile){0};
	luaL_setmetatable(L, CAPFILE);
	if (!nlab_capfile_open(file, path, &error)) {
		lua_pushnil(L);
		lua_pushstring(L, nlab_error_text(&error, text, sizeof text));
		return 2;
	}
	lua_createtable(L, 0, 7);
	push_recording(L, 2, file);
	lua_setfield(L, -2, "recording");
	push_comments(L, file);
	lua_setfield(L, -3, "comments");
	lua_setfield(L, -2, "about");
	set_unknown(L, file);
	if (file->story) {
		lua_pushlstring(L, file->story, file->story_length);
		lua_setfield(L, -2, "story");
	}
	if (file->broken.step[0]) {
		lua_pushstring(L, nlab_error_text(&file->broken, text, sizeof text));
		lua_setfield(L, -2, "broken");
	}
	return 1;
}

/* story(path) -> what the file tells of a run, without reading its packets; nil when it tells nothing, or cannot be read */
static int capfile_story(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	lua_settop(L, 1);
	struct nlab_capfile *file = lua_newuserdatauv(L, sizeof *file, 0);
	*file = (struct nlab_capfile){0};
	luaL_setmetatable(L, CAPFILE);
	if (nlab_capfile_open_header(file, path) && file->story) {
		lua_pushlstring(L, file->story, file->story_length);
	} else {
		lua_pushnil(L);
	}
	return 1;
}

int luaopen_netlab_capfile(lua_State *L)
{
	static const luaL_Reg functions[] = {
	    {"read", capfile_read},
	    {"story", capfile_story},
	    {NULL, NULL},
	};
	if (luaL_newmetatable(L, CAPFILE)) {
		lua_pushcfunction(L, capfile_gc);
		lua_setfield(L, -2, "__gc");
	}
	lua_pop(L, 1);
	luaL_newlib(L, functions);
	return 1;
}
