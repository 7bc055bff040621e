/* lab_lua.h: chunks of Lua as the script process of a real lab, for tests of runner/bind. In a chunk the constants are
 * globals, as are the modules order, process, record, rule, socket, sysctl and units; host(name) makes a host, and
 * raises(part of a message, function, ...) checks for an error. assert() raises: the message is the test's failure.
 * Include it behind cmocka.h. With LUATEST_COLLECT set, the collector works all the time. */
#ifndef NLAB_TESTS_LAB_LUA_H
#define NLAB_TESTS_LAB_LUA_H

#include "bind/context.h"
#include "bind/library.h"

#include "lab_run.h"

#include <lauxlib.h>
#include <lualib.h>

static const char LAB_LUA_PRELUDE[] =
    "for name, value in pairs(require 'netlab.core.constants') do _G[name] = value end\n"
    "for _, name in ipairs {'order', 'process', 'record', 'rule', 'socket', 'sysctl', 'units'} do\n"
    "  _G[name] = require('netlab.core.' .. name)\n"
    "end\n"
    "function host(name, ipv6)\n"
    "  local made = order.host(name, ipv6)\n"
    "  made.name = name\n"
    "  return made\n"
    "end\n"
    "function raises(text, fn, ...)\n"
    "  local fine, message = pcall(fn, ...)\n"
    "  assert(not fine, 'nothing was raised')\n"
    "  assert(tostring(message):find(text, 1, true), 'raised: ' .. tostring(message))\n"
    "end\n";

static inline bool lab_lua_do(lua_State *L, const char *text, const char *name)
{
	return luaL_loadbuffer(L, text, strlen(text), name) == LUA_OK && lua_pcall(L, 0, 0, 0) == LUA_OK;
}

LAB_SCRIPT(lab_lua_script)
{
	struct nlab_context process = {.recording = recording,
				       .lab = sockets->orders,
				       .files = sockets->files,
				       .prompt = sockets->prompt,
				       .here = NLAB_HOST_NONE,
				       .script = "@chunk"};
	lua_State *L = luaL_newstate();
	memset(process.host_namespace, -1, sizeof process.host_namespace);
	luaL_openlibs(L);
	if (getenv("LUATEST_COLLECT")) {
		lua_gc(L, LUA_GCINC, 1, 1000, 0);
	}
	nlab_library_open(L);
	nlab_context_set(L, &process);
	if (!lab_lua_do(L, LAB_LUA_PRELUDE, "=prelude") || !lab_lua_do(L, job->text, "@chunk")) {
		const char *message = luaL_tolstring(L, -1, NULL);
		nlab_recording_text(recording, NLAB_SLOT_SCRIPT, NLAB_HOST_NONE, 0, 0, "error", message,
				    strlen(message));
		return 1;
	}
	lua_close(L);
	fflush(NULL);
	return 0;
}

/* Run a chunk in a lab; fails with its message. The recording stays until nlab_run_close(). */
static inline void lab_lua_run(struct nlab_run *run, struct nlab_job job, const char *chunk)
{
	char message[1024] = "";
	job.text = chunk;
	job.text_length = strlen(chunk);
	lab_run(run, &job, lab_lua_script, NULL);
	const struct nlab_slot *error = recorded_slot(&run->recording, NLAB_SLOT_SCRIPT, "error", 0);
	if (error || lab_run_status(run) != 0) {
		snprintf(message, sizeof message, "%.*s (exit status %d)",
			 error ? (int)error->text_length : 0, error ? recorded_args(error) : "",
			 (int)lab_run_status(run));
		nlab_run_close(run);
		fail_msg("%s", message);
	}
}

/* The same for a chunk that says all there is to say. */
static inline void lab_lua_check(const char *chunk)
{
	struct nlab_run run;
	lab_lua_run(&run, lab_run_job(), chunk);
	nlab_run_close(&run);
}

#endif
