/* program.c: programs in a host: execve(2) with their input and output in memory. Floor bind.
 * stdin, stdout and stderr are memfd_create(2) files, so neither side ever waits for the other; what a program may write
 * is bounded by RLIMIT_FSIZE (SIGXFSZ ends it). */
#include "bind/context.h"
#include "bind/errno.h"
#include "bind/process.h"
#include "bind/units.h"
#include "kernel/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM_META  "netlab.program"
#define ARGUMENTS_MAX 256
#define OUTPUT_MAX    (UINT64_C(16) << 20) /* bytes that a program may write to each of its outputs */
#define PROGRAM_SPACE (UINT64_C(4) << 30)  /* RLIMIT_AS of a program */

struct program {
	int output[2]; /* memfds of stdout and stderr, -1: closed */
	int pid;
};

static struct program *check_program(lua_State *L)
{
	return luaL_checkudata(L, 1, PROGRAM_META);
}

static int make_input(const char *bytes, size_t length)
{
	int fd = memfd_create("stdin", MFD_CLOEXEC);
	size_t done = 0;
	while (fd >= 0 && done < length) {
		ssize_t wrote = write(fd, bytes + done, length - done);
		if (wrote < 0) {
			close(fd);
			return -1;
		}
		done += (size_t)wrote;
	}
	if (fd >= 0) {
		lseek(fd, 0, SEEK_SET);
	}
	return fd;
}

/* The table's list of strings as argv or envp, in a userdata that stays on the stack. */
static char **check_strings(lua_State *L, int index, const char *what)
{
	lua_Unsigned count = lua_rawlen(L, index);
	if (count > ARGUMENTS_MAX) {
		luaL_error(L, "too many %s: %d at the most", what, ARGUMENTS_MAX);
	}
	char **list = lua_newuserdatauv(L, (count + 1) * sizeof *list, 1);
	lua_newtable(L); /* keeps the strings */
	for (lua_Unsigned i = 0; i < count; i++) {
		lua_rawgeti(L, index, (lua_Integer)i + 1);
		const char *text = lua_tostring(L, -1);
		if (!text) {
			luaL_error(L, "%s must be strings, number %d is a %s", what, (int)i + 1,
				   luaL_typename(L, -1));
		}
		list[i] = (char *)(uintptr_t)text;
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	list[count] = NULL;
	lua_setiuservalue(L, -2, 1);
	return list;
}

/* Wait for the program to be executed. Returns 0, or the errno with which that failed. */
static int read_failure(int fd)
{
	int code = 0;
	ssize_t got;
	do {
		got = read(fd, &code, sizeof code);
	} while (got < 0 && errno == EINTR);
	return got == sizeof code ? code : 0;
}

/* exec(host id, {argv...}, stdin bytes, {"NAME=value", ...} or nil) -> program; nil, err when it cannot be executed */
static int program_exec(lua_State *L)
{
	uint16_t host = (uint16_t)nlab_units_integer(L, 1, 1, NLAB_HOSTS_MAX - 1);
	size_t length;
	luaL_checktype(L, 2, LUA_TTABLE);
	const char *input = luaL_optlstring(L, 3, "", &length);
	lua_settop(L, 4);
	char **arguments = check_strings(L, 2, "arguments");
	luaL_argcheck(L, arguments[0], 2, "the program's name and its arguments");
	char **environment = lua_isnil(L, 4) ? NULL : check_strings(L, 4, "environment entries");
	struct program *program = lua_newuserdatauv(L, sizeof *program, 0);
	*program = (struct program){{-1, -1}, 0};
	luaL_setmetatable(L, PROGRAM_META);
	struct nlab_slot *slot = nlab_call_begin(L, "execve", -1, host, "%s", arguments[0]);
	int failure[2];
	if (pipe2(failure, O_CLOEXEC)) {
		return nlab_call_done(L, slot, -1);
	}
	int fd = make_input(input, length);
	program->output[0] = memfd_create("stdout", MFD_CLOEXEC);
	program->output[1] = memfd_create("stderr", MFD_CLOEXEC);
	program->pid = nlab_process_spawn(L, host, arguments[0]);
	if (program->pid == 0) {
		nlab_process_become(&(struct nlab_program){.arguments = arguments,
							   .environment = environment,
							   .input = fd,
							   .output = program->output[0],
							   .errors = program->output[1],
							   .failure = failure[1],
							   .address_space = PROGRAM_SPACE,
							   .file_size = OUTPUT_MAX});
	}
	int code = program->pid < 0 ? errno : 0;
	close(failure[1]);
	close(fd);
	code = code ? code : read_failure(failure[0]);
	close(failure[0]);
	nlab_call_end(slot, code ? -1 : program->pid, code);
	return code ? nlab_call_refused(L, slot, code) : 1;
}

/* What the program has written so far to output `which`. */
static int push_output(lua_State *L, int which)
{
	const struct program *program = check_program(L);
	struct stat about;
	if (program->output[which] < 0 || fstat(program->output[which], &about)) {
		lua_pushliteral(L, "");
		return 1;
	}
	luaL_Buffer buffer;
	char *bytes = luaL_buffinitsize(L, &buffer, (size_t)about.st_size);
	ssize_t got = pread(program->output[which], bytes, (size_t)about.st_size, 0);
	luaL_pushresultsize(&buffer, got > 0 ? (size_t)got : 0);
	return 1;
}

static int program_stdout(lua_State *L)
{
	return push_output(L, 0);
}

static int program_stderr(lua_State *L)
{
	return push_output(L, 1);
}

static int program_pid(lua_State *L)
{
	lua_pushinteger(L, check_program(L)->pid);
	return 1;
}

static int program_gc(lua_State *L)
{
	struct program *program = check_program(L);
	for (int i = 0; i < 2; i++) {
		if (program->output[i] >= 0) {
			close(program->output[i]);
			program->output[i] = -1;
		}
	}
	return 0;
}

const luaL_Reg nlab_program_functions[] = {{"exec", program_exec}, {NULL, NULL}};

void nlab_program_register(lua_State *L)
{
	static const luaL_Reg METHODS[] = {
	    {"stdout", program_stdout},
	    {"stderr", program_stderr},
	    {"pid", program_pid},
	    {NULL, NULL},
	};
	luaL_newmetatable(L, PROGRAM_META);
	lua_newtable(L);
	luaL_setfuncs(L, METHODS, 0);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, program_gc);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
}
