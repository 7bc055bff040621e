/* main.c: the program: a Lua state with the library, and netlab.cli on top of it. Floor main.
 * The state in which scripts run is another one (main/script.h), made before anything else happens. */
#include "base/fd.h"
#include "bind/library.h"
#include "kernel/port.h"
#include "main/runner.h"
#include "main/script.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define EXIT_CANNOT_RUN 3

/* Runs in a protected call: netlab.cli.main({arguments...}) -> exit status. */
static int call_cli(lua_State *L)
{
	int count = (int)lua_tointeger(L, 1);
	char *const *arguments = lua_touserdata(L, 2);
	nlab_runner_register(L, lua_touserdata(L, 3));
	nlab_library_load(L, "netlab.cli");
	lua_getfield(L, -1, "main");
	lua_createtable(L, count, 1);
	for (int i = 0; i < count; i++) {
		lua_pushstring(L, arguments[i]);
		lua_rawseti(L, -2, i);
	}
	lua_call(L, 1, 1);
	return 1;
}

static int add_traceback(lua_State *L)
{
	luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
	return 1;
}

/* Each living lab takes four descriptors of the runner, and hundreds may live at once. getrlimit(2) */
static void allow_all_files(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

int main(int count, char **arguments)
{
	struct nlab_script script;
	struct nlab_error error = {0};
	char text[512];
	/* volatile: it stands in this frame to the end, where LeakSanitizer looks for it */
	lua_State *volatile L = luaL_newstate();
	int stamps = nlab_port_keep_stamps(
	    NULL); /* held open to the end: the kernel stamps packets from the first one on */
	allow_all_files();
	if (!L || !nlab_script_open(&script, &error)) {
		fprintf(stderr, "netlab: %s\n", L ? nlab_error_text(&error, text, sizeof text) : "no memory");
		return EXIT_CANNOT_RUN;
	}
	lua_pushcfunction(L, add_traceback);
	lua_pushcfunction(L, call_cli);
	lua_pushinteger(L, count);
	lua_pushlightuserdata(L, arguments);
	lua_pushlightuserdata(L, &script);
	int status = EXIT_CANNOT_RUN;
	if (lua_pcall(L, 3, 1, 1) == LUA_OK) {
		status = (int)lua_tointeger(L, -1);
	} else {
		fprintf(stderr, "netlab: this is a defect of netlab itself: %s\n", lua_tostring(L, -1));
	}
	nlab_fd_close(&stamps);
	/* not by return: the states need no taking apart, the kernel takes them faster than we could */
	exit(fflush(stdout) == 0 ? status : EXIT_CANNOT_RUN);
}
