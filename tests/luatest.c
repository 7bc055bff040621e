/* luatest: runs files of Lua tests with all that a script's state has: the embedded library, LPeg, cjson, the bindings.
 * usage: luatest FILE...; prints TAP; exit code 1 when a test failed. Floor main, of the tests.
 * A test file says: local test = require "harness" (tests/lua/harness.lua), and is run from the project's root.
 * With LUATEST_COLLECT set, Lua's collector works all the time, so that a missing reference shows. */
#include "bind/library.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define TEST_PATH "tests/lua/?.lua;tests/e2e/?.lua;"

/* After this much percent of growth a new cycle begins, and it runs this much faster than allocation (lua_gc(3)). */
#define COLLECT_PAUSE 1
#define COLLECT_SPEED 1000

static int traceback(lua_State *L)
{
	luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
	return 1;
}

static void add_test_path(lua_State *L)
{
	lua_getglobal(L, LUA_LOADLIBNAME);
	lua_getfield(L, -1, "path");
	lua_pushfstring(L, TEST_PATH "%s", lua_tostring(L, -1));
	lua_setfield(L, -3, "path");
	lua_pop(L, 2);
}

/* Lua: the files' names -> whether all tests passed. */
static int run_files(lua_State *L)
{
	int files = lua_gettop(L);
	luaL_openlibs(L);
	if (getenv("LUATEST_COLLECT")) {
		lua_gc(L, LUA_GCINC, COLLECT_PAUSE, COLLECT_SPEED, 0);
	}
	nlab_library_open(L);
	add_test_path(L);
	lua_getglobal(L, "require");
	lua_pushliteral(L, "harness");
	lua_call(L, 1, 1);
	lua_getfield(L, -1, "main");
	lua_insert(L, 1);
	lua_settop(L, files + 1);
	lua_call(L, files, 1);
	return 1;
}

int main(int argc, char **argv)
{
	lua_State *L = luaL_newstate();
	if (!L || !lua_checkstack(L, argc + LUA_MINSTACK)) {
		fputs("luatest: not enough memory\n", stderr);
		return EXIT_FAILURE;
	}
	lua_pushcfunction(L, traceback);
	lua_pushcfunction(L, run_files);
	for (int i = 1; i < argc; i++) {
		lua_pushstring(L, argv[i]);
	}
	bool passed = lua_pcall(L, argc - 1, 1, 1) == LUA_OK;
	if (!passed) {
		fprintf(stderr, "luatest: %s\n", lua_tostring(L, -1));
	}
	passed = passed && lua_toboolean(L, -1);
	lua_close(L);
	return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
