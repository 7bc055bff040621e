/* Tests of bind/library.h: what require() finds, embedded and in the folder of NETLAB_LUA. Run from the project's root. */
#include "bind/library.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder with netlab/one.lua, netlab/two/init.lua, netlab/broken.lua and netlab/meta/words.lua. */
struct folder {
	char path[64];
};

static const struct {
	const char *name, *text;
} folder_files[] = {
    {"netlab/one.lua",
     "local name, file = ...\nreturn {name = name, file = file, debug.getinfo(1, 'S').source}\n"},
    {"netlab/two/init.lua", "return 2\n"},
    {"netlab/broken.lua", "return }\n"},
    {"netlab/meta/words.lua", "---@meta of the folder\n"},
};

static void write_folder_file(const char *folder, const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int folder_make(void **state)
{
	static const char *const folders[] = {"", "/netlab", "/netlab/two", "/netlab/meta"};
	struct folder *folder = calloc(1, sizeof(*folder));
	char path[256];
	*state = folder;
	snprintf(folder->path, sizeof(folder->path), "/tmp/netlab-library-%d", (int)getpid());
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", folder->path, folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	for (size_t i = 0; i < sizeof(folder_files) / sizeof(folder_files[0]); i++) {
		write_folder_file(folder->path, folder_files[i].name, folder_files[i].text);
	}
	return setenv("NETLAB_LUA", folder->path, 1);
}

static int folder_remove(void **state)
{
	static const char *const names[] = {"/netlab/one.lua",
					    "/netlab/two/init.lua",
					    "/netlab/broken.lua",
					    "/netlab/meta/words.lua",
					    "/netlab/two",
					    "/netlab/meta",
					    "/netlab",
					    ""};
	struct folder *folder = *state;
	char path[256];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", folder->path, names[i]);
		remove(path);
	}
	free(folder);
	return unsetenv("NETLAB_LUA");
}

static lua_State *open_state(void)
{
	lua_State *L = luaL_newstate();
	assert_non_null(L);
	luaL_openlibs(L);
	nlab_library_open(L);
	return L;
}

/* Run a chunk in a new state and compare the text that it returns, or its error, with a part of it. */
static void assert_result(const char *code, const char *part)
{
	lua_State *L = open_state();
	if (luaL_loadstring(L, code) == LUA_OK) {
		lua_pcall(L, 0, 1, 0);
	}
	const char *text = luaL_tolstring(L, -1, NULL);
	if (!strstr(text, part)) {
		fail_msg("%s\n  gave: %s\n  without: %s", code, text, part);
	}
	lua_close(L);
}

static void test_embedded_files_are_those_of_the_tree(void **state)
{
	(void)state;
	assert_non_null(nlab_library_files[0].name);
	for (const struct nlab_library_file *row = nlab_library_files; row->name; row++) {
		char path[256];
		bool is_text = strncmp(row->name, "netlab/meta/", strlen("netlab/meta/")) == 0;
		snprintf(path, sizeof(path),
			 is_text ? "return io.open('lua/%s'):read 'a'"
				 : "return string.dump(load(io.open('lua/%s'):read 'a', '=%s'))",
			 row->name, row->name);
		lua_State *L = open_state();
		assert_int_equal(luaL_dostring(L, path), LUA_OK);
		size_t length;
		const char *bytecode = lua_tolstring(L, -1, &length);
		assert_int_equal(length, row->length);
		assert_memory_equal(bytecode, row->text, length);
		assert_int_equal(row->text[row->length], 0);
		lua_close(L);
		assert_true(row == nlab_library_files || strcmp(row[-1].name, row->name) < 0);
	}
}

static void test_embedded_file_is_loaded(void **state)
{
	(void)state;
	lua_State *L = open_state();
	const struct nlab_library_file *file = nlab_library_files;
	lua_getglobal(L, "package");
	lua_getfield(L, -1, "searchers");
	lua_rawgeti(L, -1, 2);
	const char *stem = luaL_gsub(L, file->name, ".lua", "");
	const char *module = luaL_gsub(L, stem, "/", ".");
	lua_pushvalue(L, -3);
	lua_pushstring(L, module);
	assert_int_equal(lua_pcall(L, 1, 2, 0), LUA_OK);
	assert_true(lua_isfunction(L, -2));
	assert_string_equal(lua_tostring(L, -1), file->name);
	lua_close(L);
}

static void test_missing_module_says_where_it_was_looked_for(void **state)
{
	(void)state;
	assert_result("require 'netlab.no.such'", "no file 'netlab/no/such.lua' in the embedded library");
}

static void test_other_searchers_still_work(void **state)
{
	(void)state;
	assert_result(
	    "package.path = '' package.preload.mine = function() return 'my own' end return require 'mine'",
	    "my own");
	assert_result("package.path = '/nowhere/?.lua' require 'mine'", "no file '/nowhere/mine.lua'");
}

static void test_c_libraries_are_there(void **state)
{
	(void)state;
	assert_result("return tostring(require 'lpeg'.match(require 'lpeg'.P 'ab' * -1, 'ab'))", "3");
	assert_result("return require 'cjson'.encode {1, 'a'}", "[1,\"a\"]");
	assert_result("return tostring(select(2, require 'cjson.safe'.decode '{'))", "Expected");
}

static void test_every_binding_opens(void **state)
{
	(void)state;
	assert_result("local opened = 0\n"
		      "for name in pairs(package.preload) do\n"
		      "  assert(type(require(name)) == 'table', name)\n"
		      "  if name:find '^netlab%.core%.' then opened = opened + 1 end\n"
		      "end\n"
		      "return opened >= 11 and 'all opened' or 'only ' .. opened",
		      "all opened");
}

static void test_folder_is_used_instead(void **state)
{
	(void)state;
	assert_result("local m = require 'netlab.one' return m.name .. ' ' .. m.file .. ' ' .. m[1]",
		      "netlab.one netlab/one.lua =netlab/one.lua");
	assert_result("return 'two is ' .. require 'netlab.two'", "two is 2");
	assert_result("require 'netlab.cli'", "no file 'netlab/cli.lua' in /tmp/netlab-library-");
}

static void test_definitions_are_kept_as_text(void **state)
{
	(void)state;
	assert_result("return require 'netlab.core.library'.definitions 'socket'",
		      "---@meta netlab.core.socket\n");
	assert_result("return tostring(require 'netlab.core.library'.definitions 'nothing')", "nil");
}

static void test_definitions_come_from_the_folder(void **state)
{
	(void)state;
	assert_result("return require 'netlab.core.library'.definitions 'words'", "---@meta of the folder\n");
	assert_result("return tostring(require 'netlab.core.library'.definitions 'socket')", "nil");
}

static void test_syntax_error_names_file_and_line(void **state)
{
	(void)state;
	assert_result("require 'netlab.broken'", "netlab/broken.lua:1: unexpected symbol near '}'");
}

static void test_load_lets_the_collector_wait(void **state)
{
	(void)state;
	lua_State *L = luaL_newstate();
	nlab_library_load(L, "netlab.core.units");
	assert_int_equal(lua_gettop(L), 1);
	assert_int_equal(lua_getfield(L, 1, "seconds"), LUA_TFUNCTION);
	assert_true(lua_gc(L, LUA_GCISRUNNING));
	assert_int_equal(luaL_dostring(L, "garbage = setmetatable({{}}, {__mode = 'v'})\n"
					  "for i = 1, 1000 do local text = i .. ('x'):rep(1000) end\n"
					  "assert(#garbage == 1, 'collected at once')\n"
					  "for i = 1, 30000 do local text = i .. ('x'):rep(1000) end\n"
					  "assert(#garbage == 0, 'never collected')"),
			 LUA_OK);
	lua_close(L);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_embedded_files_are_those_of_the_tree),
	    cmocka_unit_test(test_embedded_file_is_loaded),
	    cmocka_unit_test(test_missing_module_says_where_it_was_looked_for),
	    cmocka_unit_test(test_other_searchers_still_work),
	    cmocka_unit_test(test_c_libraries_are_there),
	    cmocka_unit_test(test_every_binding_opens),
	    cmocka_unit_test(test_load_lets_the_collector_wait),
	    cmocka_unit_test_setup_teardown(test_folder_is_used_instead, folder_make, folder_remove),
	    cmocka_unit_test(test_definitions_are_kept_as_text),
	    cmocka_unit_test_setup_teardown(test_definitions_come_from_the_folder, folder_make,
					    folder_remove),
	    cmocka_unit_test_setup_teardown(test_syntax_error_names_file_and_line, folder_make,
					    folder_remove),
	};
	unsetenv("NETLAB_LUA");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
