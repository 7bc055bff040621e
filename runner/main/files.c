/* files.c: what the command line needs of the file system and the terminal. Floor main.
 * Messages are the errno's text: who calls knows the path. */
#include "main/files.h"

#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_MAX (16 << 20) /* bytes of a script */

static int refuse(lua_State *L, int error)
{
	lua_pushnil(L);
	lua_pushstring(L, strerror(error));
	return 2;
}

/* list(path) -> the sorted names in a folder, each folder's with "/" behind; nil, message when it is none */
static int files_list(lua_State *L)
{
	struct dirent **entries;
	int count = scandir(luaL_checkstring(L, 1), &entries, NULL, alphasort);
	if (count < 0) {
		return refuse(L, errno);
	}
	lua_newtable(L);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			lua_pushfstring(L, "%s%s", entries[i]->d_name,
					entries[i]->d_type == DT_DIR ? "/" : "");
			lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
		}
		free(entries[i]);
	}
	free(entries);
	return 1;
}

/* kind(path) -> "file", "directory" or "other"; nil, message */
static int files_kind(lua_State *L)
{
	struct stat about;
	if (stat(luaL_checkstring(L, 1), &about)) {
		return refuse(L, errno);
	}
	lua_pushstring(L, S_ISREG(about.st_mode) ? "file" : S_ISDIR(about.st_mode) ? "directory" : "other");
	return 1;
}

/* read(path) -> contents of a regular file of at most 16 MiB; nil, message */
static int files_read(lua_State *L)
{
	struct stat about;
	int fd = open(luaL_checkstring(L, 1), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &about) || !S_ISREG(about.st_mode) || about.st_size > TEXT_MAX) {
		int error = fd < 0                     ? errno
			    : S_ISDIR(about.st_mode)   ? EISDIR
			    : about.st_size > TEXT_MAX ? EFBIG
						       : EINVAL;
		if (fd >= 0) {
			close(fd);
		}
		return refuse(L, error);
	}
	luaL_Buffer buffer;
	size_t size = (size_t)about.st_size, done = 0;
	char *bytes = luaL_buffinitsize(L, &buffer, size);
	ssize_t got;
	while (done < size && (got = read(fd, bytes + done, size - done)) > 0) {
		done += (size_t)got;
	}
	close(fd);
	luaL_pushresultsize(&buffer, done);
	return 1;
}

/* create(path, text) -> true; nil, message, also when something of that name is there already (EEXIST). open(2) */
static int files_create(lua_State *L)
{
	size_t size, done = 0;
	const char *path = luaL_checkstring(L, 1), *bytes = luaL_checklstring(L, 2, &size);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0) {
		return refuse(L, errno);
	}
	ssize_t put = 0;
	while (done < size && (put = write(fd, bytes + done, size - done)) >= 0) {
		done += (size_t)put;
	}
	int error = put < 0 ? errno : 0;
	if (close(fd) && !error) {
		error = errno;
	}
	if (error) {
		unlink(path);
		return refuse(L, error);
	}
	lua_pushboolean(L, 1);
	return 1;
}

/* make_folder(path) -> true, also when it is there already; nil, message. Its parent must be there. */
static int files_make_folder(lua_State *L)
{
	if (mkdir(luaL_checkstring(L, 1), 0777) && errno != EEXIST) {
		return refuse(L, errno);
	}
	lua_pushboolean(L, 1);
	return 1;
}

/* terminal(descriptor) -> columns of the terminal, 80 when it does not say; nil when it is none */
static int files_terminal(lua_State *L)
{
	int fd = (int)luaL_checkinteger(L, 1);
	struct winsize size = {0};
	if (!isatty(fd)) {
		lua_pushnil(L);
		return 1;
	}
	ioctl(fd, TIOCGWINSZ, &size);
	lua_pushinteger(L, size.ws_col ? size.ws_col : 80);
	return 1;
}

/* processors() -> how many processors are online */
static int files_processors(lua_State *L)
{
	lua_pushinteger(L, sysconf(_SC_NPROCESSORS_ONLN));
	return 1;
}

/* now() -> seconds on the clock of limits (base/clock.h): for how long something took */
static int files_now(lua_State *L)
{
	lua_pushnumber(L, (lua_Number)nlab_clock_limit_ns() / (lua_Number)NLAB_NS_PER_S);
	return 1;
}

static const luaL_Reg FUNCTIONS[] = {
    {"list", files_list},
    {"kind", files_kind},
    {"read", files_read},
    {"make_folder", files_make_folder},
    {"terminal", files_terminal},
    {"processors", files_processors},
    {"now", files_now},
    {"create", files_create},
    {NULL, NULL},
};

int luaopen_netlab_files(lua_State *L)
{
	luaL_newlib(L, FUNCTIONS);
	return 1;
}
