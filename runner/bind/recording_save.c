/* recording_save.c: writing a recording to a capture file, for Lua. Floor bind. */
#include "bind/recording_save.h"

#include "facts/pcapng.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <unistd.h>

static bool save(const struct nlab_recording *recording, const char *path,
		 const struct nlab_pcapng_notes *notes, struct nlab_error *error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		return nlab_error_set(error, errno, "create the file", "%s", path);
	}
	bool written = nlab_pcapng_write(recording, fd, notes, error);
	if (close(fd) != 0 && written) {
		return nlab_error_set(error, errno, "write the file", "%s", path);
	}
	return written;
}

/* The comments of packets, from the table (by packet number) at stack index 5; the array is pushed as a userdata. The texts
 * belong to the table. */
static const char *const *read_comments(lua_State *L, uint32_t count)
{
	const char **comments = lua_newuserdatauv(L, (count + 1) * sizeof *comments, 0);
	for (uint32_t id = 0; id <= count; id++) {
		comments[id] = lua_rawgeti(L, 5, id) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
		lua_pop(L, 1);
	}
	return comments;
}

int nlab_recording_save(lua_State *L, const struct nlab_recording *recording)
{
	const char *path = luaL_checkstring(L, 2);
	struct nlab_pcapng_notes notes = {.title = luaL_optstring(L, 3, NULL)};
	struct nlab_error error;
	char text[400];
	notes.story = luaL_optlstring(L, 4, NULL, &notes.story_length);
	lua_settop(L, 5);
	if (lua_istable(L, 5)) {
		notes.comment_count = atomic_load(&recording->lab->packets) + 1;
		notes.comments = read_comments(L, notes.comment_count - 1);
	}
	if (save(recording, path, &notes, &error)) {
		lua_pushboolean(L, 1);
		return 1;
	}
	lua_pushnil(L);
	lua_pushstring(L, nlab_error_text(&error, text, sizeof text));
	return 2;
}
