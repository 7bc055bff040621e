/* library.h: the Lua library inside the program, and the C modules that it may require. Floor bind.
 * Files are embedded at build time, so that the program can be copied alone. */
#ifndef NLAB_BIND_LIBRARY_H
#define NLAB_BIND_LIBRARY_H

#include <lua.h>
#include <stddef.h>

/* One file of lua/, as it stands in the program. */
struct nlab_library_file {
	const char *name; /* "netlab/expect/grammar.lua" */
	const char *text; /* its bytecode, of string.dump() (netlab/meta: its text); a 0 stands behind it */
	size_t length;
};

/* All files, sorted by name (bytes); a row with name NULL ends the table. Made by the build, lives as long as the program. */
extern const struct nlab_library_file nlab_library_files[];

/* Make the library known to require(): "netlab.x.y" is netlab/x/y.lua or netlab/x/y/init.lua of the embedded files, or
 * of the folder that the environment variable NETLAB_LUA names at this moment (then of nothing else). Their chunks are
 * named "=netlab/x/y.lua", while those of scripts are "@path": so the two can be told apart in a call's stack.
 * The module netlab.core.library has definitions(name): the text of netlab/meta/<name>.lua, which is there to be read
 * and not to be run, or nil.
 * Also makes known lpeg, cjson, cjson.safe and the modules netlab.core.*, which are written in C.
 * The standard libraries must be open. May raise a Lua error (memory), so it runs in a protected call. */
void nlab_library_open(lua_State *L);

/* In a fresh state: open the standard libraries and this one, require() `module`, and leave it on the stack. No garbage is
 * looked for meanwhile, nor before the program has allocated some MiB more. What stands in package.preload (the registry's
 * LUA_PRELOAD_TABLE) is found, too. May raise a Lua error, so it runs in a protected call. */
void nlab_library_load(lua_State *L, const char *module);

#endif
