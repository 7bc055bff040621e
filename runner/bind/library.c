/* The Lua library inside the program: a searcher for require() and the table of the modules written in C.
 * Floor bind. */
#include "bind/library.h"

#include "bind/build.h"
#include "bind/capfile.h"
#include "bind/capture.h"
#include "bind/constants.h"
#include "bind/diag.h"
#include "bind/errno.h"
#include "bind/link.h"
#include "bind/order.h"
#include "bind/process.h"
#include "bind/prompt.h"
#include "bind/record.h"
#include "bind/recording.h"
#include "bind/rule.h"
#include "bind/socket.h"
#include "bind/sysctl.h"
#include "bind/units.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int luaopen_lpeg(lua_State *L);
int luaopen_cjson(lua_State *L);
int luaopen_cjson_safe(lua_State *L);
static int luaopen_netlab_library(lua_State *L);

static const luaL_Reg c_modules[] = {
    {"lpeg", luaopen_lpeg},
    {"cjson", luaopen_cjson},
    {"cjson.safe", luaopen_cjson_safe},
    {"netlab.core.build", luaopen_netlab_build},
    {"netlab.core.capfile", luaopen_netlab_capfile},
    {"netlab.core.capture", luaopen_netlab_capture},
    {"netlab.core.constants", luaopen_netlab_constants},
    {"netlab.core.diag", luaopen_netlab_diag},
    {"netlab.core.errno", luaopen_netlab_errno},
    {"netlab.core.library", luaopen_netlab_library},
    {"netlab.core.link", luaopen_netlab_link},
    {"netlab.core.order", luaopen_netlab_order},
    {"netlab.core.sysctl", luaopen_netlab_sysctl},
    {"netlab.core.process", luaopen_netlab_process},
    {"netlab.core.prompt", luaopen_netlab_prompt},
    {"netlab.core.record", luaopen_netlab_record},
    {"netlab.core.recording", luaopen_netlab_recording},
    {"netlab.core.rule", luaopen_netlab_rule},
    {"netlab.core.socket", luaopen_netlab_socket},
    {"netlab.core.units", luaopen_netlab_units},
};

/* Where the file of a module may stand, below lua/; %s is its name with slashes. */
static const char *const places[] = {"%s.lua", "%s/init.lua"};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define GARBAGE 8192 /* KiB that may be allocated before the collector first runs */

static const struct nlab_library_file *find_file(const char *name)
{
	for (const struct nlab_library_file *file = nlab_library_files; file->name; file++) {
		if (strcmp(file->name, name) == 0) {
			return file;
		}
	}
	return NULL;
}

/* Load a file of the library, `mode` "t" for text or "b" for bytecode; push its function, or raise the error. */
static void load_text(lua_State *L, const char *name, const char *text, size_t length, const char *mode)
{
	const char *chunk = lua_pushfstring(L, "=%s", name);
	if (luaL_loadbufferx(L, text, length, chunk, mode) != LUA_OK) {
		lua_error(L);
	}
	lua_remove(L, -2);
}

/* Push the function of the embedded file `name`; push nothing and return false when there is none. */
static bool load_embedded(lua_State *L, const char *name)
{
	const struct nlab_library_file *file = find_file(name);
	if (!file) {
		return false;
	}
	load_text(L, name, file->text, file->length, "b");
	return true;
}

/* Read at most `size` bytes of a file; returns how many, or -1. */
static ssize_t read_file(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return -1;
	}
	size_t length = 0;
	ssize_t got;
	while ((got = read(fd, buffer + length, size - length)) > 0) {
		length += (size_t)got;
	}
	close(fd);
	return got < 0 ? -1 : (ssize_t)length;
}

/* Push the text of a file below `folder`; push nothing and return false when there is none. Memory is taken before the
 * file is opened: a Lua error leaks no descriptor. */
static bool push_file(lua_State *L, const char *folder, const char *name)
{
	struct stat file;
	const char *path = lua_pushfstring(L, "%s/%s", folder, name);
	if (stat(path, &file) != 0 || !S_ISREG(file.st_mode)) {
		lua_pop(L, 1);
		return false;
	}
	char *text = lua_newuserdatauv(L, (size_t)file.st_size + 1, 0);
	ssize_t length = read_file(path, text, (size_t)file.st_size);
	if (length < 0) {
		luaL_error(L, "cannot read %s: %s", path, strerror(errno));
	}
	lua_pushlstring(L, text, (size_t)length);
	lua_replace(L, -3);
	lua_pop(L, 1);
	return true;
}

/* The same as load_embedded() from a folder. */
static bool load_from(lua_State *L, const char *folder, const char *name)
{
	if (!push_file(L, folder, name)) {
		return false;
	}
	size_t length;
	const char *text = lua_tolstring(L, -1, &length);
	load_text(L, name, text, length, "t");
	lua_remove(L, -2);
	return true;
}

/* The searcher; upvalue 1 is the folder, or nil for the embedded files. Lua: module name -> loader, file name. */
static int search(lua_State *L)
{
	const char *folder = lua_tostring(L, lua_upvalueindex(1));
	const char *module = luaL_checkstring(L, 1);
	if (strncmp(module, "netlab.", strlen("netlab.")) != 0) {
		return 0;
	}
	const char *stem = luaL_gsub(L, module, ".", "/");
	for (size_t i = 0; i < COUNT(places); i++) {
		const char *name = lua_pushfstring(L, places[i], stem);
		if (folder ? load_from(L, folder, name) : load_embedded(L, name)) {
			lua_insert(L, -2);
			return 2;
		}
	}
	lua_pushfstring(L, "no file '%s.lua' in %s", stem, folder ? folder : "the embedded library");
	return 1;
}

/* Lua: the name of a file of netlab/meta, "socket" -> its text, or nil. */
static int definitions(lua_State *L)
{
	const char *name = lua_pushfstring(L, "netlab/meta/%s.lua", luaL_checkstring(L, 1));
	const char *folder = getenv("NETLAB_LUA");
	const struct nlab_library_file *file = folder ? NULL : find_file(name);
	if (file) {
		lua_pushlstring(L, file->text, file->length);
	} else if (!folder || !push_file(L, folder, name)) {
		lua_pushnil(L);
	}
	return 1;
}

static const luaL_Reg functions[] = {
    {"definitions", definitions},
    {NULL, NULL},
};

static int luaopen_netlab_library(lua_State *L)
{
	luaL_newlib(L, functions);
	return 1;
}

/* Put the searcher behind the one of package.preload (the first): before the search of package.path. */
static void add_searcher(lua_State *L)
{
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
	lua_getfield(L, -1, LUA_LOADLIBNAME);
	lua_getfield(L, -1, "searchers");
	for (lua_Integer i = luaL_len(L, -1); i >= 2; i--) {
		lua_rawgeti(L, -1, i);
		lua_rawseti(L, -2, i + 1);
	}
	lua_pushstring(L, getenv("NETLAB_LUA"));
	lua_pushcclosure(L, search, 1);
	lua_rawseti(L, -2, 2);
	lua_pop(L, 3);
}

void nlab_library_open(lua_State *L)
{
	add_searcher(L);
	luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	for (size_t i = 0; i < COUNT(c_modules); i++) {
		lua_pushcfunction(L, c_modules[i].func);
		lua_setfield(L, -2, c_modules[i].name);
	}
	lua_pop(L, 1);
}

void nlab_library_load(lua_State *L, const char *module)
{
	lua_gc(L, LUA_GCSTOP); /* nothing of the library is garbage */
	luaL_openlibs(L);
	nlab_library_open(L);
	lua_getglobal(L, "require");
	lua_pushstring(L, module);
	lua_call(L, 1, 1);
	/* A run is short, and marking the library's objects would copy every page of them that a script process shares with
	 * the runner: a negative step makes the collector wait for its first cycle. */
	lua_gc(L, LUA_GCRESTART);
	lua_gc(L, LUA_GCSTEP, -GARBAGE);
}
