/* bind_state.h: a Lua state with the socket bindings in a plain process, for unit tests of runner/bind.
 * The process pretends to be in host 1, "client", whose network is this process's own. Constants are globals;
 * `host` is the host, `socket` the module, `pair()` gives a listener, a client and the server's end of a
 * connection on 127.0.0.1. Lua's assert() in a chunk raises; state_run() returns its message, and check() fails with it, so
 * no cmocka check runs inside Lua. With LUATEST_COLLECT set, the collector works all the time. */
#ifndef NLAB_TESTS_BIND_STATE_H
#define NLAB_TESTS_BIND_STATE_H

#include "bind/constants.h"
#include "bind/context.h"
#include "bind/errno.h"
#include "bind/socket.h"
#include "bind/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <inttypes.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct state {
	struct nlab_recording recording;
	struct nlab_context context;
	lua_State *L;
};

static struct state lua; /* of the test that is running */

static const char STATE_PRELUDE[] =
    "for name, value in pairs(require 'netlab.core.constants') do _G[name] = value end\n"
    "socket, errno, units = require 'netlab.core.socket', require 'netlab.core.errno', require "
    "'netlab.core.units'\n"
    "host = {id = 1, name = 'client', ip = '127.0.0.1', ip6 = '::1'}\n"
    "function pair()\n"
    "  local l = assert(socket.open(host, AF_INET, SOCK_STREAM))\n"
    "  assert(l:bind(INADDR_LOOPBACK, 0)) assert(l:listen())\n"
    "  local c = assert(socket.open(host, AF_INET, SOCK_STREAM))\n"
    "  assert(c:connect(l:getsockname()))\n"
    "  return l, c, (assert(l:accept()))\n"
    "end\n"
    "function raises(text, fn, ...)\n"
    "  local fine, message = pcall(fn, ...)\n"
    "  assert(not fine, 'nothing was raised')\n"
    "  assert(tostring(message):find(text, 1, true), 'raised: ' .. tostring(message))\n"
    "end\n";

/* Run a chunk named `name`; NULL when it ends well, else the error's message (until the next call). */
static inline const char *state_run_as(struct state *state, const char *name, const char *chunk)
{
	lua_settop(state->L, 0);
	if (luaL_loadbuffer(state->L, chunk, strlen(chunk), name) || lua_pcall(state->L, 0, 0, 0)) {
		return luaL_tolstring(state->L, -1, NULL);
	}
	return NULL;
}

static inline const char *state_run(struct state *state, const char *chunk)
{
	return state_run_as(state, "@test.lua", chunk);
}

/* A state with room for `slots` calls; false (with a message on stderr) when it could not be made. */
static inline bool state_open(struct state *state, size_t slots)
{
	struct nlab_error error;
	char text[400];
	const char *problem = NULL;
	memset(state, 0, sizeof *state);
	if (!nlab_recording_open(&state->recording, 4096, slots, &error)) {
		fprintf(stderr, "%s\n", nlab_error_text(&error, text, sizeof text));
		return false;
	}
	state->recording.pid = 1;
	state->context =
	    (struct nlab_context){.recording = &state->recording, .lab = -1, .files = -1, .here = 1};
	memset(state->context.host_namespace, -1, sizeof state->context.host_namespace);
	state->L = luaL_newstate();
	luaL_openlibs(state->L);
	if (getenv("LUATEST_COLLECT")) {
		lua_gc(state->L, LUA_GCINC, 1, 1000, 0); /* the collector works all the time */
	}
	nlab_context_set(state->L, &state->context);
	luaL_requiref(state->L, "netlab.core.errno", luaopen_netlab_errno, 0);
	luaL_requiref(state->L, "netlab.core.constants", luaopen_netlab_constants, 0);
	luaL_requiref(state->L, "netlab.core.units", luaopen_netlab_units, 0);
	luaL_requiref(state->L, "netlab.core.socket", luaopen_netlab_socket, 0);
	problem = state_run_as(state, "=prelude", STATE_PRELUDE);
	if (problem) {
		fprintf(stderr, "%s\n", problem);
	}
	return problem == NULL;
}

static inline void state_close(struct state *state)
{
	lua_close(state->L);
	nlab_recording_close(&state->recording);
}

/* `lua` is made for a test, and goes with it. */
static inline int state_setup(void **state)
{
	(void)state;
	return state_open(&lua, 4096) ? 0 : -1;
}

static inline int state_teardown(void **state)
{
	(void)state;
	state_close(&lua);
	return 0;
}

#define STATE_TEST(name) cmocka_unit_test_setup_teardown(name, state_setup, state_teardown)

/* Run a chunk in `lua`; fails with its message. */
static inline void check(const char *chunk)
{
	const char *problem = state_run(&lua, chunk);
	if (problem) {
		fail_msg("%s", problem);
	}
}

/* Call `visit` for each call record, in order. */
static inline void state_calls(const struct state *state, void (*visit)(struct nlab_slot *slot, void *data),
			       void *data)
{
	uint32_t at = 0;
	while ((at = nlab_recording_slot_find(&state->recording, at)) != UINT32_MAX) {
		struct nlab_slot *slot = nlab_recording_slot_at(&state->recording, at);
		visit(slot, data);
		at += nlab_slot_count(slot);
	}
}

static inline const char *state_slot_text(const struct nlab_slot *slot)
{
	return (const char *)slot + offsetof(struct nlab_slot, text);
}

struct state_log {
	size_t used;
	char text[16384];
};

static inline void state_log_visit(struct nlab_slot *slot, void *data)
{
	struct state_log *log = data;
	const char *text = state_slot_text(slot);
	int added =
	    snprintf(log->text + log->used, sizeof log->text - log->used, "%d: %s(%s) = %" PRId64 " [%s]\n",
		     slot->line, slot->name, text, slot->result, text + slot->args_length + 1);
	log->used += added > 0 ? (size_t)added : 0;
	log->used = log->used < sizeof log->text ? log->used : sizeof log->text - 1;
}

/* All records as text, a line each: "LINE: NAME(ARGUMENTS) = RESULT [OUT]". */
static inline const char *state_log(const struct state *state, struct state_log *log)
{
	log->used = 0;
	log->text[0] = '\0';
	state_calls(state, state_log_visit, log);
	return log->text;
}

#endif
