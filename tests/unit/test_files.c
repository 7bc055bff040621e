/* Tests of main/files.h: files, folders and the terminal as the command line sees them. */
#include "main/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/netlab-files-XXXXXX";

static void path_of(const char *name, char path[128])
{
	snprintf(path, 128, "%s/%s", folder, name);
}

static void write_file(const char *name, const char *bytes, size_t length)
{
	char path[128];
	path_of(name, path);
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	assert_int_equal(write(fd, bytes, length), length);
	close(fd);
}

static int setup(void **state)
{
	char path[128];
	(void)state;
	assert_non_null(mkdtemp(folder));
	write_file("b.lua", "return 'b'\0\n", 12);
	write_file("a.lua", "", 0);
	write_file(".hidden", "", 0);
	path_of("sub", path);
	assert_int_equal(mkdir(path, 0700), 0);
	path_of("fifo", path);
	return mkfifo(path, 0600);
}

static int teardown(void **state)
{
	static const char *const names[] = {"b.lua", "a.lua", ".hidden",  "sub", "fifo",
					    "large", "made",  "made.lua", ""};
	char path[128];
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		path_of(names[i], path);
		remove(path);
	}
	return 0;
}

/* Run a chunk with `files` and `folder`; its assert() raises, so that no check of cmocka runs inside Lua. */
static void check(const char *chunk)
{
	lua_State *L = luaL_newstate();
	char problem[512] = "";
	luaL_openlibs(L);
	luaL_requiref(L, "files", luaopen_netlab_files, 1);
	lua_pushstring(L, folder);
	lua_setglobal(L, "folder");
	lua_settop(L, 0);
	if (luaL_dostring(L, chunk)) {
		snprintf(problem, sizeof problem, "%s", luaL_tolstring(L, -1, NULL));
	}
	lua_close(L);
	assert_string_equal(problem, "");
}

static void a_folder_is_listed(void **state)
{
	(void)state;
	check("assert(table.concat(files.list(folder), ' ') == 'a.lua b.lua fifo sub/')\n"
	      "assert(#files.list(folder .. '/sub') == 0)\n"
	      "local none, why = files.list(folder .. '/missing')\n"
	      "assert(none == nil and why == 'No such file or directory')\n"
	      "none, why = files.list(folder .. '/a.lua')\n"
	      "assert(none == nil and why == 'Not a directory')");
}

static void kinds(void **state)
{
	(void)state;
	check("assert(files.kind(folder) == 'directory')\n"
	      "assert(files.kind(folder .. '/a.lua') == 'file')\n"
	      "assert(files.kind(folder .. '/fifo') == 'other')\n"
	      "local none, why = files.kind(folder .. '/missing')\n"
	      "assert(none == nil and why == 'No such file or directory')");
}

static void files_are_read_whole(void **state)
{
	(void)state;
	check("assert(files.read(folder .. '/b.lua') == \"return 'b'\\0\\n\")\n"
	      "assert(files.read(folder .. '/a.lua') == '')");
}

static void what_cannot_be_read(void **state)
{
	char path[128];
	(void)state;
	write_file("large", "", 0);
	path_of("large", path);
	assert_int_equal(truncate(path, (16 << 20) + 1), 0);
	check("local function refused(path, part)\n"
	      "  local none, why = files.read(path)\n"
	      "  assert(none == nil and why == part, tostring(why))\n"
	      "end\n"
	      "refused(folder, 'Is a directory')\n"
	      "refused(folder .. '/fifo', 'Invalid argument')\n"
	      "refused('/dev/null', 'Invalid argument')\n"
	      "refused(folder .. '/missing', 'No such file or directory')\n"
	      "refused(folder .. '/large', 'File too large')");
	assert_int_equal(truncate(path, 16 << 20), 0);
	check("assert(#files.read(folder .. '/large') == 16 << 20)");
}

static void a_folder_is_made(void **state)
{
	(void)state;
	check("assert(files.make_folder(folder .. '/made') == true)\n"
	      "assert(files.kind(folder .. '/made') == 'directory')\n"
	      "assert(files.make_folder(folder .. '/made') == true)\n"
	      "local none, why = files.make_folder(folder .. '/no/where')\n"
	      "assert(none == nil and why == 'No such file or directory')");
}

static void a_file_is_created_once(void **state)
{
	(void)state;
	check("local path = folder .. '/made.lua'\n"
	      "assert(files.create(path, 'one\\0two') == true)\n"
	      "assert(files.read(path) == 'one\\0two')\n"
	      "local none, why = files.create(path, 'three')\n"
	      "assert(none == nil and why == 'File exists')\n"
	      "assert(files.read(path) == 'one\\0two')\n"
	      "none, why = files.create('/dev/full/x', '')\n"
	      "assert(none == nil and why == 'Not a directory')");
}

static void a_terminal_and_its_width(void **state)
{
	char chunk[128];
	struct winsize size = {.ws_col = 123, .ws_row = 40};
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave = -1;
	(void)state;
	if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0) {
		slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	}
	assert_true(slave >= 0);
	snprintf(chunk, sizeof chunk, "assert(files.terminal(%d) == 80)", slave);
	check(chunk); /* it does not say */
	assert_int_equal(ioctl(master, TIOCSWINSZ, &size), 0);
	snprintf(chunk, sizeof chunk, "assert(files.terminal(%d) == 123)", slave);
	check(chunk);
	close(slave);
	close(master);
	check("local f <close> = io.open '/dev/null' assert(files.terminal(999) == nil)");
}

static void processors_and_time(void **state)
{
	(void)state;
	check("assert(math.type(files.processors()) == 'integer' and files.processors() >= 1)\n"
	      "local one = files.now()\n"
	      "local two = files.now()\n"
	      "assert(math.type(one) == 'float' and two >= one and two - one < 60)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_folder_is_listed),   cmocka_unit_test(kinds),
	    cmocka_unit_test(files_are_read_whole), cmocka_unit_test(what_cannot_be_read),
	    cmocka_unit_test(a_folder_is_made),     cmocka_unit_test(a_terminal_and_its_width),
	    cmocka_unit_test(processors_and_time),  cmocka_unit_test(a_file_is_created_once),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
